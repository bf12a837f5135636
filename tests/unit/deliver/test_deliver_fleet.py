"""How many connections are opened, and when a server counts as down."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from digest.deliver.desk import LedgerDesk
from digest.deliver.fleet import Fleet, FleetOptions
from digest.deliver.transports.base import Desk, Ending, Served
from digest.errors import TransportError


class Work:
    """A desk with ``at_hand`` messages that nobody takes."""

    def __init__(self, at_hand: int) -> None:
        self.at_hand = at_hand

    def has_work(self) -> bool:
        return True


class Server:
    """A transport whose connections all end in one way."""

    name = "smtp"

    def __init__(self, served: Served) -> None:
        self.served = served
        self.opened = 0

    def check(self) -> None: ...

    def finish(self) -> None: ...

    async def serve(self, desk: Desk) -> Served:
        self.opened += 1
        return self.served


def fleet_of(server: Server, *, at_hand: int = 100, wait_s: float = 0.001) -> Fleet:
    desk = cast("LedgerDesk", Work(at_hand))
    return Fleet(server, desk, FleetOptions(most=8, wait_s=wait_s, tries=3))


@pytest.mark.parametrize(("at_hand", "opened"), [(0, 1), (3, 3), (100, 8)])
def test_no_more_connections_are_opened_than_there_are_messages(at_hand: int, opened: int) -> None:
    async def test() -> int:
        fleet = fleet_of(Server(Served(Ending.DONE)), at_hand=at_hand)
        fleet.open()
        serving = fleet.serving
        await fleet.end()
        return serving

    assert asyncio.run(test()) == opened


def test_connections_that_fail_together_count_once() -> None:
    async def test() -> None:
        server = Server(Served(Ending.UNREACHABLE, text="nobody there"))
        fleet = fleet_of(server)
        fleet.open()
        while fleet.serving:
            await fleet.wait(1)
        assert server.opened == 8
        await fleet.wait(1)  # until the next try is allowed
        fleet.open()
        with pytest.raises(TransportError, match="nobody there; given up after 2 tries"):
            await fleet.wait(1)
        await fleet.end()

    asyncio.run(test())


def test_a_failed_connection_is_waited_for_before_the_next() -> None:
    async def test() -> int:
        server = Server(Served(Ending.BUSY, text="421"))
        fleet = fleet_of(server, wait_s=3600)
        for _ in range(5):
            fleet.open()
            await fleet.wait(0.001)
        return server.opened

    assert asyncio.run(test()) == 8


def test_a_server_that_worked_is_given_more_time() -> None:
    async def test() -> int:
        server = Server(Served(Ending.LOST, answered=1))
        fleet = fleet_of(server, at_hand=1)
        fleet.open()
        await fleet.wait(1)
        server.served, server.opened = Served(Ending.UNREACHABLE, text="gone"), 0

        async def until_it_gives_up() -> None:
            while True:
                fleet.open()
                await fleet.wait(1)

        with pytest.raises(TransportError, match="given up after 3 tries"):
            await until_it_gives_up()
        return server.opened

    assert asyncio.run(test()) == 3
