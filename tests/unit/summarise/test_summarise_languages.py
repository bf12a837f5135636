# ruff: noqa: RUF001 - letters and marks of many scripts are what is tested
"""One invented piece of news in eighteen languages: split, measured, extracted and held against itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.news import Article, Story
from digest.model.words import count_words, is_rtl
from digest.summarise.candidates import terms_of
from digest.summarise.extract import extract
from digest.summarise.grounding import ungrounded
from digest.summarise.sentences import sentences

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]

# Language: its sentences, and which of them only ask.
NEWS: dict[str, tuple[tuple[str, ...], int | None]] = {
    "ar": (
        (
            "أعلن مجلس مقاطعة هارنه يوم الاثنين شراء عبارة ثانية بقيمة ٥٫٧ مليون كرونة.",
            "وقالت رئيسة البلدية إيدا هولت: «لقد خسرنا شتاءً كاملاً. لن نخسر آخر».",
            "هل تكفي العبارة لضيوف الصيف؟",
            "وستنقل العبارة الجديدة ستين سيارة في كل رحلة بين الجزيرة والبر الرئيسي.",
        ),
        2,
    ),
    "fa": (
        (
            "شورای شهر هارنه روز دوشنبه خرید دومین کشتی را برای جزیره تصویب کرد.",
            "شهردار گفت که هزینهٔ آن ۵٫۷ میلیون کرون است.",
            "آیا این کشتی برای مهمانان تابستان کافی است؟",
            "کشتی تازه از پاییز میان جزیره و خشکی رفت‌وآمد می‌کند.",
        ),
        2,
    ),
    "he": (
        (
            "מועצת המחוז של הארנה החליטה ביום שני לרכוש מעבורת שנייה לאי.",
            "ראש העיר אמרה כי המחיר הוא 5.7 מיליון כתרים.",
            "האם זה יספיק לאורחי הקיץ?",
            "המעבורת החדשה תפליג מהסתיו בין האי ליבשה ותישא שישים מכוניות.",
        ),
        2,
    ),
    "ur": (
        (
            "ہارنے کی کونسل نے پیر کے روز جزیرے کے لیے دوسری کشتی خریدنے کا فیصلہ کیا۔",
            "میئر نے کہا کہ اس کی قیمت ۵ کروڑ ہے۔",
            "کیا یہ گرمیوں کے مہمانوں کے لیے کافی ہوگی؟",
            "نئی کشتی خزاں سے جزیرے اور خشکی کے درمیان چلے گی۔",
        ),
        2,
    ),
    "hi": (
        (
            "हार्ने की परिषद ने सोमवार को द्वीप के लिए दूसरी नौका खरीदने का निर्णय लिया।",
            "महापौर डॉ. इडा होल्ट ने कहा कि इसकी कीमत 5.7 करोड़ है।",
            "क्या यह गर्मियों के मेहमानों के लिए पर्याप्त होगी?",
            "नई नौका शरद ऋतु से द्वीप और मुख्य भूमि के बीच चलेगी।",
        ),
        2,
    ),
    "bn": (
        (
            "হার্নের পরিষদ সোমবার দ্বীপের জন্য দ্বিতীয় ফেরি কেনার সিদ্ধান্ত নিয়েছে।",
            "মেয়র বলেছেন এর দাম ৫ কোটি।",
            "গ্রীষ্মের অতিথিদের জন্য এটি কি যথেষ্ট হবে?",
            "নতুন ফেরি শরৎকাল থেকে দ্বীপ ও মূল ভূখণ্ডের মধ্যে চলবে।",
        ),
        2,
    ),
    "zh-Hans": (
        (
            "哈恩县议会周一决定为该岛购买第二艘渡轮。",
            "市长艾达·霍尔特表示：“我们失去了一个冬天。我们不会再失去一个。”",
            "这对夏季游客来说够吗？",
            "新渡轮将从秋季起往返于岛屿和大陆之间，每次可载六十辆汽车。",
        ),
        2,
    ),
    "zh-Hant": (
        (
            "哈恩縣議會週一決定為該島購買第二艘渡輪。",
            "市長表示：「我們失去了一個冬天。」",
            "這對夏季遊客來說夠嗎？",
            "新渡輪將從秋季起往返於島嶼和大陸之間，每次可載六十輛汽車。",
        ),
        2,
    ),
    "ja": (
        (
            "ハルネ県議会は月曜日、島への二隻目のフェリー購入を決めた。",
            "「冬を失った。もう失わない。」とホルト市長は述べた。",
            "夏の観光客には十分だろうか？",
            "新しいフェリーは秋から島と本土を結び、一度に六十台の車を運ぶ。",
        ),
        2,
    ),
    "ko": (
        (
            "하르네 주 의회는 월요일 섬을 위한 두 번째 여객선을 구입하기로 결정했다.",
            "홀트 시장은 “우리는 겨울을 잃었다. 다시는 잃지 않겠다”고 말했다.",
            "여름 손님들에게 충분할까?",
            "새 여객선은 가을부터 섬과 본토를 오가며 한 번에 자동차 60대를 실어 나른다.",
        ),
        2,
    ),
    "th": (
        (
            "สภาเทศมณฑลฮาร์เนมีมติเมื่อวันจันทร์ให้ซื้อเรือข้ามฟากลำที่สองสำหรับเกาะนี้",
            "นายกเทศมนตรีกล่าวว่าเรือมีราคา ๕.๗ ล้านโครน",
            "เรือลำใหม่จะแล่นระหว่างเกาะกับแผ่นดินใหญ่ตั้งแต่ฤดูใบไม้ร่วง",
        ),
        None,
    ),
    "ru": (
        (
            "Совет округа Харне в понедельник решил купить второй паром для острова.",
            "«Мы потеряли зиму. Больше не потеряем», — сказала мэр И. П. Хольт.",
            "Хватит ли его летним гостям?",
            "Новый паром с осени 2025 г. будет ходить между островом и материком и брать по 60 машин.",
        ),
        2,
    ),
    "el": (
        (
            "Το συμβούλιο του Χάρνε αποφάσισε τη Δευτέρα να αγοράσει δεύτερο πλοίο για το νησί.",
            "Η δήμαρχος είπε ότι κοστίζει 5,7 εκατομμύρια κορώνες.",
            "Θα είναι αρκετό για τους επισκέπτες του καλοκαιριού;",
            "Το νέο πλοίο θα ταξιδεύει από το φθινόπωρο ανάμεσα στο νησί και την ηπειρωτική χώρα.",
        ),
        2,
    ),
    "ka": (
        (
            "ჰარნეს საბჭომ ორშაბათს გადაწყვიტა კუნძულისთვის მეორე ბორნის ყიდვა.",
            "მერმა თქვა, რომ მისი ფასი 5,7 მილიონი კრონია.",
            "ეყოფა თუ არა ის ზაფხულის სტუმრებს?",
            "ახალი ბორანი შემოდგომიდან იმოძრავებს კუნძულსა და ხმელეთს შორის.",
        ),
        2,
    ),
    "hy": (
        (
            "Հարնեի խորհուրդը երկուշաբթի օրը որոշեց գնել երկրորդ լաստանավը կղզու համար։",
            "Քաղաքապետն ասաց, որ այն արժե 5,7 միլիոն կրոն։",
            "Արդյո՞ք դա բավական կլինի ամառային հյուրերին։",
            "Նոր լաստանավը աշնանից կերթևեկի կղզու և մայրցամաքի միջև։",
        ),
        2,
    ),
    "am": (
        (
            "የሃርኔ ምክር ቤት ሰኞ ዕለት ለደሴቱ ሁለተኛ ጀልባ ለመግዛት ወሰነ።",
            "ከንቲባዋ ዋጋው 5.7 ሚሊዮን ክሮን ነው ብለዋል።",
            "አዲሱ ጀልባ ከመኸር ጀምሮ በደሴቱና በዋናው ምድር መካከል ይጓዛል።",
        ),
        None,
    ),
    "my": (
        (
            "ဟာနယ်ကောင်စီသည် တနင်္လာနေ့တွင် ကျွန်းအတွက် ဒုတိယ ကူးတို့သင်္ဘော ဝယ်ရန် ဆုံးဖြတ်ခဲ့သည်။",
            "မြို့တော်ဝန်က ဈေးနှုန်းမှာ ၅ သန်း ဖြစ်သည်ဟု ပြောသည်။",
            "သင်္ဘောအသစ်သည် ဆောင်းဦးမှစ၍ ကျွန်းနှင့် ကုန်းမကြီးကြား ပြေးဆွဲမည်။",
        ),
        None,
    ),
    "km": (
        (
            "ក្រុមប្រឹក្សាហារនេបានសម្រេចនៅថ្ងៃចន្ទទិញសាឡាងទីពីរសម្រាប់កោះនេះ។",
            "អភិបាលក្រុងបាននិយាយថាតម្លៃរបស់វាគឺ ៥ លាន។",
            "សាឡាងថ្មីនឹងធ្វើដំណើររវាងកោះនិងដីគោកចាប់ពីរដូវស្លឹកឈើជ្រុះ។",
        ),
        None,
    ),
}
MENUS = {
    "ar": "الرئيسية | أخبار | رياضة | اقتصاد | اتصل بنا | اشترك الآن",
    "zh-Hans": "首页 | 新闻 | 体育 | 财经 | 天气 | 视频 | 登录 | 注册",
    "ja": "ホーム｜ニュース｜スポーツ｜経済｜天気｜ログイン｜会員登録",
    "ru": "Главная Новости Спорт Экономика Погода Войти Подписаться",
    "hi": "मुखपृष्ठ | समाचार | खेल | मौसम | वीडियो | लॉगिन",
    "ko": "홈 | 뉴스 | 스포츠 | 경제 | 날씨 | 로그인",
    "th": "หน้าแรก ข่าว กีฬา เศรษฐกิจ อากาศ วิดีโอ ดวง เข้าสู่ระบบ สมัครสมาชิก",
}
UNSPACED = {"zh-Hans", "zh-Hant", "ja"}


def _text(language: str) -> str:
    """The news as a page has it; Thai has a paragraph for each statement, having no full stops."""
    joint = "" if language in UNSPACED else "\n\n" if language == "th" else " "
    return joint.join(NEWS[language][0])


@pytest.mark.parametrize("language", NEWS)
def test_the_sentences_are_those_a_reader_sees(language: str) -> None:
    assert sentences(_text(language), language) == NEWS[language][0]


@pytest.mark.parametrize("language", NEWS)
@pytest.mark.parametrize("most", [16, 30, 60])
def test_an_extract_is_whole_statements_within_the_limit(
    language: str, most: int, article: MakeArticle, story: MakeStory
) -> None:
    expected, question = NEWS[language]
    text = "\n\n".join([_text(language), MENUS.get(language, "")])
    made = story(article("Harne", text=text, language=language))
    chosen = [one.text for one in extract(made, max_sentences=2, max_words=most)]
    assert chosen
    assert set(chosen) <= set(expected)
    assert question is None or expected[question] not in chosen
    assert sum(map(count_words, chosen)) <= most
    assert len(chosen) == 2 or most < 60
    assert ungrounded(" ".join(chosen), [text], language=language) == ()


@pytest.mark.parametrize("language", MENUS)
def test_a_menu_gives_no_extract(language: str, article: MakeArticle, story: MakeStory) -> None:
    made = story(article("Harne", text=MENUS[language], language=language))
    assert extract(made, max_sentences=2, max_words=60) == ()


@pytest.mark.parametrize("language", NEWS)
def test_only_the_scripts_that_run_from_right_to_left_do(language: str) -> None:
    assert is_rtl(_text(language)) == (language in {"ar", "fa", "he", "ur"})


_letters = st.characters(codec="utf-8", exclude_categories=["Cs"])
_lines = st.lists(st.sampled_from([line for lines, _ in NEWS.values() for line in lines]), max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=_letters, max_size=120), _lines, st.sampled_from(["", *NEWS]))
def test_no_mixture_of_scripts_crashes_or_loses_text(noise: str, lines: list[str], language: str) -> None:
    text = noise + " ".join(lines)
    found = sentences(text, language)
    kept = [char for char in "".join(found) if char.isalnum()]
    assert kept == [char for char in text if char.isalnum()]
    url = "https://outlet.example.org/1"
    made = Story("s", (Article(url=url, canonical_url=url, title=noise, text=text, language=language),))
    chosen = [one.text for one in extract(made, max_sentences=2, max_words=60)]
    assert sum(map(count_words, chosen)) <= 60
    assert all(one in " ".join(text.split()) for one in chosen)


def test_thai_sentences_about_the_same_share_terms() -> None:
    first, second = set(terms_of("เรือข้ามฟากกลับมาแล่นวันจันทร์")), set(terms_of("ชาวเกาะรอเรือข้ามฟากลำใหม่"))
    assert len(first & second) > 1
