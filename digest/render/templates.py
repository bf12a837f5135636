"""Jinja, with the rules of this house: everything escaped, nothing undefined, errors with a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from digest.errors import RenderError


def default_template_folders(working_directory: Path | None = None) -> tuple[Path, ...]:
    """Where templates are looked for, first hit wins.

    The working directory's ``templates/``, so that an editor can replace any of them; then those in
    the installed package; then the checkout's, for a development install.
    """
    package = Path(__file__).resolve().parent.parent
    here = (working_directory or Path.cwd()) / "templates"
    return (here, package / "_templates", package.parent / "templates")


class Templates:
    """The templates of some folders, the first folder that has one winning."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            autoescape=_escaped,  # noqa: S701 - all but the text part, which is no markup
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=True,  # `digest preview --live` shows an edited template at once
        )

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Template ``name`` with ``values``. Raises RenderError naming the file and line at fault."""
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as error:
            folders = ", ".join(self._folders())
            raise RenderError(f"there is no template {error.name} in any of: {folders}") from error
        except TemplateSyntaxError as error:
            where = f"{error.filename or error.name}, line {error.lineno}"
            raise RenderError(f"{where}: {error.message}") from error
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise RenderError(f"{self._where(error, name)}: {error}") from error

    def _folders(self) -> list[str]:
        loader = self._environment.loader
        assert isinstance(loader, FileSystemLoader)
        return [str(folder) for folder in loader.searchpath]

    def _where(self, error: BaseException, name: str) -> str:
        """File and line of the innermost template frame: Jinja rewrites tracebacks to point there."""
        folders, where = self._folders(), name
        step = error.__traceback__
        while step is not None:
            file = step.tb_frame.f_code.co_filename
            if any(Path(file).is_relative_to(folder) for folder in folders):
                where = f"{file}, line {step.tb_lineno}"
            step = step.tb_next
        return where


def _escaped(name: str | None) -> bool:
    """Everything is markup but the text part; Jinja's own rule would miss ``.mjml.j2``."""
    return not (name or "").endswith(".txt.j2")
