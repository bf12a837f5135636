"""From an edition to what readers see: the mail, its text part, and the web copy.

    edition -> fit -> view -> Jinja -> MJML -> HTML -> inlined -> checked Variant -> CompiledMessage

Everything here is pure: the edition, the templates and the publication decide, no clock, no network.

``renderer.Renderer`` and ``feed.FeedRenderer`` are imported from their modules: Jinja, which stands behind
them, is slow to load, and an edition that is frozen is sent without it.
"""

from digest.model.look import Look, contrast, theme_problems
from digest.model.wording import Wording
from digest.render.choice import variant_key
from digest.render.folders import default_template_folders
from digest.render.message import CompiledMessage, compile_message
from digest.render.publication import Publication, RenderOptions

__all__ = [
    "CompiledMessage",
    "Look",
    "Publication",
    "RenderOptions",
    "Wording",
    "compile_message",
    "contrast",
    "default_template_folders",
    "theme_problems",
    "variant_key",
]
