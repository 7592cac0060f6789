"""What pages are for a district's portal: publish packs, and labels by which they are filed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from api.issued import address
from api.view import View
from domain.laws import in_chinese
from reports import filed
from reports.document import Document
from reports.moment import Moment
from reports.pack import Pack
from reports.registers.register import Register
from reports.release import Release
from reports.render import fragment
from reports.shown import SAMPLE_BANNER, written_day
from reports.tables import Table


def labels(view: View, column: str, title: str, published_at: str) -> dict[str, str]:
    """The labels of an article on a government site; a time of publication where there is one."""
    made = {
        "SiteName": view.bureau.name,
        "ColumnName": column,
        "ArticleTitle": title,
        "ContentSource": view.bureau.name,
    }
    return made | ({"PubDate": published_at[:16].replace("T", " ")} if published_at else {})


def of_release(
    view: View, found: Release, made: Document, told: Iterable[Release]
) -> Callable[[], Pack] | None:
    """How to make that of what was published for everybody; None of anything else."""
    if not made.is_public:
        return None
    return partial(_of_release, view, found, made, told)


def _of_release(view: View, found: Release, made: Document, told: Iterable[Release]) -> Pack:
    head = filed.head(found, view.bureau, told)
    meta: dict[str, Any] = {
        "index_number": head["索引号"],
        "column": head["栏目"],
        "publisher": head["发文机关"],
        "signed_on": found.signed_on.isoformat(),
        "published_at": found.published_at,
        "state": head["有效性"],
        "asof": found.moment.end.isoformat(),
        "plan": found.plan,
        "period": found.period,
        "edition": found.edition,
        "digest": found.content,
    }
    path = address(found)
    return _pack(view, found.title, path, meta, fragment.of_document(made), found.published_at)


def of_register(
    view: View,
    register: Register,
    table: Table,
    rows: Sequence[Sequence[str]],
    paths: Sequence[str],
    moment: Moment,
) -> Pack:
    """Of a list that is public by itself; it has no number, since nobody issued it."""
    basis = in_chinese(register.basis)
    meta = {
        "column": "名录",
        "publisher": view.bureau.name,
        "item": register.item,
        "basis": basis,
        "asof": moment.end.isoformat(),
        "count": len(rows),
    }
    notes = [f"数据截至{written_day(moment.end)}，共 {len(rows)} 条。", f"公开依据：{basis}。"]
    body = fragment.of_rows(
        register.title, table.columns, rows, paths, notes, sample=view.ledger.sample
    )
    return _pack(view, register.title, f"/{register.name}", meta, body, "")


def _pack(
    view: View, title: str, path: str, meta: dict[str, Any], body: str, published_at: str
) -> Pack:
    sample = {"notice": SAMPLE_BANNER} if view.ledger.sample else {}
    said = labels(view, meta["column"], title, published_at)
    told = {**sample, "ledger": view.ledger.name, **meta, "path": path, "labels": said}
    return Pack(title, body, told)
