from __future__ import annotations

import unicodedata

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import InputError
from digest.subscriptions import (
    MAX_NAME,
    Mailbox,
    addresses,
    check_themes,
    clean_name,
    email_key,
    needs_smtputf8,
    parse_address,
    parse_mailbox,
    split_themes,
)
from digest.subscriptions.addresses import is_plain

THEMES = ("indo-pacific", "arctic", "middle-east")


@pytest.mark.parametrize(
    ("typed", "address", "key"),
    [
        ("ada@example.org", "ada@example.org", "ada@example.org"),
        ("  Ada.Love@Example.ORG \n", "Ada.Love@Example.ORG", "ada.love@example.org"),
        ("\ufeffada@example.org\u200b", "ada@example.org", "ada@example.org"),
        ("\u00a0ada@example.org", "ada@example.org", "ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org", "ada@example.org"),
        ("a.d.a+news@example.org", "a.d.a+news@example.org", "a.d.a+news@example.org"),
        ("ada@bücher.example.org", "ada@xn--bcher-kva.example.org", "ada@xn--bcher-kva.example.org"),
        ("ada@XN--BCHER-KVA.example.org", "ada@XN--BCHER-KVA.example.org", "ada@xn--bcher-kva.example.org"),
        ("Zo\u00eb@example.org", "Zo\u00eb@example.org", "zo\u00eb@example.org"),
        ("Zoe\u0308@example.org", "Zo\u00eb@example.org", "zo\u00eb@example.org"),
    ],
)
def test_an_address_is_kept_as_typed_and_known_by_its_normal_form(typed: str, address: str, key: str) -> None:
    assert parse_address(typed) == address
    assert email_key(typed) == key


def test_a_name_before_the_address_is_read() -> None:
    assert parse_mailbox('"Lovelace, Ada" <ada@example.org>') == Mailbox("ada@example.org", "Lovelace, Ada")
    assert parse_mailbox("Ada <Ada@example.org>").address == "Ada@example.org"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("ada", "no @"),
        ("ada@", "after the @"),
        ("@example.org", "before the @"),
        ("a b@example.org", "SPACE"),
        ("ada@example", "period"),
        ("ada@exa_mple.org", "_"),
        ("ada@example..org", "period"),
        ("ada@[127.0.0.1]", "bracket"),
        ("ada@localhost", "period"),
        ("ada\x00@example.org", "U\\+0000"),
        ("ada@example.org\nBcc: eve@example.org", "display name|character|@"),
        ("ada@example.org\r\n", None),
        ("x" * 65 + "@example.org", "too long"),
        ("ada@" + "x." * 130 + "org", "too long"),
        ("\ud800@example.org", "character"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(typed: str, reason: str | None) -> None:
    if reason is None:
        assert parse_address(typed) == "ada@example.org"
        return
    with pytest.raises(InputError, match=reason):
        parse_address(typed)


local_parts = st.from_regex(r"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,66}\Z")
domains = st.sampled_from(
    [
        "example.org",
        "Example.ORG",
        "bücher.example.org",
        "news.test",
        "b..org",
        "-b.org",
        "x",
        "a_b.org",
        "b.o",
    ]
)


@given(local_parts, domains)
def test_the_quick_way_gives_the_answer_of_the_thorough_one(local: str, domain: str) -> None:
    try:
        thorough = validate_email(
            f"{local}@{domain}", check_deliverability=False, strict=True, test_environment=True
        )
        expected: str | None = f"{thorough.local_part}@{thorough.ascii_domain}".lower()
    except EmailNotValidError:
        expected = None
    try:
        found: str | None = parse_address(f"{local}@{domain}").lower()
    except InputError:
        found = None
    assert found == expected


labels = st.from_regex(r"\A[A-Za-z0-9-]{1,66}\Z")
endings = st.sampled_from(
    [*SPECIAL_USE_DOMAIN_NAMES, "org", "Test", "x", "c0m", "xn--p1ai", "LOCALHOST", "\u0441\u043e\u043c"]
)
plain_or_nearly = st.one_of(
    st.from_regex(addresses._PLAIN, fullmatch=True),
    st.builds("{}@{}.{}".format, local_parts, st.lists(labels, max_size=4).map(".".join), endings),
    st.text(st.sampled_from("ab1.-_@+ \u00e9\n"), max_size=20),
)


@settings(max_examples=60)
@given(plain_or_nearly)
def test_what_passes_for_plain_is_an_address_for_the_library_and_in_its_normal_form(text: str) -> None:
    if not is_plain(text):
        return
    found = validate_email(text, check_deliverability=False, strict=True)
    local, _, domain = text.partition("@")
    assert (found.local_part, found.ascii_domain) == (local, domain.lower())
    assert Mailbox(text, "").key == text.lower() == email_key(text)


@pytest.mark.parametrize("text", ["ada@example.org", "A.d+a@News-1.Example.ORG", "o'neill_@x.io"])
def test_what_nearly_everybody_has_passes_for_plain(text: str) -> None:
    assert is_plain(text)


@given(st.text(min_size=1, max_size=12), domains)
def test_the_normal_form_is_its_own_normal_form(local: str, domain: str) -> None:
    try:
        key = email_key(f"{local}@{domain}")
    except InputError:
        return
    assert email_key(key) == key


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused_in_one_line(text: str) -> None:
    try:
        said = parse_address(text)
        assert " " not in said
    except InputError as refused:
        said = str(refused)
    assert said.isprintable()


def test_only_a_local_part_outside_ascii_needs_smtputf8() -> None:
    assert needs_smtputf8(parse_address("zoë@example.org"))
    assert not needs_smtputf8(parse_address("zoe@bücher.example.org"))


@given(st.text(max_size=200))
def test_a_name_is_one_line_and_bounded(text: str) -> None:
    name = clean_name(text)
    assert len(name) <= MAX_NAME
    assert name == " ".join(name.split())
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in name)


@given(st.text(max_size=30))
def test_a_printable_name_is_what_the_thorough_way_makes_of_it(text: str) -> None:
    assert clean_name(text) == clean_name(f"\u200b{text}")  # which is not printable, and goes


def test_a_name_loses_what_could_add_a_header_or_turn_the_line_around() -> None:
    assert clean_name("Ada\r\nBcc: eve@example.org\x00 \u202egro") == "Ada Bcc: eve@example.org gro"
    assert clean_name("\u0645\u06cc\u200c\u062e\u0648") == "\u0645\u06cc\u200c\u062e\u0648"


@pytest.mark.parametrize(
    ("cell", "slugs"),
    [
        ("", ()),
        ("all", ()),
        ("*", ()),
        ("Arctic; Middle East", ("arctic", "middle-east")),
        ("arctic+indo_pacific", ("arctic", "indo-pacific")),
        (" , ", ()),
    ],
)
def test_themes_are_read_as_people_write_them(cell: str, slugs: tuple[str, ...]) -> None:
    assert split_themes(cell) == slugs


def test_a_choice_is_sorted_once_each_and_all_of_them_is_all() -> None:
    assert check_themes(["middle-east", "arctic", "arctic"], THEMES) == ("arctic", "middle-east")
    assert check_themes(THEMES, THEMES) == ()


@pytest.mark.parametrize(
    ("slug", "words"), [("artic", "mean 'arctic'"), ("zzz", "there are arctic, indo-pacific, middle-east")]
)
def test_an_unknown_theme_is_refused_with_the_nearest(slug: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_themes([slug], THEMES)
