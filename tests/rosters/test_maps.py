"""A map that does not fit the contract or the bureau is refused with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from domain.bureau.reading import read
from infra import bureaus, new_bureau
from rosters import map_reading, maps
from tests.support.bureau import FOLDER, SAMPLE

GOOD = (FOLDER / "rosters" / "payouts.toml").read_text(encoding="utf-8")
FOLDERS = sorted(path.parent for path in bureaus.SHIPPED.glob("[0-9]*/rosters"))


class Mutation(NamedTuple):
    """One text replaced; what stands in the line that is to be named, and what is said."""

    old: str
    new: str
    line: str
    says: str


MUTATIONS = {
    "no family": Mutation('family = "facts"', 'family = "fact"', "family", "cases, facts"),
    "no event": Mutation("payment-settled", "payment-setled", "type =", "no event"),
    "no source": Mutation('source = "rosters"', 'source = "payout"', "source", "no source"),
    "a source that may not": Mutation(
        'source = "rosters"', 'source = "marriage"', "source", "may not say assistance.payment"
    ),
    "a source that numbers its events": Mutation(
        'source = "rosters"', 'source = "payouts"', "source", "numbers its events"
    ),
    "no field": Mutation('"/amount_fen"', '"/amount"', '"/amount"', "has no field /amount"),
    "no pointer": Mutation('"/amount_fen"', '"amount_fen"', '"amount_fen"', "a pointer such as"),
    "money without a unit": Mutation('unit = "元"\n', "", "[[column]]", "unit is missing"),
    "a unit that is none": Mutation('unit = "元"', 'unit = "千元"', "unit", "元, 万元, 分"),
    "a unit of a day": Mutation(
        'field = "/settled_on"', 'field = "/settled_on"\nunit = "元"', "unit = ", "no money"
    ),
    "no code": Mutation('"特困" = "tekun"', '"特困" = "tk"', "codes", 'no code "tk"'),
    "codes of a day": Mutation(
        'field = "/settled_on"', 'field = "/settled_on"\ncodes = { a = "b" }', "codes = { a", "none"
    ),
    "a heading twice": Mutation('"领款人"', '"金额"', "[[column]]", "twice"),
    "a field twice": Mutation('"/settled_on"', '"/months"', "[[column]]", "twice"),
    "a field that lacks": Mutation(
        'field = "/settled_on"', 'field = "/township"', "[[column]]", "asks for /settled_on"
    ),
    "a key without a column": Mutation(
        '"/programme", "/months"', '"/programme", "/item"', "key", "no column has the field /item"
    ),
    "an unknown key": Mutation('title = "', 'titel = "', "titel", "unknown key"),
    "no heading": Mutation('heading = "金额"', "heading = 3", "heading = 3", "a text, or one"),
    "values that lack": Mutation(
        'values = ["失败", "退回", "退票"]', "", "leave_out", "values is missing"
    ),
    "a constant that is a column": Mutation(
        "[[leave_out]]", '[constants]\n"/months" = "x"\n[[leave_out]]', "[constants]", "column, too"
    ),
    "no word": Mutation(
        "[[leave_out]]", '[constants]\n"/township" = "@here"\n[[leave_out]]', "@here", "no word"
    ),
    "a part without its number": Mutation(
        'heading = "身份证号"\nfield = "/payee/id_number"',
        'heading = "身份证号"\nfield = "/payee/address"',
        "[[column]]",
        "asks for /payee/id_kind",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_map_is_refused_with_the_line(name: str) -> None:
    old, new, line, says = MUTATIONS[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    made, wrong = map_reading.read_map("payouts", text.encode(), SAMPLE)
    assert made is None
    lines = text.split("\n")
    said = [(each, f"{each.what}; {each.expected}") for each in wrong]
    hit = [each for each, whole in said if says in whole]
    assert hit, wrong
    assert any(line in lines[each.line - 1] for each in hit), hit
    assert hit[0].file == "rosters/payouts.toml"


def test_a_map_of_a_monthly_grant_needs_a_programme_that_is_one() -> None:
    raw = (FOLDER / "rosters" / "dibao.toml").read_text(encoding="utf-8")
    for code, says in (("temporary-relief", "monthly"), ("orphan", "children"), ("x", "no prog")):
        text = raw.replace('programme = "dibao"', f'programme = "{code}"')
        made, wrong = map_reading.read_map("dibao", text.encode(), SAMPLE)
        assert made is None
        assert any(says in each.what for each in wrong), wrong


def test_a_map_goes_by_a_name_that_may_stand_in_an_id() -> None:
    _, wrong = map_reading.read_map("低保", GOOD.encode(), SAMPLE)
    assert [each.line for each in wrong] == [1]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_maps_that_ship_fit_their_bureaus(folder: Path) -> None:
    assert len(maps.places(folder)) >= 4
    assert map_reading.check(read(bureaus.files(folder)), folder) == []


def test_a_new_bureau_begins_with_maps_that_fit(tmp_path: Path) -> None:
    new_bureau.begin("330110", tmp_path / "new")
    assert set(maps.places(tmp_path / "new")) == set(maps.places(bureaus.SHIPPED / "new"))
    assert map_reading.check(bureaus.load(tmp_path / "new"), tmp_path / "new") == []


def test_maps_are_no_part_of_what_a_ledger_adopts() -> None:
    assert not [path for path in SAMPLE.files if path.startswith("rosters")]
