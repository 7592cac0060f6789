"""What people are told of a file that was checked: which document it is, as one sentence."""

from __future__ import annotations

from reports.checking import Checked
from reports.shown import written

UNKNOWN = (
    "不像本账本的任何文稿；是草稿的，用 --plan 和 --period 写明"
    " / like no document of this ledger; of a draft say --plan and --period"
)
KNOWN_BY = {"bytes": "校验码", "manifest": "自带的清单", "words": "文字和数值"}


def which(checked: Checked, unknown: str = UNKNOWN) -> str:
    """Which document it is, and whether it says what that says; `unknown` where it is none."""
    if checked.by is None:
        return unknown
    item, by = checked.release, KNOWN_BY[checked.by]
    if item is None:
        return (
            f"《{checked.title}》的草稿，方案 {checked.plan}，期间 {checked.period}，"
            f"按位置 {checked.at} 核对（由{by}认出） / a draft"
        )
    told = f"《{item.title}》，{item.name}，第 {item.edition} 版，{written(item.published_at)}发布"
    if checked.recorded:
        return f"{told}，与签发时记入的 {checked.recorded} 文件逐字节相同 / published, unchanged"
    if checked.fine:
        return f"{told}（由{by}认出），数值和文字与发布的相同，文件另存过 / says what was published"
    return f"{told}（由{by}认出），与发布的不同 / differs from what was published"
