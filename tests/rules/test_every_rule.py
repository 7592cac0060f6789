"""All audit rules together: what was forgotten fails by name."""

from __future__ import annotations

import re

import pytest

from domain.catalogue import EVENTS, breaches_in
from rules.breaches import ANY
from rules.rule import Rule, rules

RULES = {rule.code: rule for rule in rules()}
ASKED_FOR = frozenset(f"A{number:02d}" for number in range(1, 53))
"""What audit rules there must be, as auditors number them."""
LACKING = frozenset({"A20", "A30", "A47"})
"""Of which the ledger is not told what they would need (缺数据)."""


def breaches() -> set[str]:
    """As "<kind of stream>/<code>", every breach that judges name."""
    return {f"{EVENTS[name].STREAM}/{code}" for name in EVENTS for code in breaches_in(name)}


def belongs(breach: str, rule: Rule) -> bool:
    kind, _, code = breach.partition("/")
    return not {f"{kind}/{code}", f"{ANY}/{code}"}.isdisjoint(rule.breaches)


def test_codes_are_of_one_rule_each() -> None:
    assert len(RULES) == len(rules())
    assert all(re.fullmatch(r"A[0-9]{2}", code) for code in RULES)


def test_every_rule_that_auditors_ask_for_is_there() -> None:
    assert sorted(ASKED_FOR - RULES.keys()) == []


def test_every_breach_is_a_finding_of_some_rule() -> None:
    """A breach that nobody sees is judged in vain."""
    of_none = {each for each in breaches() if not any(belongs(each, r) for r in RULES.values())}
    assert sorted(of_none) == []


def test_no_breach_is_found_twice() -> None:
    """By two rules that both judge streams: one matter would be two findings."""
    of_two = {
        f"{each}: {', '.join(its)}"
        for each in breaches()
        if len(its := [r.code for r in RULES.values() if not r.rows and belongs(each, r)]) > 1
    }
    assert sorted(of_two) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_whole(rule: Rule) -> None:
    assert re.search(r"[\u4e00-\u9fff]", rule.name)
    assert rule.basis
    assert bool(rule.rows) == bool(rule.needs)
    assert bool(rule.lacks) == (rule.code in LACKING)
    assert bool(rule.lacks) != bool(rule.rows or rule.breaches)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_breaches_of_a_rule_are_ones_that_judges_name(rule: Rule) -> None:
    known = breaches()
    anywhere = {f"{ANY}/{each.partition('/')[2]}" for each in known}
    assert sorted(set(rule.breaches) - known - anywhere) == []
