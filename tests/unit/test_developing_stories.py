"""Stories over several days: told once, and again only when something materially new is vouched for.

Grouping, composing and summarising as a day does it, over invented news from an invented island.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.compose import ComposeOptions, Composition, Past, compose
from digest.group import group
from digest.group.kinship import kinship
from digest.group.terms import Term, Theme
from digest.material import READING
from digest.model.edition import EditionKey, EditionStory, ThemeStyle, ToldStory
from digest.model.links import edition_ref
from digest.model.news import Article
from digest.summarise import SummaryOptions, summarise

FIRST = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday; day 0
HARNE = Theme("harne", "Harne", "#123456", "#abcdef", 1, (Term("place:harne", "Harne", ("Harne",), 3.0),))


def report(
    title: str, text: str, outlet: str, *, day: float = 0, path: str = "", copy_of: Article | None = None
) -> Article:
    """An article published ``day`` days after the first edition (before it, when negative)."""
    name = outlet.lower().replace(" ", "-")
    url = f"https://{name}.example.org/{path}{title.lower().replace(' ', '-')[:60]}"
    return Article(
        url=url,
        canonical_url=url,
        title=title,
        text=copy_of.text if copy_of else text,
        published_at=FIRST + timedelta(days=day),
        language="en",
        outlet=outlet,
    )


class Series:
    """A newsletter that sends an edition on each day it is asked to, and remembers what it told."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self.told: list[ToldStory] = []
        self.used: dict[int, int] = {}

    def publish(self, *articles: Article) -> None:
        for article in articles:
            number = len(self.articles) + 1
            self.articles.setdefault(article.url, _numbered(article, number))

    def number(self, article: Article) -> int:
        return self.articles[article.url].id

    def edition(self, day: int, *articles: Article, max_age_h: float = 36, send: bool = True) -> Composition:
        """The edition of a day, out of all that is published by then."""
        self.publish(*articles)
        now = FIRST + timedelta(days=day)
        every = [a for a in self.articles.values() if a.published_at and a.published_at <= now]
        recent = [a for a in every if a.published_at and a.published_at >= now - timedelta(hours=max_age_h)]
        since = now - timedelta(days=5)
        again = {number for told in self.told if told.slot >= since for number in told.article_ids}
        older = [a for a in every if a.id in again and a not in recent]
        key = EditionKey("gazette", "daily", now)
        found = compose(
            key,
            group([*recent, *older], (HARNE,)),
            themes=(ThemeStyle("harne", "Harne", "#123456"),),
            title="The Gazette",
            language="en",
            local_date=now.date().isoformat(),
            now=now,
            options=ComposeOptions(max_age_h=max_age_h),
            summarise=lambda story, lead: summarise(story, SummaryOptions(), lead=lead),
            notice=lambda _: None,
            past=Past(tuple(self.told), self.used, {a.id: a for a in every if a.id in again}),
            reading=READING,
            kin=kinship,
            told_url=lambda told: f"https://gazette.example.org/editions/{told.ref}#{told.key}",
            articles_considered=len(recent),
            outlets=1,
        )
        shown = [number for story in found.edition.stories for number in story.article_ids]
        assert not set(shown) & set(self.used), "an article stands in two editions"
        assert {a.id for a in recent} <= set(shown) | set(found.drops), "an article is not accounted for"
        if send:
            self._remember(day, key, found)
        return found

    def _remember(self, day: int, key: EditionKey, found: Composition) -> None:
        for story in found.edition.stories:
            self.used |= dict.fromkeys(story.article_ids, day + 1)
            self.told.append(
                ToldStory(
                    edition_id=day + 1,
                    ref=edition_ref(key),
                    slot=key.slot,
                    composed_at=key.slot,
                    local_date=found.edition.local_date,
                    key=story.key,
                    headline=story.headline,
                    themes=story.themes,
                    article_ids=story.article_ids,
                    summary=f"{story.update_of} {story.summary.text if story.summary else ''}",
                    follows=story.follows,
                )
            )


def _numbered(article: Article, number: int) -> Article:
    return replace(article, id=number)


FIRE = report(
    "Ferry burns off Harne with 90 people on board",
    "A car ferry caught fire off Harne on Sunday night and at least 12 people were killed, the coastguard"
    " said. The Lady Orla was carrying 90 passengers from Port Tarrow to the island.\n\nLifeboats from three"
    " harbours searched the water until dawn.",
    "Harbour Post",
    day=-0.3,
)
FIRE_TOO = report(
    "At least 12 dead in ferry fire off Harne",
    "At least 12 passengers died when the ferry Lady Orla burned off the island of Harne. The coastguard said"
    " the fire began on the car deck shortly after the ferry left Port Tarrow.",
    "Tarrow Times",
    day=-0.2,
)


@pytest.fixture
def series() -> Series:
    """A newsletter whose first edition told of the ferry fire."""
    made = Series()
    first = made.edition(0, FIRE, FIRE_TOO)
    assert [story.update_of for story in first.edition.stories] == [""]
    return made


def only(found: Composition) -> EditionStory:
    (story,) = found.edition.stories
    return story


def reasons(series: Series, found: Composition, *articles: Article) -> list[str]:
    return [found.drops[series.number(article)] for article in articles]


def updates(found: Composition) -> Sequence[str]:
    return [story.update_of for story in found.edition.stories]


TOLL = (
    report(
        "Ferry fire toll climbs to 31 as divers search wreck off Harne",
        "Nineteen more bodies were found in the burnt ferry off Harne, bringing the number killed to 31,"
        " officials said on Monday evening. Divers will enter the engine room of the Lady Orla today. The car"
        " ferry caught fire on Sunday night with 90 passengers from Port Tarrow on board.",
        "Harbour Post",
        day=0.6,
    ),
    report(
        "Divers find more victims in ferry that burned off Harne",
        "The fire on the ferry Lady Orla off Harne killed 31 people, the island's governor said after divers"
        " reached the lower decks. The coastguard said the fire began on the car deck.",
        "Island Radio",
        day=0.7,
    ),
)


def test_a_toll_that_rises_is_an_update_told_by_the_fresh_reports_alone(series: Series) -> None:
    found = series.edition(1, *TOLL)
    story = only(found)
    assert "31" in story.update_of
    assert {link.article_id for link in story.sources} == {series.number(article) for article in TOLL}
    assert story.headline in {article.title for article in TOLL}
    assert story.update_of in story.headline + TOLL[0].text + TOLL[1].text
    assert not story.summary or story.update_of not in story.summary.text
    assert not story.summary or "12" not in story.summary.text
    parts = {part.name: part for part in story.rank}
    assert parts["told before"].value < 0
    assert "31 dead (told: 12)" in parts["told before"].note


def test_under_the_news_of_an_update_stands_no_toll_that_is_lower(series: Series) -> None:
    dek = "Rescuers in the burnt engine room counted 17 dead before nightfall stopped their search."
    early = report("31 feared dead in ferry fire off Harne", dek, "Quay Gazette", day=0.5)
    story = only(series.edition(1, *TOLL, replace(early, dek=dek)))
    assert "31" in story.update_of
    assert series.number(early) in {link.article_id for link in story.sources}
    assert story.summary
    assert "17" not in story.summary.text


def test_an_update_names_the_earlier_edition_first(series: Series) -> None:
    first = series.told[0]
    line = only(series.edition(1, *TOLL)).related[0]
    assert (line.title, line.published_at) == (first.headline, FIRST)
    assert line.url == f"https://gazette.example.org/editions/{first.ref}#{first.key}"


def test_a_toll_that_only_one_outlet_gives_in_passing_is_no_update(series: Series) -> None:
    lone = report(
        "Harne mourns ferry passengers",
        "Candles were lit on Harne for the 31 people killed in the fire on the ferry.",
        "Island Radio",
        day=0.5,
    )
    found = series.edition(1, lone)
    assert found.edition.quiet
    (reason,) = reasons(series, found, lone)
    assert reason.startswith("tells a story that edition 1 already had (")
    assert "); nothing new enough: best was “" in reason
    assert "31 by Island Radio alone" in reason


ARREST = report(
    "Captain of ferry that burned off Harne arrested",
    "Police arrested the captain of the ferry Lady Orla, which burned off Harne with 90 passengers on board,"
    " on suspicion of leaving Port Tarrow with a broken sprinkler. At least 12 people were killed when the"
    " car ferry caught fire on Sunday night. "
    + "The inquiry will hear the crew and the owner in public. "
    * 12,
    "Harbour Post",
    day=0.5,
)


def test_one_full_report_vouches_by_headline_and_first_sentence(series: Series) -> None:
    story = only(series.edition(1, ARREST))
    assert story.update_of.startswith("Police arrested the captain")
    assert story.headline == ARREST.title


def test_the_same_text_under_a_new_address_is_no_update(series: Series) -> None:
    again = report("Ferry burns off Harne", "", "Harbour Post", day=0.4, copy_of=FIRE)
    found = series.edition(1, again)
    assert found.edition.quiet
    assert "edition 1 already had" in reasons(series, found, again)[0]


def test_a_wire_copy_of_the_told_text_under_a_new_title_is_no_update(series: Series) -> None:
    copies = [
        report("Inferno at sea: dozens feared lost", "", "Coast Mirror", day=0.5, copy_of=FIRE),
        report("Night of terror off Harne", "", "Northern Echoes", day=0.6, copy_of=FIRE_TOO),
    ]
    found = series.edition(1, *copies)
    assert found.edition.quiet
    assert all("edition 1 already had" in reason for reason in reasons(series, found, *copies))


@pytest.mark.parametrize(
    ("title", "path", "why"),
    [
        ("Harne ferry fire: captain arrested as toll hits 31", "live/", "filed under live"),
        ("Harne ferry fire: what we know about the captain arrested and the 31 dead", "", "its title"),
        ("Why the captain of the ferry that burned off Harne was arrested", "", "its title"),
        ("Opinion: The 31 dead of the Harne ferry and an arrested captain deserve better", "", "its title"),
        (
            "After the ferry fire off Harne, an arrested captain is not enough",
            "opinion/",
            "filed under opinion",
        ),
    ],
    ids=["live page by its address", "what we know", "explainer", "opinion", "opinion by its address"],
)
def test_what_reports_nothing_by_itself_is_no_update(series: Series, title: str, path: str, why: str) -> None:
    pieces = [report(title, told.text, told.outlet, day=0.5, path=path) for told in TOLL]
    found = series.edition(1, *pieces)
    assert found.edition.quiet
    assert all(why in reason for reason in reasons(series, found, *pieces))


def test_a_rewrite_by_other_outlets_is_no_update(series: Series) -> None:
    rewrites = [
        report(
            "Ferry carrying 90 catches fire near Harne",
            "The coastguard said at least 12 passengers were killed on the car ferry Lady Orla, which was"
            " carrying 90 people to Harne.",
            outlet,
            day=0.2,
        )
        for outlet in ("Coast Mirror", "Island Radio")
    ]
    found = series.edition(1, *rewrites)
    assert found.edition.quiet
    assert found.drops


def test_another_event_in_the_same_place_is_a_story_of_its_own(series: Series) -> None:
    vote = [
        report(
            "Harne parliament approves wind farm after long debate",
            "Deputies in Harne voted 21 to 14 for a wind farm on the western cliffs, which farmers opposed.",
            "Harbour Post",
            day=0.5,
        ),
        report(
            "Wind farm on Harne cliffs gets the deputies' vote",
            "The parliament of Harne backed a wind farm on its western cliffs by 21 votes to 14.",
            "Tarrow Times",
            day=0.6,
        ),
    ]
    story = only(series.edition(1, *vote))
    assert (story.update_of, story.follows, len(story.sources)) == ("", "", 2)


LATER = tuple(
    report(title, text, outlet, day=3.6)
    for title, text, outlet in (
        (
            "Owner of burnt Harne ferry Lady Orla charged",
            "The owner of the ferry Lady Orla, which burned off Harne, was charged with manslaughter.",
            "Harbour Post",
        ),
        (
            "Ferry owner charged over Lady Orla fire off Harne",
            "Prosecutors charged the owner of the ferry Lady Orla with manslaughter over the fire off Harne.",
            "Tarrow Times",
        ),
    )
)


def test_a_follow_up_after_days_of_silence_is_known_for_what_it_is(series: Series) -> None:
    story = only(series.edition(4, *LATER))
    assert "charged" in story.update_of
    assert story.follows == series.told[0].key


def test_one_too_unlike_to_be_sure_of_is_a_story_that_names_the_earlier_edition(series: Series) -> None:
    distant = report(
        "Harne wants a drill for every ferry crew",
        "Crews have to show each month from June that they can put out a blaze, the parliament decided.",
        "Tarrow Times",
        day=3.6,
    )
    story = only(series.edition(4, distant))
    assert (story.update_of, story.follows) == ("", "")
    assert [line.title for line in story.related] == [series.told[0].headline]


def test_an_echo_after_days_of_silence_is_not_told_as_if_it_were_new(series: Series) -> None:
    echo = report(
        "Ferry Lady Orla burned off Harne with 90 on board, killing 12",
        "The car ferry Lady Orla was carrying 90 passengers from Port Tarrow to Harne when it caught fire,"
        " killing at least 12 people, the coastguard said.",
        "Island Radio",
        day=3.7,
    )
    found = series.edition(4, echo)
    assert found.edition.quiet
    assert "edition 1 already had" in reasons(series, found, echo)[0]


def test_a_correction_is_an_update_and_a_lower_figure_alone_is_none(series: Series) -> None:
    lower = [
        report(
            f"At least nine dead in ferry fire off Harne{tail}",
            f"At least nine passengers died when the Lady Orla burned off the island of Harne, {who} said.",
            outlet,
            day=0.3,
        )
        for outlet, tail, who in (
            ("Coast Mirror", "", "a minister in Port Tarrow"),
            ("Island Radio", " on Sunday", "two doctors at the hospital"),
        )
    ]
    assert series.edition(1, *lower, send=False).edition.quiet
    corrected = [
        report(
            "Coastguard corrects toll of ferry fire off Harne to nine",
            "The coastguard corrected the number of passengers killed on the Lady Orla off Harne to nine,"
            " as three were counted twice.",
            "Harbour Post",
            day=0.5,
        ),
        report(
            "Toll of Lady Orla fire off Harne corrected",
            "Nine people were killed when the Lady Orla burned, by a corrected list of the passengers"
            " of the ferry to Harne.",
            "Tarrow Times",
            day=0.6,
        ),
    ]
    story = only(series.edition(1, *corrected))
    assert "corrected" in story.update_of
    assert "nine" in story.update_of.lower()


def test_what_an_update_told_is_told_and_a_later_one_goes_on_from_it(series: Series) -> None:
    second = only(series.edition(1, *TOLL))
    echo = [
        report(
            "Harne counts 31 dead in ferry fire",
            "The fire on the ferry Lady Orla killed 31 people, the governor of Harne said again.",
            outlet,
            day=1.4,
        )
        for outlet in ("Coast Mirror", "Northern Echoes")
    ]
    assert series.edition(2, *echo).edition.quiet
    third = only(series.edition(3, ARREST_LATER))
    assert third.follows == second.key
    assert third.related[0].title == second.headline


ARREST_LATER = Article(
    **{
        **{name: getattr(ARREST, name) for name in ("title", "text", "outlet", "language")},
        "url": "https://harbour-post.example.org/later",
        "canonical_url": "https://harbour-post.example.org/later",
        "published_at": FIRST + timedelta(days=2.5),
    }
)


INQUIRY = (
    report(
        "Head of Port Tarrow ferry line resigns over fire off Harne",
        "The head of the ferry line in Port Tarrow resigned over the fire on the Lady Orla, its board said.",
        "Northern Echoes",
        day=0.6,
    ),
    report(
        "Ferry line's chief quits after fire that killed passengers off Harne",
        "Elsa Brandt, who ran the ferry line for nine years, resigned on Monday and apologised to families.",
        "Coast Mirror",
        day=0.65,
    ),
)


def test_a_running_story_is_an_update_once_in_an_edition(series: Series) -> None:
    """Two sides of it that grouping keeps apart; the lesser one says which it gave way to."""
    found = series.edition(1, *TOLL, *INQUIRY)
    (update,) = [line for line in updates(found) if line]
    assert "31" in update
    later = only(series.edition(2))
    assert "resigned" in later.update_of, "what gave way is told when nothing newer is"
    assert series.edition(3, max_age_h=72).edition.quiet


def test_what_gave_way_to_an_update_gives_way_to_newer_news_as_well(series: Series) -> None:
    series.edition(1, *TOLL, *INQUIRY)
    found = series.edition(2, replace(ARREST_LATER, published_at=FIRST + timedelta(days=1.5)))
    assert "arrested" in only(found).update_of


def test_a_monday_that_reaches_back_compares_with_friday(series: Series) -> None:
    found = series.edition(3, *TOLL, max_age_h=72)
    assert "31" in only(found).update_of


def test_reports_that_were_out_when_the_story_was_told_carry_no_update(series: Series) -> None:
    early = [report(article.title, article.text, article.outlet, day=-0.1, path="early/") for article in TOLL]
    found = series.edition(1, *early)
    assert found.edition.quiet
    assert all("came out before that was drafted" in reason for reason in reasons(series, found, *early))


def test_a_headline_that_was_told_is_not_told_again_as_new(series: Series) -> None:
    same = report(FIRE.title, "Harne holds a concert in the town hall tonight.", "Sound Gazette", day=6.8)
    found = series.edition(7, same)
    assert reasons(series, found, same) == ["has a headline that edition 1 already had"]
