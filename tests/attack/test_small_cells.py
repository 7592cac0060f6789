"""No sum over all releases together brings a hidden count back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.cells.cell import PLACE, Cell
from tests.attack.district import AREA, PERSONS, District

TOWNSHIPS = ("桥东街道", "城西街道", "意溪镇", "磷溪镇")
COUNTS = st.sampled_from([0, 0, 1, 2, 3, 4, 7, 25])
CHANGES = st.sampled_from([0, 0, 1, -1, 2, -3, 4])


def a_district(*counts: int) -> District:
    """Persons in January by township: urban and rural, one after the other."""
    cells = [(t, area) for t in TOWNSHIPS for area in ("urban", "rural")]
    return District(TOWNSHIPS, {(1, "dibao", *at): n for at, n in zip(cells, counts, strict=True)})


def test_without_merging_the_attacker_finds_what_is_not_printed() -> None:
    """One township is left out; the total and the others give it away."""
    district = a_district(40, 1, 9, 8, 0, 7, 0, 30)
    by_township = list(district.cells(1, PLACE))
    district.release(district.cells(1), by_township[1:], merging=False)
    district.hidden.append(by_township[0])

    assert district.found() == [by_township[0]]


def test_without_merging_of_areas_money_gives_the_persons_away() -> None:
    district = a_district(40, 1, 9, 8, 0, 7, 0, 30)
    persons = list(district.cells(1, PLACE, AREA))
    district.release(district.cells(1, PLACE, AREA, money=True), merging=False)
    district.hidden += persons

    assert district.found() == persons


def test_merging_leaves_each_hidden_count_open() -> None:
    district = a_district(40, 1, 9, 8, 0, 7, 0, 30)
    district.release(
        district.cells(1),
        district.cells(1, AREA),
        district.cells(1, PLACE),
        district.cells(1, PLACE, AREA),
        district.cells(1, PLACE, money=True),
    )

    assert any(cell.exact == 1 for cell in district.hidden)
    assert district.found() == []


@st.composite
def histories(draw: st.DrawFn) -> District:
    """A district of one or two programmes over three months, and up to three releases."""
    programmes = ("dibao", "orphan")[: draw(st.integers(1, 2))]
    truth: dict[tuple[int, str, str, str], int] = {}
    for programme in programmes:
        for township in TOWNSHIPS[: draw(st.integers(2, 4))]:
            for area in ("urban", "rural"):
                n = draw(COUNTS)
                for month in (1, 2, 3):
                    truth[month, programme, township, area] = n
                    n = max(0, n + draw(CHANGES))
    townships = tuple(dict.fromkeys(township for _, _, township, _ in truth))
    return District(townships, truth, programmes)


@settings(max_examples=40, deadline=None)
@given(histories(), st.data())
def test_no_releases_together_give_a_hidden_count_away(
    district: District, data: st.DataObject
) -> None:
    """Whatever is released, in whatever order: a hidden count that nobody knew stays open.

    Known is what earlier releases came to, and what is at most one or two in the whole: of a
    township, an area or the district.
    """
    watched = []
    for _ in range(data.draw(st.integers(1, 3))):
        month = data.draw(st.integers(1, 3))
        asked: list[Cell] = []
        for counted in [(one,) for one in district.programmes] + [district.programmes]:
            for by in ((), (AREA,), (PLACE,), (PLACE, AREA)):
                if data.draw(st.booleans()):
                    asked += district.cells(month, *by, programmes=counted)
                if data.draw(st.integers(0, 2)) == 0:
                    since = data.draw(st.integers(1, month))
                    asked += district.cells(month, *by, programmes=counted, money=True, since=since)
        before, attacker = len(district.hidden), district.attacker()
        district.release(asked)
        watched += [
            cell
            for cell in dict.fromkeys(district.hidden[before:])
            if cell.measure == PERSONS
            and attacker.range_of(cell) >= 3
            and all(whole >= 3 for whole in district.wholes(cell))
        ]
    attacker = district.attacker()

    assert [cell for cell in watched if attacker.range_of(cell) < 3] == []
