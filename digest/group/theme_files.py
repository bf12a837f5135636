"""Reads themes from TOML. What a file may hold stands in ``docs/reference/themes.md``.

A folder holds one file per theme, and may hold ``gazetteer.toml`` (places, and who speaks for them)
and ``vocabulary.toml`` (lists of words that themes share). A later folder's file replaces an
earlier one of the same name. Every mistake is a ConfigurationError that names file and line or key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from digest.errors import ConfigurationError
from digest.group.gazetteer import TABLES as _PLACE_TABLES
from digest.group.gazetteer import Gazetteer, check_form
from digest.group.terms import FOREIGN_WEIGHT, MEDIUM, WEIGHTS, Pair, Role, Term, Theme
from digest.group.toml_file import TomlFile

GAZETTEER, VOCABULARY = "gazetteer.toml", "vocabulary.toml"
_KEYS = ("slug", "name", "colour", "colour_dark", "priority")
_TABLES = ("phrases", "acronyms", *_PLACE_TABLES, "negatives", "subject", "pairs")
_PAIR_KEYS = ("name", "weight", "places", "others", "topics", "forces_are_topics", "needs_hard")
_SUBJECT = ("hard", "soft", "roundups", "wider", "rows", "dealings")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_Stamped = tuple[Path, int, int, int]  # a file with when it was changed (ns), its bytes and its inode


def load_themes(
    paths: Sequence[Path], order: Sequence[str], *, if_named: Path | None = None
) -> tuple[Theme, ...]:
    """The themes of the folders ``paths``, those named in ``order`` first, the others by priority.

    A theme whose file stands in the folder ``if_named`` takes part only when ``order`` names it.

    Raises:
        ConfigurationError: a file can't be used, two have one slug, or ``order`` names no theme.
    """
    read = _read(tuple(_stamped(path) for path in files_in(paths).values()))
    for slug in order:
        if slug not in read:
            known = ", ".join(sorted(read)) or "none"
            raise ConfigurationError(f"themes.order names {slug!r}, but no theme file has that slug: {known}")
    rest = {slug for slug, (_, path) in read.items() if slug not in order and path.parent != if_named}
    by_priority = sorted(rest, key=lambda slug: (read[slug][0].priority, slug))
    return tuple(read[slug][0] for slug in [*dict.fromkeys(order), *by_priority])


def files_in(folders: Sequence[Path]) -> dict[str, Path]:
    """All files that count, by name: a later folder's replaces an earlier one's of the same name."""
    return {path.name: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def _stamped(path: Path) -> _Stamped:
    """A file as it is now; what can't be looked at is told when it is read."""
    try:
        found = path.stat()
    except OSError:
        return path, 0, 0, 0
    return path, found.st_mtime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=4)  # a tenth of a second, and the matcher of these very themes is kept as well
def _read(stamped: tuple[_Stamped, ...]) -> Mapping[str, tuple[Theme, Path]]:
    """The themes by slug, each with its file; read again once a file has changed."""
    files = {path.name: path for path, *_ in stamped}
    gazetteer = Gazetteer(
        TomlFile.read(files.pop(GAZETTEER)) if GAZETTEER in files else None,
        TomlFile.read(files.pop(VOCABULARY)) if VOCABULARY in files else None,
    )
    read: dict[str, tuple[Theme, Path]] = {}
    for path in files.values():
        theme = _Reader(TomlFile.read(path), gazetteer).theme()
        if theme.slug in read:
            _, other = read[theme.slug]
            raise ConfigurationError(
                f"{path}: slug = {theme.slug!r} is taken by {other}; give one another slug"
            )
        read[theme.slug] = theme, path
    return read


class _Reader:
    """One theme file on its way to a Theme."""

    def __init__(self, file: TomlFile, gazetteer: Gazetteer) -> None:
        self._file = file
        self._gazetteer = gazetteer
        self._terms: dict[str, Term] = {}

    def theme(self) -> Theme:
        file = self._file
        file.only(file.data, (*_KEYS, *_TABLES), "")
        slug, name = file.text(file.data, "slug", ""), file.text(file.data, "name", "")
        if not _SLUG.fullmatch(slug):
            raise file.wrong("slug", "is letters a-z, digits and single hyphens, as in 'middle-east'")
        colour = self._colour("colour")
        self._scores()
        self._places()
        self._negatives()
        pairs = self._pairs()
        hard, soft, roundups, wider, rows, dealings = (self._subject(side) for side in _SUBJECT)
        if (
            not any(term.role is Role.SCORE and term.weight > 0 for term in self._terms.values())
            and not pairs
        ):
            raise file.wrong(
                "phrases", "a theme needs at least one term or pair: add [phrases] strong = [...]"
            )
        return Theme(
            slug=slug,
            name=name,
            colour=colour,
            colour_dark=self._colour("colour_dark") if "colour_dark" in file.data else colour,
            priority=file.number(file.data, "priority", default=100),
            terms=tuple(self._terms.values()),
            pairs=tuple(pairs),
            hard=hard | self._speaking(),
            soft=(soft | rows) - hard,
            roundups=roundups,
            wider=wider,
            rows=rows,
            dealings=dealings,
            asks_for_hard=bool(hard),
        )

    def _colour(self, key: str) -> str:
        colour = self._file.text(self._file.data, key, "")
        if not _COLOUR.fullmatch(colour):
            raise self._file.wrong(key, "is a colour as #rrggbb, six hex digits, as in '#1f4e8c'")
        return colour.lower()

    def _weighted(self, table: str, levels: tuple[str, ...]) -> list[tuple[str, str]]:
        """(level, phrase) of a table, each phrase once; one named here beats one of a list."""
        chosen: dict[str, str] = {}
        given = self._file.levels(table, levels)
        for level, entries in given:
            for phrase in entries:
                if phrase in chosen:
                    raise self._file.wrong(phrase, f"stands twice in [{table}]: keep one of them")
                chosen[phrase] = level
        for level, entries in given:
            for phrase in self._words(entries, f"{table}.{level}"):
                chosen.setdefault(phrase, level)
        return [(level, phrase) for phrase, level in chosen.items() if not phrase.startswith("@")]

    def _scores(self) -> None:
        for table in ("phrases", "acronyms"):
            exact = table == "acronyms"
            for level, phrase in self._weighted(table, tuple(WEIGHTS)):
                self._terms.setdefault(
                    f"{table}:{phrase}",
                    Term(f"{table}:{phrase}", phrase, (phrase,), WEIGHTS[level], exact=exact),
                )

    def _places(self) -> None:
        for table in _PLACE_TABLES:
            for level, entries in self._file.levels(table, tuple(WEIGHTS)):
                for key in self._known(entries, f"{table}.{level}"):
                    entry = self._gazetteer.places[key]
                    forms = entry.forms(table)
                    if not forms:
                        raise self._file.wrong(
                            key, f"has no {table} in the gazetteer: add some or leave it out"
                        )
                    label = entry.label if table == "places" else f"{table} of {entry.label}"
                    if f"{table}:{key}" in self._terms:
                        raise self._file.wrong(key, f"stands twice in [{table}]: keep one of them")
                    self._terms[f"{table}:{key}"] = Term(f"{table}:{key}", label, forms, WEIGHTS[level])

    def _negatives(self) -> None:
        for level, phrase in self._weighted("negatives", (*WEIGHTS, "mask", "veto", "foreign")):
            if level in WEIGHTS:
                term = Term(f"against:{phrase}", f"not: {phrase}", (phrase,), -WEIGHTS[level])
            elif level == "foreign":
                label = f"elsewhere: {phrase}"
                term = Term(f"against:{phrase}", label, (phrase,), FOREIGN_WEIGHT, Role.FOREIGN)
            else:
                role = Role.MASK if level == "mask" else Role.VETO
                term = Term(f"{level}:{phrase}", phrase, (phrase,), role=role)
            self._terms.setdefault(term.key, term)

    def _pairs(self) -> list[Pair]:
        pairs: list[Pair] = []
        for number, table in enumerate(self._file.tables("pairs"), start=1):
            where = f"pairs[{number}]"
            self._file.only(table, _PAIR_KEYS, where)
            weight = self._file.text(table, "weight", where)
            if weight not in WEIGHTS:
                raise self._file.wrong(f"{where}.weight", f"is one of {', '.join(WEIGHTS)}, not {weight!r}")
            places = self._parties(self._file.strings(table, "places", where), where)
            others = self._parties(self._file.strings(table, "others", where), where)
            topics = self._topics(self._file.strings(table, "topics", where), where)
            if self._file.flag(table, "forces_are_topics", where):  # "US troops" says who and what at once
                topics |= {key for key in places | others if key.startswith("forces:")}
            pairs.append(
                Pair(
                    name=self._file.text(table, "name", where),
                    weight=WEIGHTS[weight],
                    places=places,
                    others=others,
                    topics=topics,
                    needs_hard=self._file.flag(table, "needs_hard", where),
                )
            )
            if not pairs[-1].places or not (pairs[-1].topics or pairs[-1].others):
                raise self._file.wrong(where, "needs places, and topics or others")
        return pairs

    def _parties(self, entries: list[str], where: str) -> frozenset[str]:
        keys: set[str] = set()
        for key in self._known(entries, where):
            entry = self._gazetteer.places[key]
            for table in _PLACE_TABLES:
                forms = entry.forms(table)
                if forms:
                    term = Term(f"{table}:{key}", entry.label, forms, role=Role.SUPPORT)
                    self._terms.setdefault(term.key, term)
                    keys.add(term.key)
        return frozenset(keys)

    def _topics(self, entries: list[str], where: str) -> frozenset[str]:
        keys: set[str] = set()
        for phrase in self._words(entries, where):
            key = f"topic:{phrase}"
            if key not in self._terms:
                self._terms[key] = Term(key, phrase, (phrase,), role=Role.TOPIC)
            keys.add(key)
        return frozenset(keys)

    def _subject(self, side: str) -> frozenset[str]:
        """The keys of one list of [subject]."""
        levels = dict(self._file.levels("subject", _SUBJECT))
        return self._topics(levels.get(side, []), f"subject.{side}")

    def _speaking(self) -> frozenset[str]:
        """The keys of what says the theme without a place."""
        return frozenset(
            term.key
            for term in self._terms.values()
            if term.weight >= MEDIUM and not term.key.startswith("places:")
        )

    def _known(self, entries: list[str], where: str) -> list[str]:
        return self._gazetteer.expand_places(entries, self._file, where)

    def _words(self, entries: list[str], where: str) -> list[str]:
        for phrase in entries:  # those of the lists were checked when they were read
            check_form(phrase, self._file)
        return self._gazetteer.expand_words(entries, self._file, where)
