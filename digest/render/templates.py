"""Jinja, with the rules of this house: everything escaped, nothing undefined, errors with a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_eval_context,
)
from jinja2.nodes import EvalContext
from jinja2.runtime import Macro

from digest.errors import RenderError
from digest.render.addresses import linked
from digest.render.blame import Place, blame
from digest.render.compiled import CompiledTemplates
from digest.render.views import StoryView

_UNCHANGING = (StoryView, str, int, type(None))
_MOST_TEXTS = 1_000  # kept of the macros of one template; an edition has a few dozen stories


# What is decided here is compiled into a template, and so is what Jinja makes of it.
_COMPILED = CompiledTemplates(version("jinja2").encode() + Path(__file__).read_bytes())


class Templates:
    """The templates of some folders, the first folder that has one winning.

    ``publication`` are the names that every template sees, and that never change.
    """

    def __init__(self, folders: Sequence[Path], publication: Mapping[str, object] | None = None) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            autoescape=_escaped,  # noqa: S701 - all but the text part, which is no markup
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=True,  # `digest preview --live` shows an edited template at once
            bytecode_cache=_COMPILED,
        )
        self._environment.globals |= {**(publication or {}), "macros": self._macros_of}
        self._environment.filters["linked"] = linked
        self._macros: dict[str, _Macros] = {}

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Template ``name`` with ``values``. Raises RenderError naming the file and line at fault."""
        with self._naming(name):
            return self._environment.get_template(name).render(values)

    def compile(self) -> None:
        """Read every template there is. Raises RenderError as ``render`` for one that is no Jinja."""
        for name in self._environment.list_templates(extensions=["j2"]):
            with self._naming(name):
                self._environment.get_template(name)

    def blame(self, name: str, values: Mapping[str, object]) -> Place | None:
        """Where what ``name`` makes stops being XML: see ``digest.render.blame``."""
        return blame(self._environment, name, values)

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        """Jinja's errors, and those of what templates compute, as one line that names the place."""
        try:
            yield
        except TemplateNotFound as error:
            folders = ", ".join(self._folders())
            raise RenderError(f"there is no template {error.name} in any of: {folders}") from error
        except TemplateSyntaxError as error:
            where = f"{error.filename or error.name}, line {error.lineno}"
            raise RenderError(f"{where}: {error.message}") from error
        except OSError as error:
            raise RenderError(f"{error.filename or name} can't be read: {error.strerror}") from error
        except RecursionError as error:
            raise RenderError(f"{self._where(error, name)}: it includes itself, without end") from error
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise RenderError(f"{self._where(error, name)}: {error}") from error

    def _macros_of(self, name: str) -> _Macros:
        template = self._environment.get_template(name)
        known = self._macros.get(name)
        if known is None or known.template is not template:  # never asked for, or edited since
            known = self._macros[name] = _Macros(template)
        return known

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


class _Macros:
    """The macros of one template, as ``macros(name)`` gives them to others: one text for one story.

    A macro that was called with the same story before is not called again. That is right since nothing
    else can reach it: its template is loaded by itself, so that all it sees are its arguments, which
    never change, and what every template of this publication sees, which never changes either.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self._texts: dict[tuple[object, ...], tuple[tuple[object, ...], str]] = {}

    def __getattr__(self, name: str) -> object:
        macro = getattr(self.template.module, name)

        @pass_eval_context
        def text_of(escaping: EvalContext, *arguments: object, **named: object) -> str:
            given = (*arguments, *named.values())
            if not all(isinstance(one, _UNCHANGING) for one in given):
                text: str = macro(escaping, *arguments, **named)
                return text
            key = (name, escaping.autoescape, *named, *map(_identity, given))
            known = self._texts.get(key)
            if known is None:
                if len(self._texts) >= _MOST_TEXTS:
                    self._texts.clear()
                known = self._texts[key] = (given, macro(escaping, *arguments, **named))
            return known[1]

        return text_of if isinstance(macro, Macro) else macro


def _identity(argument: object) -> object:
    """What tells ``argument`` from others: comparing all of a story would take as long as its macro."""
    return id(argument) if isinstance(argument, StoryView) else (type(argument), argument)


def _escaped(name: str | None) -> bool:
    """Everything is markup but the text part; Jinja's own rule would miss ``.mjml.j2``."""
    return not (name or "").endswith(".txt.j2")
