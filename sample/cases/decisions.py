"""Who decides on cases, when, and under which number."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from sample.days import label, working_day
from sample.sender import Sender


def two_handlers(chance: Random) -> tuple[str, ...]:
    """Two case workers."""
    one, other = chance.sample(range(1, 13), 2)
    return f"JB-{one:02d}", f"JB-{other:02d}"


def approver(chance: Random) -> str:
    """One of the officers who sign decisions."""
    return f"SP-{chance.randint(1, 3):02d}"


def decision_day(chance: Random, year: int, first: int) -> date:
    """A day of the month before the first month of entitlement (R-DB-06)."""
    return working_day(year, first - 1, chance.randint(3, 17))


def original_decision(sender: Sender, chance: Random, first: int) -> dict[str, Any]:
    """Date and 文号 of the decision under which a case came into the year."""
    on = date.fromisoformat(f"{label(sender.year, first - 1)}-{chance.randint(5, 25):02d}")
    number = f"{sender.office.prefix}救〔{on.year}〕{chance.randrange(1, 900)}号"
    return {"decided_on": on, "decision_number": number}
