"""Findings as pages ask for them: those that stand on the day asked about, and what was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

import asyncpg
from starlette.requests import Request

from api import problems, scoped
from api.roles import scope_of
from api.view import View
from reports.findings import json_of
from reports.moment import Unanswerable, day_of, recorded_to
from rules import asked
from rules.answers import Answer, answers
from rules.asked import Finding


class Then(NamedTuple):
    """The position and the day that are asked about."""

    at: int
    on: date


async def then_of(view: View, connection: asyncpg.Connection, at: int) -> Then:
    """The day asked about, else the last one recorded. Raises Problem."""
    text = view.question.get("asof")
    if text:
        try:
            return Then(at, day_of(text))
        except Unanswerable as error:
            raise problems.bad_question(str(error)) from None
    return Then(at, await recorded_to(connection, view.ledger.name, at) or date.max)


async def standing(
    request: Request, view: View, connection: asyncpg.Connection, then: Then, **which: Any
) -> tuple[list[Finding], dict[str, Answer]]:
    """The findings that stand, and what people said of them; to staff theirs, in a snapshot."""
    of = scope_of(request)
    if of is not None and of.lines:
        which["kinds"] = of.kinds
    found = await asked.standing(connection, view.ledger.name, then.at, then.on, **which)
    found = await scoped.findings(request, view, connection, found)
    return found, await answers(connection, view.ledger.name, then.at, then.on, found)


def as_json(found: Finding, said: Mapping[str, Answer]) -> dict[str, Any]:
    """A finding for pages and machines, with the positions between which it is known."""
    return json_of(found, said) | {
        "class": found.classed,
        "known_from": found.known_from,
        "known_to": found.known_to,
    }


async def about(
    request: Request,
    view: View,
    connection: asyncpg.Connection,
    at: int,
    positions: Collection[int],
    subject: str | None = None,
) -> list[dict[str, Any]]:
    """The findings about a stream, or that rest on some entries; asked in a snapshot."""
    then = await then_of(view, connection, at)
    found, said = await standing(
        request, view, connection, then, subject=subject, positions=positions
    )
    return [as_json(each, said) for each in found]
