# ruff: noqa: RUF001 - typographic quotation marks are what is tested
from __future__ import annotations

import pytest

from digest.summarise.grounding import Claim, names, numbers, ungrounded

SOURCE = (
    "Mayor Ida Holt said on Jan. 5 that Harne would pay 1,200 crowns to each of seventeen families. "
    "“We lost a winter,” Holt told the Coast Agency. The ferry cost 5.7 million crowns, up 12 percent."
)


@pytest.mark.parametrize(
    "summary",
    [
        "Harne will pay 1200 crowns to 17 families, Ida Holt said.",
        "The ferry cost 5,700,000 crowns.",
        "Holt’s words were “we lost a winter”.",
        "Families on Harne are paid, and the ferry cost 5.7m crowns.",
        "One of the families was not paid.",
    ],
)
def test_what_the_source_says_in_other_words_passes(summary: str) -> None:
    assert ungrounded(summary, [SOURCE]) == ()


@pytest.mark.parametrize(
    ("summary", "kind", "text"),
    [
        ("Harne will pay 1,300 crowns to each family.", Claim.NUMBER, "1,300"),
        ("The ferry cost 5.7 billion crowns.", Claim.NUMBER, "5.7 billion"),
        ("Eighteen families are paid.", Claim.NUMBER, "Eighteen"),
        ("Mayor Nils Holt spoke.", Claim.NAME, "Mayor Nils Holt"),
        ("The Baltic Agency heard it.", Claim.NAME, "Baltic Agency"),
        ("Holt said “we lost a summer” to the agency.", Claim.QUOTATION, "we lost a summer"),
    ],
)
def test_what_no_source_says_is_named(summary: str, kind: Claim, text: str) -> None:
    found = ungrounded(summary, [SOURCE])
    assert [(one.kind, one.text) for one in found] == [(kind, text)]


def test_numbers_are_read_in_digits_and_in_words() -> None:
    assert set(numbers("two hundred and five ships, $3.5bn, 12% and 2 million")) == {205, 3.5e9, 12, 2e6}


def test_names_leave_out_what_is_capital_only_because_it_opens_a_sentence() -> None:
    assert names("Ships from the Port of Harne met Ida Holt. Rain fell. Nils Brandt and the Mail knew.") == (
        "Port of Harne",
        "Ida Holt",
        "Nils Brandt",
        "Mail",
    )
