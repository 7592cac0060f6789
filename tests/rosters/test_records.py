"""A table is found in its sheet, and every cell that nothing can be made of is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rosters.cells import folded
from rosters.records import Records, records_of
from rosters.sheets import NotReadable, read
from rosters.table import EXAMPLE, Roster, find
from tests.rosters.conftest import BING, DIBAO, JIA, YI, a_row, the_map
from tests.support.bureau import SAMPLE
from tests.support.rosters import person, sheet, text

MONTH = "2024-01"
TITLE = ["湘桥区城乡低保对象花名册（2024年1月）"]


@pytest.fixture
def reading(tmp_path: Path) -> Any:
    """`reading(rows)`: the table and its records, by the map of 低保."""

    def read_it(content: bytes | Sequence[Sequence[Any]], **replaced: str) -> Read:
        path = tmp_path / "roster"
        path.write_bytes(content if isinstance(content, bytes) else text(content))
        made = the_map("dibao", **replaced)
        roster = find(read(path), made)
        return Read(roster, records_of(roster, made, SAMPLE, MONTH))

    return read_it


class Read:
    """A roster, its records, and where it is wrong."""

    def __init__(self, roster: Roster, records: Records) -> None:
        self.roster, self.records = roster, records
        self.cases = [record.data["case_number"] for record in records.good]
        self.places = [(each.row, each.column) for each in records.wrong]
        self.why = [each.why for each in records.wrong]


def test_headings_are_found_below_titles_and_above_totals(reading: Any) -> None:
    rows = [TITLE, ["单位：元"], DIBAO, a_row("DB-1", JIA, "500"), a_row("DB-2", BING, "400")]
    found = reading([*rows, ["合 计", *[""] * 5, "900"], ["制表人：示例甲", "", "审核人：示例乙"]])
    assert found.cases == ["DB-1", "DB-2"]
    assert found.roster.headings == (3, 3)
    assert found.roster.months == [MONTH]
    assert list(found.roster.remarks) == [6, 7]
    assert found.places == []


def test_headings_that_are_repeated_on_each_page_are_no_rows(reading: Any) -> None:
    found = reading([DIBAO, a_row("DB-1", JIA), DIBAO, a_row("DB-2", BING)])
    assert (found.cases, found.places) == (["DB-1", "DB-2"], [])


def test_columns_may_stand_in_another_order_with_others_between(reading: Any) -> None:
    turned = [["备注", *reversed(DIBAO)], ["", *reversed(a_row("DB-1", JIA))]]
    found = reading(turned)
    assert found.cases == ["DB-1"]
    assert list(found.roster.unused) == ["备注"]


def test_a_heading_is_known_in_any_width_and_with_line_ends(reading: Any) -> None:
    written = [
        name.replace("（", "(").replace("）", ")").replace("身份证", "身 份\n证") for name in DIBAO
    ]
    assert reading([written, a_row("DB-1", JIA)]).cases == ["DB-1"]


def test_a_heading_that_lacks_is_named_with_the_row_that_comes_nearest(reading: Any) -> None:
    headings = [name for name in DIBAO if name != "起始月份"]
    with pytest.raises(NotReadable, match=r"第 2 行最接近.*起始月份") as refused:
        reading([TITLE, headings, a_row("DB-1", JIA)])
    assert "改对照表中的 heading" in str(refused.value)
    assert "GB18030" in str(refused.value), "an encoding that was taken wrongly shows here"


def test_a_total_is_held_against_its_rows(reading: Any) -> None:
    rows = [DIBAO, a_row("DB-1", JIA, "500"), a_row("DB-2", BING, "400.5")]
    found = reading([*rows, ["合计", *[""] * 5, "900"]])
    assert found.places == [(4, 7)]
    assert "900.50元" in found.why[0]
    assert reading([*rows, ["小计", *[""] * 5, "1"]]).places == []


def test_cells_merged_over_the_rows_of_a_household_are_those_of_each(reading: Any) -> None:
    rows = [DIBAO, a_row("DB-1", JIA), [None] * 3 + a_row("", YI, None, relation="子女")[3:6]]
    merges = [(1, column, 2, column) for column in (0, 1, 2, 6)]
    found = reading(sheet(rows, merges))
    assert found.places == []
    (record,) = found.records.good
    assert record.rows == (2, 3)
    assert [m["person"]["name"] for m in record.data["members"]] == ["示甲", "示乙"]
    assert record.data["monthly_amount_fen"] == 50_000


@pytest.mark.parametrize(
    ("merge", "place"), [((1, 3, 2, 3), (3, 4)), ((1, 3, 1, 4), (2, 4))], ids=["down", "across"]
)
def test_a_persons_cell_that_is_merged_is_wrong(
    reading: Any, merge: tuple[int, int, int, int], place: tuple[int, int]
) -> None:
    found = reading(sheet([DIBAO, a_row("DB-1", JIA), a_row("DB-1", YI, "")], [merge]))
    assert place in found.places
    assert any("合并" in why for why in found.why)


def test_rows_of_one_household_must_agree(reading: Any) -> None:
    found = reading([DIBAO, a_row("DB-1", JIA, "500"), a_row("DB-1", YI, "600", relation="子女")])
    assert (found.cases, found.places) == ([], [(2, 7), (3, 7)]), "nobody knows which is right"
    first, second = found.why
    assert all(said in first for said in ("本行“500”", "第 3 行“600”", "row 3"))
    assert all(said in second for said in ("本行“600”", "第 2 行“500”", "row 2"))


def test_parts_of_an_amount_add_up_where_the_map_says_so(reading: Any) -> None:
    rows = [DIBAO, a_row("DB-1", JIA, "300.5"), a_row("DB-1", YI, "200", relation="子女")]
    found = reading(rows, **{'unit = "元"': 'unit = "元"\nadd_up = true'})
    assert found.records.good[0].data["monthly_amount_fen"] == 50_050


def test_a_number_of_persons_is_held_against_the_rows(reading: Any) -> None:
    column = '[[column]]\nheading = "保障人口"\ncheck = "persons"\n\n[[column]]\nheading = "姓名"'
    rows = [[*DIBAO, "保障人口"], [*a_row("DB-1", JIA), "2"], [*a_row("DB-2", BING), "1"]]
    found = reading(rows, **{'[[column]]\nheading = "姓名"': column})
    assert (found.cases, found.places) == (["DB-2"], [(2, 11)])
    assert "一人一行" in found.why[0]


def test_one_person_in_two_households_is_told_and_named_masked(reading: Any) -> None:
    """The ledger says that it is unlawful; to keep it out would hide it."""
    found = reading([DIBAO, a_row("DB-1", JIA), a_row("DB-2", JIA._replace(name="示 甲"))])
    assert found.cases == ["DB-1", "DB-2"]
    (doubt,) = found.records.doubts
    assert doubt.startswith("示*：第 2 行与第 3 行")
    assert JIA.number not in doubt


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (2, "郊区", "城镇"),
        (4, "4.45199E+17", "丢失"),
        (6, "65万元", "单位元"),
        (7, "5月", "月份"),
        (8, "2023-02-30", "实际存在"),
    ],
)
def test_a_wrong_cell_is_named_with_what_was_expected(
    reading: Any, column: int, value: str, said: str
) -> None:
    row = a_row("DB-1", JIA)
    row[column] = value
    found = reading([DIBAO, row, a_row("DB-2", BING)])
    assert found.cases == ["DB-2"]
    assert found.places == [(2, column + 1)]
    assert any(part in found.why[0] for part in said.split("|"))


@pytest.mark.parametrize("village", ["示例村", "445102", "4451020070011", "４４５1020070AB"])
def test_what_a_village_is_written_as_is_said_where_none_is_listed(
    reading: Any, village: str
) -> None:
    found = reading([DIBAO, a_row("DB-1", JIA, village=village)])
    assert found.places == [(2, 2)]
    assert "12 位数字，前 9 位为镇街代码" in found.why[0]


def test_the_example_row_of_a_template_is_refused_as_long_as_it_is_left_in(reading: Any) -> None:
    found = reading([DIBAO, [f"{EXAMPLE}DB-0", *a_row("", BING)[1:]], a_row("DB-1", JIA)])
    assert found.cases == ["DB-1"]
    assert (2, 0) in found.places


def test_a_formula_that_nobody_worked_out_is_named_as_one(reading: Any) -> None:
    from io import BytesIO  # noqa: PLC0415

    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.active.append([folded(name) for name in DIBAO])
    book.active.append(a_row("DB-1", JIA, "=250*2"))
    buffer = BytesIO()
    book.save(buffer)
    found = reading(buffer.getvalue())
    assert found.places == [(2, 7)]
    assert "公式" in found.why[0]


def test_the_same_row_twice_is_wrong(tmp_path: Path) -> None:
    made = the_map("payouts")
    headings = [column.title for column in made.columns]
    who = person("示例", "19700101", 9)
    row = ["DB-1", "低保", who.name, who.number, "62000000001", "500", MONTH, "2024-01-08"]
    path = tmp_path / "roster"
    path.write_bytes(text([[*headings, "发放结果"], row, row, ["DB-2", *row[1:]]]))
    roster = find(read(path), made)
    records = records_of(roster, made, SAMPLE, MONTH)
    assert [(each.row, each.column) for each in records.wrong] == [(2, 0), (3, 0)]
    assert [record.data["case_number"] for record in records.good] == ["DB-2"]


def test_a_column_by_which_rows_are_left_out_must_be_there(tmp_path: Path) -> None:
    """Else what failed would be told as paid."""
    made = the_map("payouts")
    path = tmp_path / "roster"
    path.write_bytes(text([[column.title for column in made.columns], ["DB-1"] * 8]))
    with pytest.raises(NotReadable, match="发放结果"):
        find(read(path), made)
