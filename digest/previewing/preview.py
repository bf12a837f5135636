"""One edition as a reader of some themes would get it, in every form, with its figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import formataddr

from digest import pictures, proofs
from digest.deliver.dkim import Signer
from digest.deliver.envelope import canonical_bytes
from digest.errors import ConfigurationError, RenderError
from digest.model.edition import Edition
from digest.model.links import edition_ref
from digest.model.message import Variant
from digest.parts import Parts
from digest.render import variant_key
from digest.render.checks import CLIP_BYTES, visible_text
from digest.render.flowed import unflow
from digest.store.editions import EditionRow

READER = "reader@example.org"  # whom the previewed message is addressed to; RFC 2606 keeps it free
_LINK = re.compile(r"<a\b[^>]*\shref=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preview:
    """An edition in every form. Its personal links lead to a page that can change nobody.

    ``eml`` is the message that `digest test` would send; ``facts`` are labels with their values, in words,
    in the order in which to show them. ``note`` says what the editor should know of how it was made, or "".
    """

    subject: str
    preheader: str
    html: str
    text: str
    eml: bytes
    mjml: str
    web: str
    facts: tuple[tuple[str, str], ...]
    note: str

    @property
    def read_text(self) -> str:
        """The plain text as a mail program shows it: what was broken to make short lines is joined again."""
        return unflow(self.text)

    @property
    def headers(self) -> str:
        """The headers of the raw message, as they go over the wire."""
        return self.eml.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")


def make_preview(
    parts: Parts,
    row: EditionRow | None,
    edition: Edition,
    now: datetime,
    chosen: frozenset[str] = frozenset(),
) -> Preview:
    """``edition`` as a reader of ``chosen`` themes (none: all) would get it at ``now``, or did get it.

    ``row`` is where it is stored, None for one that is not drafted yet.

    Raises:
        RenderError: a template fails, the rendering must not be sent, or such a reader gets no e-mail.
    """
    if chosen and variant_key(edition, chosen) is None:
        themes = ", ".join(sorted(chosen))
        raise RenderError(
            f"a reader of {themes} gets no e-mail: edition {edition_ref(edition.key)} has no story for them"
        )
    variant, note = proofs.rendering(parts, row, edition, chosen)
    signing, unsigned = _signing(parts)
    harmless = parts.links.test()
    html = proofs.filled(variant.html, harmless, READER)
    shown = pictures.files(parts, edition)
    return Preview(
        subject=variant.subject,
        preheader=variant.preheader,
        html=pictures.embedded(parts, html, shown),
        text=proofs.filled(variant.text, harmless, READER),
        eml=canonical_bytes(proofs.proof(signing, edition.key, variant, READER, now)),
        mjml=variant.mjml,
        web=pictures.embedded(parts, parts.renderer.web_copy(edition, chosen), shown),
        facts=_facts(parts, variant, html),
        note=" ".join(filter(None, (note, unsigned))),
    )


def _signing(parts: Parts) -> tuple[Parts, str]:
    """``parts`` as they are, or that sign nothing, with why: who looks at a mail need not hold the key."""
    try:
        parts.signer()
    except ConfigurationError as error:
        return replace(parts, signer=Signer), f"The raw message is not signed here: {error}."
    return parts, ""


def _facts(parts: Parts, variant: Variant, html: str) -> tuple[tuple[str, str], ...]:
    size, publication = len(html.encode()), parts.publication
    share = round(100 * size / CLIP_BYTES)
    return (
        ("Subject", variant.subject),
        ("Preheader", variant.preheader),
        ("From", formataddr((publication.from_name, publication.from_email), charset="utf-8").strip()),
        ("Size", f"{size / 1024:.1f} KiB, {share} % of what Gmail shows ({CLIP_BYTES // 1024} KiB)"),
        ("Stories", f"{variant.story_count:,}"),
        ("Words", f"{len(visible_text(html).split()):,}"),
        ("Links", f"{len(_LINK.findall(html)):,}"),
    )
