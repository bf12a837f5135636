"""The elements of MJML 4: what may stand in which, and the type of each attribute.

Types are written as MJML's documentation writes them: ``unit(px,%){1,4}`` is one to four lengths.
"""

from __future__ import annotations

from collections.abc import Iterable

PAD1, PAD4 = "unit(px,%)", "unit(px,%){1,4}"
LINE_HEIGHT = "unit(px,%,)"
SPACING = "unitWithNegative(px,em)"
SIDES = "enum(left,center,right)"
VERTICAL = "enum(top,bottom,middle)"
WIDE = "enum(full-width,false,)"


def _padding(prefix: str = "") -> dict[str, str]:
    return {f"{prefix}padding": PAD4, **{f"{prefix}padding-{side}": PAD1 for side in _SIDES}}


def _all(type_: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), type_)


_SIDES = ("top", "right", "bottom", "left")
_BORDERS = _all("string", "border border-bottom border-left border-right border-top")
_FONT = {
    **_all("string", "font-family font-style font-weight"),
    "font-size": "unit(px)",
    "line-height": LINE_HEIGHT,
}
_DECORATION = _all("string", "text-decoration text-transform")
_BACKGROUND = {
    **_all("string", "background-url background-size"),
    **_all("string", "background-position background-position-x background-position-y"),
    "background-color": "color", "background-repeat": "enum(repeat,no-repeat)",
}  # fmt: skip
_BAND = {
    **_BACKGROUND, **_BORDERS, **_padding(),
    "border-radius": "string", "direction": "enum(ltr,rtl)",
    "full-width": WIDE, "text-align": SIDES, "text-padding": PAD4,
}  # fmt: skip
_LINK = _all("string", "href rel target title")
_ICONS = {
    **_all("string", "icon-wrapped-url icon-wrapped-alt icon-unwrapped-url icon-unwrapped-alt"),
    **_all("string", "font-family border"),
    "icon-align": "enum(top,middle,bottom)", "icon-position": "enum(left,right)", "icon-width": PAD1,
    "icon-height": PAD1,
}  # fmt: skip
_SOCIAL = {
    **_FONT, **_padding(), **_all(PAD4, "icon-padding text-padding"), **_all(PAD1, "icon-size icon-height"),
    "color": "color", "text-decoration": "string", "vertical-align": VERTICAL,
}  # fmt: skip

ATTRIBUTES: dict[str, dict[str, str]] = {
    "mjml": _all("string", "lang dir owa"),
    "mj-head": {},
    "mj-attributes": {},
    "mj-html-attributes": {},
    "mj-preview": {},
    "mj-title": {},
    "mj-breakpoint": {"width": "unit(px)"},
    "mj-font": _all("string", "name href"),
    "mj-style": {"inline": "string"},
    "mj-raw": {"position": "enum(file-start)"},
    "mj-body": {"width": "unit(px)", "background-color": "color"},
    "mj-section": _BAND,
    "mj-wrapper": {**_BAND, "gap": "unit(px)"},
    "mj-group": {
        "background-color": "color", "direction": "enum(ltr,rtl)", "vertical-align": VERTICAL, "width": PAD1,
    },
    "mj-column": {
        **_BORDERS, **_padding(), **_all("color", "background-color inner-background-color"),
        **_all("string",
        "inner-border inner-border-bottom inner-border-left inner-border-right inner-border-top"),
        **_all(PAD4, "border-radius inner-border-radius"),
        "direction": "enum(ltr,rtl)", "vertical-align": VERTICAL, "width": PAD1,
    },
    "mj-text": {
        **_FONT, **_DECORATION, **_padding(), **_all("color",
        "background-color color container-background-color"),
        "align": "enum(left,right,center,justify)", "height": PAD1,
        "letter-spacing": SPACING, "vertical-align": VERTICAL,
    },
    "mj-button": {
        **_FONT, **_DECORATION, **_padding(), **_BORDERS, **_LINK,
        **_all("color", "background-color color container-background-color"), **_all("string",
        "border-radius name"),
        **_all(SIDES, "align text-align"), **_all(PAD1, "height width"),
        "inner-padding": PAD4, "letter-spacing": SPACING, "vertical-align": VERTICAL,
    },
    "mj-image": {
        **_BORDERS, **_padding(), **_LINK, **_all("string", "alt name src srcset sizes usemap"),
        "align": SIDES, "border-radius": PAD4, "container-background-color": "color",
        "fluid-on-mobile": "boolean",
        "width": "unit(px)", "height": "unit(px,auto)", "max-height": PAD1, "font-size": "unit(px)",
    },
    "mj-divider": {
        **_padding(), **_all("color", "border-color container-background-color"), "border-style": "string",
        "border-width": "unit(px)", "width": PAD1, "align": SIDES,
    },
    "mj-spacer": {**_BORDERS, **_padding(), "container-background-color": "color", "height": PAD1},
    "mj-table": {
        **_padding(), **_all("string", "border font-family font-weight"), **_all("integer",
        "cellpadding cellspacing"),
        **_all("color", "color container-background-color"), "align": SIDES, "font-size": "unit(px)",
        "line-height": LINE_HEIGHT, "role": "enum(none,presentation)",
        "table-layout": "enum(auto,fixed,initial,inherit)",
        "vertical-align": VERTICAL, "width": "unit(px,%,auto)",
    },
    "mj-hero": {
        **_padding(), **_padding("inner-"), **_all("string",
        "mode background-url background-position border-radius"),
        **_all(PAD1, "height background-width background-height"), "vertical-align": VERTICAL,
        **_all("color", "container-background-color inner-background-color background-color"),
    },
    "mj-social": {
        **_SOCIAL, "align": SIDES, "border-radius": PAD1, "container-background-color": "color",
        "inner-padding": PAD4,
        "mode": "enum(horizontal,vertical)", "table-layout": "enum(auto,fixed)",
    },
    "mj-social-element": {
        **_SOCIAL, **_LINK, **_all("string", "name src srcset sizes alt"),
        "align": SIDES, "background-color": "color",
        "border-radius": "unit(px)", "icon-position": "enum(left,right)",
    },
    "mj-navbar": {
        **_padding(), **_padding("ico-"), **_all(SIDES, "align ico-align"), "ico-color": "color",
        "ico-font-size": PAD1,
        **_all("string",
        "base-url hamburger ico-open ico-close ico-font-family ico-text-transform ico-text-decoration"),
        "ico-line-height": LINE_HEIGHT,
    },
    "mj-navbar-link": {
        **_FONT, **_DECORATION, **_padding(), **_all("string", "href name target rel"), "color": "color",
        "letter-spacing": SPACING,
    },
    "mj-accordion": {**_ICONS, **_padding(), "container-background-color": "color"},
    "mj-accordion-element": {**_ICONS, "background-color": "color"},
    "mj-accordion-title": {
        **_padding(), **_all("color", "background-color color"), "font-size": "unit(px)",
        **_all("string", "font-family font-weight"),
    },
    "mj-accordion-text": {
        **_padding(), **_all("color", "background-color color"), "font-size": "unit(px)",
        "line-height": LINE_HEIGHT,
        **_all("string", "font-family font-weight"), "letter-spacing": SPACING,
    },
    "mj-carousel": {
        **_padding(), **_all(PAD1, "icon-width tb-border-radius tb-width"),
        "align": SIDES, "border-radius": PAD4,
        **_all("color", "container-background-color tb-hover-border-color tb-selected-border-color"),
        **_all("string", "left-icon right-icon tb-border"), "thumbnails": "enum(visible,hidden,supported)",
    },
    "mj-carousel-image": {
        **_LINK, **_all("string", "alt src thumbnails-src tb-border"), **_all(PAD4,
        "border-radius tb-border-radius"),
    },
}  # fmt: skip
EVERYWHERE = frozenset({"mj-class", "css-class"})
# Named only within mj-attributes and mj-html-attributes; any attribute may stand on them.
UNTYPED = frozenset({"mj-all", "mj-class", "mj-selector", "mj-html-attribute", "mj-include"})
# Their content is HTML or text, not MJML.
ENDING = frozenset(
    {
        *("mj-accordion-text", "mj-accordion-title", "mj-breakpoint", "mj-button", "mj-carousel-image"),
        *("mj-navbar-link", "mj-preview", "mj-raw", "mj-social-element", "mj-style", "mj-table", "mj-text"),
        "mj-title",
    }
)
_IN_COLUMN = (
    *("mj-accordion", "mj-button", "mj-carousel", "mj-divider", "mj-image", "mj-raw", "mj-social"),
    *("mj-spacer", "mj-table", "mj-text", "mj-navbar"),
)
ANYTHING = frozenset({"*"})


def _of(*names: str) -> frozenset[str]:
    return frozenset((*names, "mj-include"))


def parents(child: str) -> Iterable[str]:
    """The elements that ``child`` may stand in."""
    return [parent for parent, children in CHILDREN.items() if child in children]


CHILDREN: dict[str, frozenset[str]] = {
    "mjml": _of("mj-head", "mj-body", "mj-raw"),
    "mj-head": _of(
        *("mj-attributes", "mj-breakpoint", "mj-html-attributes", "mj-font", "mj-preview", "mj-style"),
        *("mj-title", "mj-raw"),
    ),
    "mj-attributes": ANYTHING,
    "mj-html-attributes": _of("mj-selector"),
    "mj-selector": _of("mj-html-attribute"),
    "mj-body": _of("mj-raw", "mj-section", "mj-wrapper", "mj-hero"),
    "mj-wrapper": _of("mj-hero", "mj-raw", "mj-section"),
    "mj-section": _of("mj-column", "mj-group", "mj-raw"),
    "mj-group": _of("mj-column", "mj-raw"),
    "mj-column": _of(*_IN_COLUMN),
    "mj-hero": _of(*_IN_COLUMN),
    "mj-accordion": _of("mj-accordion-element", "mj-raw"),
    "mj-accordion-element": _of("mj-accordion-title", "mj-accordion-text", "mj-raw"),
    "mj-carousel": _of("mj-carousel-image"),
    "mj-navbar": _of("mj-navbar-link", "mj-raw"),
    "mj-social": _of("mj-social-element", "mj-raw"),
}
