"""The invented year of the second bureau: another province's, with levels and an order of its own.

No code knows it; what is expected is what the generator wrote down while it sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import asyncpg
import pytest

from infra import bureaus, postgres
from infra.settings import Settings
from ledger import adopted, files
from ledger.intake import Intake, Tally
from projections import opening, tail
from reports import plans
from reports.catalogue import slice_of
from reports.moment import resolve
from reports.plans import composing
from reports.render import text
from reports.table import Asked, tabulate
from sample import office
from sample.year import Year, build
from tests.support.ledger import url_of
from tests.support.prose import said_of

FOLDER = bureaus.SHIPPED / "439902"
DIVISION = "439902"
DATABASE = "second_year"
MONTHS = [f"2024-{month:02}" for month in range(1, 13)]
STOCKS = (
    ("F14", "在保户数", {"保障类别": ["低保"]}),
    ("F15", "在保人数", {"保障类别": ["低保"]}),
    ("F17", "在保人数", {"保障类别": ["特困"]}),
    ("F21", "在保人数", {"保障类别": ["unattended-child"]}),
    ("F23", "在保人数", {"保障类别": ["nursing-subsidy"]}),
    ("F25", "在保人数", {"保障类别": ["living-subsidy"]}),
)
FLOWS = (
    ("F16", "发放金额", {"保障类别": ["低保"]}),
    ("F18", "发放金额", {"保障类别": ["特困"]}),
    ("F24", "发放金额", {"保障类别": ["nursing-subsidy"]}),
    ("F40", "婚姻登记", {"类型": ["结婚登记"]}),
    ("F41", "婚姻登记", {"类型": ["离婚登记"]}),
)
"""What the generator calls it, the measure, the cut."""


@pytest.fixture(scope="module")
def made() -> Year:
    """The year as the sample makes it."""
    return build(2024, office.of(FOLDER))


@pytest.fixture(scope="module")
def tally(made: Year, server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Tally:
    """The year in a ledger of its own, folded."""
    file = tmp_path_factory.mktemp("second") / "second.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in made.feed.lines()))
    return asyncio.run(_take(server_url, file))


async def _take(server_url: str, file: Path) -> Tally:
    settings = Settings(bureau=FOLDER)
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    async with postgres.connect(url_of(server_url, DATABASE)) as connection:
        ledger = await opening.create_ledger(connection, DIVISION, "replay", settings)
        taken = await files.ingest_file(connection, Intake(ledger, settings.secret), file)
        await tail.catch_up(connection, DIVISION)
    return taken


@pytest.fixture
async def connection(tally: Tally, server_url: str) -> AsyncIterator[asyncpg.Connection]:
    assert tally.accepted
    async with postgres.connect(url_of(server_url, DATABASE)) as opened:
        yield opened


def test_all_but_what_was_planted_is_accepted(tally: Tally) -> None:
    assert (tally.parked, tally.quarantined, tally.duplicate) == (3, 9, 11)
    assert tally.accepted > 20_000


@pytest.mark.parametrize(("counted", "measure", "where"), [*STOCKS, *FLOWS])
async def test_each_month_is_what_its_systems_counted(
    connection: asyncpg.Connection,
    made: Year,
    counted: str,
    measure: str,
    where: dict[str, list[str]],
) -> None:
    bureau = await adopted.at(connection, DIVISION)
    told = []
    for month in MONTHS:
        moment = await resolve(connection, DIVISION, month)
        asked = Asked(slice_of(bureau, measure, where))
        told.append((await tabulate(connection, moment, [asked]))[0].at())

    assert told == [made.truth[month][counted] for month in MONTHS]
    assert len(set(told)) > 1


async def test_levels_add_up_to_all_holders(connection: asyncpg.Connection) -> None:
    bureau = await adopted.at(connection, DIVISION)
    moment = await resolve(connection, DIVISION, "2024")
    holders = slice_of(bureau, "在保人数", {"保障类别": ["nursing-subsidy"]})
    whole, cut = await tabulate(connection, moment, [Asked(holders), Asked(holders, ("档次",))])

    assert {cell.codes for cell in cut.cells} == {("first",), ("second",)}
    assert cut.at("first") + cut.at("second") == whole.at()  # type: ignore[operator]  # counts


@pytest.mark.parametrize("period", [*MONTHS[1:], "2024-Q2", "2024-Q4"])
async def test_its_return_is_what_its_systems_counted_and_how_that_changed(
    connection: asyncpg.Connection, made: Year, period: str
) -> None:
    """Given no form of its own, then it has the country's: sums of the generator's own counts."""
    bureau = await adopted.at(connection, DIVISION)
    moment = await resolve(connection, DIVISION, period)
    plan = plans.every(bureau)["return-statistics"]
    document = await composing.build(connection, plan, bureau, moment)
    told = {
        row.heading: [cell.text for cell in row.cells[1:]]
        for table in document.tables()
        for row in table.rows
    }

    until, length = moment.end.month, moment.end.month - moment.start.month + 1

    def to_date(counted: str, month: int) -> int:
        return sum(made.truth[m][counted] for m in MONTHS[:month])

    for heading, counted in (
        ("（1）最低生活保障", "F16"),
        ("结婚登记", "F40"),
        ("离婚登记", "F41"),
    ):
        now, before = to_date(counted, until), to_date(counted, until - length)
        if counted == "F16":  # 分 to tenths of 万元
            now, before = (now + 50_000) // 100_000, (before + 50_000) // 100_000
        assert told[heading] == in_form(now, before, tenths=counted == "F16")
    for heading, counted in (
        ("2.事实无人抚养儿童", "F21"),
        ("1.享受困难残疾人生活补贴人数", "F25"),
        ("2.享受重度残疾人护理补贴人数", "F23"),
    ):
        then = [made.truth[MONTHS[m - 1]][counted] for m in (until, until - length)]
        assert told[heading] == in_form(*then)
    relations = [line for line in text.render(document).splitlines() if "支出 = " in line]
    assert len(relations) == 4
    assert all("：相符" in relation for relation in relations)


def in_form(now: int, before: int, *, tenths: bool = False) -> list[str]:
    """A number, the one before, and the growth in percent, as the form has them."""
    grown = Decimal(100 * (now - before)) / before if before else None
    written = [f"{n // 10}.{n % 10}" if tenths else f"{n}" for n in (now, before)]
    return [*written, "—" if grown is None else str(grown.quantize(Decimal("0.01"), ROUND_HALF_UP))]


async def test_its_bulletin_has_its_own_parts_and_townships(connection: asyncpg.Connection) -> None:
    bureau = await adopted.at(connection, DIVISION)
    moment = await resolve(connection, DIVISION, "2024-11")
    plan = plans.of(bureau)["monthly"]
    printed = text.render(await composing.build(connection, plan, bureau, moment))
    parts = [
        line for line in printed.splitlines() if line[:2] in "一、二、三、四、五、六、七、八、九、"
    ]

    assert [part.strip() for part in parts if part.strip()] == [
        "一、城市低保",
        "二、农村低保",
        "三、新增和退出",
        "四、特困人员",
        "五、儿童福利、残疾人补贴、高龄补贴和临时救助",
        "六、婚姻登记",
        "七、执行的保障标准",
        "八、主要数据",
        "九、各街道、乡镇",
    ]
    rows = [
        line.split()[0]
        for line in printed.splitlines()
        if line.startswith(("全区", "云塘街道", "澧东镇"))
    ]
    assert rows[:3] == ["全区合计", "云塘街道", "澧东镇"]
    assert "湘桥" not in printed


@pytest.mark.parametrize("year", sorted(office.of(FOLDER).years))
def test_a_year_can_be_invented_wherever_its_holidays_are_known(year: int) -> None:
    lines = list(build(year, office.of(FOLDER)).feed.lines())

    assert len(lines) > 20_000
    assert f'"receivedat":"{year}-01-01T'.encode() in lines[0]


@pytest.mark.parametrize("name", ["annual", "monthly"])
async def test_the_checker_of_prose_has_nothing_to_say_of_its_documents(
    connection: asyncpg.Connection, name: str
) -> None:
    bureau = await adopted.at(connection, DIVISION)
    for period in {"annual": ["2024"], "monthly": MONTHS[::4]}[name]:
        assert await said_of(connection, bureau, name, period) == []
