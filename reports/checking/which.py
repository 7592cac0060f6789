"""Which document of the ledger a file is: by its bytes, by what it says of itself, by its words.

Nothing of a manifest is believed but what to look up. Where a file has none, or its release is not
in the ledger, it is the release, or what a plan would say, that its words are most alike to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from reports.checking.expected import Expected
from reports.checking.tokens import NUMBER, Token, of_blocks, signs, tokens
from reports.handed.file import Handed
from reports.moment import Unanswerable, period_of
from reports.plans import spans
from reports.plans.plan import Plan
from reports.plans.spans import Span
from reports.release import Release

By = Literal["bytes", "manifest", "words"]
_LENGTH = 4
ALIKE = 0.35
"""Of the pieces of a document: so many must be found again for it to be that one."""
SAME_PLAN = 0.15
"""Of the text of a plan, which is words only."""
_POSITION = re.compile(r"入账至位置\s*([0-9]{1,15})")
_Y, _M, _Q, _H = "年", "月", "季度", "半年"
_YEAR_OF = r"((?:19|20|21)\d{2})"
_MONTH = re.compile(rf"{_YEAR_OF}{_Y}(\d{{1,2}}){_M}")
_QUARTER = re.compile(rf"{_YEAR_OF}{_Y}\D?([{'一二三四'}1-4]){_Q}")
_HALF = re.compile(rf"{_YEAR_OF}{_Y}([{'上下'}]){_H}")
_YEAR = re.compile(rf"{_YEAR_OF}{_Y}")
_HEAD = 300
"""Characters of a text in which its period is looked for."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a manifest says; only what can be looked up."""

    ledger: str
    plan: str
    release: str
    content: str
    span: Span | None
    at: int | None


def claimed(manifest: dict[str, Any] | None) -> Claimed | None:
    """What a manifest asks to look up; whatever else stands in it is left."""
    if manifest is None:
        return None

    def text(name: str) -> str:
        value = manifest.get(name)
        return value[:200] if isinstance(value, str) else ""

    at = manifest.get("at")
    span = None
    try:
        span = date.fromisoformat(text("since")), date.fromisoformat(text("until"))
    except ValueError:
        span = None
    whole = isinstance(at, int) and not isinstance(at, bool) and 0 <= at < 2**62
    return Claimed(
        text("ledger"),
        text("plan"),
        text("release"),
        text("content"),
        span if span is None or span[0] <= span[1] else None,
        at if whole else None,
    )


def by_bytes(raw: bytes, releases: Iterable[Release]) -> tuple[Release, str] | None:
    """The release that has recorded a file of these very bytes, and the form of it."""
    digest = hashlib.sha256(raw).hexdigest()
    for item in releases:
        for file in item.files:
            if file.sha256 == digest:
                return item, file.form
    return None


def position_in(handed: Handed) -> int | None:
    """The position that a draft names at its foot."""
    for block in handed.blocks:
        if found := _POSITION.search(block.text):
            return int(found[1])
    return None


def periods_in(handed: Handed, plan: Plan) -> Iterator[Span]:
    """Periods that the beginning of a text names, of a kind that a plan has."""
    head = "".join(block.text for block in handed.blocks[:12])[:_HEAD]
    named = [f"{m[1]}-{int(m[2]):02}" for m in _MONTH.finditer(head)]
    numbers = {"一": "1", "二": "2", "三": "3", "四": "4"}
    named = [f"{m[1]}-Q{numbers.get(m[2], m[2])}" for m in _QUARTER.finditer(head)] + named
    named += [f"{m[1]}-H{'1' if m[2] == '上' else '2'}" for m in _HALF.finditer(head)]
    named += [m[1] for m in _YEAR.finditer(head)]
    named += [f"{name}/ytd" for name in named if re.fullmatch(r"\d{4}-\d\d", name)]
    for name in dict.fromkeys(named):
        try:
            span = period_of(name)
        except Unanswerable:
            continue
        if spans.fits(span, plan.periods):
            yield span


def likeness(expected: Expected, handed: Sequence[Token]) -> tuple[float, float]:
    """How much of a document is found again in a text: of its words, and with its numbers."""
    ours = [token for line in expected.lines for token in line.tokens]
    return _share(_pieces(ours), _pieces(handed)), _share(_valued(ours), _valued(handed))


def of_plan(text: str, handed: Sequence[Token]) -> float:
    """How much of the text of a plan is found again."""
    return _share(_pieces(tokens(text)), _pieces(handed))


def all_tokens(handed: Handed) -> list[Token]:
    """The signs of a file, one after the other."""
    return [token for block in of_blocks(handed) for token in block]


def _pieces(found: Sequence[Token]) -> set[str]:
    text = signs(found)
    return {text[n : n + _LENGTH] for n in range(len(text) - _LENGTH + 1)}


def _valued(found: Sequence[Token]) -> set[str]:
    """Each number with the signs before it."""
    made = set()
    for n, token in enumerate(found):
        if token.is_number:
            before = signs(found[max(0, n - 3) : n]).replace(NUMBER, "#")
            made.add(f"{before}{token.value}")
    return made


def _share(ours: set[str], theirs: set[str]) -> float:
    return len(ours & theirs) / len(ours) if ours else 0.0
