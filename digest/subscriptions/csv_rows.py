"""What one row of a list says: its columns, whatever they are called, and the reader they describe."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter

from digest.errors import InputError
from digest.model.audience import SubscriberState, SuppressionReason
from digest.model.links import check_readers_series
from digest.model.tokens import key_hasher
from digest.store.audience import NewReader, join_themes
from digest.subscriptions.addresses import check_themes, clean_name, is_plain, parse_mailbox, split_themes
from digest.subscriptions.csv_text import column_word, looks_like_address

# How other programs' exports say who is not to be mailed: each a column with a yes or a moment for the state
# behind it, with a no or nothing for none. Of the last ones a no is what counts: these readers want mail.
_LEAVING = {
    **dict.fromkeys(
        (
            *(
                "emaildisabled",
                "unsubtime",
                "unsubscribed",
                "optouttime",
                "optedout",
                "optout",
                "emailoptout",
            ),
            *("unsubscribedate", "dateunsubscribed", "deletedat"),
        ),
        "unsubscribed",
    ),
    **dict.fromkeys(["blocklisted", "blacklisted"], "blocklisted"),
    "cleantime": "cleaned",
}
_STAYING = ("subscribedtoemails", "subscribed", "optedin")
_COLUMNS = {  # what we want: the names it goes by elsewhere, the likeliest first
    name: words.split()
    for name, words in {
        "email": "email emailaddress mail mailaddress subscriber courriel adresseemail adressemail correo"
        " correoelectronico emailadresse mailadresse address",
        "name": "name fullname displayname nom nombre",
        "first": "firstname givenname forename vorname prénom prenom",
        "last": "lastname surname familyname nachname",
        "themes": "themes theme topics topic sections",
        "series": "series",
        "state": "state status",
        "suppressed": "suppressed",
        "created_at": "createdat",
        "confirmed_at": "confirmedat",
        "unsubscribed_at": "unsubscribedat",
        **{word: word for word in (*_LEAVING, *_STAYING)},  # a list may have several of them
    }.items()
}
COLUMN_WORDS = frozenset(word for words in _COLUMNS.values() for word in words)
_STATES: dict[str, SubscriberState | SuppressionReason] = {
    "": SubscriberState.ACTIVE, "active": SubscriberState.ACTIVE, "subscribed": SubscriberState.ACTIVE,
    "enabled": SubscriberState.ACTIVE, "confirmed": SubscriberState.ACTIVE,
    "pending": SubscriberState.PENDING, "unconfirmed": SubscriberState.PENDING,
    "unsubscribed": SuppressionReason.UNSUBSCRIBED, "left": SuppressionReason.UNSUBSCRIBED,
    "bounced": SuppressionReason.BOUNCED, "cleaned": SuppressionReason.BOUNCED,
    "complained": SuppressionReason.COMPLAINED, "spam": SuppressionReason.COMPLAINED,
    "manual": SuppressionReason.MANUAL, "removed": SuppressionReason.MANUAL,
    "disabled": SuppressionReason.MANUAL, "blocklisted": SuppressionReason.MANUAL,
    "erased": SuppressionReason.ERASED,
}  # fmt: skip
_YES = frozenset({"1", "1.0", "yes", "y", "true", "t", "on", "x", "ja", "oui", "si", "sí"})
_NO = frozenset({"0", "0.0", "no", "n", "false", "f", "off", "nein", "non", "nee", "nej"})
_NOTHING = frozenset({"", "none", "null", "n/a", "na", "nan", "nat", "nil", "never", "-", "\\n"})
_NO_DATE = "0000-00-00"  # what MySQL has where there is none
_DIGITS_OF_A_MOMENT = 4  # at least: those of a year
_OTHERS = ("themes", "series", "state", "suppressed", "created_at", "confirmed_at", "unsubscribed_at")
_REMEMBERED = 1000  # different sayings of those columns; most lists have a few

Rest = tuple[str, str, str, datetime | None, datetime | None, datetime | None]  # of NewReader, from its state


def header_columns(cells: list[str]) -> dict[str, int]:
    """Where each column that we know stands, if these cells are a header; else nothing."""
    words = [column_word(cell) for cell in cells]
    columns: dict[str, int] = {}
    for name, candidates in _COLUMNS.items():
        at = next((words.index(word) for word in candidates if word in words), None)
        if at is not None:
            columns[name] = at
    return columns if "email" in columns else {}


def address_column(cells: list[str]) -> dict[str, int]:
    """Where the addresses stand in a list without a header: nothing else of it can be told."""
    return {"email": next((at for at, cell in enumerate(cells) if looks_like_address(cell)), 0)}


class RowReader:
    """From the cells of a row to what is stored. ``columns`` are those of ``header_columns``.

    ``series`` is for rows that name none; ``now`` is the latest moment that a row may speak of.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        *,
        pepper: bytes,
        now: datetime,
        known_themes: Collection[str],
        series: str,
    ) -> None:
        check_readers_series(series)
        missing = -1  # an empty cell stands at the end of every row: see ``_padding``
        self._padding = [""] * (max(columns.values()) + 1)
        self._email, self._name, self._first, self._last = (
            columns.get(name, missing) for name in ("email", "name", "first", "last")
        )
        self._flags = [name for name in columns if name in _LEAVING or name in _STAYING]
        self._others = itemgetter(*(columns.get(name, missing) for name in (*_OTHERS, *self._flags)))
        self._hashed = key_hasher(pepper)
        self._now, self._known_themes, self._series = now, known_themes, series
        self._rest = lru_cache(_REMEMBERED)(self._understood)
        self.named: set[str] = set()  # the series that rows of readers who are to be mailed have named

    def read(self, cells: list[str]) -> tuple[NewReader, SuppressionReason | None]:
        """The reader, and why they are not to be mailed, if so.

        Raises:
            InputError: no address, an unknown state, or, of one who is to be mailed, a theme that the
                publication doesn't have or what no series can be called.
        """
        cells = cells + self._padding
        email, stated = cells[self._email], ""
        if is_plain(email):
            key = email.lower()
        else:
            mailbox = parse_mailbox(email)
            email, key, stated = mailbox.address, mailbox.key, mailbox.name
        name = cells[self._name] or f"{cells[self._first]} {cells[self._last]}"
        rest, out = self._rest(*self._others(cells))
        values = (email, key, self._hashed(key), clean_name(name) or stated, *rest)
        return NewReader._make(values), out  # in half of what a call of NewReader takes

    def typed_address(self, cells: list[str]) -> str:
        """What stands where the address should."""
        return (cells + self._padding)[self._email]

    def _understood(
        self, themes: str, series: str, state: str, suppressed: str, *others: str
    ) -> tuple[Rest, SuppressionReason | None]:
        created, confirmed, left, *cells = others
        now, flags = self._now, dict(zip(self._flags, cells, strict=True))
        if not state:
            flags["unsubscribed_at"] = left
        stored, out = _state(*_implied(flags), state, suppressed)
        try:
            chosen = check_themes(split_themes(themes), self._known_themes)
            check_readers_series(series or self._series)
        except InputError:
            if out is None:
                raise
            chosen, series = (), ""  # whatever they had chosen: they are not to be mailed
        if series and out is None:
            self.named.add(series)
        moments = [left, *(cell for name, cell in flags.items() if name in _LEAVING)]
        left_at = next(filter(None, (_instant(cell, now) for cell in moments)), None) or (
            now if stored is SubscriberState.UNSUBSCRIBED else None
        )
        return (
            stored.value, join_themes(chosen), series or self._series,
            _instant(created, now), _instant(confirmed, now), left_at,
        ), out  # fmt: skip


def _implied(flags: Mapping[str, str]) -> Iterator[str]:
    """The states of who is not to be mailed, by columns that hold a yes, a no or a moment, or such a state.

    Raises:
        InputError: one of them holds something else, which could mean either.
    """
    for name, cell in flags.items():
        word = cell.strip().lower()
        if isinstance(_STATES.get(word), SuppressionReason):
            yield word
        elif word in _NOTHING or word in _STATES or word.startswith(_NO_DATE):
            continue
        elif word in _NO:
            if name in _STAYING:
                yield "unsubscribed"
        elif word not in _YES and sum(map(str.isdigit, word)) < _DIGITS_OF_A_MOMENT:
            raise InputError(f"{name} is {word[:40]!r}: write yes, no or a date")
        elif name not in _STAYING:
            yield _LEAVING.get(name, "unsubscribed")


def _state(*words: str) -> tuple[SubscriberState, SuppressionReason | None]:
    """What the columns say, the strongest first. A word that we don't know could mean "never mail"."""
    if not any(words):
        return SubscriberState.ACTIVE, None
    said = []
    for word in (word.strip().lower() for word in words):
        if word not in _STATES:
            raise InputError(f"the state {word[:40]!r} is unknown: use active, pending or unsubscribed")
        said.append(_STATES[word])
    # Having left by oneself is taken back the most easily: any other reason goes before it.
    reasons = sorted(
        (r is SuppressionReason.UNSUBSCRIBED, r) for r in said if isinstance(r, SuppressionReason)
    )
    if isinstance(said[0], SubscriberState):
        return said[0], reasons[0][1] if reasons else None
    return SubscriberState.UNSUBSCRIBED, reasons[0][1]


def _instant(text: str, now: datetime) -> datetime | None:
    """A moment as ``export_csv`` writes it; anything else, and any time to come, is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment if moment <= now else None
