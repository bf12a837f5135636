"""Editions to render, all of our own writing: invented outlets, invented events.

The golden tests, the browser tests, the benchmark and the pictures in the docs use the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.model.edition import (
    Correction,
    Edition,
    EditionKey,
    EditionStory,
    Method,
    Notice,
    Provenance,
    SourceLink,
    Summary,
    ThemeStyle,
    ToldCorrection,
)
from digest.model.message import Hole, Person
from digest.model.picture import Picture
from digest.render import Publication, Wording
from digest.summarise import ai_notice

SLOT = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
THEMES = (
    ThemeStyle("indo-pacific", "Indo-Pacific alliances", "#0b6170", "#8fd3df"),
    ThemeStyle("arctic", "Arctic", "#2f4fa3", "#a9c0f8"),
    ThemeStyle("middle-east", "Middle East", "#8f4513", "#f0bd8e"),
)
NOTICE = Notice(
    short="Software chose, grouped and summarised these stories, in part with a language model "
    "(small-news-7b). The articles may be AI-written too. Mistakes happen: check the originals.",
    full="How this edition was made: software chose, grouped and summarised these stories. The line under "
    "each one says how its summary was made. The articles themselves may be written by AI, whether or not "
    "they say so; 1 of the articles summarised here carries a notice on the use of AI. Mistakes happen at "
    "every step. Please check the linked original before relying on a story.",
)
PUBLICATION = Publication(
    name="The Harbour Brief",
    slug="harbour-brief",
    from_name="The Harbour Brief",
    from_email="brief@harbour.example",
    reply_to="editors@harbour.example",
    postal_address="Quay House, 12 Ropewalk Lane\nPort Ellery PE1 4QX",
    publisher="Harbour Institute",
    base_url="https://read.harbour.example",
    timezone="Europe/London",
)
ARABIC = replace(
    PUBLICATION,
    name="موجز المرفأ",
    from_name="موجز المرفأ",
    language="ar",
    publisher="معهد المرفأ",
    wording=Wording(
        weekdays=("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        months=(
            *("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو"),
            *("يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
        ),
        date="{weekday}، {day} {month} {year}",
        stories="{n} أخبار",
        stories_one="خبر واحد",
        from_outlets="من {n} صحف",
        from_outlets_one="من صحيفة واحدة",
        minutes="{n} دقائق للقراءة",
        minutes_one="دقيقة واحدة للقراءة",
        view_online="عرض في المتصفح",
        contents="في هذا العدد",
        notice_title="كيف أُعد هذا العدد",
        full_notice_title="عن استخدام الذكاء الاصطناعي",
        lead="الخبر الأول",
        in_brief="باختصار",
        read_more="اقرأ المزيد في {outlet}",
        read_more_label="اقرأ المزيد في {outlet}: {headline}",
        single_source="مصدر واحد",
        more_sources="و{n} غيرها",
        how_publisher="الملخص: بكلمات {source}",
        how_extract="الملخص: جمل من {source}",
        why="تصلك هذه الرسالة لأن {address} مشترك في {title}.",
        preferences="اختر موضوعاتك",
        unsubscribe="إلغاء الاشتراك",
        published_by="تصدر عن {publisher}",
        subject_more="{headline} و{n} غيره",
        subject_dated="{title}: {headline}",
        preheader_also="وفي العدد: {headlines}",
    ),
)
PERSON = Person(
    address="ada@reader.example",
    name="Ada Reader",
    message_id="k3t5vq7n2m4zc6xw@harbour.example",
    list_unsubscribe="<https://read.harbour.example/u/ae5kq3x7t2>, <mailto:leave+ae5kq3x7t2@harbour.example>",
    holes={
        Hole.UNSUBSCRIBE_URL: "https://read.harbour.example/u/ae5kq3x7t2",
        Hole.PREFERENCES_URL: "https://read.harbour.example/p/bf6lr4y8u3",
        Hole.ADDRESS: "ada@reader.example",
    },
)

OUTLETS = {
    "Polar Post": "polarpost.example",
    "Northern Herald": "northernherald.example",
    "Strait Gazette": "straitgazette.example",
    "Pacific Ledger": "pacificledger.example",
    "Levant Courier": "levantcourier.example",
    "Gulf Monitor": "gulfmonitor.example",
    "Fleet Weekly": "fleetweekly.example",
    "The Cartographer": "cartographer.example",
    "صحيفة المشرق": "almashriq.example",
    "海峡ジャーナル": "kaikyo.example",
    "港口日报": "gangkou.example",
    "북해신문": "bukhae.example",
}

# theme, headline, summary, outlets (the lead first)
ROWS: tuple[tuple[str, str, str, str], ...] = (
    (
        "indo-pacific",
        "Four navies agree to share one picture of the sea lanes around the Carrow Strait",
        (
            "Four governments will merge what their patrol aircraft, ships and satellites see of the "
            "Carrow Strait into a single picture, updated every ten minutes. The agreement, signed after "
            "three years of talks, leaves each navy free to withhold its own submarines. A first joint "
            "watch floor opens in Port Ellery in June."
        ),
        "Strait Gazette|Pacific Ledger|Fleet Weekly|Northern Herald",
    ),
    (
        "indo-pacific",
        "Island states ask partners for coast guard cutters, not destroyers",
        (
            "Seven island governments told a donor meeting that illegal fishing worries them more than "
            "any fleet. They asked for small cutters, fuel and spare parts for ten years."
        ),
        "Pacific Ledger|Strait Gazette",
    ),
    (
        "arctic",
        "Ice road to the Tarn mines closes three weeks early",
        (
            "Drivers were turned back on Saturday after sensors found the ice twelve centimetres thinner "
            "than the rules allow. Two mines will now fly in fuel, at about four times the price."
        ),
        "Polar Post|Northern Herald|The Cartographer",
    ),
    (
        "middle-east",
        "Ceasefire monitors return to the Wadi Sahr crossing",
        (
            "Forty unarmed observers took up posts on both sides of the crossing, the first since "
            "October. Trucks with food and medicine may pass on four days a week."
        ),
        "Levant Courier|Gulf Monitor|Northern Herald",
    ),
    (
        "indo-pacific",
        "Shipyards split the work on a common frigate",
        (
            "Hulls will be welded in one country, engines fitted in a second and radars tested in a "
            "third. Unions in all three have asked what happens when one parliament stops paying."
        ),
        "Fleet Weekly|Pacific Ledger",
    ),
    (
        "middle-east",
        "Gulf ports agree one customs form after nine years",
        (
            "From July a container bound for any of five ports needs a single declaration. Shippers "
            "expect to save two days on a voyage and wonder who will fix the software."
        ),
        "Gulf Monitor",
    ),
    (
        "arctic",
        "Northern council to map seabed cables before anything else is laid",
        (
            "Members voted to pause permits for new cables until every existing one is charted. The "
            "survey takes two summers and is paid for by the cable owners."
        ),
        "Polar Post|The Cartographer",
    ),
    (
        "indo-pacific",
        "Why a treaty's smallest clause matters most",
        (
            "An essay argues that the right to refuel, two lines on page forty, changes more than the "
            "pages about mutual defence."
        ),
        "The Cartographer",
    ),
    (
        "middle-east",
        "Desalination plant restarts with half its old crew",
        (
            "Engineers brought the first of six units back on line and expect to serve the northern "
            "districts by the end of the month. Salaries for March are still unpaid."
        ),
        "Levant Courier|Gulf Monitor",
    ),
    (
        "arctic",
        "Rescue helicopters will share one hangar in Norvik",
        (
            "Two services that trained apart for forty years move in together in May. A joint duty roster"
            " should cut the time to take-off to fifteen minutes."
        ),
        "Northern Herald",
    ),
    (
        "indo-pacific",
        "Radar on Mount Tallis goes live after a ten-month delay",
        (
            "The station watches aircraft out to four hundred kilometres and feeds two allies at once. "
            "Villagers were promised a road, and the road is not there yet."
        ),
        "Strait Gazette|Fleet Weekly",
    ),
    (
        "middle-east",
        "Two rivals reopen consulates on the same morning",
        ("Flags went up at nine in both capitals. Visas are limited to families and students until autumn."),
        "Gulf Monitor|Levant Courier|Pacific Ledger|Northern Herald|The Cartographer",
    ),
    (
        "arctic",
        "Herders win a say over the timing of winter exercises",
        (
            "Commanders must publish routes sixty days ahead and keep out of calving grounds. The first "
            "test comes in March, with nine thousand troops."
        ),
        "Polar Post",
    ),
    (
        "indo-pacific",
        "Pilots of three air forces land on one another's runways",
        ("The drill tested fuel couplings and phone numbers more than flying. Eleven couplings did not fit."),
        "Fleet Weekly",
    ),
    (
        "middle-east",
        "Olive growers count a second dry winter",
        (
            "Cooperatives in the hills report a third of the usual harvest. Banks have agreed to wait for"
            " one more season."
        ),
        "Levant Courier",
    ),
    (
        "arctic",
        "Icebreaker order moves south as a northern yard runs out of welders",
        "Only sixty of the two hundred welders needed have been found. The ship is now due in 2031.",
        "Northern Herald|Fleet Weekly",
    ),
    (
        "indo-pacific",
        "Language schools fill up with staff officers",
        "Applications doubled within a year. Teachers say the hardest words are the polite ones.",
        "Pacific Ledger",
    ),
    (
        "middle-east",
        "Night trains return to the coast line",
        "Sleeping cars run twice a week from April, with one border check instead of three.",
        "Gulf Monitor|Levant Courier",
    ),
    (
        "arctic",
        "Weather buoys drift home with four years of data",
        "Scientists expected two of twenty to come back. Seventeen did, barnacles and all.",
        "The Cartographer|Polar Post",
    ),
    (
        "indo-pacific",
        "Parliament asks who pays when allies share ammunition",
        "A committee wants a price list before the next exercise and not after it.",
        "Strait Gazette",
    ),
    (
        "middle-east",
        "Museum gets back a mosaic that crossed five borders",
        "Customs officers found it behind a shipment of tiles. Restoration takes about a year.",
        "Levant Courier",
    ),
    (
        "arctic",
        "Fishing fleets agree to stay out of the new open water",
        "The pause covers an area the size of a large country and is reviewed every four years.",
        "Polar Post|Northern Herald",
    ),
)


def story(number: int, theme: str, headline: str, summary: str, outlets: str) -> EditionStory:
    """A plain story with stable links and times."""
    when = SLOT - timedelta(minutes=37 * number + 15)
    names = outlets.split("|")
    sources = tuple(
        SourceLink(
            name, f"https://www.{OUTLETS[name]}/2026/03/{theme or 'news'}-{number:02d}-{at}", headline, when
        )
        for at, name in enumerate(names)
    )
    method = Method.EXTRACT if number % 3 == 2 else Method.PUBLISHER
    made = Provenance(method, source=names[0], source_url=sources[0].url)
    return EditionStory(
        key=f"s{number:03d}",
        headline=headline,
        summary=Summary(summary, made) if summary else None,
        sources=sources,
        themes=(theme,) if theme else (),
        published_at=when,
        language="en",
        article_ids=(number,),
    )


def stories(count: int) -> tuple[EditionStory, ...]:
    """The first ``count`` rows, repeated with a number where there are not enough."""
    chosen = []
    for number in range(count):
        theme, headline, summary, outlets = ROWS[number % len(ROWS)]
        again = number // len(ROWS)
        chosen.append(
            story(number, theme, f"{headline} ({again + 1})" if again else headline, summary, outlets)
        )
    return tuple(chosen)


def edition(chosen: tuple[EditionStory, ...], *, themes: tuple[ThemeStyle, ...] = THEMES) -> Edition:
    """An edition of ``chosen`` stories."""
    return Edition(
        key=EditionKey("harbour-brief", "daily", SLOT),
        title="The Harbour Brief",
        local_date="2026-03-09",
        themes=themes,
        stories=chosen,
        notice=NOTICE,
        gathered_from=214,
        outlets=9,
    )


def normal() -> Edition:
    """Twelve stories in three themes, with every kind of mark a story may carry."""
    chosen = list(stories(12))
    chosen[1] = replace(chosen[1], update_of="the donors' list of promised cutters is now public.")
    chosen[2] = replace(
        chosen[2],
        comments_url="https://www.polarpost.example/2026/03/arctic-02-0#comments",
        related=(
            SourceLink(
                "Polar Post", "https://www.polarpost.example/2026/03/ice", "How thick is thick enough?"
            ),
        ),
    )
    chosen[3] = replace(
        chosen[3],
        sources=(
            replace(
                chosen[3].sources[0],
                ai_notice="This article was written with the help of artificial intelligence.",
            ),
            *chosen[3].sources[1:],
        ),
    )
    chosen[4] = replace(
        chosen[4], sources=(replace(chosen[4].sources[0], paywalled=True), *chosen[4].sources[1:])
    )
    chosen[5] = replace(
        chosen[5],
        summary=Summary(ROWS[5][2], Provenance(Method.MODEL, "Gulf Monitor", model="small-news-7b")),
    )
    chosen[6] = replace(
        chosen[6],
        summary=Summary(ROWS[6][2], Provenance(Method.EDITOR, reviewed_by="Mira Oakes", reviewed_at=SLOT)),
    )
    chosen[7] = replace(chosen[7], summary=None)
    chosen[10] = replace(chosen[10], brief=True)
    chosen[11] = replace(chosen[11], brief=True)
    return edition(tuple(chosen))


def full_day() -> Edition:
    """Twenty-two stories: the day that the figures and the pictures are taken from."""
    marked = normal().stories
    rest = stories(22)[12:]
    opened = tuple(replace(one, brief=False) for one in marked)
    last = tuple(replace(one, brief=True) for one in rest[-3:])
    return edition((*opened, *rest[:-3], *last))


def single_theme() -> Edition:
    """All about one theme."""
    return edition(tuple(one for one in stories(22) if one.themes == ("arctic",)))


def one_story() -> Edition:
    """One story, and nothing else."""
    return edition(stories(1))


def sixty() -> Edition:
    """Sixty stories: more than a mail can hold."""
    return edition(stories(60))


def long_headline() -> Edition:
    """A headline of several lines, and one long word."""
    first, second, *rest = stories(6)
    words = "Ministers, admirals, harbour masters and one very patient interpreter " * 5
    return edition(
        (
            replace(first, headline=words.strip()),
            replace(second, headline="Bundesverteidigungsministeriumsverwaltungsvorschrift" * 4),
            *rest,
        )
    )


def many_scripts() -> Edition:
    """Stories from right to left and in Chinese, Japanese and Korean beside English ones."""
    first, *rest = stories(8)
    arabic = replace(
        story(
            20,
            "middle-east",
            "عودة المراقبين إلى معبر وادي السهر بعد خمسة أشهر",
            "",
            "Levant Courier|Gulf Monitor",
        ),
        summary=Summary(
            "تولى أربعون مراقبا غير مسلحين مواقعهم على جانبي المعبر. وتعبر الشاحنات أربعة أيام في الأسبوع.",
            Provenance(Method.PUBLISHER, "صحيفة المشرق"),
        ),
        language="ar",
        rtl=True,
    )
    arabic = replace(arabic, sources=(replace(arabic.sources[0], outlet="صحيفة المشرق"), *arabic.sources[1:]))
    hebrew = replace(
        story(21, "middle-east", "רכבות הלילה חוזרות לקו החוף", "", "Gulf Monitor"),
        summary=Summary("קרונות שינה פעמיים בשבוע, החל מאפריל.", Provenance(Method.EXTRACT, "Gulf Monitor")),
        language="he",
        rtl=True,
    )
    japanese = replace(
        story(
            22, "indo-pacific", "四か国の海軍、海峡の監視情報を一つにまとめることで合意", "", "Pacific Ledger"
        ),
        summary=Summary(
            "哨戒機と艦艇と衛星の情報を十分ごとに共有する。最初の合同監視室は六月に開く。",
            Provenance(Method.PUBLISHER, "Pacific Ledger"),
        ),
        language="ja",
    )
    korean = replace(
        story(23, "arctic", "북쪽 얼음길, 예정보다 삼 주 일찍 폐쇄", "", "Polar Post"),
        language="ko",
        brief=True,
    )
    return edition((first, arabic, japanese, hebrew, korean, *rest))


def right_to_left() -> Edition:
    """An edition in Arabic, the publication's own words too; two stories and some outlets are English."""
    rows = (
        (
            "middle-east",
            "عودة المراقبين إلى معبر وادي السهر بعد خمسة أشهر",
            "تولى أربعون مراقبا غير مسلحين مواقعهم على جانبي المعبر. وتعبر الشاحنات أربعة أيام في الأسبوع.",
            "صحيفة المشرق|Gulf Monitor",
        ),
        (
            "middle-east",
            "موانئ الخليج تتفق على نموذج جمركي واحد بعد تسع سنوات",
            "من تموز تحتاج كل حاوية إلى إقرار واحد. ويتوقع الشاحنون توفير يومين في كل رحلة.",
            "Gulf Monitor",
        ),
        (
            "arctic",
            "إغلاق الطريق الجليدي إلى مناجم تارن قبل موعده بثلاثة أسابيع",
            "عاد السائقون يوم السبت بعد أن وجدت أجهزة القياس الجليد أرق مما تسمح به القواعد.",
            "صحيفة المشرق",
        ),
        (
            "indo-pacific",
            "أربع بحريات تتقاسم صورة واحدة لممرات مضيق كارو",
            "ستدمج أربع حكومات ما تراه طائراتها وسفنها وأقمارها في صورة واحدة تتجدد كل عشر دقائق.",
            "صحيفة المشرق|Gulf Monitor",
        ),
    )
    chosen = [replace(story(30 + at, *row), language="ar", rtl=True) for at, row in enumerate(rows)]
    chosen += [stories(2)[1], replace(stories(3)[2], brief=True)]  # in English
    notice = Notice(
        short="اختارت البرمجيات هذه الأخبار وجمعتها ولخصتها. وقد تكون المصادر نفسها من صنع الذكاء الاصطناعي.",
        full="اختارت البرمجيات أخبار هذا العدد وجمعتها ولخصتها، ويبين السطر تحت كل خبر كيف صيغ ملخصه. "
        "وقد تكون المقالات نفسها من صنع الذكاء الاصطناعي، فراجع الأصل قبل أن تعتمد على شيء.",
    )
    names = ("تحالفات المحيطين", "القطب الشمالي", "الشرق الأوسط")
    themes = tuple(replace(theme, name=name) for theme, name in zip(THEMES, names, strict=True))
    return replace(edition(tuple(chosen), themes=themes), language="ar", title="موجز المرفأ", notice=notice)


def east_asian() -> Edition:
    """Chinese, Japanese and Korean throughout: no spaces to break lines at, three bytes a letter."""
    rows = (
        (
            "ja",
            "indo-pacific",
            "四か国の海軍、海峡の監視情報を一つにまとめることで合意",
            "哨戒機と艦艇と衛星の情報を十分ごとに共有する。最初の合同監視室は六月に開く。",
            "海峡ジャーナル|Pacific Ledger",
        ),
        (
            "zh-Hans",
            "indo-pacific",
            "岛国向伙伴要求海岸警卫队巡逻艇而不是驱逐舰",
            "七个岛国政府在捐助会议上说，非法捕捞比任何舰队都更令他们担忧。他们要求小型巡逻艇、燃料和十年的备件。",  # noqa: RUF001
            "港口日报|Pacific Ledger",
        ),
        (
            "ko",
            "arctic",
            "북쪽 얼음길, 예정보다 삼 주 일찍 폐쇄",
            "토요일에 얼음이 규정보다 얇은 것으로 측정되었다. 두 광산은 연료를 비행기로 나른다.",
            "북해신문",
        ),
        (
            "ja",
            "arctic",
            "北方評議会、海底ケーブルの新設を凍結し既設の位置をすべて測量へ",
            "加盟国は既設のケーブルがすべて海図に載るまで新たな許可を止める。",
            "海峡ジャーナル",
        ),
        (
            "zh-Hant",
            "middle-east",
            "海灣港口九年後同意使用同一張海關表格",
            "七月起，運往五個港口的貨櫃只需一份申報單。託運人預計每個航次可省兩天。",  # noqa: RUF001
            "港口日报|Gulf Monitor",
        ),
    )
    return edition(
        tuple(replace(story(40 + at, *row), language=language) for at, (language, *row) in enumerate(rows))
    )


def lonely_themes() -> Edition:
    """A theme whose one story is the lead, and so has no section; one with one story; one with four."""
    by_theme = {
        slug: [one for one in stories(22) if one.themes == (slug,)] for slug in ("arctic", "middle-east")
    }
    return edition((*stories(1), *by_theme["arctic"][:1], *by_theme["middle-east"][:4]))


def hostile() -> Edition:
    """Everything a malicious feed might try; an e-mail must show it as harmless text."""
    first, second, third, fourth, *_ = stories(6)
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    return edition(
        (
            replace(
                first,
                headline=f"{attack} {{{{ 7*7 }}}} {{% raw %}} </mj-text></td></table> &amp; &#60;b&#62;",
                summary=Summary(
                    f"{attack} ]]> <!-- --> \x00\x08\x1b[31m \ud800 \u202egnirts desrever\u2066 "
                    f"{Hole.UNSUBSCRIBE_URL.value} __DIGEST_ANYTHING__ "
                    "</style><style>*{display:none}</style>",
                    Provenance(Method.PUBLISHER, source=attack),
                ),
                update_of=attack,
            ),
            replace(
                second,
                headline="Line one\r\nBcc: everyone@reader.example\r\n\r\n<html>",
                sources=(
                    replace(second.sources[0], outlet=attack, url='javascript:alert("1")', ai_notice=attack),
                    replace(second.sources[1], url="data:text/html,<script>alert(1)</script>"),
                ),
                comments_url="javascript:alert(1)",
            ),
            replace(
                third,
                headline="Z" + "\u0351\u0352\u0353" * 9 + "a" + "\u0354\u0355" * 9 + " text",
                sources=(
                    replace(
                        third.sources[0],
                        url=f"https://evil.example/?take={Hole.UNSUBSCRIBE_URL.value}&q=\"><b>'",
                    ),
                    replace(third.sources[1], url="https://user:secret@evil.example/"),
                    replace(third.sources[2], url="file:///etc/passwd", outlet="\u202eevil"),
                ),
                language='en" onload="alert(1)',
            ),
            replace(fourth, headline="", summary=None, sources=()),
        )
    )


def quiet_day() -> Edition:
    """Nothing new worth a card."""
    return replace(edition(()), quiet=True, notice=ai_notice([], wording=None))


def correction() -> Edition:
    """What the edition of the day before got wrong."""
    words = Wording().correction_notice
    return replace(
        edition(()),
        themes=(),
        notice=Notice(words, words),
        correction=Correction(
            of="daily-20260308T0600",
            headline="The strait was closed to one ship, not to all",
            paragraphs=(
                "In yesterday's top story we called Carrow Strait closed. One tanker was turned back.",
                "The mistake was ours. We are sorry.",
            ),
        ),
    )


def told_correction() -> ToldCorrection:
    """The same, as it stands in that day's web copy from then on."""
    words = correction().correction
    assert words
    return ToldCorrection(words, SLOT - timedelta(hours=20, minutes=18))


def lead_image() -> Edition:
    """A top story with a picture, described and credited by its publisher."""
    first, *rest = stories(4)
    picture = Picture(
        hash="5d2c" * 16,
        width=1104,
        height=621,
        alt='Two grey patrol ships pass a lighthouse, seen from the "Carrow" ferry',
        credit="Ines Marlow / Strait Gazette",
        outlet="Strait Gazette",
        source_url="https://www.straitgazette.example/2026/03/strait.jpg",
    )
    return edition((replace(first, picture=picture), *rest))


def broken_image() -> Edition:
    """The same, but for a picture that could not be had."""
    first, *rest = lead_image().stories
    trouble = "https://www.straitgazette.example/2026/03/strait.jpg answers 404 (Not Found)"
    return edition((replace(first, picture=None, picture_trouble=trouble), *rest))


def no_image() -> Edition:
    """The same, where pictures are off."""
    return edition(stories(4))


CASES: dict[str, Callable[[], Edition]] = {
    "normal": normal,
    "single-theme": single_theme,
    "one-story": one_story,
    "sixty-stories": sixty,
    "long-headline": long_headline,
    "many-scripts": many_scripts,
    "right-to-left": right_to_left,
    "east-asian": east_asian,
    "lonely-themes": lonely_themes,
    "hostile": hostile,
    "quiet-day": quiet_day,
    "correction": correction,
    "lead-image": lead_image,
    "no-image": no_image,
    "broken-image": broken_image,
}
# The cases that a publication of its own publishes.
PUBLICATIONS = {"right-to-left": ARABIC}


def publication_of(case: str) -> Publication:
    """Whose edition a case is."""
    return PUBLICATIONS.get(case, PUBLICATION)
