"""`digest check --mail`: the linter over an edition's mails, or over files. Sends and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digest import desk, pipeline, proofs
from digest.errors import InputError
from digest.maillint import Expected, Finding, expected_of, lint, lint_mjml
from digest.model.edition import Edition
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.render import variant_key


@dataclass(frozen=True, slots=True)
class Linted:
    """One mail by name (a variant's themes, or a file), and what is wrong with it."""

    mail: str
    findings: tuple[Finding, ...]


def edition_to_check(parts: Parts, ref: str = "") -> tuple[str, Edition]:
    """The edition that is named or at hand, else a made-up sample; with its name for people.

    Raises:
        NotFoundError: ``ref`` names no edition.
    """
    now = parts.clock()
    row, _key = desk.meant(parts, now, ref)
    if row is not None and row.edition is not None and variant_key(row.edition, frozenset()) is not None:
        return f"edition {edition_ref(row.key)}", row.edition
    return "a made-up sample", proofs.sample_edition(parts, now)


def lint_edition(parts: Parts, edition: Edition) -> Iterator[Linted]:
    """Every variant that readers need, the one of all themes first; its message, and its MJML.

    Raises:
        RenderError: a template fails, or the rendering must not be sent.
    """
    now, expected = parts.clock(), expected_of(edition)
    with parts.database.read() as conn:
        choices = pipeline.choices_of(conn, edition)
    fitted = parts.renderer.fit(edition)
    _keys, variants = pipeline.render_variants(parts, fitted, {"": 0, **choices})
    for key, variant in variants.items():
        message = lint(proofs.specimen(parts, edition.key, variant, now), expected)
        yield Linted(key, (*message, *map(_in_template, lint_mjml(variant.mjml))))


def _in_template(finding: Finding) -> Finding:
    return replace(finding, where=f"{finding.where} of edition.mjml.j2, as rendered")


def lint_files(paths: Sequence[Path], expected: Expected | None = None) -> Iterator[Linted]:
    """Messages (.eml) and MJML source (.mjml), our own or anybody's.

    Raises:
        InputError: a file can't be read, or is no e-mail.
    """
    for path in paths:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror}") from None
        try:
            mjml = path.suffix.lower() == ".mjml"
            findings = lint_mjml(raw.decode("utf-8", "replace")) if mjml else lint(raw, expected)
        except InputError as error:
            raise InputError(f"{path} {error}") from None
        yield Linted(str(path), findings)
