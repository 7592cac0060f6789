"""Small cells: what is merged, what is told instead, and what no release may tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from reports.cells.cell import (
    MONTH,
    PLACE,
    VILLAGE,
    Cell,
    Merged,
    Policy,
    Release,
    cut_of,
    implied,
    may_tell,
    merge,
)
from reports.cells.pattern import pattern

DECEMBER = date(2024, 12, 31)
DIBAO = frozenset({"dibao"})


def cell(
    n: int, at: Mapping[str, str] | None = None, until: date = DECEMBER, policy: Policy = "persons"
) -> Cell:
    """So many households of 低保 on a day, in a township or the whole district."""
    cut = cut_of({name: (code,) for name, code in (at or {}).items()})
    return Cell("在保户数", DIBAO, until, None, cut, n, n, policy=policy)


def by_township(until: date = DECEMBER, **counts: int) -> list[Cell]:
    return [cell(n, {PLACE: code}, until) for code, n in counts.items()]


def by_month(measure: str, *counts: int) -> list[Cell]:
    """Registrations of 2024 by months, from January."""
    return [
        Cell(
            measure,
            frozenset({measure}),
            DECEMBER,
            date(2024, 1, 1),
            cut_of({MONTH: (f"2024-{number:02}",)}),
            n,
            n,
        )
        for number, n in enumerate(counts, 1)
    ]


def in_month(measure: str, month: int, n: int) -> Cell:
    """Registrations of one month, as a bulletin tells them."""
    return by_month(measure, *[n] * 12)[month - 1].at_month()


def told(cells: list[Cell], *earlier: Release) -> dict[str, int | None]:
    """Codes, as told → values."""
    shown = merge(pattern(cells, earlier), cells)
    return {
        "+".join(sorted(code for _, codes in one.cut for code in codes)): one.exact for one in shown
    }


def released(*cells: Cell, earlier: tuple[Release, ...] = ()) -> Release:
    made = pattern(cells, earlier)
    return Release(made, merge(made, cells))


def test_one_or_two_are_merged_with_another_township_of_three_or_more() -> None:
    assert told(by_township(a=40, b=30, c=1, d=5)) == {"a": 40, "b": 30, "c+d": 6}


def test_two_small_ones_are_still_joined_by_a_larger_one() -> None:
    """Who knows the rule would know that each of {2, 2} is at most 2, and so 2."""
    assert told(by_township(a=40, b=30, c=2, d=2)) == {"a": 40, "b+c+d": 34}


def test_empty_townships_are_told_where_nothing_is_merged() -> None:
    assert told(by_township(a=40, b=0, c=3)) == {"a": 40, "b": 0, "c": 3}


def test_empty_townships_are_merged_with_small_ones() -> None:
    assert told(by_township(a=40, b=0, c=1, d=5, e=7)) == {"a": 40, "e": 7, "b+c+d": 6}


def test_four_adoptions_in_four_months_are_four_in_the_year() -> None:
    """Beside the empty months they were known to be one each."""
    months = told(by_month("收养登记", 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0))

    assert list(months.values()) == [4]


def test_of_two_adoptions_in_a_year_no_month_is_told_nor_their_sum() -> None:
    assert told(by_month("收养登记", 1, 0, 1)) == {}


def test_the_whole_district_is_always_told() -> None:
    shown = told([cell(2), *by_township(a=2, b=0)])

    assert shown == {"": 2}


def test_what_nobody_stands_behind_is_told_in_every_cell() -> None:
    bodies = [replace(c, policy="open") for c in by_township(a=1, b=0, c=2)]

    assert told(list(bodies)) == {"a": 1, "b": 0, "c": 2}


def test_who_came_and_who_left_is_told_of_the_whole_district_only() -> None:
    came = [replace(c, policy="whole") for c in [cell(50), *by_township(a=30, b=20)]]

    assert told(list(came)) == {"": 50}


def test_villages_are_not_told() -> None:
    assert told([cell(500, {VILLAGE: "445102100201"})]) == {}


def test_areas_of_a_township_are_merged_with_other_townships_not_with_each_other() -> None:
    counts = {("a", "u"): 40, ("a", "r"): 1, ("b", "u"): 9, ("b", "r"): 8, ("c", "u"): 7}
    counts |= {("c", "r"): 6}
    shown = told([cell(n, {PLACE: p, "城乡": area}) for (p, area), n in counts.items()])

    assert shown == {"b+u": 9, "b+r": 8, "a+c+u": 47, "a+c+r": 7}


def test_money_is_merged_where_its_receivers_are_few_however_much_it_is() -> None:
    paid = [replace(c, measure="发放金额", money=True) for c in by_township(a=9, b=8, c=1)]
    paid = [replace(c, exact=c.behind * 99_999_900) for c in paid]

    assert told(list(paid)) == {"a": 9 * 99_999_900, "b+c": 9 * 99_999_900}


def test_money_and_persons_of_a_programme_have_one_pattern() -> None:
    """Money at a flat standard tells the persons, and money by persons is the average."""
    persons = by_township(a=20, b=10, c=1, d=9)
    paid = [replace(c, measure="发放金额", exact=70_000 * (c.behind + 3)) for c in persons]
    paid = [replace(c, behind=c.behind + 3, money=True) for c in paid]
    merged = pattern([*persons, *paid])

    assert [one.codes for one in merged] == [{"c", "d"}]
    assert not any(may_tell(merged, c) for c in paid if c.codes(PLACE) == frozenset({"c"}))


def test_programmes_that_are_counted_together_share_a_pattern() -> None:
    """All less 低保 would be the orphan."""
    dibao = by_township(a=20, b=10, c=9)
    orphans = [replace(c, subjects=frozenset({"orphan"})) for c in by_township(a=1, b=4, c=5)]
    both = [replace(c, subjects=DIBAO | {"orphan"}) for c in by_township(a=21, b=14, c=14)]
    merged = pattern([*dibao, *orphans, *both])

    assert not any(may_tell(merged, c) for c in dibao if c.codes(PLACE) == frozenset({"a"}))
    assert all(may_tell(pattern([*dibao, *orphans]), c) for c in dibao)


def test_a_figure_of_several_codes_is_told_only_if_it_breaks_no_block() -> None:
    merged = (Merged(DIBAO, PLACE, frozenset({"c", "d"})),)
    some = {codes: replace(cell(9), cut=cut_of({PLACE: codes})) for codes in ("ab", "bc", "bcd")}

    assert [codes for codes, one in some.items() if may_tell(merged, one)] == ["ab", "bcd"]


def test_a_township_that_differs_by_one_from_an_earlier_release_is_merged() -> None:
    november = released(*by_township(date(2024, 11, 30), a=40, b=30, c=20))
    december = told(by_township(a=41, b=33, c=20), november)

    assert december == {"a+c": 61, "b": 33}


def test_what_was_paid_in_two_months_differs_by_the_persons_paid() -> None:
    def paid(month: date, **counts: int) -> list[Cell]:
        flows = [replace(c, measure="发放金额", money=True) for c in by_township(month, **counts)]
        return [replace(c, since=month.replace(day=1), exact=c.behind * 70_000) for c in flows]

    november = released(*paid(date(2024, 11, 30), a=40, b=30, c=20))
    december = told(paid(DECEMBER, a=41, b=33, c=20), november)

    assert december == {"a+c": 61 * 70_000, "b": 33 * 70_000}


def test_the_whole_district_may_differ_by_one() -> None:
    november = released(cell(90, None, date(2024, 11, 30)))

    assert told([cell(91)], november) == {"": 91}


def test_what_another_edition_pays_anew_is_not_told_by_township() -> None:
    """It may be one household's, and however much is merged with it, it stays one's."""
    paid = [replace(c, measure="发放金额", money=True) for c in by_township(a=9, b=8, c=9)]
    january = [replace(c, since=date(2024, 1, 1), until=date(2024, 1, 31)) for c in paid]
    again = [replace(january[0], exact=14), *january[1:]]

    assert told(again, released(*january)) == {"a+b+c": 31}


def test_what_a_month_before_the_quarter_merged_stays_merged_in_it() -> None:
    def helped(since: int, until: date, **counts: int) -> list[Cell]:
        flows = by_township(until, **counts)
        return [replace(c, measure="救助人次", since=date(2024, since, 1)) for c in flows]

    january = released(*helped(1, date(2024, 1, 31), a=9, b=1, c=8))
    quarter = told(helped(1, date(2024, 3, 31), a=30, b=20, c=24), january)

    assert quarter == {"a": 30, "b+c": 44}


def test_a_quarter_less_two_months_is_a_month_of_its_own() -> None:
    def helped(since: int, until: date, **counts: int) -> list[Cell]:
        flows = by_township(until, **counts)
        return [replace(c, measure="救助人次", since=date(2024, since, 1)) for c in flows]

    january = released(*helped(1, date(2024, 1, 31), a=9, b=7, c=8))
    february = released(*helped(2, date(2024, 2, 29), a=9, b=7, c=8), earlier=(january,))
    quarter = told(helped(1, date(2024, 3, 31), a=30, b=15, c=24), january, february)

    assert quarter == {"a": 30, "b+c": 39}


def test_months_that_bulletins_have_told_hide_nothing() -> None:
    bulletins = [released(in_month("补领离婚登记", month, 1)) for month in (1, 2)]
    year = told(by_month("补领离婚登记", 1, 1, 1, 5, 7), *bulletins)

    assert year == {"2024-01": 1, "2024-02": 1, "2024-03+2024-04": 6, "2024-05": 7}


def test_a_month_that_the_year_has_merged_is_not_told_later() -> None:
    year = released(*by_month("补领离婚登记", 4, 1, 3, 9))
    later = [in_month("补领离婚登记", 2, 1), in_month("补领离婚登记", 4, 9)]

    assert [one.exact for one in merge(pattern(later, [year]), later)] == [9]


def test_a_month_end_of_a_stock_is_a_day_not_a_part_of_the_year() -> None:
    ends = [
        replace(cell(n), cut=cut_of({MONTH: (f"2024-{month:02}",)}))
        for month, n in enumerate((1, 2, 2), 1)
    ]

    assert told(ends) == {"2024-01": 1, "2024-02": 2, "2024-03": 2}


def at_home(n: int) -> Cell:
    return cell(n, {"供养方式": "home-based"})


IN_INSTITUTION = cell(2, {"供养方式": "institutional"})


def test_what_nobody_asked_for_hides_nothing_where_the_whole_is_not_told() -> None:
    cells = [at_home(16), IN_INSTITUTION]

    assert implied([*cells, cell(18)], [at_home(16)]) == [at_home(16)]


def test_beside_the_whole_a_part_tells_of_the_other_part() -> None:
    cells = [at_home(16), IN_INSTITUTION, cell(18)]
    asked = [at_home(16), cell(18)]

    assert implied(cells, asked) == cells
    assert told(implied(cells, asked)) == {"home-based+institutional": 18, "": 18}


def test_the_whole_may_have_been_told_before() -> None:
    cells = [at_home(16), IN_INSTITUTION, cell(18)]

    assert implied(cells, [at_home(16)], [released(cell(18))]) == cells[:2]
