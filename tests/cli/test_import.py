"""`mingjian import`: three months of rosters in three layouts alone give the bulletins of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from infra import bureaus, postgres
from infra.settings import Settings
from projections import opening
from tests.cli.conftest import Command, Done
from tests.support import rosters
from tests.support.ledger import url_of
from tests.support.rosters import Elder, Household, person

BUREAU = str(bureaus.SHIPPED / "439902")
TOWN, OTHER, THIRD = "云塘街道", "澧东镇", "青枫镇"
MONTHS = ("2024-01", "2024-02", "2024-03")


def household(
    n: int, persons: int, place: tuple[str, str, str], yuan: str, first: str
) -> Household:
    """The n-th household; its persons are nobody else's."""
    named = tuple(
        person(f"示{'甲乙丙丁戊'[k]}", f"19{60 + n % 30}0{1 + k}15", 10 * n + k)
        for k in range(persons)
    )
    return Household(f"DB-{n:03d}", *place, named, yuan, first, "2023年4月20日")


URBAN = (TOWN, "439902001001", "城镇")
RURAL = (OTHER, "439902100002", "农村")


def months() -> dict[str, list[Household]]:
    """Who is on the roster in each month: one joins, leaves, moves, comes, goes, comes back."""
    base = [
        household(1, 3, URBAN, "1250.50", "2023-05"),
        household(2, 1, URBAN, "600", "202306"),
        household(3, 2, RURAL, "810", "2023年11月"),
        household(4, 1, RURAL, "420.4", "2023.9"),
        household(5, 4, RURAL, "1999.99", "2023-05"),
    ]
    new = household(6, 2, URBAN, "900", "2024-02")
    january = base
    february = [
        base[0]._replace(persons=base[0].persons[:2], yuan="1000"),
        base[1],
        base[2]._replace(township=THIRD, village="439902101003"),
        base[4],
        new,
    ]
    march = [february[0], base[1]._replace(yuan="620"), february[2], base[3], new]
    return dict(zip(MONTHS, (january, february, march), strict=True))


def elders() -> dict[str, list[Elder]]:
    firsts = ("2023-01", "2023-01", "2023-06", "2024-02")
    old = [
        Elder(f"GL-{n}", person("老示", f"19{40 - n}0202", 900 + n), *URBAN[:2], "80-89岁", first)
        for n, first in enumerate(firsts)
    ]
    return dict(zip(MONTHS, (old[:3], old, old[1:]), strict=True))


class Office:
    """Imports into the ledger of a database."""

    def __init__(self, command: Command, url: str, folder: Path) -> None:
        self.command, self.url, self.folder = command, url, folder

    def __call__(self, *arguments: str | Path) -> Done:
        return self.command(*arguments, database_url=self.url, bureau=BUREAU)

    def bring(self, name: str, content: bytes, made: str, *options: str | Path) -> Done:
        """Import a file by a map."""
        path = self.folder / name
        path.write_bytes(content)
        return self("import", path, "--map", made, *options)


@pytest.fixture(scope="module")
def begun(server_url: str) -> str:
    """The name of a database with an empty ledger of the bureau, to be copied."""
    name = "rosters_begun"
    given = Settings(bureau=Path(BUREAU))

    async def make() -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute(f"CREATE DATABASE {name}")
        async with postgres.connect(url_of(server_url, name)) as connection:
            await opening.create_ledger(connection, "439902", "replay", given)

    asyncio.run(make())
    return name


@pytest.fixture
def office(command: Command, server_url: str, begun: str, tmp_path: Path) -> Iterator[Office]:
    """An office with a ledger of its own."""

    async def run(statement: str) -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute(statement)

    asyncio.run(run(f"CREATE DATABASE rosters TEMPLATE {begun}"))
    yield Office(command, url_of(server_url, "rosters"), tmp_path)
    asyncio.run(run("DROP DATABASE rosters WITH (FORCE)"))


class Expected(NamedTuple):
    """What a bulletin of a month must say, worked out from the rows of its rosters."""

    urban: tuple[int, int, float]
    rural: tuple[int, int, float]
    came: tuple[int, int]
    went: tuple[int, int]
    elders: int


def expected(month: str) -> Expected:
    held, before = months()[month], months().get(previous(month), [])

    def of(area: str) -> tuple[int, int, float]:
        part = [each for each in held if each.area == area]
        money = sum(round(float(each.yuan) * 100) for each in part)
        return len(part), sum(len(each.persons) for each in part), money / 100

    known, then = {h.case for h in held}, {h.case for h in before}
    came = [h for h in held if h.case not in then and (before or "2024-01" in h.first)]
    went = [h for h in before if h.case not in known]
    return Expected(
        of("城镇"),
        of("农村"),
        (len(came), sum(len(h.persons) for h in came)),
        (len(went), sum(len(h.persons) for h in went)),
        len(elders()[month]),
    )


def previous(month: str) -> str:
    return f"2024-{int(month[5:]) - 1:02d}"


def wan(yuan: float) -> str:
    """元 as a bulletin says it: 万元, two places, half-up."""
    fen = round(yuan * 100)
    return f"{(fen + 5_000) // 10_000 / 100:.2f}万元"


def test_three_months_of_rosters_alone_give_the_bulletins_and_again_change_nothing(
    office: Office,
) -> None:
    for again in (False, True):
        for month in MONTHS:
            held = months()[month]
            files: Sequence[tuple[str, bytes, str]] = (
                ("h.xlsx", rosters.households(month, held), "dibao-monthly"),
                ("p.csv", rosters.payouts(month, held), "payouts-monthly"),
                ("e.csv", rosters.elders(month, elders()[month]), "old-age-monthly"),
            )
            for name, content, made in files:
                # One of five, or of four, ends in a month: its number is confirmed.
                ends = ["--ended", "1"] if name != "p.csv" and month != MONTHS[0] else []
                done = office.bring(name, content, made, "--yes", *ends)
                assert done.code == 0, done.out + done.err
                assert ("没有要报送的" in done.out) is (again or "accepted" not in done.out)
                assert "parked 0, quarantined 0" in done.out or "没有要报送的" in done.out
        position = json.loads(office("figures", "--period", "2024-03", "--json").out)[0]["at"]
        if not again:
            first = position
    assert position == first, "the same files again gave nothing"

    for month in MONTHS:
        output = office.folder / f"{month}.md"
        done = office("report", "monthly", "--period", month, "--format", "md", "-o", output)
        assert done.code == 0, done.err
        said = output.read_text(encoding="utf-8")
        want = expected(month)
        for area, (households, persons, yuan) in (("城市", want.urban), ("农村", want.rural)):
            assert f"全区{area}低保{households}户、{persons}人" in said
            assert f"发放{area}低保金{wan(yuan)}" in said
        if month != MONTHS[0]:
            assert re.search(
                f"低保新增{want.came[0]}户、{want.came[1]}人，退出{want.went[0]}户、{want.went[1]}人",
                said,
            ), said
        assert f"高龄老年人补贴{want.elders}人" in said
    # Of whom was granted something in the ledger's own time, a roster tells no approval.
    findings = json.loads(office("findings", "--json").out)
    assert [(each["id"][:3], each["subject"]) for each in findings] == [("A99", "case/GL-3")]


def test_a_preview_sends_nothing_and_shows_no_name(office: Office) -> None:
    held = months()[MONTHS[0]]
    done = office.bring("h.xlsx", rosters.households(MONTHS[0], held), "dibao-monthly")
    assert done.code == 0
    assert "新增 5，变更 0，退出 0，不变 0" in done.out
    assert "示*" in done.out
    assert "示甲" not in done.out
    assert held[0].persons[0].number not in done.out
    assert "城市在保户数 2，城市在保人数 4，城市月保障金额（元） 1,850.50" in done.out
    assert "--yes" in done.out
    assert json.loads(office("figures", "--period", "2024-01", "--json").out)[0]["at"] == 0


def test_events_may_be_written_instead_and_taken_in_as_a_file(office: Office) -> None:
    content = rosters.households(MONTHS[0], months()[MONTHS[0]])
    output = office.folder / "events.jsonl"
    done = office.bring("h.xlsx", content, "dibao-monthly", "-o", output)
    assert done.code == 0
    assert output.stat().st_mode & 0o077 == 0, "it holds personal data"
    assert office("ingest", output, "--strict").out.splitlines()[-1].startswith("accepted 5,")
    again = office.bring("h.xlsx", content, "dibao-monthly", "--yes")
    assert "没有要报送的" in again.out


def wrong_book() -> bytes:
    """One damaged number, one amount that is none, a formula for a name."""
    book = openpyxl.load_workbook(BytesIO(rosters.households(MONTHS[0], months()[MONTHS[0]])))
    sheet = book.active
    sheet["G5"] = 4.39999196501015e17
    sheet["J8"] = "六百"
    sheet["F9"] = '=HYPERLINK("http://evil")'
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_wrong_cells_come_back_marked_and_nothing_is_sent(office: Office) -> None:
    output = office.folder / "marked.xlsx"
    done = office.bring("h.xlsx", wrong_book(), "dibao-monthly", "--yes", "-o", output)
    assert done.code == 1
    assert "✗ G5：号码被表格软件当成了数" in done.out
    assert json.loads(office("figures", "--period", "2024-01", "--json").out)[0]["at"] == 0

    sheet = openpyxl.load_workbook(output).active
    red = {cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFF8B4B4"}
    assert {"G5", "J8", "F9"} <= red
    assert "丢失" in sheet["G5"].comment.text
    assert "单位元" in sheet["J8"].comment.text
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    assert sheet["A1"].value == openpyxl.load_workbook(BytesIO(wrong_book())).active["A1"].value

    # Mended in the copy, it is read again.
    sheet["G5"] = months()[MONTHS[0]][0].persons[0].number
    sheet["J8"], sheet["F9"] = 600, "示甲"
    mended = BytesIO()
    sheet.parent.save(mended)
    done = office.bring("m.xlsx", mended.getvalue(), "dibao-monthly", "--yes")
    assert done.out.splitlines()[-1].startswith("accepted 5,")


def test_the_rows_that_are_right_may_be_sent_alone(office: Office) -> None:
    done = office.bring("h.xlsx", wrong_book(), "dibao-monthly", "--yes", "--only-good")
    assert done.code == 0
    assert done.out.splitlines()[-1] == "accepted 2, duplicate 0, parked 0, quarantined 0"


def test_many_that_end_must_be_confirmed_by_their_number(office: Office) -> None:
    held = [household(n, 1, URBAN, "600", "2023-05") for n in range(10, 16)]
    for month, part, options, code in (
        (MONTHS[0], held, (), 0),
        (MONTHS[1], held[4:], (), 2),
        (MONTHS[1], held[4:], ("--ended", "3"), 2),
        (MONTHS[1], held[4:], ("--ended", "4"), 0),
    ):
        content = rosters.households(month, part)
        done = office.bring("h.xlsx", content, "dibao-monthly", "--yes", *options)
        assert done.code == code, done.err
    last = office.bring("h.xlsx", rosters.households(MONTHS[2], held[4:5]), "dibao-monthly")
    assert (last.code, "--ended 1" in last.err) == (2, True), "one of two"


def test_a_month_cannot_come_after_a_later_one(office: Office) -> None:
    """What changed in it would be dated before the later one's takings over, and lost."""
    held = [household(n, 1, URBAN, "600", "2023-05") for n in range(10, 14)]
    later = rosters.households(MONTHS[1], held)
    assert office.bring("h.xlsx", later, "dibao-monthly", "--yes").code == 0
    early = rosters.households(MONTHS[0], [held[0]._replace(yuan="500"), *held[1:]])
    done = office.bring("h.xlsx", early, "dibao-monthly", "--yes")
    assert (done.code, MONTHS[1] in done.err) == (2, True)


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"a,b\n1,2\n", (), "找不到表头"),
        (b"\xd0\xcf\x11\xe0", (), ".xls"),
        (rosters.text([["x"], ["低保证号"]]), ("--period", "2024-13"), "2024-03"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(
    office: Office, content: bytes, options: Sequence[str], said: str
) -> None:
    done = office.bring("file", content, "dibao-monthly", *options)
    assert done.code == 2
    assert said in done.err


def test_a_map_that_is_not_there_is_refused_with_those_that_are(office: Office) -> None:
    done = office.bring("file", b"", "dibao")
    assert (done.code, "payouts-monthly" in done.err) == (2, True)
    assert "低保金发放明细" in office("import", "maps").out


@pytest.mark.parametrize("name", ["dibao-monthly", "marriages-monthly", "payouts-monthly"])
def test_a_template_is_read_by_its_own_map_and_its_example_is_refused(
    office: Office, name: str
) -> None:
    output = office.folder / "template.xlsx"
    assert office("import", "template", name, "-o", output, "--period", "2024-01").code == 0
    book = openpyxl.load_workbook(output)
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    done = office("import", output, "--map", name, "--yes")
    assert done.code == 1
    assert "示例行" in done.out


def test_a_template_that_is_filled_in_is_taken(office: Office) -> None:
    output = office.folder / "template.xlsx"
    assert office("import", "template", "marriages-monthly", "-o", output).code == 0
    book = openpyxl.load_workbook(output)
    sheet = book.worksheets[0]
    sheet["A1"] = "结婚登记月度名册（2024年1月）"
    man, woman = person("示甲", "19900101", 1), person("示乙", "19910202", 2)
    row = ["J439902-2024-000001", "2024-01-08", man.name, man.number, "439902"]
    for column, value in enumerate([*row, woman.name, woman.number, "439902", "DJ-01、DJ-02"], 1):
        sheet.cell(5, column, value)
    book.save(output)
    lists = {str(each.sqref) for each in sheet.data_validations.dataValidation}
    assert any(each.startswith("J5") for each in lists), (
        "the kind of marriage is chosen from a list"
    )
    done = office("import", output, "--map", "marriages-monthly", "--yes")
    assert done.out.splitlines()[-1] == "accepted 1, duplicate 0, parked 0, quarantined 0", done.out


def blocks(language: str) -> str:
    """The example of docs/rosters.md in a language."""
    text = (Path(__file__).parents[2] / "docs/rosters.md").read_text(encoding="utf-8")
    return text.partition(f"```{language}\n")[2].partition("```")[0]


def test_the_example_of_the_document_is_a_map_of_a_bureau_and_reads_its_file(
    office: Office,
) -> None:
    """The case is not there: the payment is parked for it. What failed is left out."""
    map_file = Path(BUREAU) / "rosters/payouts-monthly.toml"
    assert blocks("toml") == map_file.read_text(encoding="utf-8")
    events = office.folder / "e.jsonl"
    roster = blocks("csv").encode("gbk")
    done = office.bring("r.csv", roster, "payouts-monthly", "-o", events)
    assert done.code == 0, done.out
    assert "GB18030/GBK" in done.out
    assert "按对照表略去 1 行" in done.out
    (message,) = map(json.loads, events.read_text(encoding="utf-8").splitlines())
    assert message["type"] == "cn.mingjian.assistance.payment-settled.v1"
    assert message["data"]["amount_fen"] == 65_050
    assert message["data"]["months"] == ["2024-03"]
    assert office("ingest", events).out.splitlines()[-1] == (
        "accepted 0, duplicate 0, parked 1, quarantined 0"
    )
