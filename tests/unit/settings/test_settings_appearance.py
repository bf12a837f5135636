"""[look] and [wording]: what they accept, and how what can't be read, or filled in, is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest

from digest.model.look import Look
from digest.model.wording import Wording
from digest.settings import Settings
from digest.settings.sections import keys_of
from digest.wiring.options import publication_of

Read = Callable[..., Settings]
Refused = Callable[..., str]


def test_every_field_of_look_and_wording_is_a_setting() -> None:
    assert list(keys_of("look")) == [each.name for each in fields(Look)]
    assert list(keys_of("wording")) == [each.name for each in fields(Wording)]


def test_names_from_the_environment_stand_between_commas_and_spaces(read: Read) -> None:
    days = read("", {"DIGEST_WORDING__WEEKDAYS": "Mo, Di ,Mi,Do, Fr,Sa,So "}).wording.weekdays
    assert days == ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def test_looks_and_words_reach_the_publication(read: Read) -> None:
    text = """
[look]
accent = "#8a1c1c"
serif = "Charter, serif"
logo = "https://news.example.org/logo.png"
logo_width = 220
logo_height = 48
[wording]
read_more = "Weiterlesen bei {outlet}"
weekdays = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
"""
    publication = publication_of(
        read(text, {"DIGEST_WORDING__UPDATE": "Neu", "DIGEST_LOOK__NOTE": "#ffffff"})
    )
    assert publication.look.accent == "#8a1c1c"
    assert publication.look.serif == "Charter, serif"
    assert publication.look.note == "#ffffff"
    assert (publication.look.logo_width, publication.look.logo_height) == (220, 48)
    assert publication.wording.read_more == "Weiterlesen bei {outlet}"
    assert publication.wording.weekdays[0] == "Mo"
    assert publication.wording.update == "Neu"
    assert publication.wording.unsubscribe == "Unsubscribe"


def test_months_can_come_from_the_environment(read: Read) -> None:
    months = "I,II,III,IV,V,VI,VII,VIII,IX,X,XI,XII"
    assert read("", {"DIGEST_WORDING__MONTHS": months}).wording.months[11] == "XII"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[look]\nacent = '#000000'", "look.acent is no setting; did you mean accent?"),
        ("[wording]\nreed_more = 'x'", "wording.reed_more is no setting; did you mean read_more?"),
        (
            "[look]\nink = 'black'",
            'look.ink = "black" is no colour; write "#" and six digits, like "#1f4e79"',
        ),
        ("[look]\nsans = 'A; B'", "is no list of fonts"),
        ('[look]\nsans = "\'Times New Roman, serif"', "is no list of fonts"),
        ('[look]\nsans = "Georgia,"', "is no list of fonts"),
        (
            "[look]\nmuted = '#8a8a8a'",
            "digest.toml:2: look.muted #8a8a8a on look.page #efece5 has a contrast of 2.93, and text needs",
        ),
        (
            "[look]\nink = '#1d1b18'\npaper = '#333333'",
            "digest.toml:2: look.ink #1d1b18 on look.paper #333333",
        ),
        (
            "[look]\ndark_paper = '#707070'",
            "digest.toml:2: look.dark_ink #ece9e2 on look.dark_paper #707070 has a contrast of",
        ),
        ("[look]\nlogo = 'https://x.example/l.png'", "look.logo needs look.logo_width, 1 to 552"),
        ("[look]\nlogo = 'http://x.example/l.png'", "look.logo 'http://x.example/l.png' is no https address"),
        ("[look]\nlogo_width = 600", "look.logo_width = 600 is out of range"),
        (
            "[wording]\nread_more = 'Mehr: {url}'",
            'wording.read_more = "Mehr: {url}" knows no {url}; it may use {outlet}',
        ),
        ("[wording]\nupdate = 'Neu {n}'", "knows no {n}; it may use no word in braces"),
        ("[wording]\nstories = '{n'", "cannot be read: "),
        ("[wording]\nstories = '{n:>99}'", "stands alone, without '>99'"),
        ("[wording]\nunsubscribe = ' '", "is empty"),
        ("[wording]\nweekdays = ['Montag']", "is not 7 names"),
    ],
)
def test_what_cannot_be_read_or_filled_in_is_refused(text: str, said: str, refused: Refused) -> None:
    assert said in refused(text)


def test_a_colour_refused_by_itself_is_told_once(refused: Refused) -> None:
    assert refused("[look]\nink = 'white'\npage = '#000000'").count("look.ink") == 1


def test_the_defaults_of_the_published_file_are_readable(read: Read) -> None:
    assert read("").look == Look()
    assert read("").wording == Wording()
