"""One edition, rendered for one choice of themes: the mail's HTML and text, and the web copy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from digest.errors import RenderError
from digest.model.edition import Edition
from digest.model.links import Links, edition_ref
from digest.model.message import Hole, Variant
from digest.render.checks import FILL_RESERVE_BYTES, checked, visible_text
from digest.render.clean import clean
from digest.render.fit import fit
from digest.render.flowed import flow
from digest.render.lines import preheader_of, subject_of
from digest.render.publication import Publication, RenderOptions
from digest.render.structured import structured_data
from digest.render.templates import Templates
from digest.render.viewer import view_edition
from digest.render.views import EditionView

ALL = "all"
_MOST_TEXT = 1.25  # words of the text part to those of the HTML; filters distrust parts that differ


def variant_key(edition: Edition, chosen: frozenset[str]) -> str | None:
    """The name of what a reader of ``chosen`` themes (empty: all) sees of ``edition``.

    Slugs sorted and joined by "+", or "all"; the same for every choice that shows the same stories
    under the same themes. None where no story is left; a quiet edition without any story is for all.
    """
    if not edition.stories:
        return ALL if edition.quiet else None
    sections = edition.for_themes(chosen).sections()
    if not sections:
        return None
    if sections == edition.sections():
        return ALL
    return "+".join(sorted(section.theme.slug for section in sections if section.theme))


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
        self._templates = Templates(template_folders)
        self._links = Links(publication.base_url)

    def fit(self, edition: Edition) -> Edition:
        """``edition`` within its byte budget: some stories become one-liners, or go to the web copy.

        Measured on the view of all themes, which is the largest. Raises RenderError where even the
        frame is too large.
        """
        budget = self.options.max_html_kib * 1024 - FILL_RESERVE_BYTES

        def measure(candidate: Edition) -> int:
            view = view_edition(candidate, self.publication, web=False)
            return len(self._html(candidate, view, ALL)[0].encode())

        return fit(edition, budget, measure)

    def variant(self, edition: Edition, chosen: frozenset[str]) -> Variant:
        """The mail that readers of ``chosen`` themes (empty: all) get, checked.

        Raises RenderError for a template that fails, a choice that shows nothing, and a rendering
        that must not be sent: see ``digest.render.checks``.
        """
        key = variant_key(edition, chosen)
        if key is None:
            themes = ", ".join(sorted(chosen)) or "all"
            raise RenderError(f"edition {edition.key} has no story for the themes: {themes}")
        seen = self._seen(edition, key)
        view = view_edition(seen, self.publication, web=False)
        html, mjml = self._html(seen, view, key)
        variant = Variant(
            key=key,
            subject=subject_of(view, self.publication.wording),
            preheader=preheader_of(view, self.publication.wording),
            html=html,
            text=self._text(seen, view, key, len(re.findall(r"\w+", visible_text(html)))),
            mjml=mjml,
            story_count=view.story_count,
        )
        return checked(variant, seen, view_name=f"edition {edition.key}, themes {key}")

    def web_copy(self, edition: Edition, chosen: frozenset[str] = frozenset()) -> str:
        """The whole edition as a web page: every story in full, nothing personal.

        For a choice that shows nothing the page holds no story. Raises RenderError as ``variant``.
        """
        key = variant_key(edition, chosen)
        seen = edition if key == ALL else edition.for_themes(chosen)
        view = view_edition(seen, self.publication, web=True)
        values = self._values(seen, view, key or ALL)
        url = str(values["web_url"])
        data = structured_data(seen, view, self.publication, url)
        shown = {section.theme.style for section in view.sections}
        return self._templates.render("edition.web.html.j2", {**values, "structured": data, "shown": shown})

    def _seen(self, edition: Edition, key: str) -> Edition:
        return edition if key == ALL else edition.for_themes(frozenset(key.split("+")))

    def _html(self, edition: Edition, view: EditionView, key: str) -> tuple[str, str]:
        values = self._values(edition, view, key)
        mjml = self._templates.render("edition.mjml.j2", values)
        css = self._templates.render("edition.css.j2", values)
        from digest.render.markup import compile_mjml, inline  # noqa: PLC0415 - slow to load, and a resumed run renders nothing

        html = inline(compile_mjml(mjml, template="edition.mjml.j2"), css, ink=self.publication.look.ink)
        return html, mjml

    def _text(self, edition: Edition, view: EditionView, key: str, html_words: int) -> str:
        """Flowed text; the links to further sources stand in it where that leaves it in proportion."""
        values = self._values(edition, view, key)
        text = ""
        for all_links in (True, False):
            text = self._templates.render("edition.txt.j2", {**values, "all_links": all_links})
            if len(re.findall(r"\w+", text)) <= _MOST_TEXT * html_words:
                break
        return flow(text)

    def _values(self, edition: Edition, view: EditionView, key: str) -> dict[str, object]:
        publication, words = self.publication, self.publication.wording
        chosen = () if key == ALL else tuple(key.split("+"))
        names = [clean(theme.name) for theme in edition.themes if theme.slug in chosen]
        return {
            "edition": view,
            "publication": replace(
                publication,
                publisher=clean(publication.publisher),
                postal_address=clean(", ".join(publication.postal_address.split("\n"))),
            ),
            "words": words,
            "look": publication.look,
            "serif": Markup(publication.look.serif),  # noqa: S704 - Look lets through letters, digits, , ' -
            "sans": Markup(publication.look.sans),  # noqa: S704 - the same
            "subject": subject_of(view, words),
            "preheader": preheader_of(view, words),
            "chosen": ", ".join(names),
            "web_url": self._links.edition(edition_ref(edition.key), chosen),
            "holes": Hole,
        }
