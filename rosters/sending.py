"""Whether what a preview shows may be sent, and what a person confirms by sending it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rosters.maps import digest_of
from rosters.preview import Preview


class Hindrance(NamedTuple):
    """Why nothing is sent yet, in Chinese and English."""

    code: Literal["wrong-cells", "later-month", "month-ahead", "many-end"]
    text: str


def hindrances(
    preview: Preview, *, only_good: bool, ended: int | None, ahead: bool
) -> Iterator[Hindrance]:
    """What stands in the way: wrong cells unless `only_good`, so many ends unless confirmed.

    What lies in the future is asked about, unless `ahead`.
    """
    if preview.wrong and not only_good:
        yield Hindrance(
            "wrong-cells", f"有 {len(preview.wrong)} 处错误，什么都没有报送 / nothing is sent"
        )
    if not preview.events:
        return
    if preview.later is not None:
        yield Hindrance(
            "later-month",
            f"{preview.later} 的花名册已经导入，{preview.month} 的不能再补："
            "较早的事项请由来源逐件报送"
            " / a later month is in: what was earlier is to be told by events of its own",
        )
    if preview.ahead is not None and not ahead:
        yield Hindrance(
            "month-ahead",
            f"花名册的月份或者日期在将来（{preview.ahead}）：请核对年月；确是提前编制的，请确认"
            f" / {preview.ahead} is still to come: check the year, or confirm it",
        )
    if preview.many_end and ended != preview.counts["ended"]:
        yield Hindrance(
            "many-end",
            f"账本在保 {preview.held} 户中有 {preview.counts['ended']} 户不在花名册上，超过一成。"
            "如文件是完整的，请写明退出户数以确认"
            " / so many would end: confirm the number, if the roster is whole",
        )


def confirmation(preview: Preview) -> str:
    """What stands for a preview, and for no other: of the file, its map and month, and the events.

    Ids of events are keyed by the ledger's secret, so nobody has this who has not seen the preview.
    """
    about = (
        preview.made.source,
        preview.made.name,
        preview.made.digest,
        preview.month,
        digest_of(preview.book.raw),
        *(f"{change}={count}" for change, count in sorted(preview.counts.items())),
        f"wrong={len(preview.wrong)}",
    )
    return digest_of(b"\n".join([*(text.encode() for text in about), *preview.events]))
