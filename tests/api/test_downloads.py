"""What pages are taken along as: the same values as on the page, in CSV and in workbooks."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import asyncpg
import httpx
import openpyxl
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import StreamingResponse

from api.downloads import _sent, disposition
from api.forms import MEDIA, Form, _range, wanted
from domain.reporting.releases import (
    ReleaseBlock,
    ReleaseCell,
    ReleaseColumn,
    ReleaseContent,
    ReleaseRow,
    ReleaseTable,
)
from tests.api.test_pages import BANNER
from tests.support.ledger import Bench
from tests.support.money import a_household, a_payment
from tests.support.pages import client_of, json_of
from tests.support.published import AS_PUBLISHED_FEN, FIRST, LATE_FEN, NAME
from tests.support.releasing import draft, households, publish

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WITH_TABLES = (
    "/index",
    "/figures",
    "/figures/F14",
    "/figures/F16",
    "/figures/F28",
    "/statements",
    "/statements/S16",
    "/reports/2024",
    "/releases",
    "/releases/annual/2024",
    "/releases/annual/2024/1",
)


async def program(client: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, str]]:
    """The rows of a CSV for programs."""
    response = await client.get(f"{path}.csv", params={"for": "program", **query})
    assert response.status_code == 200, response.text
    return list(csv.DictReader(StringIO(response.content.decode(), newline="")))


async def excel(client: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, str]]:
    """The rows of a CSV for Excel, up to the empty line; texts as Excel shows them."""
    response = await client.get(f"{path}.csv", params=query)
    assert response.status_code == 200, response.text
    assert response.content.startswith(b"\xef\xbb\xbf"), path
    text = response.content.decode("utf-8-sig")
    head, *rows = csv.reader(StringIO(text, newline=""))
    end = next(n for n, row in enumerate(rows) if not any(row))
    return [
        dict(zip(head, [cell.removesuffix("\t") for cell in row], strict=True))
        for row in rows[:end]
    ]


async def workbook(client: httpx.AsyncClient, path: str) -> Any:
    response = await client.get(f"{path}.xlsx")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == XLSX
    return openpyxl.load_workbook(BytesIO(response.content))


def sheet_rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows under the headings, which are the last frozen line."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = int(sheet.freeze_panes[1:]) - 2
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def same(json_value: Any, cell: Any) -> bool:
    """Whether a cell of a file holds what JSON says."""
    if json_value is None:
        return cell in ("", None)
    if isinstance(json_value, bool):
        return cell in (("true", "是") if json_value else ("false", "否"))
    if isinstance(json_value, int | float):
        return Decimal(str(cell)) == Decimal(str(json_value))
    if re.fullmatch(r"[0-9-]{10} [0-9:]{8}", str(cell)):  # as Excel reads a day or a time
        zone = "T00:00:00+08:00" if len(json_value) == 10 else ""
        read = datetime.fromisoformat(f"{cell}+08:00")
        return read == datetime.fromisoformat(f"{json_value}{zone}")
    return str(json_value) == str(cell)


async def test_every_figure_in_every_file_is_what_the_page_says(
    public: httpx.AsyncClient,
) -> None:
    told = {item["id"]: item for item in (await json_of(public, "/figures.json"))["figures"]}
    rows = {row["id"]: row for row in await program(public, "/figures")}
    shown = {row["指标"]: row for row in await excel(public, "/figures")}
    book = await workbook(public, "/figures")
    cells = {row["指标"]: row for row in sheet_rows(book["指标"])}
    assert len(told) > 60
    assert told.keys() == rows.keys() == shown.keys() == cells.keys()
    for name, figure in told.items():
        row, people, cell = rows[name], shown[name], cells[name]
        money = figure["exact_unit"] == "分"
        for key in ("name", "value", "unit", "beside", "asof", "at", "definition"):
            wanted_ = figure[key] if figure[key] != "" else None
            title = {
                "name": "名称",
                "value": "数值",
                "unit": "单位",
                "beside": "附注",
                "asof": "业务截止",
                "at": "账本位置",
                "definition": "定义",
            }[key]
            assert same(wanted_, row[key]), (name, key)
            assert same(wanted_, people[title]), (name, key)
            assert same(wanted_, cell[title]), (name, key)
        if money:
            assert row["exact"] == ""
            assert same(figure["exact"], row["amount_fen"]), name
            yuan = None if figure["exact"] is None else figure["exact"] / 100
            assert same(yuan, people["精确金额（元）"]), name
            assert same(yuan, cell["精确金额（元）"]), name
        else:
            assert row["amount_fen"] == ""
            assert same(figure["exact"], row["exact"]), name
            assert same(figure["exact"], cell["精确值"]), name
        agrees = None if figure["printed"] is None else figure["printed"]["agrees"]
        assert same(agrees, row["agrees"]), name
        assert row["notice"] == BANNER
        assert people["提示"] == BANNER
    # worked out by hand: see tests.support.published
    assert rows["F16"]["amount_fen"] == str(AS_PUBLISHED_FEN) == "190000"
    assert shown["F16"]["精确金额（元）"] == "1900.00"
    assert (rows["F16"]["value"], rows["F16"]["at"]) == ("0.19", str(FIRST))
    place = book.defined_names["FIG_F16"].attr_text.partition("!")[2].replace("$", "")
    assert book["指标"][place].value == 0.19


async def test_the_public_takes_along_nothing_that_was_recorded_later(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    (row,) = await program(public, "/figures/F16")
    assert not {name for name in row if name.startswith("now")}
    refused = await public.get("/figures/F16.csv?known=now")
    assert (refused.status_code, refused.json()["code"]) == (403, "published-cut-offs-only")

    (known,) = await program(auditor, "/figures/F16")
    assert known["now_amount_fen"] == str(AS_PUBLISHED_FEN + LATE_FEN)
    assert known["amount_fen"] == str(AS_PUBLISHED_FEN)
    assert "不得外传" in known["notice"]
    (later,) = await program(auditor, "/figures/F16", period="2024", known="now")
    assert later["amount_fen"] == str(AS_PUBLISHED_FEN + LATE_FEN)


async def test_parts_of_a_figure_are_those_of_its_page_merged_ones_too(
    connection: asyncpg.Connection, database_url: str
) -> None:
    """Four households here, three there, one in a third: the last two become one line."""
    bench = await Bench.open(connection)
    places = [*["445102100"] * 4, *["445102007"] * 3, "445102111"]
    for n, place in enumerate(places):
        case = a_household(f"DB-{n}").model_copy(update={"township": place})
        paid = a_payment(f"DB-{n}", 50_000, "2024-01").model_copy(update={"township": place})
        await bench.tell(case, paid)
    seen = set()
    async with client_of(database_url, auditor=True) as auditor:
        for name in ("F14", "F16"):
            figure = await json_of(auditor, f"/figures/{name}.json?period=2024")
            money = figure["exact_unit"] == "分"
            book = await auditor.get(f"/figures/{name}.xlsx?period=2024")
            sheets = openpyxl.load_workbook(BytesIO(book.content)).worksheets[2:]
            for cut, sheet in zip(figure["breakdowns"], sheets, strict=True):
                table = f"by-{cut['by']}"
                rows = await program(auditor, f"/figures/{name}", table=table, period="2024")
                shown = await excel(auditor, f"/figures/{name}", table=table, period="2024")
                cells = sheet_rows(sheet)
                lines = zip(cut["cells"], rows, shown, cells, strict=True)
                for told, row, people, cell in lines:
                    key, label, exact, notice = row.values()
                    assert (key, label) == (told["key"], told["label"])
                    assert same(told["exact"], exact)
                    assert "不得外传" in notice
                    in_yuan = told["exact"] / 100 if money else told["exact"]
                    for _, label, value, *_ in (list(people.values()), list(cell.values())):
                        assert label == told["label"]
                        assert same(in_yuan, value)
                seen.add((name, cut["by"], cut["merged"]))
                if cut["by"] == "township":
                    by_label = {row["label"]: [*row.values()][2] for row in rows}
                    one = 50_000 if money else 1
                    assert by_label == {"意溪镇": str(4 * one), "其他（合并）": str(4 * one)}
                    response = await auditor.get(f"/figures/{name}.csv?period=2024&table={table}")
                    unit = "例" if money else "户"
                    assert f"不足 3 {unit}的各行已并入“其他（合并）”" in response.text
    assert {("F14", "township", True), ("F16", "township", True)} <= seen


async def test_statements_are_those_of_the_page(public: httpx.AsyncClient) -> None:
    told = (await json_of(public, "/statements.json"))["statements"]
    rows = await program(public, "/statements")
    cells = sheet_rows((await workbook(public, "/statements"))["表述"])
    assert [row["id"] for row in rows] == [item["id"] for item in told]
    for item, row, cell in zip(told, rows, cells, strict=True):
        for key, title in (
            ("name", "名称"),
            ("holds", "成立"),
            ("conditions", "条件（项）"),
            ("broken", "不成立（项）"),
            ("holds_when", "何时成立"),
            ("at", "账本位置"),
        ):
            assert same(item[key], row[key]), item["id"]
            assert same(item[key], cell[title]), item["id"]
    assert {item["holds"] for item in told} == {False, None}
    (one,) = await program(public, "/statements/S16")
    assert one["id"] == "S16"


async def test_conditions_one_by_one_are_for_auditors(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    refused = await public.get("/statements/S16.csv?table=conditions", headers={"accept": "*/*"})
    assert refused.status_code == 400
    assert "有 statements" in refused.json()["detail"]
    told = await json_of(auditor, "/statements/S16.json")
    rows = await program(auditor, "/statements/S16", table="conditions")
    assert [(r["ok"] == "true", r["what"]) for r in rows] == [
        (r["ok"], r["what"]) for r in told["rows"]
    ]


async def test_the_rows_behind_a_figure_are_taken_along_all_pages_of_them(
    connection: asyncpg.Connection, database_url: str
) -> None:
    """Sixty payments are two pages, and one file; the public gets none of either."""
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    await bench.tell(*(a_payment("DB-1", 100 + n, "2024-01") for n in range(60)))
    path = "/figures/F16/rows"
    async with client_of(database_url, auditor=True) as auditor:
        question = {"period": "2024", "page": "2"}
        told = await json_of(auditor, f"{path}.json?period=2024&page=1")
        told_after = await json_of(auditor, f"{path}.json?period=2024&page=2")
        rows = await program(auditor, path, **question)
        shown = await excel(auditor, path, **question)
        page = (await auditor.get(f"{path}?period=2024")).text
        other = await program(auditor, "/figures/F14/rows", period="2024")
    assert (told["count"], len(told["rows"]), len(told_after["rows"])) == (60, 50, 10)
    every = [*told["rows"], *told_after["rows"]]
    assert [int(row["position"]) for row in rows] == [row["position"] for row in every]
    assert [int(row["contribution_fen"]) for row in rows] == [100 + n for n in range(60)]
    assert sum(Decimal(row["计入（元）"]) for row in shown) == Decimal("77.70")
    for row, json_row in zip(rows, every, strict=True):
        assert row["township"] == json_row["township"] == "445102100"
        assert row["township_name"] == "意溪镇"
        assert row["on_date"] == json_row["on_date"]
        assert "不得外传" in row["notice"]
    assert 'href="/figures/F16/rows.xlsx?period=2024"' in page
    assert [row["contribution"] for row in other] == ["1"]
    async with client_of(database_url) as public:
        for form in ("csv", "xlsx"):
            assert (await public.get(f"{path}.{form}")).status_code == 403


async def test_a_release_is_taken_along_with_its_values_and_tables(
    public: httpx.AsyncClient,
) -> None:
    path = "/releases/annual/2024"
    told = await json_of(public, f"{path}.json")
    values = {item["key"]: item for item in told["values"]}
    definitions = {item["key"]: item["text"] for item in told["definitions"]}
    rows = await program(public, path)
    assert [row["id"] for row in rows] == [*values]
    for row in rows:
        value = values[row["id"]]
        for key in ("name", "value", "unit", "beside"):
            assert same(value[key], row[key]), row["id"]
        assert row["definition"] == definitions[row["id"]]
        assert (row["invented"] != "") == value["invented"]


async def test_a_release_of_any_plan_by_hand(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    await publish(bench, draft(households(1), at=1))
    async with client_of(database_url) as public:
        (row,) = await program(public, "/releases/monthly/2024-11")
        book = await workbook(public, "/releases/monthly/2024-11/1")
        listed = await program(public, "/releases")
        said = (await public.get("/releases/monthly/2024-11.csv")).headers["content-disposition"]
    assert unquote(said).endswith("_月报_数据截至20241130_第1号.csv")
    common = {row[0].value: row[1].value for row in book["目录"].iter_rows()}
    assert common["期间"] == "2024年11月1日至2024年11月30日"
    assert common["账本位置"] == "1"
    assert common["发布"] == "2024年12月5日 09:00发布，第 1 版"
    assert (row["id"], row["name"], row["value"], row["unit"]) == ("户数", "在保户数", "1", "户")
    assert book.defined_names["FIG_户数"].attr_text == "'发布的数值'!$C$4"
    assert [(r["plan"], r["period"], r["edition"], r["audience"]) for r in listed] == [
        ("monthly", "2024-11", "1", "公开")
    ]
    assert listed[0]["published_at"] == "2024-12-05T09:00:00+08:00"


TABLE = ReleaseTable(
    title="城乡低保/2024年11月",
    corner="镇街",
    columns=(
        ReleaseColumn(group="城市", heading="户数", unit="户"),
        ReleaseColumn(group="城市", heading="金额", unit="万元"),
        ReleaseColumn(heading="增长"),
    ),
    rows=(
        ReleaseRow(
            heading="=意溪镇",
            cells=(
                ReleaseCell(text="12", value="12", exact="12"),
                ReleaseCell(text="0.19", value="0.19", exact="190000"),
                ReleaseCell(text="-1.50%", value="-1.50", exact="-1.5"),
            ),
        ),
        ReleaseRow(
            heading="其他（合并）",
            cells=(
                ReleaseCell(text="4", value="4", exact="4"),
                ReleaseCell(text="〔暂无〕"),
                ReleaseCell(text="2024年11月1日", type="date", value="2024-11-01"),
            ),
            total=True,
        ),
    ),
    note="不含临时救助。",
    units="户、万元",
)


async def test_tables_of_a_release_by_hand(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    by_row = TABLE.model_copy(
        update={"rows": tuple(row.model_copy(update={"unit": "户"}) for row in TABLE.rows)}
    )
    says = ReleaseContent(blocks=(ReleaseBlock(table=TABLE), ReleaseBlock(table=by_row)))
    await publish(bench, draft(says, at=1))
    path = "/releases/monthly/2024-11"
    async with client_of(database_url) as public:
        told = await json_of(public, f"{path}.json")
        rows = await program(public, path)
        by_row_too = await program(public, path, table="table-2")
        people = await public.get(f"{path}.csv")
        book = await workbook(public, path)
    notice = BANNER
    assert [[*row.values()] for row in rows] == [
        ["=意溪镇", "12", "0.19", "-1.50", notice],
        ["其他（合并）", "4", "", "2024-11-01", notice],
    ]
    assert [*rows[0]] == ["row", "value_1", "value_2", "value_3", "notice"]
    assert [*by_row_too[0].values()] == ["=意溪镇", "户", "12", "0.19", "-1.50", notice]
    lines = people.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == '"镇街","城市户数（户）","城市金额（万元）","增长（%）","提示"'
    assert lines[1] == f'"\'=意溪镇",12,0.19,-1.50,"{notice}"'
    assert '"说明：不含临时救助。",,,,' in lines
    assert '"合并情况：已并入“其他（合并）”一行",,,,' in lines
    first, second = book.worksheets[1:]
    assert first.title == "城乡低保2024年11月"
    assert [[cell.value for cell in row] for row in first["A3:D5"]] == [
        ["镇街", "城市户数（户）", "城市金额（万元）", "增长（%）"],
        ["=意溪镇", 12, 0.19, -1.5],
        ["其他（合并）", 4, None, datetime(2024, 11, 1)],  # noqa: DTZ001  no zones in there
    ]
    assert second["B4"].value == "户"
    listed = {row[0].value: [cell.value for cell in row] for row in book["目录"].iter_rows()}
    assert listed["城乡低保2024年11月"][2:4] == [2, "户、万元"]
    assert listed["城乡低保2024年11月 2"][2:4] == [2, "见各行"]
    # and what JSON says
    for line, row in zip(told["tables"][0]["rows"], rows, strict=True):
        values = [cell["value"] for cell in line["cells"]]
        assert [line["heading"], *values] == [text or None for text in [*row.values()][:4]]


async def test_the_report_is_taken_along_as_its_numbers_and_claims(
    public: httpx.AsyncClient,
) -> None:
    report = await json_of(public, "/reports/2024.json")
    runs = [
        run
        for section in report["sections"]
        for block in section["blocks"]
        for run in block.get("runs", ())
    ]
    figures = {run["figure"]: run for run in runs if "figure" in run}
    rows = {row["id"]: row for row in await program(public, "/reports/2024")}
    assert rows.keys() == figures.keys()
    assert all(same(figures[name]["value"], row["value"]) for name, row in rows.items())
    claims = {run["statement"]: run["holds"] for run in runs if "statement" in run}
    told = await program(public, "/reports/2024", table="statements")
    assert {row["id"] for row in told} == claims.keys()
    assert all(same(claims[row["id"]], row["holds"]) for row in told)


async def test_files_of_a_sample_say_so_bear_no_name_and_are_the_same_again(
    public: httpx.AsyncClient,
) -> None:
    for path in WITH_TABLES:
        for ending in (".csv", ".csv?for=program", ".xlsx"):
            response = await public.get(path + ending)
            assert response.status_code == 200, path
            assert response.content == (await public.get(path + ending)).content, path
            assert "noindex" in response.headers["x-robots-tag"]
            assert response.headers["vary"] == "Accept, Accept-Encoding"
            text = response.content.decode("utf-8", "replace")
            if ending == ".xlsx":
                book = openpyxl.load_workbook(BytesIO(response.content))
                text = "\n".join(
                    str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
                )
                assert all(sheet["A2"].value == BANNER for sheet in book), path
                made = book.properties
                assert (made.creator or "", made.lastModifiedBy or "") == ("", ""), path
            assert BANNER in text, path
            assert NAME not in text, path
            assert "DB-1" not in text, path


async def test_the_digest_in_a_workbook_is_that_of_the_csv_for_programs(
    public: httpx.AsyncClient,
) -> None:
    body = (await public.get("/figures.csv?for=program")).content
    digest = hashlib.sha256(body).hexdigest()
    contents = (await workbook(public, "/figures"))["目录"]
    assert digest in [cell.value for row in contents.iter_rows() for cell in row]
    assert digest.encode() in (await public.get("/figures.csv")).content


async def test_file_names_are_chinese_and_have_one_in_ascii(public: httpx.AsyncClient) -> None:
    for path, chinese, plain in (
        ("/figures.xlsx", "指标", "figures"),
        ("/figures/F16.csv", "", "figure-F16"),
        ("/figures.csv?for=program", "指标（程序用）", "figures-program"),
    ):
        said = (await public.get(path)).headers["content-disposition"]
        match = re.fullmatch(r"attachment; filename=\"([ -~]+)\"; filename\*=UTF-8''([ -~]+)", said)
        assert match, said
        name = unquote(match[2])
        ending = path.partition("?")[0].rpartition(".")[2]
        assert name.startswith("示例_"), name
        assert chinese in name
        assert name.endswith(f"_数据截至20241231_第{FIRST}号.{ending}"), name
        assert match[1] == f"sample-{plain}-445102-20241231-at-{FIRST}.{ending}"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_makes_a_header_of_one_line_that_says_it(name: str, plain: str) -> None:
    name = name.encode("utf-8", "ignore").decode()
    said = disposition(name, plain)
    match = re.fullmatch(
        r"attachment; filename=\"[0-9A-Za-z._-]*\"; filename\*=UTF-8''([0-9A-Za-z!#$&+.^_`|~%-]*)",
        said,
    )
    assert match
    assert unquote(match[1]) == name


async def test_media_types_lengths_and_head(public: httpx.AsyncClient) -> None:
    for path, kind in (
        ("/figures.csv", "text/csv; charset=utf-8; header=present"),
        ("/figures.xlsx", XLSX),
    ):
        plain = {"accept-encoding": "identity"}
        got = await public.get(path, headers=plain)
        head = await public.head(path, headers=plain)
        assert got.headers["content-type"] == kind
        assert int(got.headers["content-length"]) == len(got.content)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-disposition"] == got.headers["content-disposition"]


async def test_what_is_long_is_sent_in_pieces_and_what_is_short_with_its_length() -> None:
    short = _sent(iter([b"a"]), "text/csv", {})
    assert short.headers["content-length"] == "1"
    assert _sent(iter(()), "text/csv", {}).body == b""
    taken: list[int] = []

    def pieces() -> Iterator[bytes]:
        for n in range(5):
            taken.append(n)
            yield bytes([n])

    long = _sent(pieces(), "text/csv", {"x": "y"})
    assert isinstance(long, StreamingResponse)
    assert taken == [0, 1]
    assert "content-length" not in long.headers
    sent = [piece async for piece in long.body_iterator]
    assert sent == [bytes([n]) for n in range(5)]


async def test_the_form_is_also_what_the_client_takes(public: httpx.AsyncClient) -> None:
    for accept, kind in (
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        (XLSX, XLSX),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("application/json, */*", "application/json"),
        ("text/*", "text/html; charset=utf-8"),
        ("image/png, text/csv;q=0.1", "text/csv; charset=utf-8; header=present"),
    ):
        response = await public.get("/figures", headers={"accept": accept})
        assert response.status_code == 200, accept
        assert response.headers["content-type"] == kind, accept


async def test_where_nothing_fits_it_is_said_what_there_is(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    refused = await public.get("/figures", headers={"accept": "image/png"})
    assert refused.status_code == 406
    assert "这一页有网页、JSON、CSV、XLSX，没有所要的格式" in refused.text
    refused = await public.get("/reports.csv", headers={"accept": "*/*"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not-acceptable")
    assert "这一页有网页、JSON，" in refused.json()["detail"]
    refused = await auditor.get("/entries/1", headers={"accept": "text/csv"})
    assert refused.status_code == 406
    opened = await public.get("/reports", headers={"accept": "text/csv, text/html;q=0.1"})
    assert opened.headers["content-type"] == "text/html; charset=utf-8"


async def test_problems_of_files_are_told_as_problems(public: httpx.AsyncClient) -> None:
    for path, status, code in (
        ("/figures/F99.csv", 404, "not-found"),
        ("/nowhere.xlsx", 404, "not-found"),
        ("/figures.csv?for=accountants", 400, "unanswerable"),
        ("/figures.csv?table=nothing", 400, "unanswerable"),
        ("/figures.csv?for=excel&for=program", 400, "unanswerable"),
        ("/figures.xlsx?period=2023", 404, "not-published"),
    ):
        response = await public.get(path)
        assert (response.status_code, response.json()["code"]) == (status, code), path
    page = await public.get("/figures/F99.csv", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


async def test_pages_link_to_their_files_and_hand_the_question_on(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for path in ("/", *WITH_TABLES[1:]):
        text = (await public.get(path)).text
        assert "下载：" in text, path
        links = [
            m.replace("&amp;", "&") for m in re.findall(r'href="(/[^"]*\.(?:csv|xlsx)[^"]*)"', text)
        ]
        assert len(links) >= 6, path  # once in the head, once in the foot
        for link in set(links):
            response = await public.get(link.replace("&amp;", "&"))
            assert response.status_code == 200, link
            assert response.headers["content-disposition"].startswith("attachment; "), link
    assert "下载：" not in (await public.get("/reports")).text
    text = (await auditor.get("/figures/F16?period=2024&known=now&table=x")).text
    assert 'href="/figures/F16.xlsx?period=2024&amp;known=now"' in text
    assert "by-month&amp;for=program" in text or "by-township" not in text


def _request(accept: str) -> Any:
    return SimpleNamespace(headers={"accept": accept}, state=SimpleNamespace())


@given(st.text(max_size=80))
def test_whatever_a_client_takes_is_answered_or_refused(accept: str) -> None:
    assert wanted(_request(accept), ("html", "json")) in ("html", "json", None)


@given(st.permutations(["text/html;q=0.2", "application/json;q=0.9", "text/csv;q=0.5", "*/*;q=0"]))
def test_the_order_of_what_is_taken_says_nothing(ranges: list[str]) -> None:
    accept = ",".join(ranges)
    assert wanted(_request(accept), MEDIA) == "json"
    assert wanted(_request(accept), ("html", "csv")) == "csv"
    only: tuple[Form, ...] = ("xlsx",)
    assert wanted(_request(accept), only) is None


def test_a_weight_that_cannot_be_read_is_one() -> None:
    assert _range("Text/CSV;q=much") == ("text/csv", 1.0)
    assert _range("text/csv; header=present; q=0.25") == ("text/csv", 0.25)
