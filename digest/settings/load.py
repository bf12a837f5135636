"""From a file and the environment to ``Settings``: every value checked, every problem told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from digest.errors import ConfigurationError
from digest.model.look import Look
from digest.model.wording import Wording
from digest.settings import checks, kinds
from digest.settings.building import build
from digest.settings.environment import FILE_SUFFIX, variables
from digest.settings.homes import expanded
from digest.settings.lines import KeyPath, locate
from digest.settings.listed import feeds_of, series_of
from digest.settings.problems import Problems, Value
from digest.settings.secret_files import read_secret
from digest.settings.sections import LISTS, SECTIONS, Settings, keys_of

CONFIG_VARIABLE = "DIGEST_CONFIG"
FILE_NAME = "digest.toml"


def load(path: Path | None, env: Mapping[str, str], cwd: Path) -> Settings:
    """Read the settings.

    Args:
        path: the file; None: what ``DIGEST_CONFIG`` names, else ``digest.toml`` in ``cwd`` if it is there,
            else the defaults alone.
        env: the environment.
        cwd: the working directory, absolute.

    Raises:
        ConfigurationError: one line for each thing that is wrong, with its file and line or its variable.
    """
    problems = Problems()
    file = _choose(path, env, cwd)
    folder = file.parent if file else cwd
    values: dict[str, dict[str, Value]] = {section: {} for section in SECTIONS}
    tables: dict[str, list[dict[str, Value]]] = {section: [] for section in LISTS}
    given = variables(env, cwd, problems)
    if file:
        _File(file, _shown(file, cwd), problems, given.keys()).read_into(values, tables)
    for (section, name), value in given.items():
        values[section][name] = value
    sections = {name: build(name, values[name], problems) for name in SECTIONS if name not in LISTS}
    lists = {
        "feeds": feeds_of(tables["feeds"], folder, problems),
        "series": series_of(tables["series"], sections, problems),
    }
    checks.check(sections, values, problems)
    problems.raise_if_any()
    looks = {"look": Look(**asdict(sections["look"])), "wording": Wording(**asdict(sections["wording"]))}
    return _with_folder(Settings(folder=folder, file=file, **{**sections, **looks, **lists}))


def _choose(path: Path | None, env: Mapping[str, str], cwd: Path) -> Path | None:
    named = env.get(CONFIG_VARIABLE, "")
    chosen = path or (Path(named) if named else None)
    if chosen is None:
        standard = cwd / FILE_NAME
        return standard if standard.is_file() else None
    origin = f"{chosen}" if path else f"{CONFIG_VARIABLE}={named}"
    try:
        absolute = cwd / expanded(chosen)
    except ValueError as error:
        raise ConfigurationError(f"{origin}: {error}") from None
    if not absolute.is_file():
        if absolute.is_dir():
            raise ConfigurationError(f"{origin}: is a folder; name the file in it, {chosen / FILE_NAME}")
        raise ConfigurationError(f"{origin}: there is no such file; `digest init` writes a {FILE_NAME}")
    return absolute


def _shown(file: Path, cwd: Path) -> str:
    return str(file.relative_to(cwd)) if file.is_relative_to(cwd) else str(file)


@dataclass(frozen=True)
class _File:
    """One TOML file, taken apart into values that know their lines."""

    path: Path
    shown: str
    problems: Problems
    given: Collection[tuple[str, str]]  # sections and keys that the environment has
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def read_into(
        self, values: dict[str, dict[str, Value]], tables: dict[str, list[dict[str, Value]]]
    ) -> None:
        """Sort the file's values into sections and ``tables`` of LISTS, reporting what has no place."""
        content = self._parse()
        for name, table in content.items():
            if name not in SECTIONS:
                self._unknown_section(name, table)
            elif name in LISTS:
                tables[name].extend(self._tables(name, table))
            elif isinstance(table, dict):
                values[name].update(self._section(name, table, (name,)))
            elif isinstance(table, list):
                self._add((name,), f"stands in double brackets; write [{name}], once")
            else:
                self._add((name,), f"is a section, not a value; write [{name}] on a line of its own")

    def _parse(self) -> dict[str, Any]:
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
            content = tomllib.loads(text)
            self.lines.update(locate(text))
        except OSError as error:
            raise ConfigurationError(f"{self.shown}: cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise ConfigurationError(f"{self.shown}:{line}: is not UTF-8; save the file as UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(_syntax(self.shown, str(error), text)) from error
        except RecursionError as error:
            raise ConfigurationError(f"{self.shown}: brackets are nested too deeply") from error
        return content

    def _origin(self, path: KeyPath) -> str:
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.shown}:{self.lines.get(path, 1)}"

    def _add(self, path: KeyPath, text: str) -> None:
        name = path[0] if len(path) == 1 else f"{path[0]}.{path[-1]}"
        self.problems.add(self._origin(path), f"{name} {text}")

    def _unknown_section(self, name: str, content: object) -> None:
        is_table = isinstance(content, dict | list)
        if not is_table and (homes := homes_of(name)):
            advice = f"stands outside every section; it belongs under [{homes[0]}]"
        else:
            guess = kinds.nearest(name, list(SECTIONS) if is_table else [*_all_keys()])
            advice = f"is no {'section' if is_table else 'setting'}; {_did_you_mean(guess, list(SECTIONS))}"
        self._add((name,), advice)

    def _section(self, section: str, table: Mapping[str, Any], path: KeyPath) -> dict[str, Value]:
        known = keys_of(section)
        found = {}
        for name, value in table.items():
            secret = name.removesuffix(FILE_SUFFIX.lower())
            if name in known:
                found[name] = Value(value, self._origin((*path, name)))
            elif secret != name and secret in known and known[secret].secret:
                found |= self._secret((*path, name), secret, value, table)
            else:
                self._add((*path, name), _unknown_key(section, name, value, list(known)))
        return found

    def _secret(
        self, path: KeyPath, secret: str, value: object, table: Mapping[str, Any]
    ) -> dict[str, Value]:
        """The secret that the file ``value`` holds, by its own name; empty where that is a problem."""
        if (path[0], secret) in self.given:
            return {}  # the environment goes before the file
        if secret in table:
            self._add(path, f"and {secret} are both set; keep one of them")
        elif not isinstance(value, str) or not value:
            self._add(path, "names a file, in quotes")
        else:
            try:
                return {secret: Value(read_secret(value, self.path.parent), self._origin(path))}
            except ValueError as error:
                self._add(path, str(error))
        return {secret: Value("", self._origin(path))}  # not told a second time, as missing

    def _tables(self, section: str, content: object) -> list[dict[str, Value]]:
        """The tables of a list, each with its own place under the name ""."""
        if not isinstance(content, list) or not all(isinstance(table, dict) for table in content):
            self._add(
                (section,), f"is a list of tables; write [[{section}]] with double brackets before each"
            )
            return []
        tables = []
        for index, table in enumerate(content):
            path: KeyPath = (section, index)
            values = self._section(section, table, path)
            tables.append({"": Value(None, self._origin(path)), **values})
        return tables


def homes_of(key: str) -> list[str]:
    """The sections that have a key of this name."""
    return [section for section in SECTIONS if key in keys_of(section)]


def _all_keys() -> list[str]:
    return [key for section in SECTIONS for key in keys_of(section)]


def _unknown_key(section: str, name: str, value: object, known: list[str]) -> str:
    if isinstance(value, dict) and name in SECTIONS:
        return f"is a section of its own; write [{name}]"
    if guess := kinds.nearest(name, known):
        return f"is no setting; did you mean {guess}?"
    if homes := homes_of(name):
        return f"is no setting of [{section}]; it belongs under [{homes[0]}]"
    return f"is no setting; [{section}] knows {', '.join(known)}"


def _did_you_mean(guess: str, known: list[str]) -> str:
    return f"did you mean {guess}?" if guess else f"there are {', '.join(known)}"


def _syntax(shown: str, message: str, text: str) -> str:
    match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    what = message[: match.start()] if match else message
    column = f", at column {match[2]}" if match and match[2] else ""
    twice = re.fullmatch(r"Cannot declare .* twice", what)
    mend = "; a table stands in the file once: add your lines to the one that is there" if twice else ""
    return f"{shown}:{line}: no valid TOML: {what}{column}{mend}"


def _with_folder(settings: Settings) -> Settings:
    """The same with every relative path made absolute."""
    delivery = replace(
        settings.delivery,
        outbox=settings.folder / expanded(settings.delivery.outbox),
        smtp_ca_file=_absolute(settings.folder, settings.delivery.smtp_ca_file),
    )
    url = settings.database.url
    scheme, separator, rest = url.partition(":///")
    name, question, options = rest.partition("?")
    if scheme.startswith("sqlite") and separator and name and name != ":memory:" and not name.startswith("/"):
        url = f"{scheme}:///{settings.folder / name}{question}{options}"
    dkim = replace(
        settings.dkim,
        rsa_key=_absolute(settings.folder, settings.dkim.rsa_key),
        ed25519_key=_absolute(settings.folder, settings.dkim.ed25519_key),
    )
    bounces = replace(settings.bounces, maildir=_absolute(settings.folder, settings.bounces.maildir))
    database = replace(settings.database, url=url)
    return replace(settings, delivery=delivery, dkim=dkim, bounces=bounces, database=database)


def _absolute(folder: Path, path: Path | None) -> Path | None:
    return None if path is None else folder / expanded(path)
