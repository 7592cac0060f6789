"""政务公开 items: one row per item and column it was published in (栏目)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.disclosure import Column, ItemPublished, ItemTakenOver, ItemWithdrawn, Topic
from projections.read_model import ReadModel


class Item(NamedTuple):
    """An item in a column since it first went up there; correcting its text changes nothing here.

    `withdrawn_on` is set while it is down.
    """

    item: str
    column_code: Column
    topic: Topic
    title: str
    published_on: date
    withdrawn_on: date | None


items = ReadModel(
    "disclosure_item",
    Item,
    indexes=("column_code, published_on",),
    doc="items on the website by column; first publication",
)


@items.folds
def published(rows: Sequence[Item], entry: Entry[ItemTakenOver | ItemPublished]) -> Iterator[Item]:
    data = entry.data
    column = data.column
    known = False
    for row in rows:
        if row.column_code == column:
            known = True
            first = min(row.published_on, data.published_on)
            yield row._replace(published_on=first, withdrawn_on=None)
        else:
            yield row
    if not known:
        yield Item(data.item, column, data.topic, data.title, data.published_on, None)


@items.folds
def withdrawn(rows: Sequence[Item], entry: Entry[ItemWithdrawn]) -> Iterator[Item]:
    on = entry.data.withdrawn_on
    for row in rows:
        yield row if row.withdrawn_on is not None else row._replace(withdrawn_on=on)
