"""Places with their peoples, cities, leaders and bodies, and lists of words that themes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digest.group.spellings import split, star_trouble
from digest.group.text import fold, is_unspaced
from digest.group.toml_file import TomlFile

_OF_TABLE = {
    "places": ("names", "people", "cities"),
    "forces": ("forces",),
    "bodies": ("bodies",),
    "leaders": ("leaders",),
}
TABLES = tuple(_OF_TABLE)
_FIELDS = tuple(field for fields in _OF_TABLE.values() for field in fields)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the gazetteer. ``label`` is its first name."""

    label: str
    fields: Mapping[str, tuple[str, ...]]

    def forms(self, table: str) -> tuple[str, ...]:
        """The forms that a theme's table of this name takes: places, forces, bodies or leaders."""
        return tuple(form for field in _OF_TABLE[table] for form in self.fields[field])


class Gazetteer:
    """What gazetteer.toml and vocabulary.toml hold. Either may be missing."""

    def __init__(self, places: TomlFile | None, vocabulary: TomlFile | None) -> None:
        self.places: dict[str, Place] = {}
        self.groups: dict[str, list[str]] = {}
        self.lists: dict[str, list[str]] = {}
        if places is not None:
            places.only(places.data, ("groups", "places"), "the gazetteer")
            self._read_places(places)
        if vocabulary is not None:
            vocabulary.only(vocabulary.data, ("lists",), "the vocabulary")
            self.lists = {
                name: [check_form(entry, vocabulary) for entry in dict.fromkeys(entries)]
                for name, entries in vocabulary.levels("lists", tuple(vocabulary.data.get("lists", {})))
            }

    def _read_places(self, file: TomlFile) -> None:
        entries = file.data.get("places", {})
        if not isinstance(entries, dict):
            raise file.wrong("places", "holds one table per place, as [places.japan]")
        for key, table in entries.items():
            if not isinstance(table, dict):
                raise file.wrong(key, f"is a table: write [places.{key}] on a line of its own")
            where = f"places.{key}"
            file.only(table, _FIELDS, where)
            fields = {field: tuple(file.strings(table, field, where)) for field in _FIELDS}
            for form in (form for forms in fields.values() for form in forms):
                check_form(form, file)
            if not fields["names"]:
                raise file.wrong(f"{where}.names", 'is needed, as names = ["Japan"]')
            self.places[key] = Place(fields["names"][0], fields)
        self.groups = dict(file.levels("groups", tuple(file.data.get("groups", {}))))
        for name, members in self.groups.items():
            self.expand_places(members, file, f"groups.{name}")

    def expand_places(self, entries: list[str], file: TomlFile, where: str) -> list[str]:
        """Keys of places, with "@group" replaced by its members; each once, in order."""

        def check(key: str) -> None:
            if key not in self.places:
                raise file.unknown(key, tuple(self.places), f"place of the gazetteer ({where})")

        return _expand(entries, self.groups, check, file, where)

    def expand_words(self, entries: list[str], file: TomlFile, where: str) -> list[str]:
        """Phrases, with "@list" replaced by its words; each once, in order."""
        return _expand(entries, self.lists, lambda _: None, file, where)


def check_form(form: str, file: TomlFile) -> str:
    """The form, when it can be found in a text: it holds a word, and every * ends one that is long enough."""
    trouble = star_trouble(form)
    folded = fold(form)
    if not trouble and not is_unspaced(folded) and not split(folded):
        trouble = "holds no word that could be found in an article"
    if trouble:
        raise file.wrong(form, trouble)
    return form


def _expand(
    entries: list[str],
    lists: Mapping[str, list[str]],
    check: Callable[[str], None],
    file: TomlFile,
    where: str,
    above: tuple[str, ...] = (),
) -> list[str]:
    expanded: dict[str, None] = {}
    for entry in entries:
        if not entry.startswith("@"):
            check(entry)
            expanded[entry] = None
            continue
        name = entry[1:]
        if name not in lists:
            raise file.unknown(entry, tuple(lists), f"list of words or places ({where})")
        if name in above:
            raise file.wrong(entry, "holds itself: take it out of its own list")
        expanded.update(dict.fromkeys(_expand(lists[name], lists, check, file, where, (*above, name))))
    return list(expanded)
