"""One edition, rendered for one choice of themes: the mail's HTML and text, and the web copy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from digest.errors import RenderError
from digest.model.edition import Edition, ToldCorrection
from digest.model.links import Links, edition_ref
from digest.model.message import Hole, Variant
from digest.render.checks import FILL_RESERVE_BYTES, checked, visible_text
from digest.render.choice import ALL, variant_key
from digest.render.clean import clean
from digest.render.corrections import view_correction
from digest.render.fit import fit
from digest.render.flowed import flow
from digest.render.lines import headline_of, preheader_of, subject_of
from digest.render.publication import Publication, RenderOptions, address_after
from digest.render.structured import structured_data
from digest.render.templates import Templates
from digest.render.viewer import StoryViews, view_edition
from digest.render.views import EditionView

_MOST_TEXT = 1.25  # words of the text part to those of the HTML; filters distrust parts that differ


@dataclass(frozen=True, slots=True)
class _Mail:
    """The HTML of a mail and what it was made of: the view and all other names of the templates, the MJML."""

    view: EditionView
    values: Mapping[str, object]
    mjml: str
    html: str


class Renderer:
    """Renders editions of one publication with the templates of some folders, first hit winning."""

    def __init__(
        self,
        template_folders: Sequence[Path],
        publication: Publication,
        options: RenderOptions | None = None,
    ) -> None:
        self.publication = publication
        self.options = options or RenderOptions()
        self._templates = Templates(template_folders, unchanging(publication))
        self._links = Links(publication.base_url)
        self._known: StoryViews = {}
        self._budget = self.options.max_html_kib * 1024 - FILL_RESERVE_BYTES

    def fit(self, edition: Edition) -> Edition:
        """``edition`` within its byte budget: some stories become one-liners, or go to the web copy.

        Measured on the view of all themes; ``variant`` sees to it where another one is larger. Raises
        RenderError where even the frame is too large.
        """
        return self._fitted(edition, ALL)

    def variant(self, edition: Edition, chosen: frozenset[str]) -> Variant:
        """The mail that readers of ``chosen`` themes (empty: all) get, checked.

        Raises RenderError for a template that fails, a choice that shows nothing, and a rendering
        that must not be sent: see ``digest.render.checks``.
        """
        key = variant_key(edition, chosen)
        if key is None:
            themes = ", ".join(sorted(chosen)) or "all"
            raise RenderError(f"edition {edition_ref(edition.key)} has no story for the themes: {themes}")
        seen = self._seen(edition, key)
        mail = self._mail(seen, key)
        if key != ALL and not self._fits(mail):
            # Stories filed under other themes than in the whole edition have brought headings with them.
            mail = self._mail(self._fitted(seen, key), key)
        visible = visible_text(mail.html)
        variant = Variant(
            key=key,
            subject=str(mail.values["subject"]),
            preheader=str(mail.values["preheader"]),
            html=mail.html,
            text=self._text(mail, _words(visible)),
            mjml=mail.mjml,
            story_count=len(seen.stories),
        )
        return checked(
            variant, visible, edition, view_name=f"edition {edition_ref(edition.key)}, themes {key}"
        )

    def web_copy(
        self,
        edition: Edition,
        chosen: frozenset[str] = frozenset(),
        corrections: Sequence[ToldCorrection] = (),
    ) -> str:
        """The whole edition as a web page: every story in full, nothing personal, ``corrections`` on top.

        For a choice that shows nothing the page holds no story. Raises RenderError as ``variant``.
        """
        key = variant_key(edition, chosen)
        seen = edition if key == ALL else edition.for_themes(chosen)
        view = view_edition(seen, self.publication, web=True)
        values = self._values(seen, view, key or ALL)
        url = str(values["web_url"])
        shown_corrections = [view_correction(one.correction, self.publication, one.at) for one in corrections]
        data = structured_data(seen, view, self.publication, url, shown_corrections)
        shown = {section.theme.style for section in view.sections}
        more = {
            "structured": data,
            "shown": shown,
            "headline": headline_of(view, self.publication.wording),
            "corrections": shown_corrections,
            "feed_url": self._links.feed(),
            "archive_url": self._links.archive(),
            "home_url": self._links.home(),
            "subscribe_url": self._links.subscribe() if self.options.sign_ups else "",
        }
        return self._templates.render("edition.web.html.j2", {**values, **more})

    def _seen(self, edition: Edition, key: str) -> Edition:
        return edition if key == ALL else edition.for_themes(frozenset(key.split("+")))

    def _fitted(self, edition: Edition, key: str) -> Edition:
        return fit(edition, self._budget, lambda candidate: len(self._mail(candidate, key).html.encode()))

    def _fits(self, mail: _Mail) -> bool:
        return len(mail.html.encode()) <= self._budget

    def _mail(self, edition: Edition, key: str) -> _Mail:
        view = view_edition(edition, self.publication, web=False, known=self._known)
        values = self._values(edition, view, key)
        mjml = self._templates.render("edition.mjml.j2", values)
        css = self._templates.render("edition.css.j2", values)
        # Slow to load, and a resumed run renders nothing.
        from digest.render.inlining import inline  # noqa: PLC0415
        from digest.render.markup import compile_mjml  # noqa: PLC0415

        try:
            page = compile_mjml(mjml, template="edition.mjml.j2")
        except RenderError as error:
            place = self._templates.blame("edition.mjml.j2", values)
            raise RenderError(f"{place.where}: {place.fault}; {error}" if place else str(error)) from error
        return _Mail(view, values, mjml, inline(page, css, ink=self.publication.look.ink))

    def _text(self, mail: _Mail, html_words: int) -> str:
        """Flowed text; further sources are linked for as many stories, from the top, as fit the proportion.

        The further sources of the others are named.
        """
        text = self._templates.render("edition.txt.j2", {**mail.values, "linked": 0})
        linked, words = 0, sum(map(_line_words, text.split("\n")))
        for story in mail.view.cards:
            urls = [link.url for link in story.others] + [link.url for link in story.related]
            words += sum(map(_line_words, urls))
            if words > _MOST_TEXT * html_words:
                break
            linked += 1
        if linked:
            text = self._templates.render("edition.txt.j2", {**mail.values, "linked": linked})
        return flow(text)

    def _values(self, edition: Edition, view: EditionView, key: str) -> dict[str, object]:
        """What the templates see of one variant, beside ``unchanging``."""
        words = self.publication.wording
        chosen = () if key == ALL else tuple(key.split("+"))
        names = [clean(theme.name) for theme in edition.themes if theme.slug in chosen]
        return {
            "edition": view,
            "subject": subject_of(view, words),
            "preheader": preheader_of(view, words),
            "chosen": ", ".join(names),
            "web_url": self._links.edition(edition_ref(edition.key), chosen),
        }


def unchanging(publication: Publication) -> dict[str, object]:
    """What every template of ``publication`` sees."""
    address = address_after(publication.publisher, publication.postal_address)
    return {
        "publication": replace(
            publication,
            publisher=clean(publication.publisher),
            postal_address=clean(", ".join(address.split("\n"))),
        ),
        "words": publication.wording,
        "look": publication.look,
        "serif": Markup(publication.look.serif),  # noqa: S704 - Look lets through letters, digits, , ' -
        "sans": Markup(publication.look.sans),  # noqa: S704 - the same
        "holes": Hole,
    }


@lru_cache(maxsize=4096)  # the variants of an edition have most of their lines in common
def _line_words(line: str) -> int:
    return _words(line)


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))
