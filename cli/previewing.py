"""Showing people what a roster would do; persons' names are masked."""

from __future__ import annotations

from collections.abc import Iterator

from cli.console import LOOK, say
from rosters.preview import Preview, hidden_of
from rosters.shown import CHANGES, place, told

SHOWN = 12
"""Rows of each kind, and wrong cells, that a preview lists."""


def show(preview: Preview) -> None:
    """For people."""
    say(f"{preview.made.title}，{preview.month} / {preview.made.name}")
    for text in _about(preview):
        say(f"  {text}")
    counts = "，".join(f"{word} {preview.counts[change]}" for change, word in CHANGES.items())
    say(f"比对 / compared：{counts}")
    for change in ("new", "changed", "ended"):
        rows = [row for row in preview.rows if row.change == change]
        for row in rows[:SHOWN]:
            say(f"  {CHANGES[change]} {told(row.key)} {row.names} {row.kinds}".rstrip())
        if len(rows) > SHOWN:
            say(f"  {CHANGES[change]} 另有 {len(rows) - SHOWN} / more")
    if preview.figures:
        figures = "，".join(f"{name} {value}" for name, value in preview.figures)
        say(f"花名册所载 / it says: {figures}")
    for each in preview.wrong[:SHOWN]:
        say(f"✗ {place(each.row, each.column)}：{each.why}")
    if len(preview.wrong) > SHOWN:
        say(f"✗ 另有 {len(preview.wrong) - SHOWN} 处 / more wrong cells")


def _about(preview: Preview) -> Iterator[str]:
    """What was read, and what of the file nothing was made of."""
    roster = preview.roster
    first, last = roster.headings
    heading = f"{first} 至 {last}" if last > first else f"{first}"
    yield (
        f"工作表“{told(roster.sheet.name)}”，按 {preview.book.encoding} 读取；"
        f"表头第 {heading} 行，正文 {len(roster.rows)} 行"
    )
    if roster.left_out:
        yield f"按对照表略去 {roster.left_out} 行 / rows left out by the map"
    if roster.remarks:
        rows = "、".join(map(str, roster.remarks[:20]))
        yield f"合计、说明等不计 / totals and remarks: 第 {rows} 行"
    if roster.unused:
        yield f"未用的列 / columns not used: {'、'.join(map(told, roster.unused))}"
    for text in (*hidden_of(preview), *preview.doubts):
        yield f"{LOOK} {told(text)}"
