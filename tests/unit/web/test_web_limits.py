"""Who asks too often: told apart by address as far as that can be believed, and counted for an hour."""

from __future__ import annotations

import pytest

from digest.web.limits import HOUR_S, Throttle, client_of, networks_of

PROXIES = networks_of(["127.0.0.1", "::1", "10.0.0.0/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # no proxy of ours: what it claims is nothing
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the client wrote the first one itself
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),  # two proxies, both ours
        ("10.1.2.3", "203.0.113.9,127.0.0.1", "203.0.113.9"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "", "2001:db8:1:2::/64"),
        ("127.0.0.1", "203.0.113.9:5123", "203.0.113.9"),  # as some proxies write it
        ("127.0.0.1", "[2001:db8:1:2::9]:5123", "2001:db8:1:2::/64"),
        ("127.0.0.1", "[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2::9:5123", "2001:db8:1:2::/64"),
        ("127.0.0.1", "203.0.113.9:", ""),
        ("127.0.0.1", "[203.0.113.9", ""),
        ("127.0.0.1", "", ""),  # it does not say for whom it speaks
        ("127.0.0.1", "10.1.1.1", ""),
        ("127.0.0.1", "unknown", ""),
        ("127.0.0.1", "203.0.113.9, <script>", ""),
        ("127.0.0.1", ",", ""),
        ("", "", ""),
        ("testclient", "203.0.113.9", ""),
    ],
)
def test_a_client_is_whom_the_last_proxy_of_ours_heard_from(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


def test_without_proxies_nobody_is_believed() -> None:
    assert client_of("127.0.0.1", "203.0.113.9", []) == "127.0.0.1"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_each_client_and_everybody_have_their_share_of_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(each=2, everybody=4, clock_s=clock)
    assert [throttle.lets_through("a") for _ in range(3)] == [True, True, False]
    assert [throttle.lets_through("b") for _ in range(3)] == [True, True, False]
    assert not throttle.lets_through("c"), "there were four in all"
    clock.now += HOUR_S - 1
    assert not throttle.lets_through("c")
    clock.now += 1
    assert [throttle.lets_through("a") for _ in range(3)] == [True, True, False]


def test_no_hour_has_more_than_its_share_wherever_it_begins() -> None:
    clock = Clock()
    throttle = Throttle(each=2, everybody=3, clock_s=clock)
    passed: dict[str, list[float]] = {"a": [], "b": []}
    for minute in range(0, 600, 5):
        clock.now = 60.0 * minute
        for who, times in passed.items():
            if throttle.lets_through(who):
                times.append(clock.now)
    everybody = sorted(passed["a"] + passed["b"])
    for times, most in ((passed["a"], 2), (everybody, 3)):
        within = [sum(begin <= at < begin + HOUR_S for at in times) for begin in times]
        assert max(within) == most
    assert len(everybody) == 30, "and none is held back longer than it must be"


def test_of_the_past_nothing_is_kept() -> None:
    clock = Clock()
    throttle = Throttle(each=1, everybody=5, clock_s=clock, window_s=10)
    for number in range(5):
        assert throttle.lets_through(f"client {number}")
    clock.now += 10
    assert throttle.lets_through("another")
    assert "client" not in repr(vars(throttle))


def test_of_clients_that_nobody_can_tell_apart_only_all_are_counted() -> None:
    throttle = Throttle(each=1, everybody=3, clock_s=Clock())
    assert [throttle.lets_through("") for _ in range(4)] == [True, True, True, False]


def test_its_memory_is_bounded() -> None:
    throttle = Throttle(each=1, everybody=50, clock_s=Clock())
    for number in range(1000):
        throttle.lets_through(f"client {number}")
    assert len(throttle._seen) == 50
