from __future__ import annotations

from collections.abc import Mapping

import pytest

from digest.checkup.sender import sender_records

SPF = {"news.example.net": ("v=spf1 -all",)}
BOUNCES = {"bounces.provider.example": ("v=spf1 mx -all",)}


def told(records: Mapping[str, tuple[str, ...]], envelope: str = "news.example.net") -> list[tuple[str, str]]:
    found = sender_records("news.example.net", envelope, lambda name: records.get(name, ()))
    return [(str(finding.level), finding.what) for finding in found]


@pytest.mark.parametrize("name", ["_dmarc.news.example.net", "_dmarc.example.net"])
def test_dmarc_of_the_registered_domain_counts_for_those_below(name: str) -> None:
    _spf, (level, what) = told({**SPF, name: ("v=DMARC1; p=reject",)})
    assert (level, what.partition(": ")[2]) == ("ok", "v=DMARC1; p=reject")
    assert ("(at _dmarc.example.net)" in what) == (name == "_dmarc.example.net")


def test_a_domain_of_its_own_goes_before_the_registered_one() -> None:
    own = ("v=DMARC1; p=none",)
    assert told({**SPF, "_dmarc.news.example.net": own, "_dmarc.example.net": own * 2})[1][0] == "ok"
    assert told({**SPF, "_dmarc.example.net": own * 2})[1][0] == "error"
    assert told(SPF)[1] == ("warning", "news.example.net has no DMARC record")


def test_spf_is_asked_of_the_domain_that_bounces_go_to() -> None:
    assert told({**SPF, **BOUNCES}, "bounces.provider.example")[0] == ("ok", "SPF: v=spf1 mx -all")
    assert told(SPF, "bounces.provider.example")[0] == (
        "warning",
        "bounces.provider.example has no SPF record",
    )
