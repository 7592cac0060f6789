"""Where things stand in a TOML document, by a scan of our own beside the library's reading."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.bureau.reading.scanning import Path, places
from infra.bureaus import SHIPPED

WRITTEN = '''# a remark with [brackets] and = and "quotes
title = "a # that is no remark"  # [one] that is
"key.in quotes" = 'C:\\'
a.b.c = 1

[table]
list = [
    "one",   # a remark, in a list
    [2, 3],

    { x = 1, y = [
        4,
    ] },
]
text = """
[no.table]
x = 1 \\""" still
"""

[[things]]
name = "first"

  [[things.parts]]
  n = 1
  [[things.parts]]
  n = 2

[[things]]
name = "second"
[things."inner table"]
day = 2024-01-31
'''
EXPECTED = {
    ("title",): 2,
    ("key.in quotes",): 3,
    ("a", "b", "c"): 4,
    ("table",): 6,
    ("table", "list"): 7,
    ("table", "list", 0): 8,
    ("table", "list", 1, 1): 9,
    ("table", "list", 2): 11,
    ("table", "list", 2, "y"): 11,
    ("table", "list", 2, "y", 0): 12,
    ("table", "text"): 15,
    ("things",): 20,
    ("things", 0, "parts", 0): 23,
    ("things", 0, "parts", 1, "n"): 26,
    ("things", 1): 28,
    ("things", 1, "name"): 29,
    ("things", 1, "inner table", "day"): 31,
}


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Everything that a document holds, by its path."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*path, number))


def test_every_key_and_element_is_in_its_line() -> None:
    found = places(WRITTEN)
    assert {path: found[path] for path in EXPECTED} == EXPECTED
    assert set(found) == set(paths(tomllib.loads(WRITTEN)))


def test_the_files_that_ship_are_found_whole() -> None:
    """The scan finds what the library reads: no more, no less."""
    for file in SHIPPED.rglob("*.toml"):
        text = file.read_text(encoding="utf-8").replace("{city_line}", "")
        assert set(places(text)) == set(paths(tomllib.loads(text))), file


TEXTS = st.sampled_from(
    [
        '"plain"',
        "'it = [is]'",
        '"a \\" # \\\\"',
        '"""\n[x]\n"q" = """',
        "'''\n'a'\n'''",
        '"""a"""""',
    ]
)
SCALARS = TEXTS | st.sampled_from(["1", "true", "2024-01-31", "1.5", "2024-01-31T08:00:00+08:00"])
REMARKS = st.sampled_from(["", "  # [a] = {", "\n", "\n# ]\n"])
KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f g'", "h"])


def _inline(pairs: list[tuple[str, str]]) -> str:
    by_key = {key: value.replace("\n", "") if "'''" not in value else "1" for key, value in pairs}
    return "{ " + ", ".join(f"{key} = {value}" for key, value in by_key.items()) + " }"


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(st.tuples(inner, REMARKS), max_size=4).map(
        lambda each: "[" + "".join(f"{value},{remark}\n" for value, remark in each) + "]"
    ),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document of tables and lists of tables, with remarks at every place that takes one."""
    lines = [draw(REMARKS)]
    headers = draw(st.permutations(["", "[t]", "[[u]]", "[[u]]", "[t.v]", "[[u.w]]"]))
    headers.sort(key=lambda header: (header != "", header.startswith("[[u.w")))
    for header in headers:
        lines.append(header + draw(st.sampled_from(["", " # [x]"])) if header else "")
        for key in draw(st.lists(KEYS, unique=True, max_size=3)):
            value = draw(VALUES | st.lists(st.tuples(KEYS, SCALARS)).map(_inline))
            lines.append(f"{key} = {value}{draw(REMARKS)}")
    return "\n".join(lines)


@given(documents())
def test_what_the_library_reads_is_found_in_its_line(text: str) -> None:
    found = places(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    lines = text.split("\n")
    for path, line in found.items():
        if path and isinstance(path[-1], str):
            assert path[-1] in lines[line - 1]
