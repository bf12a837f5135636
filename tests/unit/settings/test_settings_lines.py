from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digest.settings.lines import KeyPath, locate

HARD = '''\
# [not.a.table] x = 1

top = 1
[publication] # with = "a comment"
name = "a # b = [c]"
"quoted key" = 'x = 1'
'lit.eral' = """
[inside] text = 1
a \\""" b
"""
dotted.key . deep = 1979-05-27 07:32:00
long = [ # one
  "a]", # two
  { url = "x", "n" = [1, 2] },
]
[[feeds]]
url = """quotes""" # end
[feeds.extra]
a = {}
[[feeds]]
name = \'\'\'it\'s
two lines\'\'\'
url = "y"
[ a . "b.c" ]
d = true
'''


def paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    found = {path} if path else set()
    if isinstance(value, dict):
        for name, child in value.items():
            found |= paths(child, (*path, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found |= paths(child, (*path, index))
    return found


def test_keys_are_found_among_tables_comments_strings_and_lists() -> None:
    lines = locate(HARD)
    assert {
        path: lines[path]
        for path in [
            ("top",),
            ("publication",),
            ("publication", "name"),
            ("publication", "quoted key"),
            ("publication", "lit.eral"),
            ("publication", "dotted", "key", "deep"),
            ("publication", "long"),
            ("publication", "long", 1, "url"),
            ("feeds", 0),
            ("feeds", 0, "url"),
            ("feeds", 0, "extra", "a"),
            ("feeds", 1),
            ("feeds", 1, "name"),
            ("feeds", 1, "url"),
            ("a", "b.c", "d"),
        ]
    } == {
        ("top",): 3,
        ("publication",): 4,
        ("publication", "name"): 5,
        ("publication", "quoted key"): 6,
        ("publication", "lit.eral"): 7,
        ("publication", "dotted", "key", "deep"): 11,
        ("publication", "long"): 12,
        ("publication", "long", 1, "url"): 14,
        ("feeds", 0): 16,
        ("feeds", 0, "url"): 17,
        ("feeds", 0, "extra", "a"): 19,
        ("feeds", 1): 20,
        ("feeds", 1, "name"): 21,
        ("feeds", 1, "url"): 23,
        ("a", "b.c", "d"): 25,
    }


def test_every_path_that_the_parser_sees_has_a_line() -> None:
    assert paths(tomllib.loads(HARD)) <= locate(HARD).keys() | {("a",)}


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
values = st.sampled_from(["1", "true", '"a = 1"', '"""a\n[x]"""', "[1, # ]\n 2]", "{ a = '}' }"])


@given(st.dictionaries(names, values, max_size=6), st.sampled_from(["", "  # c = 1", "\n\n# [t]"]))
def test_any_key_of_a_valid_table_is_found_at_its_line(table: dict[str, str], noise: str) -> None:
    text, expected = f"[t]{noise}\n", {}
    for name, value in table.items():
        expected[name] = text.count("\n") + 1
        escaped = "".join(f"\\U{ord(char):08x}" for char in name)
        text += f'"{escaped}" = {value}{noise}\n'
    assert set(tomllib.loads(text)["t"]) == set(table)
    found = locate(text)
    assert {name: found["t", name] for name in table} == expected
