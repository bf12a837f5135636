"""Editions of any shape, for properties that must hold of all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from digest.model.edition import (
    Edition,
    EditionKey,
    EditionStory,
    Method,
    Notice,
    Provenance,
    SourceLink,
    Summary,
    ThemeStyle,
)

SCRIPTS = (
    "Ministers agree on a shorter list of ports, and argue about the last one. ",
    "اتفق الوزراء على قائمة أقصر من الموانئ واختلفوا على آخرها. ",
    "השרים הסכימו על רשימה קצרה יותר של נמלים. ",
    "मंत्री बंदरगाहों की छोटी सूची पर सहमत हुए। ",
    "部長們同意縮短港口清單。",
    "รัฐมนตรีตกลงรายชื่อท่าเรือที่สั้นลง",
    "Министры согласовали короткий список портов. ",
    "&<>\"'& </td></table> {{ x }} \\u{2068} ",
    "\U0001f6a2\u200d\U0001f9ca e\u0301\u0302\u0303\u0304 \x00\u202e ",
)
TEXTS = st.one_of(
    st.sampled_from(SCRIPTS), st.text(alphabet=st.characters(exclude_categories=[]), max_size=20)
)


@st.composite
def stories(draw: st.DrawFn, slugs: tuple[str, ...]) -> EditionStory:
    """Stories of all sizes, up to absurd ones; a feed decides about every text in it."""
    text = draw(TEXTS) * draw(st.sampled_from([1, 1, 3, 40]))
    link = f"https://outlet.example/{'x&' * draw(st.sampled_from([5, 40, 950]))}"
    sources = tuple(
        SourceLink(f"Outlet {n} {text[:30]}", f"{link}{n}", text) for n in range(draw(st.integers(0, 12)))
    )
    made = Provenance(draw(st.sampled_from(Method)), source=text[:50], model="m", source_ai_notice=text)
    return EditionStory(
        key=draw(st.uuids()).hex,
        headline=text,
        summary=Summary(text * 3, made) if text and draw(st.booleans()) else None,
        sources=sources,
        themes=tuple(
            draw(st.lists(st.sampled_from(slugs), unique=True, min_size=draw(st.integers(0, 1)), max_size=4))
        ),
        published_at=draw(st.sampled_from([None, datetime(2026, 3, 8, 22, 5, tzinfo=UTC)])),
        language=draw(st.sampled_from(["", "en", "ar", "zh-Hant"])),
        comments_url=draw(st.sampled_from(["", link])),
        update_of=draw(st.sampled_from(["", text])),
        brief=draw(st.sampled_from([False, False, True])),
        related=sources[: draw(st.integers(0, 4))],
    )


@st.composite
def editions(
    draw: st.DrawFn, *, most_themes: int = 12, repeated: tuple[int, ...] = (0, 1, 3, 12, 33, 33)
) -> Edition:
    """One theme, or three, or ``most_themes``, and a few stories.

    Each story stands in it as often as one of ``repeated`` says (33 times: up to 198 of them), and
    each headline begins with a number of its own: S000, S001...
    """
    slugs = tuple(f"theme-{n}" for n in range(draw(st.sampled_from([1, 3, most_themes]))))
    name = draw(TEXTS)
    some = draw(st.lists(stories(slugs), min_size=1, max_size=6))
    many = draw(st.sampled_from(repeated))
    chosen = tuple(
        replace(one, key=f"{one.key}{n}", headline=f"S{n:03} {one.headline}")
        for n, one in enumerate(some * many)
    )
    return Edition(
        key=EditionKey("p", "daily", datetime(2026, 3, 9, tzinfo=UTC)),
        title=draw(TEXTS) or "Title",
        local_date="2026-03-09",
        themes=tuple(
            ThemeStyle(slug, f"{slug} {name}" * draw(st.integers(1, 4)), "#0b6170") for slug in slugs
        ),
        stories=chosen,
        notice=Notice("Short notice.", "Full notice."),
        quiet=not chosen,
    )


def choices_of(edition: Edition) -> st.SearchStrategy[frozenset[str]]:
    """Choices of the themes of ``edition``; the empty one means all of them."""
    slugs = [theme.slug for theme in edition.themes]
    few = st.sets(st.sampled_from(slugs), max_size=3)
    return st.one_of(few, few.map(set(slugs).difference)).map(frozenset)
