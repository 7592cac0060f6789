"""疑点 for auditors: how each rule came out, a page per rule and per finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import problems, purpose
from api.answers import answer
from api.found import as_json, standing, then_of
from api.paging import PAGE_ROWS, page_of, pages
from api.question import Pages
from api.roles import AUDITORS
from api.view import View
from domain.codes import labels_of
from domain.laws import in_chinese
from ledger import evidence
from reports.shown import json_value
from rules import asked
from rules.answers import Answer, state_of
from rules.asked import Finding, Looked
from rules.rule import Rule, Severity, rules

router = Pages(admits=AUDITORS)


@router.get("/findings")
async def index(request: Request, view: View) -> Response:
    """Each rule with how many it looked at and found, and the totals by rule and month."""
    at = await view.position()
    async with view.values.reading() as connection:
        then = await then_of(view, connection, at)
        found, said = await standing(view, connection, then)
        looked = await asked.looked_at(connection, view.ledger.name, then.at, found)
        worked = await asked.worked_out(connection, view.ledger.name)
    data = {
        "asof": then.on.isoformat(),
        "at": then.at,
        "rules": [_looked(each) for each in looked],
        "states": dict(Counter(state_of(each, said) for each in found)),
        "totals": _totals(found),
        "worked_out_to": min((stand.position for stand in worked.values()), default=0),
    }
    return await answer(request, "findings.html", view, data, then=view.asked_then())


def _looked(looked: Looked) -> dict[str, Any]:
    rule = looked.rule
    return {
        "rule": rule.code,
        "name": rule.name,
        "class": labels_of(Severity)[rule.severity],
        "checked": looked.checked,
        "hits": looked.hits,
        "undecidable": looked.undecidable,
        "lacks": rule.lacks,
    }


def _totals(found: Collection[Finding]) -> list[dict[str, Any]]:
    """Findings and the money in question by month, for the head of the bureau."""
    numbers: Counter[str] = Counter()
    money: Counter[str] = Counter()
    for each in found:
        month = f"{each.on_date:%Y-%m}"
        numbers[month] += 1
        money[month] += each.amount_fen or 0
    return [
        {"month": month, "findings": count, "amount_fen": money[month]}
        for month, count in sorted(numbers.items())
    ]


def _rule(code: str) -> Rule:
    found = next((rule for rule in rules() if rule.code == code), None)
    if found is None:
        raise problems.not_found(f"没有规则 {code[:10]}", "规则目录：/findings")
    return found


@router.get("/findings/rules/{code}", takes=("page",))
async def of_rule(request: Request, view: View, code: str) -> Response:
    """What a rule is, and what it finds."""
    rule, page = _rule(code), page_of(request.query_params)
    at = await view.position()
    async with view.values.reading() as connection:
        then = await then_of(view, connection, at)
        found, said = await standing(view, connection, then, codes=[code])
        (looked,) = await asked.looked_at(connection, view.ledger.name, then.at, found, [code])
        shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        types = await evidence.types_at(connection, view.ledger.name, [f.position for f in shown])
    if purpose.names_people(types):
        await purpose.look(request, view, [f"finding/{each.id}" for each in shown])
    data = {
        **_looked(looked),
        "basis": in_chinese(rule.basis),
        "since": json_value(rule.since),
        "until": json_value(rule.until),
        "asof": then.on.isoformat(),
        "at": then.at,
        **pages(len(found), page),
        "findings": [as_json(each, said) for each in shown],
    }
    base = f"/findings/rules/{code}"
    return await answer(
        request, "findings_of_rule.html", view, data, base=base, then=view.asked_then()
    )


@router.get("/findings/{name}")
async def one(request: Request, view: View, name: str) -> Response:
    """A finding: what it is, by which law, what it rests on, and what people said of it."""
    at = await view.position()
    async with view.values.reading() as connection:
        then = await then_of(view, connection, at)
        found, said = await standing(view, connection, then, ids=[name])
        known = await asked.known_of(connection, view.ledger.name, name, then.at)
        if not known:
            raise problems.not_found(f"没有疑点 {name[:20]}", "疑点目录：/findings")
        subject, rule = known[-1].subject, known[-1].rule
        is_stream = await evidence.length_of(connection, view.ledger.name, subject, then.at) > 0
        types = await evidence.types_at(connection, view.ledger.name, [f.position for f in known])
    if purpose.names_people(types):
        await purpose.look(request, view, [f"finding/{name}"])
    told = said.get(name)
    data = {
        "id": name,
        "rule": rule.code,
        "name": rule.name,
        "class": labels_of(Severity)[rule.severity],
        "basis": in_chinese(rule.basis),
        "subject": subject,
        "stream": subject if is_stream else None,
        "asof": then.on.isoformat(),
        "at": then.at,
        "standing": [as_json(each, said) for each in found],
        "answer": None if told is None else _answer(told),
        "known": [as_json(each, said) for each in known],
    }
    return await answer(request, "finding.html", view, data, then=view.asked_then())


def _answer(told: Answer) -> dict[str, Any]:
    names = [name for name in Answer.__slots__ if name != "state"]
    return {name: json_value(getattr(told, name)) for name in names} | {
        "state": told.state,
        "stands": told.stands,
        "called": told.called,
    }
