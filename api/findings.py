"""疑点 for auditors, to staff theirs: how each rule came out, a page per rule and per finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import problems, purpose, restricted, scoped
from api.answers import answer
from api.found import Then, as_json, standing, then_of
from api.paging import PAGE_ROWS, page_of, pages
from api.question import Pages
from api.roles import BUSINESS, scope_of
from api.view import View
from domain.codes import labels_of
from domain.laws import in_chinese
from ledger import evidence
from ledger.access import OUT_OF_SCOPE
from reports.shown import json_value
from rules import asked
from rules.answers import Answer, state_of
from rules.asked import Finding, Looked
from rules.rule import Rule, Severity, rules

router = Pages(admits=BUSINESS)


@router.get("/findings")
async def index(request: Request, view: View) -> Response:
    """Each rule with how many it looked at and found, and the totals by rule and month."""
    scoped.require_present(request, view)
    at = await view.position()
    async with view.values.reading() as connection:
        then = await then_of(view, connection, at)
        found, said = await standing(request, view, connection, then)
        looked = await _looked_at(request, view, connection, then, found)
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


async def _looked_at(
    request: Request,
    view: View,
    connection: asyncpg.Connection,
    then: Then,
    found: Collection[Finding],
    code: str | None = None,
) -> list[Looked]:
    """How each rule came out, or one; to staff, of what they may see, and not of how much it is."""
    codes = None if code is None else [code]
    if scope_of(request) is None:
        return await asked.looked_at(connection, view.ledger.name, then.at, found, codes)
    hits = Counter(each.rule.code for each in found if not each.undecidable)
    undecidable = Counter(each.rule.code for each in found if each.undecidable)
    which = codes or sorted({*hits, *undecidable})
    return [Looked(_rule(each), None, hits[each], undecidable[each]) for each in which]


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
    scoped.require_present(request, view)
    at = await view.position()
    async with view.values.reading() as connection:
        then = await then_of(view, connection, at)
        found, said = await standing(request, view, connection, then, codes=[code])
        (looked,) = await _looked_at(request, view, connection, then, found, code)
        shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        types = await evidence.types_at(connection, view.ledger.name, [f.position for f in shown])
    listed = [as_json(each, said) for each in shown]
    looked_into = await restricted.uncovered(request, view, listed)
    if looked_into and purpose.names_people(types):
        await purpose.look(request, view, [f"finding/{each['id']}" for each in looked_into])
    data = {
        **_looked(looked),
        "basis": in_chinese(rule.basis),
        "since": json_value(rule.since),
        "until": json_value(rule.until),
        "asof": then.on.isoformat(),
        "at": then.at,
        **pages(len(found), page),
        "findings": listed,
    }
    base = f"/findings/rules/{code}"
    return await answer(
        request, "findings_of_rule.html", view, data, base=base, then=view.asked_then()
    )


@router.get("/findings/{name}", takes=(restricted.PARAMETER,))
async def one(request: Request, view: View, name: str) -> Response:
    """A finding: what it is, by which law, what it rests on, and what people said of it."""
    scoped.require_present(request, view)
    at = await view.position()
    async with view.values.reading() as connection:
        then = await then_of(view, connection, at)
        found, said = await standing(request, view, connection, then, ids=[name])
        known = await asked.known_of(connection, view.ledger.name, name, then.at)
        mine = await scoped.findings(request, view, connection, known)
        if known and known[-1] not in mine:
            request.state.remark, mine = OUT_OF_SCOPE, []
        known = mine
        if not known:
            raise problems.not_found(f"没有疑点 {name[:20]}", "疑点目录：/findings")
        subject, rule = known[-1].subject, known[-1].rule
        is_stream = await evidence.length_of(connection, view.ledger.name, subject, then.at) > 0
        types = await evidence.types_at(connection, view.ledger.name, [f.position for f in known])
    positions = [each.position for each in known]
    await restricted.require(request, view, positions=positions, texts=[subject])
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
