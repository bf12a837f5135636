from __future__ import annotations

import pytest

from digest.gather.address import is_public, parse_address


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "10.20.30.40",
        "100.64.0.9",
        "169.254.169.254",
        "192.168.1.1",
        "0.0.0.0",
        "224.0.0.251",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::5",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "2002:a00:1::1",
        "2001:0:808:808::f5ff:fffe",
        "2606:4700::5efe:a00:1",
    ],
)
def test_an_address_that_is_or_hides_a_private_one_is_not_public(text: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "[2606:4700::2]"],
)
def test_a_public_address_is_public_in_every_notation(text: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert is_public(address)


def test_a_name_is_no_address() -> None:
    assert parse_address("news.example.org") is None
