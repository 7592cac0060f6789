"""Codes that a bureau lists: at the door, on the day, in words, in an exported contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st

from domain.assistance.benefits import CaseTakenOver
from domain.assistance.payouts import PaymentSettled
from domain.bureau.bureau import Bureau
from domain.bureau.listed import LISTS, Listed, first_code, looked_for, marks
from domain.bureau.places import Place
from domain.casework import Item, Programme
from domain.catalogue import EVENTS, breaches_in
from domain.codes import labels_of
from domain.contract.schema import Contracts
from domain.envelope import Door
from domain.event import Event, Township
from domain.faults import Fault, Unacceptable
from domain.standards import StandardRaiseImplemented
from domain.villages import VillageEstablished
from tests.support.bureau import SAMPLE, with_programme
from tests.support.ledger import event
from tests.support.money import TOWN, VILLAGE, a_household, a_payment, a_raise
from tests.support.rulebook import given

ELSEWHERE = "110101001"


def faults(fact: Event, bureau: Bureau = SAMPLE, **data: Any) -> list[Fault]:
    """What is found wrong with a fact at the door of a bureau, with other values in its data."""
    raw = event(
        "payouts" if isinstance(fact, PaymentSettled) else _source(fact), "e-1", fact, data=data
    )
    try:
        Door(bureau, replay=True).read(raw)
    except Unacceptable as refusal:
        return list(refusal.faults)
    return []


def _source(fact: Event) -> str:
    sources = {"assistance": "social-assistance", "villages": "office"}
    line = fact.TYPE.partition(".")[0]
    return sources.get(line, line)


PAYMENT = a_payment("DB-1", 50_000, "2024-01")


@pytest.mark.parametrize(
    ("data", "pointer", "allowed"),
    [
        ({"programme": "pension"}, "/data/programme", "dibao 最低生活保障"),
        ({"programme": "低保"}, "/data/programme", "dibao 最低生活保障"),
        ({"item": "bonus"}, "/data/item", "basic 基本生活"),
        ({"township": ELSEWHERE}, "/data/township", "445102100 意溪镇"),
    ],
)
def test_a_code_that_is_not_listed_is_refused_with_those_that_are(
    data: dict[str, Any], pointer: str, allowed: str
) -> None:
    (found,) = faults(PAYMENT, **data)

    assert (found.code, found.pointer) == ("not_in_bureau", pointer)
    assert allowed in found.expected


def test_every_code_that_is_not_listed_is_named() -> None:
    found = faults(a_household("DB-1"), township=ELSEWHERE, village=f"{ELSEWHERE}001")

    assert [f.pointer for f in found] == ["/data/township", "/data/village"]


def test_a_code_within_a_list_is_named_by_its_place() -> None:
    wrong = [{"kind": "dibao", "area": "rural"}, {"kind": "pension"}]

    (found,) = faults(a_raise({"kind": "dibao", "area": "rural"}), standards=wrong)
    assert (found.code, found.pointer) == ("not_in_bureau", "/data/standards/1/kind")


def test_the_codes_of_another_line_are_not_those_of_this() -> None:
    """A household on the living subsidy, or an orphan's case from the assistance system."""
    (found,) = faults(a_household("DB-1"), programme="orphan")

    assert "orphan" not in found.expected
    assert "tekun" in found.expected


def test_what_is_expected_is_bounded() -> None:
    places = {f"445102{n:03}": Place(f"445102{n:03}", f"示例{n}镇") for n in range(300)}
    (found,) = faults(PAYMENT, replace(SAMPLE, townships=places), township=ELSEWHERE)

    assert "(300 in all)" in found.expected
    assert len(found.expected) < 500


def test_a_village_is_one_of_the_list_where_its_township_has_one() -> None:
    listed = {VILLAGE: Place(VILLAGE, "示例村")}
    bureau = replace(SAMPLE, villages=listed)
    case = a_household("DB-1")

    assert faults(case, village=f"{TOWN}777") == []
    assert faults(case, bureau) == []
    (found,) = faults(case, bureau, village=f"{TOWN}777")
    assert (found.code, found.pointer) == ("not_in_bureau", "/data/village")
    assert faults(case, bureau, village="445102007777") == []


def test_the_register_of_villages_needs_no_list() -> None:
    """The folder lists what the register said so far; a new village is told by the register."""
    bureau = replace(SAMPLE, villages={VILLAGE: Place(VILLAGE, "示例村")})
    new = VillageEstablished(
        village=f"{TOWN}888",
        name="示例新村",
        kind="village",
        decision_number="示例〔2024〕1号",
        established_on=date(2024, 3, 1),
    )

    assert faults(new, bureau) == []
    assert [f.code for f in faults(new, bureau, village=f"{ELSEWHERE}001")] == ["not_in_bureau"]


def test_what_was_taken_before_its_code_was_dropped_is_known_again() -> None:
    """The same message under its id is a duplicate, whatever the bureau lists today."""
    raw = event("payouts", "e-1", PAYMENT)
    others = {code: p for code, p in SAMPLE.programmes.items() if code != "dibao"}

    with pytest.raises(Unacceptable) as refused:
        Door(replace(SAMPLE, programmes=others), replay=True).read(raw)
    assert refused.value.as_before is not None
    assert refused.value.as_before.name == "payouts/e-1"


CODES = (*SAMPLE.programmes, "pension", "item", "")
TOWNSHIPS = (*SAMPLE.townships, ELSEWHERE, "4451021")


@given_values(
    st.sampled_from(CODES),
    st.sampled_from(("basic", "care", "bonus")),
    st.none() | st.sampled_from(TOWNSHIPS),
)
def test_an_event_is_taken_if_all_it_names_is_listed(
    programme: str, item: str, township: str | None
) -> None:
    """And each code that is not is told, however the others are."""
    found = faults(PAYMENT, programme=programme, item=item, township=township)

    wrong = {"/data/programme"} if programme not in SAMPLE.programmes else set()
    wrong |= {"/data/item"} if item == "bonus" else set()
    wrong |= {"/data/township"} if township not in (None, *SAMPLE.townships) else set()
    assert {f.pointer for f in found} == wrong
    assert {f.code for f in found} <= {"not_in_bureau"}


# Listed, but not open on the day.


def closed(since: str = "1900-01-01", until: str = "2199-12-31") -> Bureau:
    """The bureau with 低保 open for some time only."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    return with_programme("dibao", since=first, until=last)


def merged(until: str) -> Bureau:
    """The bureau with the township until a day only."""
    town = replace(SAMPLE.townships[TOWN], until=date.fromisoformat(until))
    return replace(SAMPLE, townships={**SAMPLE.townships, TOWN: town})


def breaches(bureau: Bureau, fact: Event) -> list[str]:
    return list(given(bureau=bureau).when(fact))


def test_a_programme_that_is_not_open_on_the_day_is_a_breach() -> None:
    case = a_household("DB-1")  # taken over on 2024-01-01

    assert breaches(closed(until="2023-12-31"), case) == ["programme-closed"]
    assert breaches(closed(since="2024-01-02"), case) == ["programme-closed"]
    assert breaches(closed(since="2024-01-01", until="2024-01-01"), case) == []


def test_a_township_that_was_merged_away_is_a_breach() -> None:
    case = a_household("DB-1")

    assert breaches(merged("2023-12-31"), case) == ["township-closed"]
    assert breaches(merged("2024-01-01"), case) == []


def test_money_is_for_the_months_it_names() -> None:
    """December's money reaches the account in January, when the programme has ended."""
    ended = closed(until="2024-12-31")
    book = given(a_household("DB-1"), bureau=ended)

    assert book.when(a_payment("DB-1", 50_000, "2024-12", on="2025-01-08")) == []
    late = a_payment("DB-1", 50_000, "2025-01", on="2025-01-08")
    assert "programme-closed" in book.when(late)


def test_a_fact_that_nobody_else_judges_is_judged_for_what_it_names() -> None:
    """No judge looks at a raise; the generic one looks at whatever names a listed code."""
    assert set(looked_for(EVENTS["placename.naming-proposed.v1"])) == {"township-closed"}
    assert looked_for(StandardRaiseImplemented) == {}
    for name, kind in EVENTS.items():
        assert looked_for(kind).items() <= breaches_in(name).items()


@pytest.mark.parametrize(
    ("village", "said"), [("445102007001", []), ("445102100001", ["village-elsewhere"])]
)
def test_a_village_of_another_township_is_taken_and_told(village: str, said: list[str]) -> None:
    """The first nine digits of a village are its township: such a fact contradicts itself."""
    case = a_household("DB-1").model_copy(update={"township": "445102007", "village": village})
    assert faults(case) == []
    assert breaches(SAMPLE, case) == said


# In words.


def test_names_are_the_bureaus() -> None:
    assert labels_of(Programme, SAMPLE)["dibao"] == "最低生活保障"
    assert labels_of(Township | None, SAMPLE)[TOWN] == "意溪镇"
    assert labels_of(Item, SAMPLE)["care"] == "照料护理"
    assert labels_of(Programme) == {}


def test_a_level_that_two_programmes_call_otherwise_has_both_names() -> None:
    old_age = SAMPLE.programmes["old-age"]
    first = old_age.levels[0]
    other = replace(old_age, code="dependent", levels=(replace(first, name="一档"),))
    bureau = replace(SAMPLE, programmes={**SAMPLE.programmes, "dependent": other})

    assert bureau.lists["level"].names()[first.code] == f"{first.name}／一档"


# In a contract.


def test_an_exported_contract_has_the_codes_of_the_bureau() -> None:
    contracts = Contracts(SAMPLE)
    contracts.fields(CaseTakenOver)
    made = contracts.definitions

    listed = SAMPLE.programmes.values()
    programmes = [p.code for p in listed if p.line == "assistance" and p.pays != "once"]
    assert made["AssistanceProgramme"]["enum"] == programmes
    assert made["AssistanceProgramme"]["x-labels"]["tekun"] == "特困人员救助供养"
    assert made["Township"]["enum"] == list(SAMPLE.townships)
    (within,) = made["Village"]["allOf"]  # the folder lists none
    assert re.search(within["pattern"], f"{next(iter(SAMPLE.townships))}001")
    assert not re.search(within["pattern"], "445103001001")


def test_an_example_needs_a_code() -> None:
    assert first_code("village", SAMPLE)[:9] in SAMPLE.townships
    with pytest.raises(LookupError, match="lists no level"):
        first_code("level", replace(SAMPLE, programmes={}))


def test_a_mark_names_a_list_that_there_is() -> None:
    with pytest.raises(ValueError, match="no such list: colour"):
        Listed("colour")


def test_every_list_is_used() -> None:
    def used(model: Any) -> Iterator[str]:
        for mark in marks(model):
            yield from used(mark.part) if mark.part is not None else [mark.name]

    assert {name for one in EVENTS.values() for name in used(one)} == set(LISTS)


def test_the_data_is_read_as_it_was_sent() -> None:
    """A code in a place that holds something else is the contract's matter, not the list's."""
    raw = json.loads(event("payouts", "e-1", PAYMENT))
    for strange in (7, None, ["dibao"], {"dibao": 1}):
        raw["data"]["programme"] = strange
        with pytest.raises(Unacceptable) as refused:
            Door(SAMPLE, replay=True).read(json.dumps(raw).encode())
        assert refused.value.code == "malformed_value"
