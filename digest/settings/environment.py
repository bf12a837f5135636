"""Settings from environment variables: DIGEST_SECTION__KEY, and DIGEST_SECTION__KEY_FILE for secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from digest.settings import kinds
from digest.settings.keys import KeySpec
from digest.settings.problems import Problems, Value
from digest.settings.secret_files import read_secret
from digest.settings.sections import LISTS, SECTIONS, keys_of

PREFIX = "DIGEST_"
FILE_SUFFIX = "_FILE"
OTHERS = ("DIGEST_CONFIG", "DIGEST_NOW")  # read elsewhere
TEST_PREFIX = "DIGEST_TEST_"


def variable(spec: KeySpec) -> str:
    """The environment variable of a key."""
    return f"{PREFIX}{spec.section}__{spec.name}".upper()


def known_variables() -> dict[str, KeySpec]:
    """Every key that the environment can set, by variable; lists of tables stand in the file only."""
    specs = (spec for section in SECTIONS if section not in LISTS for spec in keys_of(section).values())
    return {variable(spec): spec for spec in specs}


def variables(env: Mapping[str, str], cwd: Path, problems: Problems) -> dict[tuple[str, str], Value]:
    """The values set in the environment, by section and key, as TOML would have given them."""
    known = known_variables()
    found: dict[tuple[str, str], Value] = {}
    for name in sorted(name for name in env if name.startswith(PREFIX)):
        spec = known.get(name)
        file_spec = known.get(name.removesuffix(FILE_SUFFIX)) if name.endswith(FILE_SUFFIX) else None
        if spec:
            found[spec.section, spec.name] = Value(spec.kind.from_text(env[name]), name)
        elif file_spec and file_spec.secret:
            value = _from_file(name, env, cwd, problems)
            if value:
                found[file_spec.section, file_spec.name] = value
        elif name not in OTHERS and not name.startswith(TEST_PREFIX):
            problems.add(name, _unknown(name, file_spec, list(known)))
    return found


def _from_file(name: str, env: Mapping[str, str], cwd: Path, problems: Problems) -> Value | None:
    direct = name.removesuffix(FILE_SUFFIX)
    if direct in env:
        problems.add(name, f"and {direct} are both set; keep one of them")
        return None
    try:
        return Value(read_secret(env[name], cwd), name)
    except ValueError as error:
        problems.add(name, str(error))
        return Value("", name)  # not told a second time, as missing


def _unknown(name: str, file_spec: KeySpec | None, known: list[str]) -> str:
    if file_spec:
        return f"is refused: only secrets are read from files; set {variable(file_spec)} itself"
    section = name.removeprefix(PREFIX).partition("__")[0].lower()
    if section in LISTS:
        return f"is refused: {section} stand in digest.toml, one [[{section}]] table each"
    names = [*known, *OTHERS]
    guess = kinds.nearest(name.casefold(), [each.casefold() for each in names]).upper()
    advice = (
        f"did you mean {guess}?" if guess else "variables are named DIGEST_SECTION__KEY, with two underscores"
    )
    return f"is no setting; {advice}"
