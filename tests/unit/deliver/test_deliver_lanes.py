"""Limits for recipient domains: never broken, nobody forgotten, nobody overtaken within a domain."""

from __future__ import annotations

from collections import Counter, deque

from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.pace import DomainLimits, Lanes
from digest.model.delivery import Recipient


def to(number: int, domain: str) -> Recipient:
    return Recipient(1, number, f"reader{number}@{domain}", "", "all", 0)


def test_without_limits_everybody_goes_at_once() -> None:
    lanes = Lanes(DomainLimits())
    assert all(lanes.admit(to(number, "a.example"), 0.0) for number in range(100))
    assert not lanes


def test_a_slow_domain_waits_while_others_go() -> None:
    lanes = Lanes(DomainLimits(rates={"slow.example": 2.0}))
    admitted = [lanes.admit(to(number, "SLOW.example"), 0.0) for number in range(3)]
    assert admitted == [True, False, False]
    assert lanes.admit(to(9, "quick.example"), 0.0)
    assert lanes.ready(0.1) is None
    assert 0 < lanes.wait_s(0.1) <= 0.5
    first, second = lanes.ready(0.5), lanes.ready(1.0)
    assert (first, second) == (to(1, "SLOW.example"), to(2, "SLOW.example"))
    assert not lanes


def test_a_full_domain_waits_for_one_to_be_done() -> None:
    lanes = Lanes(DomainLimits(at_once=2))
    readers = [to(number, "a.example") for number in range(4)]
    assert [lanes.admit(reader, 0.0) for reader in readers] == [True, True, False, False]
    assert lanes.ready(9.0) is None
    assert lanes.wait_s(9.0) == float("inf")
    lanes.done(readers[0])
    assert lanes.ready(9.0) == readers[2]
    assert lanes.ready(9.0) is None


def test_those_who_wait_are_given_back_on_a_stop() -> None:
    lanes = Lanes(DomainLimits(per_s=1.0))
    readers = [to(number, f"{number % 2}.example") for number in range(6)]
    waiting = [reader for reader in readers if not lanes.admit(reader, 0.0)]
    assert sorted(lanes.clear(), key=lambda one: one.subscriber_id) == waiting
    assert len(lanes) == 0
    assert lanes.ready(99.0) is None


@given(
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=60),
    st.sampled_from([DomainLimits(per_s=10.0), DomainLimits(at_once=2), DomainLimits(5.0, 1, {"a": 50.0})]),
)
def test_limits_hold_and_everybody_goes(domains: list[str], limits: DomainLimits) -> None:
    lanes, now = Lanes(limits), 0.0
    rows = deque(to(number, domain) for number, domain in enumerate(domains))
    under_way: list[Recipient] = []
    went: list[tuple[float, Recipient]] = []
    for _ in range(5_000):
        if not rows and not lanes and not under_way:
            break
        chosen = lanes.ready(now)
        if chosen is None and rows:
            candidate = rows.popleft()
            chosen = candidate if lanes.admit(candidate, now) else None
        if chosen is not None:
            went.append((now, chosen))
            under_way.append(chosen)
            at_once = Counter(one.address.rpartition("@")[2] for one in under_way)
            assert not limits.at_once or max(at_once.values()) <= limits.at_once
        elif under_way:
            lanes.done(under_way.pop(0))
        now += 0.01
    assert len(went) == len(domains)
    for domain in set(domains):
        mine = [(at, one.subscriber_id) for at, one in went if one.address.endswith(f"@{domain}")]
        assert [number for _, number in mine] == sorted(number for _, number in mine)
        rate = limits.rates.get(domain, limits.per_s)
        if rate and len(mine) > 2:
            assert (len(mine) - 2) / rate <= mine[-1][0] - mine[0][0] + 0.1 + 1e-6
