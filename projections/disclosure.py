"""政务公开 items: one row per item and column it was published in (栏目)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.disclosure import Column, ItemPublished, ItemTakenOver, ItemWithdrawn, Topic
from projections.read_model import ReadModel


class Item(NamedTuple):
    """An item in a column, from the day it went up there to the day it was taken down again.

    `published_on` is when it first went up there, `again_on` when it did after it had been down;
    None the first time. Correcting its text changes nothing here.
    """

    item: str
    column_code: Column
    topic: Topic
    title: str
    published_on: date
    withdrawn_on: date | None
    again_on: date | None = None


items = ReadModel(
    "disclosure_item",
    Item,
    indexes=("column_code, published_on",),
    doc="items on the website by column; first publication",
)


@items.folds
def published(rows: Sequence[Item], entry: Entry[ItemTakenOver | ItemPublished]) -> Iterator[Item]:
    data = entry.data
    mine = [row for row in rows if row.column_code == data.column]
    first = min([data.published_on, *(row.published_on for row in mine)])
    for row in rows:
        yield row._replace(published_on=first) if row in mine else row
    if not mine:
        yield Item(data.item, data.column, data.topic, data.title, first, None)
    elif mine[-1].withdrawn_on is not None:
        again = data.occurred_on()
        yield mine[-1]._replace(published_on=first, withdrawn_on=None, again_on=again)


@items.folds
def withdrawn(rows: Sequence[Item], entry: Entry[ItemWithdrawn]) -> Iterator[Item]:
    on = entry.data.withdrawn_on
    for row in rows:
        yield row if row.withdrawn_on is not None else row._replace(withdrawn_on=on)
