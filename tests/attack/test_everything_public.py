"""What a release merged stands nowhere in clear: in no page, no file, no answer of the read API."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest

from reports.cells.cell import PLACE, Cell, cut_of
from reports.render.forms import OFFICES, there
from tests.attack.attacker import Attacker
from tests.attack.reader import Endpoint, reading, routes
from tests.crawl.personal import all_of
from tests.crawl.walk import Answer
from tests.support.bureau import SAMPLE
from tests.support.merged import HIDDEN_FEN, STREET, TOLD_FEN, TOWN, database

NUMBERS = "/api/v1/themes/assistance.dibao/values?limit=1000"
OF_NOVEMBER = re.compile(r"/assistance/dibao(/2024-11)?(\.|$)|/releases/monthly/2024-11\b")
END = {"2024-10": date(2024, 10, 31), "2024-11": date(2024, 11, 30)}


@pytest.fixture(scope="module")
def read(server_url: str) -> Iterator[tuple[dict[str, Answer], set[Endpoint | None]]]:
    """All answers, and what answered."""

    async def everything(url: str) -> tuple[dict[str, Answer], set[Endpoint | None]]:
        async with reading(url) as reader:
            return await reader.everything(SAMPLE), reader.reached

    with database(server_url, "read_by_all") as url:
        yield asyncio.run(everything(url))


def test_the_attacker_reads_all_that_anybody_may_ask(
    read: tuple[dict[str, Answer], set[Endpoint | None]],
) -> None:
    """Whatever is added to the application is in what he reads, or this names it.

    Files that this machine cannot make are read by nobody.
    """
    _, reached = read
    unmade = tuple(f".{form}" for form in OFFICES if not there(form))
    unread = {each.path for each in routes() if each.endpoint not in reached}
    assert {path for path in unread if not path.endswith(unmade)} == set()


def written(fen: int) -> tuple[str, ...]:
    """An amount as pages, files and programs write it."""
    return f"{fen}", f"{fen / 100:.2f}", f"{fen / 100:,.2f}"


def test_what_each_township_was_paid_stands_nowhere(
    read: tuple[dict[str, Answer], set[Endpoint | None]],
) -> None:
    texts = {at: all_of(each) for at, each in read[0].items() if each.status == 200}

    def where(*fen: int) -> list[str]:
        some = "|".join(re.escape(text) for each in fen for text in written(each))
        amount = re.compile(rf"(?<!\d)(?:{some})(?!\d)")
        return [address for address, text in texts.items() if amount.search(text)]

    assert where(*HIDDEN_FEN) == []
    assert any(address.endswith("2024-11.zip") for address in texts)
    told = where(TOLD_FEN)
    for form in ("2024-11.csv", ".csv?for=program", ".xlsx", ".json", "?limit=1000"):
        assert [address for address in told if address.endswith(form)], form


def test_pages_and_files_of_the_month_name_no_township(
    read: tuple[dict[str, Answer], set[Endpoint | None]],
) -> None:
    of_month = [
        each for at, each in read[0].items() if OF_NOVEMBER.match(at) and each.status == 200
    ]
    assert len(of_month) > 12
    for each in of_month:
        text = all_of(each)
        assert "其他（合并）" in text or "桥东街道" not in text
        for name in (*STREET, *TOWN):
            assert name not in text, (each.address, name)


def test_programs_cannot_work_out_how_many_each_township_has(
    read: tuple[dict[str, Answer], set[Endpoint | None]],
) -> None:
    """All that the read API tells of persons by township and month, put together."""
    rows = [r for r in json.loads(read[0][NUMBERS].body)["rows"] if r["series"] == "persons"]
    townships = frozenset(SAMPLE.townships)
    alone = {(r["period"], r["township"]) for r in rows if r["place"] == "township"}

    def cell(period: str, codes: frozenset[str], exact: int | None = None) -> Cell:
        return Cell(
            "在保人数",
            frozenset({"dibao"}),
            END[period],
            None,
            cut_of({PLACE: codes}),
            exact,
            0,
        )

    told = []
    for row in rows:
        if row["period"] in END:
            named = frozenset({row["township"]}) if row["township"] else townships
            if row["place"] == "merged":
                named = townships - {code for period, code in alone if period == row["period"]}
            told.append(cell(row["period"], named, row["exact"]))
    attacker = Attacker(told, {"在保人数": {PLACE: townships}}, {})
    hidden = [(p, t) for p, t in product(END, (STREET[0], TOWN[0])) if (p, t) not in alone]
    assert hidden == [("2024-11", STREET[0]), ("2024-11", TOWN[0])]
    assert [h for h in hidden if attacker.range_of(cell(h[0], frozenset({h[1]}))) < 3] == []
