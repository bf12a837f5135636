"""From an edition to what readers see: the mail, its text part, and the web copy.

    edition -> fit -> view -> Jinja -> MJML -> HTML -> inlined -> checked Variant -> CompiledMessage

Everything here is pure: the edition, the templates and the publication decide, no clock, no network.
"""

from digest.model.look import Look, contrast, theme_problems
from digest.model.wording import Wording
from digest.render.feed import FeedRenderer
from digest.render.message import CompiledMessage, compile_message
from digest.render.publication import Publication, RenderOptions
from digest.render.renderer import Renderer, variant_key
from digest.render.templates import default_template_folders

__all__ = [
    "CompiledMessage",
    "FeedRenderer",
    "Look",
    "Publication",
    "RenderOptions",
    "Renderer",
    "Wording",
    "compile_message",
    "contrast",
    "default_template_folders",
    "theme_problems",
    "variant_key",
]
