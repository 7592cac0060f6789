"""A small ledger of what was published in time, late, not at all, and of notices.

By hand, at its end (18 June 2024): the penalty of 26 April was due on 9 May and was told as
published on 10 May, which the ledger recorded on the 11th; that of 6 June is due on 18 June and is
not published; the inspection of 5 June is due on 4 July. The first notice is down, the second was
to be up to 13 June. Two organisations were established: that of 7 March was recorded that day, that
of 8 April, due on 8 May, on 5 June. The last new item of 工作动态 is of 3 June.
"""

from __future__ import annotations

from datetime import date

import asyncpg

from domain.disclosure import ItemPublished
from domain.inspection import EnforcementInformationPublished
from domain.penalties.events import PenaltyPublished
from tests.support.enforcement import (
    PRIVATE,
    SECOND,
    a_body,
    a_decision,
    an_inspection,
    established,
    on,
)
from tests.support.ledger import Bench
from tests.support.procedure import applied, closed, posted

TITLE = "示例信息"
LAST_DAY = date(2024, 6, 18)


def an_item(item: str, day: str, column: str = "work-news") -> ItemPublished:
    return ItemPublished.model_validate(
        {"item": item, "column": column, "topic": "other", "title": TITLE, "published_on": on(day)}
    )


async def fill(connection: asyncpg.Connection) -> Bench:
    """Take it all into a fresh ledger."""
    bench = await Bench.open(connection)
    await bench.tell(
        a_body(),
        an_item("GG-1", "01-10", "notices"),
        EnforcementInformationPublished.model_validate(
            {
                "item_number": "GS-1",
                "stage": "before",
                "kinds": ("subject",),
                "title": "执法主体",
                "published_on": on("01-15"),
                "place": "示例网站",
            }
        ),
        established(SECOND, "03-07"),
        a_decision("CF-1", "04-26"),
        applied("DB-1", "2024-05-01"),
        posted("DB-1", "2024-05-06", "2024-05-13"),
    )
    await bench.tell(
        PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on("05-10")),
        received=on("05-11"),
    )
    await bench.tell(
        closed("DB-1", "2024-05-14"),
        an_item("XX-1", "06-03"),
        an_inspection("JC-1", "06-05"),
    )
    await bench.tell(established(PRIVATE, "04-08"), received=on("06-05"))
    await bench.tell(
        applied("DB-2", "2024-06-01"),
        posted("DB-2", "2024-06-06", "2024-06-13"),
        a_decision("CF-2", "06-06"),
        an_item("GG-2", "06-18", "notices"),
    )
    return bench
