"""Programmes that exclude each other, as the bureau's folder says, by persons and months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.assistance.benefits import BenefitTerminated, Member
from domain.bureau.programmes import Exclusion
from domain.children import Child, ChildCaseTakenOver
from domain.event import Event
from rules import (
    a03_dibao_and_tekun,
    a04_tekun_and_subsidies,
    a05_orphan_and_others,
)
from rules.covered import excluding
from rules.rule import Rule
from tests.support.bureau import SAMPLE
from tests.support.findings import seen
from tests.support.ledger import Bench
from tests.support.money import (
    a_child,
    a_destitute_person,
    a_holder,
    a_household,
    a_person,
    a_subsidy,
)

HOLDER = a_holder()
PERSON = a_person()
KNOWN = PERSON.model_copy(update={"id_number": HOLDER.model_dump()["id_number"]})
RULES = (a03_dibao_and_tekun.RULE, a04_tekun_and_subsidies.RULE, a05_orphan_and_others.RULE)


def household(*, covered: bool = True) -> Event:
    """低保 with another member: the person."""
    case = a_household("DB-1")
    member = Member(person=KNOWN, covered=covered)
    return case.model_copy(update={"members": (*case.members, member)})


def child(number: str, programme: str, person: Child) -> ChildCaseTakenOver:
    return a_child(number, programme).model_copy(update={"child": person})


async def keys(bench: Bench, rule: Rule) -> list[str]:
    return [each.key for each in await seen(bench, rule)]


async def test_who_is_destitute_is_not_covered_by_a_household(bench: Bench) -> None:
    """Also as a member; who only lives there is no matter."""
    tekun = a_destitute_person("TK-1", person=KNOWN)
    await bench.tell(household(covered=False), tekun)
    assert [await keys(bench, rule) for rule in RULES] == [[], [], []]

    await bench.tell(household())
    assert [await keys(bench, rule) for rule in RULES] == [["DB-1 TK-1"], [], []]


@pytest.mark.parametrize("programme", ["living-subsidy", "nursing-subsidy"])
async def test_who_is_destitute_draws_no_subsidy(bench: Bench, programme: str) -> None:
    tekun = a_destitute_person("TK-1", person=KNOWN, first="2024-11")
    await bench.tell(tekun, a_subsidy("CJ-1", programme, holder=HOLDER, last="2024-10"))
    assert await keys(bench, RULES[1]) == []

    await bench.tell(a_subsidy("CJ-2", programme, holder=HOLDER, last="2024-11"))
    assert [await keys(bench, rule) for rule in RULES] == [[], ["CJ-2 TK-1"], []]


async def test_an_orphan_is_not_unattended_too(bench: Bench) -> None:
    person = a_child("x").child
    await bench.tell(child("GE-1", "orphan", person), child("SW-1", "unattended-child", person))

    assert [await keys(bench, rule) for rule in RULES] == [[], [], ["GE-1 SW-1"]]


async def test_two_subsidies_may_be_had_together(bench: Bench) -> None:
    living = a_subsidy("CJ-1", "living-subsidy", holder=HOLDER)
    await bench.tell(living, a_subsidy("CJ-2", "nursing-subsidy", holder=HOLDER))

    assert [await keys(bench, rule) for rule in RULES] == [[], [], []]


async def test_an_end_that_comes_in_time_undoes_it(bench: Bench) -> None:
    tekun = a_destitute_person("TK-1", person=KNOWN)
    end = BenefitTerminated(
        case_number="TK-1", last_month="2022-12", reason="other", decided_on=date(2024, 2, 1)
    )
    await bench.tell(household(), tekun)
    assert len(await keys(bench, RULES[0])) == 1

    await bench.tell(end)
    assert await keys(bench, RULES[0]) == []


def test_without_a_document_it_is_a_matter_to_look_into() -> None:
    written = (
        '[{"position":1,"stream":"case/DB-1","programme":"dibao","township":"t",'
        '"first_month":"2024-01","last_month":null,"decided_on":"2024-01-02"},'
        '{"position":2,"stream":"case/TK-1","programme":"tekun","township":"t",'
        '"first_month":"2024-03","last_month":null,"decided_on":"2024-02-02"}]'
    )
    rows = [{"subject": "p", "at": 2, "covered": written}]
    both = excluding(lambda one, _: one.line == "assistance")

    for document, severity in ((None, "incomplete"), ("示例〔2024〕1号", None)):
        said = (Exclusion("tekun", document, date(2024, 3, 1)),)
        dibao = replace(SAMPLE.programmes["dibao"], excludes=said)
        tekun = replace(SAMPLE.programmes["tekun"], excludes=())
        programmes = {**SAMPLE.programmes, "dibao": dibao, "tekun": tekun}
        (found,) = both(rows, replace(SAMPLE, programmes=programmes))
        assert (found.severity, found.valid_from) == (severity, date(2024, 2, 2))

    later = replace(
        SAMPLE.programmes["dibao"], excludes=(Exclusion("tekun", None, date(2024, 4, 1)),)
    )
    bureau = replace(SAMPLE, programmes={"dibao": later, "tekun": tekun})
    assert list(both(rows, bureau)) == []
