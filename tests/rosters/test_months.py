"""A roster of a month is compared with what the ledger holds: new, changed, ended, as before."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from domain.assistance.benefits import Member
from domain.event import Payee
from rosters import map_reading
from rosters.sending import hindrances
from tests.rosters.conftest import (
    BING,
    DIBAO,
    JIA,
    OTHER_VILLAGE,
    PAYOUTS,
    VILLAGE,
    YI,
    Office,
    a_payout,
    a_row,
    the_map,
)
from tests.support.bureau import FOLDER, SAMPLE
from tests.support.money import a_household, a_payment
from tests.support.rosters import person, text

JANUARY, FEBRUARY, MARCH = "2024-01", "2024-02", "2024-03"


def told(preview: Any) -> list[tuple[str, dict[str, Any]]]:
    """Class and data of each event of a preview."""
    messages = [json.loads(raw) for raw in preview.events]
    return [(m["type"].split(".")[-2], m["data"]) for m in messages]


async def test_a_case_that_the_ledger_does_not_know_is_taken_over(office: Office) -> None:
    """Nobody saw its application, notice and visit: so nobody says that it was confirmed."""
    child = a_row("DB-1", YI, "", relation="子女")
    preview = await office.take(JANUARY, [a_row("DB-1", JIA, "812.50"), child])
    assert preview.counts == {"new": 1}
    ((name, data),) = told(preview)
    assert name == "case-taken-over"
    assert data["taken_over_on"] == "2023-12-31"
    case = (await office.cases(JANUARY))["DB-1"]
    assert (case["persons"], case["monthly_amount_fen"]) == (2, 81_250)
    assert (case["township"], case["area"], case["first_month"]) == (
        "445102100",
        "rural",
        "2023-05",
    )


async def test_the_same_file_again_gives_nothing(office: Office) -> None:
    rows = [a_row("DB-1", JIA), a_row("DB-2", BING)]
    first = await office.take(JANUARY, rows)
    again = await office.preview(JANUARY, rows)
    assert (len(first.events), again.events, again.counts) == (2, [], {"unchanged": 2})


async def test_a_run_that_was_interrupted_goes_on_where_it_stopped(office: Office) -> None:
    """Also where the read models had not heard of the first half: the ids are the same."""
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    rows = [a_row("DB-1", JIA, "600", village=OTHER_VILLAGE), a_row("DB-3", YI)]
    whole = await office.preview(FEBRUARY, rows)
    assert len(whole.events) == 4
    await office.bench.take(*whole.events[:2])
    rest = await office.preview(FEBRUARY, rows)
    assert rest.events == whole.events[2:]
    tally = await office.bench.take(*whole.events)
    assert (tally.accepted, tally.duplicate) == (2, 2)
    assert (await office.preview(FEBRUARY, rows)).events == []


async def test_an_amount_that_changes_is_an_adjustment_from_the_month_on(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA, "500")])
    preview = await office.take(FEBRUARY, [a_row("DB-1", JIA, "650")])
    ((name, data),) = told(preview)
    assert (name, data["from_month"], data["decided_on"]) == (
        "benefit-adjusted",
        FEBRUARY,
        "2024-01-31",
    )
    assert (await office.cases(JANUARY))["DB-1"]["monthly_amount_fen"] == 50_000
    assert (await office.cases(FEBRUARY))["DB-1"]["monthly_amount_fen"] == 65_000


async def test_a_roster_that_comes_again_otherwise_says_what_it_says_now(office: Office) -> None:
    """650, then 500 after all, then 650 again: three files of one month."""
    await office.take(JANUARY, [a_row("DB-1", JIA, "500")])
    for yuan, fen in (("650", 65_000), ("500", 50_000), ("650", 65_000)):
        await office.take(FEBRUARY, [a_row("DB-1", JIA, yuan)])
        assert (await office.cases(FEBRUARY))["DB-1"]["monthly_amount_fen"] == fen
    assert (await office.preview(FEBRUARY, [a_row("DB-1", JIA, "650")])).events == []


async def test_who_joins_and_who_leaves_is_told_by_name(office: Office) -> None:
    """Of who left, the roster has no name any more: the ledger has, and says it again, sealed."""
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-1", YI, "", relation="子女")])
    rows = [a_row("DB-1", JIA), a_row("DB-1", BING, "", relation="父母")]
    preview = await office.take(FEBRUARY, rows)
    by_name = dict(told(preview))
    assert by_name["member-removed"]["person"]["name"] == "示乙"
    assert by_name["member-added"]["member"]["person"]["name"] == "例丙"
    assert set(by_name) == {"member-removed", "member-added"}
    assert (await office.cases(FEBRUARY))["DB-1"]["persons"] == 2
    spans = await office.bench.rows("covered_person", ("first_month", "last_month"))
    assert {(row["first_month"], row["last_month"]) for row in spans} == {
        ("2023-05", None),
        ("2023-05", "2024-01"),
        ("2024-02", None),
    }
    assert (await office.preview(FEBRUARY, rows)).events == []


async def test_another_head_of_the_same_household(office: Office) -> None:
    rows = [a_row("DB-1", JIA), a_row("DB-1", YI, "", relation="子女")]
    await office.take(JANUARY, rows)
    rows = [a_row("DB-1", JIA, relation="父母"), a_row("DB-1", YI, "", relation="户主")]
    preview = await office.take(FEBRUARY, rows)
    assert [name for name, _ in told(preview)] == ["head-changed"]
    assert (await office.preview(FEBRUARY, rows)).events == []


async def test_a_row_that_stands_in_another_township_is_a_move(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA)])
    moved = [a_row("DB-1", JIA, village=OTHER_VILLAGE, area="城市")]
    preview = await office.take(FEBRUARY, moved)
    assert [name for name, _ in told(preview)] == ["household-moved"]
    assert (await office.cases(JANUARY))["DB-1"]["township"] == "445102100"
    after = (await office.cases(FEBRUARY))["DB-1"]
    assert (after["township"], after["area"]) == ("445102007", "urban")


async def test_who_is_not_on_the_roster_any_more_has_ended(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    preview = await office.take(FEBRUARY, [a_row("DB-1", JIA)])
    assert preview.counts == {"unchanged": 1, "ended": 1}
    ((name, data),) = told(preview)
    assert (name, data["last_month"], data["reason"]) == ("benefit-terminated", JANUARY, "other")
    assert set(await office.cases(JANUARY)) == {"DB-1", "DB-2"}
    assert set(await office.cases(FEBRUARY)) == {"DB-1"}


@pytest.mark.parametrize(("first", "fact"), [("2023-05", "resumed"), ("2024-03", "taken-over")])
async def test_a_household_that_comes_back(office: Office, first: str, fact: str) -> None:
    """With the month of its old grant it goes on, with another first month it was granted anew."""
    both = [a_row("DB-1", JIA), a_row("DB-2", BING)]
    await office.take(JANUARY, both)
    await office.take(FEBRUARY, both[:1])
    preview = await office.take(MARCH, [both[0], a_row("DB-2", BING, first=first)])
    assert preview.counts == {"unchanged": 1, "new": 1}
    ((name, _),) = told(preview)
    assert name.endswith(fact)
    assert set(await office.cases(FEBRUARY)) == {"DB-1"}
    assert set(await office.cases(MARCH)) == {"DB-1", "DB-2"}
    again = [both[0], a_row("DB-2", BING, first=first)]
    assert (await office.preview(MARCH, again)).events == []


async def test_a_roster_of_townships_ends_nothing_elsewhere(office: Office) -> None:
    rows = [a_row("DB-1", JIA), a_row("DB-2", BING, village=OTHER_VILLAGE), a_row("DB-3", YI)]
    await office.take(JANUARY, rows)
    made = the_map("dibao", **{'family = "cases"': 'family = "cases"\ncomplete = "townships"'})
    preview = await office.preview(FEBRUARY, rows[:1], made)
    assert [row.key for row in preview.rows if row.change == "ended"] == ["DB-3"]
    made = the_map("dibao", **{'family = "cases"': 'family = "cases"\ncomplete = "no"'})
    assert (await office.preview(FEBRUARY, rows[:1], made)).counts == {"unchanged": 1}


@pytest.mark.parametrize(("area", "ended"), [("urban", ["DB-2"]), ("@area", ["DB-2", "DB-3"])])
async def test_a_roster_of_one_area_ends_nothing_of_the_other(
    office: Office, area: str, ended: list[str]
) -> None:
    """城市低保 has a roster of its own. Worked out from the place, it is of both."""
    rows = [
        a_row("DB-1", JIA, village=OTHER_VILLAGE, area="城市"),
        a_row("DB-2", BING, village=OTHER_VILLAGE, area="城市"),
        a_row("DB-3", YI),
    ]
    await office.take(JANUARY, rows)
    raw = (FOLDER / "rosters" / "dibao.toml").read_text(encoding="utf-8")
    column = re.compile(r'\[\[column\]\]\nheading = "城乡类别"\n.*\n.*\n')
    raw = f'{column.sub("", raw)}\n[constants]\n"/area" = "{area}"\n'
    made, wrong = map_reading.read_map("dibao", raw.encode(), SAMPLE)
    assert made is not None, wrong
    preview = await office.preview(FEBRUARY, rows[:1], made)
    assert [row.key for row in preview.rows if row.change == "ended"] == ended


async def test_where_many_would_end_the_file_is_probably_not_the_whole(office: Office) -> None:
    people = [person("示例", "19700101", n) for n in range(40)]
    rows = [a_row(f"DB-{n}", who) for n, who in enumerate(people)]
    await office.take(JANUARY, rows)
    assert (await office.preview(FEBRUARY, rows[4:])).many_end is False, "a tenth of 40"
    assert (await office.preview(FEBRUARY, rows[5:])).many_end is True


@pytest.mark.parametrize(("held", "ended"), [(4, 3), (5, 2), (1, 1), (9, 1)])
async def test_of_a_small_programme_few_that_would_end_are_many(
    office: Office, held: int, ended: int
) -> None:
    people = [person("示例", "19700101", n) for n in range(held + 1)]
    rows = [a_row(f"DB-{n}", who) for n, who in enumerate(people)]
    await office.take(JANUARY, rows[:held])
    february = await office.preview(FEBRUARY, rows[ended:])
    assert (february.held, february.counts["ended"]) == (held, ended)
    asked = [each.code for each in hindrances(february, only_good=False, ended=None, ahead=False)]
    assert asked == ["many-end"]
    assert not list(hindrances(february, only_good=False, ended=ended, ahead=False))


async def test_those_that_would_end_are_many_of_what_the_roster_lists(office: Office) -> None:
    """Two of a township's three, of thirty cases elsewhere."""
    people = [person("示例", "19700101", n) for n in range(33)]
    places = [OTHER_VILLAGE] * 3 + [VILLAGE] * 30
    rows = [
        a_row(f"DB-{n}", who, village=place)
        for n, (who, place) in enumerate(zip(people, places, strict=True))
    ]
    await office.take(JANUARY, rows)
    made = the_map("dibao", **{'family = "cases"': 'family = "cases"\ncomplete = "townships"'})
    february = await office.preview(FEBRUARY, rows[:1], made)
    assert (february.held, february.counts["ended"], february.many_end) == (3, 2, True)


async def test_what_lies_in_the_future_is_asked_about(office: Office) -> None:
    month = await office.preview("2036-12", [a_row("DB-1", JIA)])
    paid = text([PAYOUTS, a_payout("DB-1", JIA, "500", "2036-01")])
    day = await office.preview(FEBRUARY, paid, the_map("payouts"))
    for preview, ahead in ((month, "2036-12"), (day, "2036-01-08")):
        (asked,) = hindrances(preview, only_good=False, ended=None, ahead=False)
        assert (asked.code, ahead in asked.text) == ("month-ahead", True)
        assert not list(hindrances(preview, only_good=False, ended=None, ahead=True))
    today = await office.preview(FEBRUARY, [a_row("DB-1", JIA)])
    assert not list(hindrances(today, only_good=False, ended=None, ahead=False))


async def test_a_row_without_a_case_number_ends_nobody(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    preview = await office.preview(FEBRUARY, [a_row("DB-1", JIA), a_row("", BING)])
    assert preview.counts == {"unchanged": 1}
    assert preview.wrong
    assert any("编号" in doubt for doubt in preview.doubts)


async def test_a_case_with_a_wrong_cell_has_not_ended(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    preview = await office.preview(FEBRUARY, [a_row("DB-1", JIA), a_row("DB-2", BING, "many")])
    assert preview.counts == {"unchanged": 1}
    assert [(each.row, each.column) for each in preview.wrong] == [(3, 7)]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, "445103100001", "本局没有这个代码"),
        (4, "445199198001010019", "校验码不符"),
        (4, "", "缺少必填字段"),
        (0, "DB/1", "字段值不符合合同"),
        (3, "12345", "字段值不符合合同"),
        (6, "0", "字段值不符合合同"),
        (7, "2024-02", "不晚于花名册的月份"),
    ],
)
async def test_what_the_contract_refuses_is_named_at_its_cell(
    office: Office, column: int, value: str, said: str
) -> None:
    """The server's own reading decides: what passes here, passes there."""
    row = a_row("DB-1", JIA)
    row[column] = value
    preview = await office.preview(JANUARY, [row, a_row("DB-2", BING)])
    assert preview.counts == {"new": 1}
    assert {(each.row, each.column) for each in preview.wrong} == {(2, column + 1)}
    assert said in preview.wrong[0].why


async def test_what_others_told_is_not_told_again(office: Office) -> None:
    """A case that the source's own events told stands; a roster says what is other."""
    who = Payee(id_kind="resident-id", id_number=JIA.number, name=JIA.name)
    case = a_household("DB-1", fen=50_000, standard=70_000)
    member = Member(person=who, covered=True, head=True)
    await office.bench.tell(case.model_copy(update={"members": (member,)}))
    preview = await office.preview(JANUARY, [a_row("DB-1", JIA, "500")])
    assert (preview.counts, preview.events) == ({"unchanged": 1}, [])
    preview = await office.preview(JANUARY, [a_row("DB-1", JIA, "510")])
    assert [name for name, _ in told(preview)] == ["benefit-adjusted"]


async def test_a_later_month_that_is_in_is_named(office: Office) -> None:
    await office.take(FEBRUARY, [a_row("DB-1", JIA)])
    assert (await office.preview(JANUARY, [a_row("DB-1", JIA, "400")])).later == FEBRUARY
    assert (await office.preview(MARCH, [a_row("DB-1", JIA)])).later is None


async def test_what_follows_the_standard_is_not_adjusted_where_the_standard_rises(
    office: Office,
) -> None:
    """特困: the amount of a month is the standard in force, whatever the roster prints."""
    made = the_map("dibao", **{'programme = "dibao"': 'programme = "tekun"'})
    await office.take(JANUARY, text([DIBAO, a_row("TK-1", JIA, "1120")]), made)
    preview = await office.preview(FEBRUARY, text([DIBAO, a_row("TK-1", JIA, "1160")]), made)
    assert preview.counts == {"unchanged": 1}
    preview = await office.preview(FEBRUARY, text([DIBAO, a_row("TK-1", BING, "1160")]), made)
    assert [(each.row, each.column) for each in preview.wrong] == [(2, 5)]


async def test_a_case_that_the_last_roster_had_forgotten_is_named(office: Office) -> None:
    """It began long ago: what was said of the month before changes, too."""
    await office.take(JANUARY, [a_row("DB-1", JIA)])
    preview = await office.preview(FEBRUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    assert [doubt[:4] for doubt in preview.doubts] == ["DB-2"]
    begun = [a_row("DB-1", JIA), a_row("DB-2", BING, first=FEBRUARY)]
    assert (await office.preview(FEBRUARY, begun)).doubts == []


async def test_a_case_of_another_programme_is_wrong(office: Office) -> None:
    await office.bench.tell(a_household("DB-1"))
    made = the_map("nursing-subsidy")
    headings = [column.title for column in made.columns]
    row = ["DB-1", JIA.name, JIA.number, f"{JIA.number}11", "62000000001", "445102100001"]
    content = text([headings, [*row, "2024-01", "2024-01-05"]])
    preview = await office.preview(JANUARY, content, made)
    assert "dibao" in preview.wrong[0].why


async def test_a_subsidy_of_one_person_cannot_become_anothers(office: Office) -> None:
    made = the_map("nursing-subsidy")
    headings = [column.title for column in made.columns]

    def rows(who: Any, village: str = "445102100001") -> bytes:
        own = ["HL-1", who.name, who.number, f"{who.number}11", "62000000001", village]
        return text([headings, [*own, "2024-01", "2024-01-05"]])

    await office.take(JANUARY, rows(JIA), made)
    assert (await office.preview(FEBRUARY, rows(JIA), made)).counts == {"unchanged": 1}
    preview = await office.take(FEBRUARY, rows(JIA, OTHER_VILLAGE), made)
    assert [name for name, _ in told(preview)] == ["subsidy-adjusted"]
    preview = await office.preview(MARCH, rows(BING, OTHER_VILLAGE), made)
    assert [(each.row, each.column) for each in preview.wrong] == [(2, 3)]


# Payouts: what happened, a row each.


async def test_payouts_are_told_once_and_put_right_where_the_file_comes_again(
    office: Office,
) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    made = the_map("payouts")
    rows = [a_payout("DB-1", JIA, "500", JANUARY), a_payout("DB-2", BING, "500", JANUARY)]
    failed = a_payout("DB-2", BING, "500", "2023-12", "失败")
    first = await office.take(JANUARY, text([PAYOUTS, *rows, failed]), made)
    assert (first.counts, first.roster.left_out) == ({"new": 2}, 1)
    assert (await office.preview(JANUARY, text([PAYOUTS, *rows]), made)).counts == {"unchanged": 2}

    for yuan, fen in (("520", 102_000), ("500", 100_000), ("520", 102_000)):
        rows[0] = a_payout("DB-1", JIA, yuan, JANUARY)
        preview = await office.take(JANUARY, text([PAYOUTS, *rows]), made)
        assert preview.counts == {"changed": 1, "unchanged": 1}
        (message,) = map(json.loads, preview.events)
        assert message["correctionkind"] == "changed"
        assert sum(r["amount_fen"] for r in await office.bench.rows("payment")) == fen
    assert (await office.preview(JANUARY, text([PAYOUTS, *rows]), made)).events == []


async def test_what_waits_for_its_case_is_not_sent_again(office: Office) -> None:
    made, rows = the_map("payouts"), [a_payout("DB-1", JIA, "500", JANUARY)]
    content = text([PAYOUTS, *rows])
    first = await office.preview(JANUARY, content, made)
    assert (await office.bench.take(*first.events)).parked == 1
    again = await office.preview(JANUARY, content, made)
    assert (again.events, again.counts) == ([], {"unchanged": 1})
    assert "待关联" in again.doubts[0]
    case = await office.preview(JANUARY, [a_row("DB-1", JIA)])
    await office.bench.take(*case.events)
    assert len(await office.bench.rows("payment")) == 1
    last = await office.preview(JANUARY, content, made)
    assert (last.events, last.doubts) == ([], [])


async def test_a_case_number_of_full_width_is_the_same(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    rows = [a_row("ＤＢ－１", JIA), a_row("ＤＢ－２", BING, "many")]
    preview = await office.preview(FEBRUARY, rows)
    assert preview.counts == {"unchanged": 1}, "the wrong row has not ended"


async def test_one_payment_may_be_for_several_months(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA)])
    row = a_payout("DB-1", JIA, "1000", "2023-12、2024年1月")
    row[7] = "2024-01-08"
    preview = await office.take(JANUARY, text([PAYOUTS, row]), the_map("payouts"))
    ((_, data),) = told(preview)
    assert data["months"] == ["2023-12", JANUARY]


async def test_a_payment_that_another_source_told_is_not_paid_twice(office: Office) -> None:
    await office.take(JANUARY, [a_row("DB-1", JIA), a_row("DB-2", BING)])
    await office.bench.tell(a_payment("DB-1", 50_000, JANUARY), a_payment("DB-2", 40_000, JANUARY))
    rows = [a_payout("DB-1", JIA, "500", JANUARY), a_payout("DB-2", BING, "500", JANUARY)]
    preview = await office.preview(JANUARY, text([PAYOUTS, *rows]), the_map("payouts"))
    assert (preview.counts, preview.events) == ({"unchanged": 1}, [])
    ((row, column, why),) = preview.wrong
    assert (row, column) == (3, 6)
    assert "400.00" in why


async def test_every_event_says_by_which_map_and_of_which_file_it_was_made(office: Office) -> None:
    made = the_map("dibao")
    (raw,) = (await office.preview(JANUARY, [a_row("DB-1", JIA)])).events
    message = json.loads(raw)
    assert message["rostermap"] == f"dibao {made.digest}"
    assert len(message["rosterfile"]) == 26
    assert message["id"].startswith("dibao.2024-01.begin.")
    assert JIA.number not in message["id"]
    other = the_map("dibao", 城乡低保对象花名册="低保花名册")
    assert other.digest != made.digest
