"""Titles of laws (法规标题), against the list of laws with their editions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from domain.laws import COUNTRY, Law, short
from reports.prose.rule import Found, rule
from reports.prose.text import Text, joined

_TITLE = re.compile(r"《\s*([^《》]+?)\s*》")
_LAW = re.compile(r"(?<![办方书执司普做用看说想])法$|条例$")
"""Titles that only legislation has; an office may name papers of its own 办法 or 规定."""
_RULES = re.compile("(?:办法|规定|细则|规则|规范)$")
_SUFFIX = re.compile(r"[（(](?:试行|暂行|草案|征求意见稿|[0-9]{4}.{0,6})[）)]$")
_DRAFT = re.compile(r"草案|征求意见|送审稿|立法")
_LOCAL = re.compile(r"^.{1,7}?(?:省|自治区|自治州|市|县|区|镇|街道|旗|盟)(?!域|划|块|县|镇|别)")
_PAST = re.compile("原$|原《|废止|失效|停止执行|不再适用|取代|代替|旧|宣布|曾")
_ALIKE = 0.84
"""How much two titles must share for one to be the other, misspelt."""


class _Named(NamedTuple):
    paragraph: int
    start: int
    end: int
    name: str
    """Short, without (试行)."""
    written: str
    behind: str
    before: str


@lru_cache(maxsize=4)
def _named(text: Text) -> tuple[_Named, ...]:
    made = []
    for at, found in text.matches(_TITLE):
        line = text.paragraphs[at]
        written = found[1]
        name = short(written)
        behind, before = line[found.end() : found.end() + 30], line[: found.start()]
        if not _DRAFT.search(name) and not _DRAFT.match(behind.lstrip("（").lstrip("(")):
            made.append(_Named(at, *found.span(), name, written, behind, before))
    return tuple(made)


def _base(title: str) -> str:
    return _SUFFIX.sub("", short(title))


@lru_cache(maxsize=4)
def _known(text: Text) -> dict[str, tuple[Law, ...]]:
    """Editions by title as it may be written: with and without the country's name and (试行)."""
    made: dict[str, tuple[Law, ...]] = {}
    for law in text.laws.all:
        for title in {short(law.title), _base(law.title)}:
            made[title] = (*made.get(title, ()), law)
    for title in text.wording.titles:
        for name in (short(title), _base(title)):
            made.setdefault(name, ())
    return made


def _is_known(text: Text, name: str) -> bool:
    return name in _known(text) or _base(name) in _known(text)


def _meant(text: Text, named: _Named) -> tuple[str, ...]:
    """The titles that are meant by one that no law has."""
    if _is_known(text, named.name):
        return ()
    for one in text.wording.misnamed:
        if short(one.wrong) == named.name:
            return one.right
    if not (_LAW.search(named.name) or _RULES.search(named.name)) or _LOCAL.match(named.name):
        return ()
    near = ((SequenceMatcher(None, named.name, each).ratio(), each) for each in _known(text))
    share, title = max(near, default=(0.0, ""))
    return (title,) if share >= _ALIKE else ()


@rule(
    "law_misnamed",
    "法规标题写错",
    "a law has another title",
    "改为正式标题，并核对所引条款",
)
def misnamed(text: Text) -> Iterator[Found]:
    """A title that no law has: one nearly the same has, or is often meant (`wording.toml`)."""
    for named in _named(text):
        meant = _meant(text, named)
        if meant:
            said = joined([f"《{one}》" for one in meant])
            yield Found(named.paragraph, named.start, named.end, said, said)


@rule(
    "law_unknown",
    "法规目录中没有这个标题",
    "no law of this title is known",
    "核对标题；确有此法的，补入 laws.toml 或 wording.toml",
    weight="ask",
)
def unknown(text: Text) -> Iterator[Found]:
    """A title ending in 法 or 条例 that is in no list.

    Drafts, and what a province or city has made, are left alone: their titles are not listed here.
    """
    for named in _named(text):
        local = _LOCAL.match(named.name) and not named.written.startswith(COUNTRY)
        if not _LAW.search(named.name) or local or _is_known(text, named.name):
            continue
        if not _meant(text, named):
            yield Found(named.paragraph, named.start, named.end, "现行法规的标题", "a law there is")


@rule(
    "law_not_in_force",
    "法规在文稿日期不在施行中",
    "a law is not in force at the date of the text",
    "改引当日有效的法规；讲的是以前的事，写明“原”或“已废止”",
)
def not_in_force(text: Text) -> Iterator[Found]:
    """A title, or an edition named after it, that is not in force at the date of the text.

    Without a date the end of the year it tells of counts. What is said to be repealed is left
    alone.
    """
    on = text.dated or (date(text.year, 12, 31) if text.year else None)
    if on is None:
        return
    for named in _named(text):
        editions = _known(text).get(named.name) or _known(text).get(_base(named.name)) or ()
        one = next((law for law in editions if law.document in named.behind[:20]), None)
        chosen = [one] if one else list(editions)
        if not chosen or any(_stands(law, on) for law in chosen):
            continue
        around = named.before[-4:] + named.behind
        if _PAST.search(around) or re.search("[将拟].{0,12}施行|起施行", named.behind):
            continue
        said = _when(chosen, on)
        yield Found(named.paragraph, named.start, named.end, *said)


def _stands(law: Law, on: date) -> bool:
    return law.since <= on and (law.until is None or on <= law.until)


def _when(editions: list[Law], on: date) -> tuple[str, str]:
    later = [law.since for law in editions if law.since > on]
    if later:
        return (
            f"{on}有效的法规（该件{min(later)}起施行）",
            f"one in force on {on}, not since {min(later)}",
        )
    ended = max(law.until for law in editions if law.until)
    return f"{on}有效的法规（该件{ended}后失效）", f"one in force on {on}; this ended on {ended}"
