"""Where values stand in a text of JSON, and cutting them out of it.

What arrived is never written anew: a value is cut out of the received text by its span, and
something else put in its place. The text has been read before, so it is known to be an object of
JSON in which no key stands twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.event import Path

_WHITE = re.compile(r"[ \t\n\r]+")
_value = json.JSONDecoder().raw_decode

Tree = dict[str | int, "Tree"]
"""Paths from one place on: key or index → what is looked for below; empty where a value is."""


class Cut(NamedTuple):
    """A value that was cut out: its bytes, and the span (bytes) of what stands in its place."""

    start: int
    length: int
    value: bytes


class Clear(NamedTuple):
    """A person as received, to be sealed under that person's key."""

    position: int
    ordinal: int
    person: str
    cut: Cut
    open_part: bytes


def cut_out(raw: bytes, values: Sequence[tuple[Path, bytes]]) -> tuple[bytes, list[Cut]]:
    """The bytes with the value at each path replaced, and what was cut out, in the order given."""
    text = raw.decode()
    spans = _spans(text, [path for path, _ in values])
    order = sorted(range(len(values)), key=lambda i: spans[values[i][0]])
    cuts: dict[int, Cut] = {}
    pieces: list[bytes] = []
    length, at = 0, 0
    for i in order:
        path, instead = values[i]
        start, end = spans[path]
        before = text[at:start].encode()
        cuts[i] = Cut(length + len(before), len(instead), text[start:end].encode())
        pieces += (before, instead)
        length += len(before) + len(instead)
        at = end
    pieces.append(text[at:].encode())
    return b"".join(pieces), [cuts[i] for i in range(len(values))]


def put_back(open_part: bytes, cuts: Iterable[Cut]) -> bytes:
    """The inverse of `cut_out`: the bytes as they were received."""
    pieces: list[bytes] = []
    at = 0
    for start, length, value in sorted(cuts):
        pieces += (open_part[at:start], value)
        at = start + length
    return b"".join([*pieces, open_part[at:]])


def _spans(text: str, paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Path → where the value there begins and ends, in characters."""
    tree: Tree = {}
    for path in paths:
        below = tree
        for step in path:
            below = below.setdefault(step, {})
    spans: dict[Path, tuple[int, int]] = {}
    _look(text, _past_white(text, 0), tree, (), spans)
    return spans


def _look(text: str, at: int, tree: Tree, path: Path, spans: dict[Path, tuple[int, int]]) -> int:
    """Note the spans in the value that begins at `at`; returns where that ends."""
    if not tree:
        _, end = _value(text, at)
        spans[path] = at, end
        return end
    named = text[at] == "{"
    at = _past_white(text, at + 1)
    step: str | int = -1
    while text[at] not in "}]":
        if named:
            step, at = _value(text, at)
            at = _past_white(text, _past_white(text, at) + 1)
        else:
            step = int(step) + 1
        below = tree.get(step)
        if below is None:
            _, at = _value(text, at)
        else:
            at = _look(text, at, below, (*path, step), spans)
        at = _past_white(text, at)
        if text[at] == ",":
            at = _past_white(text, at + 1)
    return at + 1


def _past_white(text: str, at: int) -> int:
    white = _WHITE.match(text, at)
    return at if white is None else white.end()
