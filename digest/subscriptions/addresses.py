"""What people type, made fit to store: addresses, names, choices of themes. Nothing here asks the DNS."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from digest.errors import InputError

MAX_NAME = 120  # characters; longer ones are cut
ALL_THEMES = frozenset({"all", "*"})

_MAX_LOCAL, _MAX_ADDRESS = 64, 254  # octets: RFC 5321, section 4.5.3.1, and its erratum on the path
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")  # RFC 5322 dot-atom: what nearly everybody has
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:[A-Za-z0-9]+[-.])+(?<=\.)([A-Za-z]+)")  # no "--": maybe IDNA
_MAX_PLAIN = 64  # octets: then neither its local part nor a label of its domain can be too long
_SPECIAL_ENDINGS = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"  # pasted along from pages and spreadsheets
_JOINERS = "\u200c\u200d"  # invisible too, but Persian and Sinhala names are spelt with them
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format, surrogate, private, unassigned
_THEME_SEPARATORS = re.compile(r"[+,;|/]")


class Mailbox(NamedTuple):
    """An address that was found good, and the name written before it, if any."""

    address: str
    name: str

    @property
    def key(self) -> str:
        """See ``email_key``."""
        if is_plain(self.address):
            return self.address.lower()
        local, _, domain = self.address.rpartition("@")
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
        return f"{folded}@{_ascii_domain(domain) or domain.lower()}"


def is_plain(text: str) -> bool:
    """Whether this is an address in ASCII without anything odd: stored as it stands, known by its lower case.

    For most rows of a list, in a hundredth of the time of email-validator; False says nothing.
    """
    found = _PLAIN.fullmatch(text) if len(text) <= _MAX_PLAIN else None
    return found is not None and found[1].lower() not in _SPECIAL_ENDINGS


def parse_address(text: str) -> str:
    """The address to send to: as typed but for spaces around it, and its domain in ASCII (IDNA).

    Raises:
        InputError: it is no address that mail can reach.
    """
    return parse_mailbox(text).address


def parse_mailbox(text: str) -> Mailbox:
    """The address, and the name where it is written as ``Name <address>``.

    The local part keeps its case. One outside ASCII is taken, though sending to it needs SMTPUTF8.

    Raises:
        InputError: it is no address that mail can reach.
    """
    if is_plain(text):
        return Mailbox(text, "")
    typed = text.strip().strip(_INVISIBLE).strip()
    if typed[:7].lower() == "mailto:":
        typed = typed[7:]
    local, at, domain = typed.rpartition("@")
    # Where only the domain is odd, the library is asked once for each domain.
    if at and len(local) <= _MAX_LOCAL and _PLAIN_LOCAL.fullmatch(local):
        ascii_domain = _ascii_domain(domain)
        if ascii_domain and len(local) + 1 + len(ascii_domain) <= _MAX_ADDRESS:
            return Mailbox(f"{local}@{domain if domain.isascii() else ascii_domain}", "")
    try:
        found = validate_email(
            typed, check_deliverability=False, allow_display_name=True, strict=True, test_environment=True
        )
    except EmailNotValidError as problem:
        raise InputError(f"{_shown(typed)} is no e-mail address: {_reason(typed, problem)}") from None
    return Mailbox(f"{found.local_part}@{found.ascii_domain}", clean_name(found.display_name or ""))


def email_key(address: str) -> str:
    """The form by which an address is known once: NFC, lower case, domain in ASCII.

    Dots and ``+tags`` stay: only their own server knows whether they matter.

    Raises:
        InputError: it is no address.
    """
    return parse_mailbox(address).key


def mailbox_of(key: str) -> str:
    """What tells mailboxes apart for a limit: an ``email_key`` without the dots and +tags of its local part.

    Large providers pass over both. Where they matter, several mailboxes count as one.
    """
    local, _, domain = key.rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def masked(address: str) -> str:
    """An address with all but the first letter of its local part hidden; "" stays "".

    >>> masked("ada.lovelace@example.org")
    'a•••@example.org'
    """
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else ""


def needs_smtputf8(address: str) -> bool:
    """Whether only a mail server that knows SMTPUTF8 (RFC 6531) can send to it."""
    return not address.isascii()


def clean_name(text: str) -> str:
    """A name in one line, without control, direction-changing and invisible characters."""
    if len(text) <= MAX_NAME and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # nearly every row of an import
    kept = unicodedata.normalize("NFC", text)
    if not kept.isprintable():  # as is a text with any other space than " ", or with what goes here
        spaced = "".join(" " if char.isspace() else char for char in kept)
        kept = "".join(
            char for char in spaced if char in _JOINERS or unicodedata.category(char) not in _UNPRINTABLE
        )
    return " ".join(kept.split())[:MAX_NAME].rstrip()


def split_themes(text: str) -> tuple[str, ...]:
    """Theme slugs out of a cell or an option such as ``Arctic; Middle East``; "all" is none."""
    if not text:
        return ()
    slugs = (re.sub(r"[\s_]+", "-", part.strip().lower()) for part in _THEME_SEPARATORS.split(text))
    chosen = tuple(slug for slug in slugs if slug)
    return () if ALL_THEMES.intersection(chosen) else chosen


def check_themes(slugs: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The choice as it is stored: sorted, each once; every known theme together is () = all.

    Raises:
        InputError: a theme that the publication doesn't have; names the nearest it has.
    """
    chosen = set(slugs)
    for slug in sorted(chosen.difference(known)):
        near = difflib.get_close_matches(slug, sorted(known), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known)) or 'none'}"
        raise InputError(f"there is no theme {_shown(slug)}; {hint}")
    return () if chosen.issuperset(known) else tuple(sorted(chosen))


@lru_cache(maxsize=10_000)
def _ascii_domain(domain: str) -> str | None:
    try:
        found = validate_email(f"x@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.ascii_domain.lower()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")  # noqa: PLR2004 - one line of a terminal


def _reason(typed: str, problem: EmailNotValidError) -> str:
    if not typed:
        return "it is empty"
    if "@" not in typed:
        return "there is no @ in it"
    return str(problem).rstrip(".")
