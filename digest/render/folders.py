"""Where templates are looked for."""

from __future__ import annotations

from pathlib import Path


def default_template_folders(newsletter: Path | None = None) -> tuple[Path, ...]:
    """Where templates are looked for, first hit wins.

    The ``templates/`` of the newsletter's folder (None: the working directory), so that an editor can
    replace any of them; then those in the installed package; then the checkout's, for a development install.
    """
    package = Path(__file__).resolve().parent.parent
    here = (newsletter or Path.cwd()) / "templates"
    return (here, package / "_templates", package.parent / "templates")
