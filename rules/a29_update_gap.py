"""工作动态更新间隔过长: more days between two updates of 工作动态 than may be.

An item updates the column on the day it first went up there, whatever became of it later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from domain.bureau.bureau import Bureau
from rules.duties import between
from rules.rule import Found, Row, Rule, Touch

COLUMN = "work-news"


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    updates = sorted({row["published_on"]: row for row in rows}.items())
    for (before, row), after in pairwise([*updates, (None, None)]):
        if before is None or row is None:
            continue
        days = bureau.rules.number("disclosure.update-days", before)
        if days is None:
            continue
        last, again = before + timedelta(days=days), after[0]
        if again is not None and again <= last:
            continue
        what = f"{before}更新后，至迟应于{last}更新"
        yield from between(
            last + timedelta(days=1),
            again,
            key=f"{before}",
            what=f"{what}，期满未更新",
            position=row["position"],
            on_date=before,
        )
        if again is not None:
            yield Found(
                key=f"{before}",
                what=f"{what}，{again}才更新，间隔{(again - before).days}日",
                valid_from=again,
                position=row["position"],
                on_date=before,
            )


RULE = Rule(
    code="A29",
    name="工作动态更新间隔过长",
    severity="incomplete",
    basis="政府信息公开条例 19",
    needs={"disclosure_item": Touch("x.column_code", f"x.column_code = '{COLUMN}'")},
    rows=f"""
        SELECT t.subject, t.at, i.published_on, min(i.known_from) AS position
        FROM touched AS t
            JOIN disclosure_item AS i ON i.column_code = t.subject AND {{known:i}}
        WHERE t.subject = '{COLUMN}'
        GROUP BY t.subject, t.at, i.published_on
    """,
    find=_find,
)
