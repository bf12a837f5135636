from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.edition import Method
from digest.model.news import Article, Story
from digest.model.words import count_words
from digest.summarise import SummaryOptions, sentences, summarise
from digest.summarise.extract import extract

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]

ONE = (
    "OSKARHAVN (Coast Agency) — "
    "The county council voted on Monday to buy a second ferry for the island of Harne.\n\n"
    "Photo: The old ferry in the yard.\n\n"
    "“It was about time.”\n\n"
    "He said the yard would be paid in May.\n\n"
    "The ferry costs 40 million crowns and will sail from the autumn, according to the council.\n\n"
    "Subscribe to our newsletter for more stories from the coast."
)
TWO = (
    "The island of Harne gets a second ferry after the county council voted for it on Monday. "
    "It will carry 60 cars. Will it be enough for the summer guests of the island?"
)
OPTIONS = SummaryOptions()


def test_the_leads_dek_comes_first_with_its_provenance(article: MakeArticle, story: MakeStory) -> None:
    dek = "A second ferry will sail to Harne from the autumn, the county council decided."
    lead = article(dek=dek, text=ONE, ai_notice="Written with AI.")
    summary = summarise(story(lead, article(id=2, text=TWO)), OPTIONS)
    assert summary is not None
    assert summary.text == dek
    made = summary.provenance
    assert (made.method, made.source, made.source_url) == (Method.PUBLISHER, "Outlet 1", lead.url)
    assert made.sentences == (dek,)
    assert made.source_ai_notice == "Written with AI."
    assert made.reviewed_by == ""


def test_another_dek_is_used_only_where_it_fits_the_headline(article: MakeArticle, story: MakeStory) -> None:
    fits = "The ferry sails to Harne again from Monday, the county council decided."
    lead = article(text="")
    found = summarise(story(lead, article(id=2, dek=fits)), OPTIONS)
    assert found is not None
    assert found.provenance.source == "Outlet 2"
    for bad in (
        "It sails to Harne again as a ferry from Monday, the council decided.",
        "Rain fell over the whole coast for the third week in a row.",
        "A keeper of the Harne Ferry Museum was hurt by a falling bell.",  # names alone
    ):
        assert summarise(story(lead, article(id=2, dek=bad)), OPTIONS) is None


def test_under_a_headline_with_a_toll_stands_no_other(article: MakeArticle, story: MakeStory) -> None:
    lead = article(title="Seven killed in fire on Harne ferry", text="")
    other = "The fire on the Harne ferry killed {} people on Monday, the county council said in the evening."
    agreeing = summarise(story(lead, article(id=2, dek=other.format("seven"))), OPTIONS)
    assert agreeing is not None
    for fields in ({"dek": other.format("35")}, {"text": other.format("35")}):
        assert summarise(story(lead, article(id=2, **fields)), OPTIONS) is None


def test_under_an_editor_s_headline_stands_no_other_toll(article: MakeArticle, story: MakeStory) -> None:
    dek = "Seven fighters were killed on Sunday, the army said in Oskarhavn."
    text = f"{dek} The clash with fighters near the ferry of Harne began before dawn and lasted nine hours."
    later = "The army said that 20 fighters were killed near the ferry of Harne."
    alone = story(article("Seven fighters said killed near Harne", dek=dek, text=text))
    both = story(*alone.articles, article("Army says 20 fighters killed", id=2, text=later))
    worded = "Army kills 20 fighters near Harne"
    for made in (alone, both):
        under_own, found = summarise(made, OPTIONS), summarise(replace(made, headline=worded), OPTIONS)
        assert under_own is not None
        assert under_own.text == dek
        assert found is not None
        assert "Seven" not in found.text
    bare = story(article("Seven fighters said killed near Harne", dek=dek, text=dek))
    for one in (bare, story(replace(bare.lead, dek=""))):  # better than nothing
        assert summarise(replace(one, headline=worded), OPTIONS) == summarise(one, OPTIONS) is not None


def test_a_lead_whose_dek_has_another_toll_than_its_title_is_read_on(
    article: MakeArticle, story: MakeStory
) -> None:
    dek = "A fire on the Harne ferry killed four people on Monday."
    text = f"{dek} The toll rose to nine dead by the evening, the county council of Oskarhavn said."
    found = summarise(story(article("Nine killed in fire on Harne ferry", dek=dek, text=text)), OPTIONS)
    assert found is not None
    assert "four" not in found.text


def test_what_a_live_page_leads_with_must_fit_its_headline(article: MakeArticle, story: MakeStory) -> None:
    dek = "Rain and hail are expected across the whole coast on Tuesday."
    title = "County council votes for second ferry"
    report = summarise(story(article(title=title, dek=dek, text=ONE)), OPTIONS)
    live = summarise(story(article(title=f"Live: {title}", dek=dek, text=ONE)), OPTIONS)
    assert report is not None
    assert live is not None
    assert (report.text, live.provenance.method) == (dek, Method.EXTRACT)


def test_without_a_dek_it_is_an_extract_of_whole_sentences(article: MakeArticle, story: MakeStory) -> None:
    summary = summarise(story(article(text=ONE), article(id=2, text=TWO)), OPTIONS)
    assert summary is not None
    assert summary.provenance.method is Method.EXTRACT
    assert "OSKARHAVN" not in summary.text
    for furniture in ("Photo", "Subscribe", "about time", "He said", "Will it be"):
        assert furniture not in summary.text
    assert summary.text == " ".join(summary.provenance.sentences)
    assert all(sentence in ONE or sentence in TWO for sentence in summary.provenance.sentences)


def test_an_extract_does_not_say_the_same_thing_twice(article: MakeArticle, story: MakeStory) -> None:
    fleet = (
        "A second ferry for the island of Harne was bought on Monday by the county council. "
        "Hotel owners on Harne say that the new ship will bring more summer guests."
    )
    tellings = (
        article("Second ferry for Harne", text=ONE),
        article("Harne gets a new ship", id=2, text=fleet),
    )
    chosen = extract(story(*tellings), max_sentences=2, max_words=60)
    texts = [sentence.text for sentence in chosen]
    assert len(texts) == 2
    assert sum("second ferry" in text for text in texts) == 1


def test_what_several_outlets_put_in_their_headlines_is_chosen(
    article: MakeArticle, story: MakeStory
) -> None:
    news = "The lighthouse of Harne will be sold to a hotel chain."
    aside = "The oldest tower of the county has seen off storms, wars and a flock of geese in its lantern."
    titles = (
        "Lighthouse to be sold to hotel chain",
        "Hotel chain will get lighthouse",
        "A lighthouse is sold",
    )
    for headlines, first in ((titles, news), (("Tower of the county has seen off storms",) * 3, aside)):
        made = story(
            article(headlines[0], text=f"{aside} {news}"),
            article(headlines[1], id=2, text="Islanders are to meet their new neighbours in spring."),
            article(headlines[2], id=3, text="Geese nest up there every year, its keeper says."),
        )
        (chosen,) = extract(made, max_sentences=1, max_words=60)
        assert chosen.text == first


def test_the_sentence_that_does_best_alone_opens_the_extract(article: MakeArticle, story: MakeStory) -> None:
    detail = "Guests from three countries have written to the county about its old tower."
    news = "The lighthouse of Harne was sold to a hotel chain on Monday, the county said."
    made = story(
        article("Lighthouse of Harne sold", text=detail),
        article("Lighthouse of Harne sold to hotel chain", id=2, text=news),
    )
    chosen = extract(made, max_sentences=2, max_words=60)
    assert [sentence.text for sentence in chosen] == [news, detail]


def test_an_author_who_speaks_is_passed_over_for_the_news(article: MakeArticle, story: MakeStory) -> None:
    mine = "I think that the county council should have bought a second ferry for Harne long ago."
    quoted = "“We lost a winter,” said Mayor Ida Holt of Harne after the second ferry was bought."
    for text, first in ((f"{mine} {quoted}", quoted), (mine, mine)):
        chosen = extract(story(article("Second ferry for Harne", text=text)), max_sentences=1, max_words=60)
        assert [sentence.text for sentence in chosen] == [first]


def test_an_extract_keeps_to_what_the_lead_tells(article: MakeArticle, story: MakeStory) -> None:
    lead = "The mayor of Harne said on Friday that the island should seek no quarrel with the county."
    other = (
        "Mayor Ida Holt of Harne ordered a plan on Saturday to bring people home from the storm in Oskarhavn."
    )
    made = story(
        article("No quarrel with the county, Harne's mayor says", text=lead),
        article("Harne orders plan to bring people home from storm", id=2, text=other),
    )
    found = summarise(made, OPTIONS)
    assert found is not None
    assert (found.text, found.provenance.source) == (lead, "Outlet 1")


def test_a_leaning_sentence_comes_only_after_its_predecessor(article: MakeArticle, story: MakeStory) -> None:
    text = (
        "The ferry of Harne sank in the yard on Sunday night. "
        "It had been there since the autumn storm tore off its bow. "
        "But nobody was aboard, and divers found no oil in the water."
    )
    chosen = extract(story(article("Ferry of Harne sinks in yard", text=text)), max_sentences=3, max_words=90)
    assert [sentence.place for sentence in chosen] == [0, 1, 2]
    alone = extract(
        story(article(text="But nobody was aboard the ferry of Harne.")), max_sentences=2, max_words=60
    )
    assert alone == ()


def test_the_words_of_all_sentences_together_keep_the_limit(article: MakeArticle, story: MakeStory) -> None:
    made = story(article(text=ONE), article(id=2, text=TWO))
    for most in (18, 30, 40):
        chosen = extract(made, max_sentences=3, max_words=most)
        assert chosen
        assert sum(sentence.words for sentence in chosen) <= most


def test_the_lead_of_an_edition_may_have_three_sentences(article: MakeArticle, story: MakeStory) -> None:
    dek = " ".join(
        f"The council of Harne bought ship number {word} on Monday."
        for word in ("one", "two", "three", "four")
    )
    made = story(article("Ships", dek=dek))
    for lead, most in ((False, 2), (True, 3)):
        summary = summarise(made, OPTIONS, lead=lead)
        assert summary is not None
        assert len(sentences(summary.text)) == most


def test_a_sentence_too_long_for_the_limit_is_not_cut(article: MakeArticle, story: MakeStory) -> None:
    long = "The council of Harne decided " + "and debated and decided " * 30 + "at last."
    assert summarise(story(article(dek=long, text=long)), OPTIONS) is None


def test_nothing_that_is_a_sentence_gives_no_summary(article: MakeArticle, story: MakeStory) -> None:
    assert summarise(story(article(dek="Live", text="")), OPTIONS) is None


def test_an_extract_names_every_outlet_and_notice_it_used(article: MakeArticle, story: MakeStory) -> None:
    one = article(
        "Council votes for ferry",
        text="The council of Harne voted on Monday for a second ferry to the island.",
        ai_notice="AI one.",
    )
    two = article(
        "Guests welcome ferry",
        id=2,
        text="Hotel owners expect the ferry to bring twice as many summer guests to the island.",
        ai_notice="AI two.",
    )
    made = summarise(story(one, two), OPTIONS)
    assert made is not None
    assert made.provenance.source == "Outlet 1 and Outlet 2"
    assert made.provenance.source_ai_notice == "AI one. AI two."


def test_texts_in_scripts_without_spaces_are_extracted_whole(article: MakeArticle, story: MakeStory) -> None:
    text = "県議会は月曜日、ハルネ島への二隻目のフェリー購入を決めた。費用は四千万クローネの予定だ。"
    made = summarise(story(article("フェリー", text=text, language="ja")), OPTIONS)
    assert made is not None
    assert made.provenance.sentences[0] in text
    assert made.text.endswith("。")


_text = st.lists(
    st.sampled_from([*ONE.split(), *TWO.split(), "\n\n", "He", "But", "“Yes.”", "…", "U.S.", "。", "؟"]),
    max_size=80,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    deks=st.lists(_text, min_size=1, max_size=3),
    texts=st.lists(_text, min_size=3, max_size=3),
    lead=st.booleans(),
)
def test_whatever_the_texts_the_limits_hold_and_nothing_is_invented(
    deks: list[str], texts: list[str], *, lead: bool
) -> None:
    articles = tuple(
        Article(
            url=f"https://o{i}.example.org/",
            canonical_url=f"https://o{i}.example.org/",
            title="T",
            dek=dek,
            text=text,
        )
        for i, (dek, text) in enumerate(zip(deks, texts, strict=False))
    )
    summary = summarise(Story("s", articles), OPTIONS, lead=lead)
    if summary is None:
        return
    most, words = (3, 90) if lead else (2, 60)
    assert summary.text
    assert len(summary.provenance.sentences) <= most
    assert count_words(summary.text) <= words
    pool = [" ".join(f"{article.dek}\n{article.text}".split()) for article in articles]
    assert all(any(sentence in text for text in pool) for sentence in summary.provenance.sentences)
