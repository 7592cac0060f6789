"""What a later edition of a release says otherwise than the one before it, and how that came.

Nothing is worked out again: both said what they said. A value that changed because more was known
is no error; one that differs though nothing more was known, and nothing was defined otherwise, is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Annotated, Literal

from domain.codes import Labels
from domain.reporting.releases import ReleaseBlock, ReleaseContent, ReleaseValue
from reports.release import Release, read
from reports.shown import written

Why = Annotated[
    Literal["revised", "redefined", "mended", "reworded"],
    Labels("数据修订", "口径调整", "差错更正", "文字修改"),
]
MEANING: Mapping[str, str] = {
    "数据修订": "前一版之后又收到记录，或者来源系统更正了记录，数值随之改变，不是差错",
    "口径调整": "数值的定义或者计算办法有改动",
    "差错更正": "依据的记录和定义都没有变，前一版的数值有误，谨此致歉",
    "文字修改": "数值以外的文字有改动",
}
"""What each of them says, to readers."""
_VALUE = "〔数值〕"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value, a cell of a table or a paragraph; empty where one of the two has none."""

    name: str
    before: str
    after: str
    why: Why


def follow(releases: Iterable[Release]) -> list[tuple[Release, Release]]:
    """Each edition with the one before it, of the same plan and period; in the order given."""
    listed = list(releases)
    by_number = {(item.plan, item.period, item.edition): item for item in listed}
    found = []
    for item in listed:
        earlier = [n for n in range(1, item.edition) if (item.plan, item.period, n) in by_number]
        if earlier:
            found.append((by_number[item.plan, item.period, earlier[-1]], item))
    return found


def differences(
    before: Release, old: ReleaseContent, after: Release, new: ReleaseContent
) -> list[Difference]:
    """All that the later one says otherwise: its title, values, tables, words."""
    found = []
    if before.title != after.title:
        found.append(Difference("标题", before.title, after.title, "reworded"))
    known_more = before.moment.at != after.moment.at or before.moment.end != after.moment.end
    came: Why = "revised" if known_more else "mended"
    found += _values(old, new, came)
    if not known_more and before.bureau != after.bureau:
        came = "redefined"
    was, now = _cells(old.blocks), _cells(new.blocks)
    for name in dict.fromkeys((*was, *now)):
        if was.get(name, "") != now.get(name, ""):
            found.append(Difference(name, was.get(name, ""), now.get(name, ""), came))
    return found + list(_words(old.blocks, new.blocks))


def _values(old: ReleaseContent, new: ReleaseContent, came: Why) -> Iterator[Difference]:
    was = {value.key: value for value in old.values}
    now = {value.key: value for value in new.values}
    defined = {item.key: item.digest for item in old.definitions}
    redefined = {
        item.key for item in new.definitions if defined.get(item.key, item.digest) != item.digest
    }
    for key in dict.fromkeys((*was, *now)):
        texts = _text(was.get(key)), _text(now.get(key))
        if texts[0] != texts[1]:
            name = (now.get(key) or was[key]).name
            yield Difference(name, *texts, "redefined" if key in redefined else came)


def _text(value: ReleaseValue | None) -> str:
    if value is None:
        return ""
    told = read(value.type, value.value)
    if isinstance(told, bool):
        return "成立" if told else "不成立"
    return written(told, value.unit or "")


def _cells(blocks: Iterable[ReleaseBlock]) -> dict[str, str]:
    """Table, row and column → what stands there.

    Of two that are called the same the second is told apart by its number.
    """
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    for table in (block.table for block in blocks if block.table is not None):
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=False):
                parts = (row.heading, column.group, column.heading)
                name = f"{table.title}：{'，'.join(part for part in parts if part)}"
                times[name] += 1
                found[name if times[name] == 1 else f"{name}（{times[name]}）"] = cell.text or ""
    return found


def _words(old: Iterable[ReleaseBlock], new: Iterable[ReleaseBlock]) -> Iterator[Difference]:
    """Headings and paragraphs; the values in them are compared by themselves."""
    was, now = list(_paragraphs(old)), list(_paragraphs(new))
    for change, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if change != "equal":
            for before, after in zip_longest(was[i:j], now[k:m], fillvalue=""):
                yield Difference("文字", before, after, "reworded")


def _paragraphs(blocks: Iterable[ReleaseBlock]) -> Iterator[str]:
    for block in blocks:
        if block.heading:
            yield block.heading
        if block.runs:
            yield "".join(
                _VALUE if run.kind in ("figure", "claim") else run.text for run in block.runs
            )
