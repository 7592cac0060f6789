"""Numbers before headings and items: 一、（一）1.（1） (GB/T 9704-2012, 7.3.3), 一是, 第一."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from domain.laws import numeral
from reports.prose.rule import Found, rule
from reports.prose.text import Text, digits

_N = "[一二三四五六七八九十百]+"
_HEADS = (
    (0, re.compile(rf"\s*({_N})\s*、"), "{}、"),
    (1, re.compile(rf"\s*[（(]\s*({_N})\s*[）)]"), "（{}）"),
    (2, re.compile(r"\s*([0-9]{1,2})\s*[.．、](?![0-9])"), "{}."),
    (3, re.compile(r"\s*[（(]\s*([0-9]{1,2})\s*[）)]"), "（{}）"),
)
_ATTACHED = re.compile(r"\s*附\s*[件录][^：:]{0,4}(?:[：:]\s*(?=1\s*[.．])|\s*$)")
"""Below it stands another text, or a list of its own."""
_INLINE = (
    (re.compile(rf"(?:(?<=[。；：，、;:,])|^)\s*({_N})是(?!否)"), "{}是"),
    (re.compile(rf"(?:(?<=[。；：，;:,])|^)\s*第({_N})[，,、]"), "第{}，"),
)
_CHINESE = {numeral(n): n for n in range(1, 100)}
_ANNOUNCED = re.compile(
    rf"(?:以下|如下|下列|下面)\s*({_N}|[0-9]{{1,2}}|两)\s*(?:个|大)?\s*"
    r"(?:方面|点|项|条|措施|重点|要点|工作|环节|问题)"
)


class _Item(NamedTuple):
    paragraph: int
    start: int
    end: int
    number: int
    kind: int
    """0 to 3 are levels of headings, from 4 on items within sentences."""
    written: str
    """How numbers of this kind are written."""


class _Jump(NamedTuple):
    kind: str
    item: _Item
    expected: int


def _value(text: str) -> int | None:
    return int(text) if text.isdigit() else _CHINESE.get(text)


def _items(text: Text) -> Iterator[_Item | None]:
    """All numbers of headings and items, in order; None where another text begins."""
    for at, one in text.prose:
        said = digits(one)
        attached = _ATTACHED.match(said)
        if attached:
            yield None
        begin = attached.end() if attached else 0
        for kind, pattern, written in _HEADS:
            found = pattern.match(said, begin)
            value = found and _value(found[1])
            if found and value:
                start = found.end() - len(found[0].lstrip())
                yield _Item(at, start, found.end(), value, kind, written)
                begin = found.end()
                break
        inline = (
            _Item(at, found.start(1), found.end(), value, len(_HEADS) + number, written)
            for number, (pattern, written) in enumerate(_INLINE)
            for found in pattern.finditer(said)
            if (value := _value(found[1])) and found.start(1) >= 0
        )
        yield from sorted(inline, key=lambda item: item.start)


@lru_cache(maxsize=4)
def _jumps(text: Text) -> tuple[_Jump, ...]:
    return tuple(_look(text))


def _look(text: Text) -> Iterator[_Jump]:
    # Of a level: the last number as written, and what it would be had nothing gone wrong before.
    last: dict[int, tuple[int, int]] = {}
    at: dict[int, int] = {}
    for item in _items(text):
        if item is None:
            last.clear()
            continue
        written, true = last.get(item.kind, (0, 0))
        if item.number in {written + 1, true + 1}:
            true = item.number
        elif item.number == 1 and _begins_anew(text, item, at.get(item.kind)):
            true = 1
        else:
            same = item.number == written and item.number > 1
            kind = "repeats" if same else "skips" if item.number > written else "restarts"
            yield _Jump(kind, item, true + 1)
            true += 1
        last[item.kind], at[item.kind] = (item.number, true), item.paragraph
        for below in [kind for kind in last if kind > item.kind]:
            del last[below]


def _begins_anew(text: Text, item: _Item, before: int | None) -> bool:
    """一是 may begin a list anywhere, and 1. after a paragraph that is none of the list before."""
    if item.kind >= len(_HEADS):
        return True
    if item.kind <= 1 or before is None:
        return False
    return any(before < at < item.paragraph for at, _ in text.prose)


def _found(text: Text, kind: str) -> Iterator[Found]:
    for jump in _jumps(text):
        if jump.kind == kind:
            item = jump.item
            chinese = item.kind in {0, 1} or item.kind >= len(_HEADS)
            number = numeral(jump.expected) if chinese else str(jump.expected)
            said = item.written.format(number)
            yield Found(item.paragraph, item.start, item.end, said, said)


@rule(
    "numbering_restarts",
    "序号倒退",
    "the numbering goes back",
    "按前一个同级序号接着编，后面的序号一并顺改",
)
def restarts(text: Text) -> Iterator[Found]:
    """A number is lower than the one before it on its level, with no heading above in between."""
    return _found(text, "restarts")


@rule("numbering_skips", "序号跳号", "the numbering skips", "补上缺少的部分，或改正序号")
def skips(text: Text) -> Iterator[Found]:
    """A number is not the next after the one before it on its level; a list begins with one."""
    return _found(text, "skips")


@rule("numbering_repeats", "序号重复", "a number stands twice", "改为下一个序号，后面的一并顺改")
def repeats(text: Text) -> Iterator[Found]:
    """A number is that of the item before it on its level."""
    return _found(text, "repeats")


@rule(
    "count_not_as_announced",
    "所列项数与文中所说不符",
    "the list has another length than announced",
    "改正项数，或补齐、删去所列各项",
)
def announced(text: Text) -> Iterator[Found]:
    """以下四个方面 is followed by a list of another length.

    A list that has a jump is left alone.
    """
    items = [item for item in _items(text) if item is not None]
    for at, said in text.matches(_ANNOUNCED):
        wanted = 2 if said[1] == "两" else _value(said[1])
        after = [i for i in items if (i.paragraph, i.start) > (at, said.start())]
        if not after or not wanted:
            continue
        kind, run = after[0].kind, 0
        for item in after:
            if item.kind < kind:
                break
            if item.kind == kind:
                if item.number != run + 1:
                    run = run if item.number == 1 else 0
                    break
                run += 1
        if run > 1 and run != wanted:
            word = f"{run}项" if said[1].isdigit() else f"{numeral(run)}项"
            yield Found(at, said.start(), said.end(), f"与所列一致，即{word}", f"{run} items")
