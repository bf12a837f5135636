"""The contact sheet: one file that shows a mail at every width, light and dark, and without its images."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from markupsafe import Markup

from digest.previewing.frames import SANDBOX, WIDTHS, Looks, framed
from digest.previewing.pages import asset, page
from digest.previewing.preview import Preview

_IMAGE = re.compile(r"<img\b|\bbackground(?:-image)?\s*[=:][^;>]*url\(", re.IGNORECASE)


def contact_sheet(preview: Preview) -> str:
    """A self-contained page for any browser, also from a file; its own script only fits the frames."""
    views = (
        ("light", "Light", Looks()),
        ("dark", "Dark", Looks(dark=True)),
        ("images-off", "Images off", Looks(images=False)),
    )
    script = asset("sheet.js")
    return page(
        "sheet.html.j2",
        preview=preview,
        views=[(name, title, framed(preview.html, looks)) for name, title, looks in views],
        has_images=_IMAGE.search(preview.html) is not None,
        widths=WIDTHS,
        sandbox=SANDBOX,
        styles=Markup(asset("base.css") + asset("sheet.css")),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
    )
