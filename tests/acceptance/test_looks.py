"""A publisher's own looks and words, from digest.toml and templates/ to the mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Desk

ROOT = Path(__file__).parents[2]


def test_settings_change_every_part_and_need_no_template(stocked: Desk) -> None:
    stocked.configure(
        look={"accent": "#8a1c1c", "serif": "Charter, serif"},
        wording={
            "read_more": "Weiterlesen bei {outlet}",
            "read_more_label": "Weiterlesen bei {outlet}: {headline}",
            "in_brief": "Kurz",
            "unsubscribe": "Abbestellen",
        },
    )
    made = {kind: Path(path).read_text("utf-8") for kind, path in stocked.json("preview").items()}
    assert "border-top:4px solid #8a1c1c" in made["html"]
    assert "Charter, serif" in made["html"]
    for kind in ("html", "txt", "web.html"):
        assert "Weiterlesen bei The Levant Courier" in made[kind]
        assert "Read more" not in made[kind]
    for kind in ("html", "txt"):
        assert "Kurz" in made[kind]
        assert "Abbestellen" in made[kind]


DARK: dict[str, object] = {
    "page": "#101010",
    "paper": "#141414",
    "note": "#181818",
    "ink": "#f2efe9",
    "muted": "#b7b3a9",
    "accent": "#a9cdf4",
}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("web/leave.html.j2", "<p>\n{% if %}", "templates/web/leave.html.j2, line 2: Expected an expression"),
        ("feed.atom.j2", "\n\n{{ nothing }}", "templates/feed.atom.j2, line 3: 'nothing' is undefined"),
        (
            "_footer.mjml.j2",
            "<mj-section>\n<mj-column>\n<p class=f>",
            "templates/_footer.mjml.j2, line 3: not well",
        ),
    ],
)
def test_check_names_template_and_line(desk: Desk, name: str, text: str, said: str) -> None:
    path = desk.folder / "templates" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    checked = desk.run("check", code=1)
    (line,) = [line for line in checked.stdout.splitlines() if "templates:" in line]
    assert line.startswith("error")
    assert said in line
    assert "mend the template, or remove your copy of it" in line


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("_story.mjml.j2", "</b> {{ story.update }}", "</b> {{ story.updat }}"),
        (
            "_story.mjml.j2",
            "words.paywalled }}</span>{% endif %}</span></li>",
            "words.paid }}</span>{% endif %}</span></li>",
        ),
        ("edition.txt.j2", "{{ edition.correction.headline }}", "{{ edition.correction.headlin }}"),
        ("edition.web.html.j2", "{{ correction.headline }}", "{{ correction.headlin }}"),
        ("_image.mjml.j2", "picture.width", "picture.widht"),
    ],
)
def test_check_tries_what_stands_in_few_editions(desk: Desk, name: str, good: str, bad: str) -> None:
    shipped = (ROOT / "templates" / name).read_text("utf-8")
    assert good in shipped
    desk.configure(edition={"images": "lead"})
    (desk.folder / "templates").mkdir()
    (desk.folder / "templates" / name).write_text(shipped.replace(good, bad), "utf-8")
    checked = desk.run("check", code=1)
    (line,) = [line for line in checked.stdout.splitlines() if "templates:" in line]
    assert line.startswith("error")
    assert name in line


def test_check_names_a_theme_that_cannot_be_read_on_the_paper_chosen(desk: Desk) -> None:
    desk.configure(look=DARK)
    checked = desk.run("check", code=1)  # no feeds: not what this is about
    (line,) = [line for line in checked.stdout.splitlines() if "theme arctic: colour " in line]
    assert line.startswith("warning")
    assert "on #141414 has a contrast of" in line
    assert "the accent stands in for it" in line
