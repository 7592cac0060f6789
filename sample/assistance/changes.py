"""What becomes of some households of the sample year that no figure of the annual report counts.

Another head, a move to another village, 分户 and 并户 again, 迁出, 迁入, another programme.
"""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

from domain.assistance import benefits as facts
from domain.assistance import households
from domain.bureau.programmes import Programme
from domain.event import Payee
from sample.assistance.applications import Application, send_application
from sample.assistance.statuses import draw_household
from sample.cases.decisions import approver, original_decision
from sample.days import label, working_day
from sample.office import place
from sample.people import People
from sample.sender import Sender


def send_changes(sender: Sender, chance: Random) -> None:
    """Send them for each programme that pays nothing."""
    people = People(chance, 3)
    programmes = sender.office.bureau.programmes.values()
    found = [p for p in programmes if p.line == "assistance" and p.pays == "none"]
    for programme in found:
        one, two, away, moved = (f"{programme.code}-{number}" for number in range(9001, 9005))
        other = sender.office.neighbours[0]
        _change_head(sender, chance, people, programme, one)
        _split_and_merge(sender, chance, people, programme, (one, two))
        _take_over(sender, chance, people, programme, away)
        _end(sender, away, 5, "moved-away", moved_to=other)
        _confirm(sender, chance, moved, 7, draw_household(sender, chance, people, programme), other)
    for before, after in itertools.pairwise(found):
        old, new = f"{before.code}-9005", f"{after.code}-9006"
        household = _take_over(sender, chance, people, before, old)
        _end(sender, old, 8, "to-other-programme", continued_by=new)
        household["programme"] = after.code
        _confirm(sender, chance, new, 9, household, continues=old)


def _take_over(
    sender: Sender, chance: Random, people: People, programme: Programme, key: str
) -> dict[str, Any]:
    """A household of the years before; returns what its decision says of it."""
    household = draw_household(sender, chance, people, programme)
    first = {"first_month": label(sender.year, 0), **original_decision(sender, chance, 0)}
    fields = {**household, **first}
    sender.about(key).send(facts.CaseTakenOver, sender.day(1, 1), "jg", **fields)
    return household


def _confirm(
    sender: Sender,
    chance: Random,
    key: str,
    month: int,
    household: dict[str, Any],
    moved_from: str | None = None,
    continues: str | None = None,
) -> None:
    """A household that counts from a month on."""
    on = working_day(sender.year, month - 1, 9)
    head, village = household["members"][0].person, household["village"]
    asked = Application(key, household["programme"], village, head, on)
    send_application(sender, chance, asked)
    sender.about(key).send(
        facts.BenefitConfirmed,
        on,
        "qr",
        **household,
        first_month=label(sender.year, month),
        moved_from=moved_from,
        continues=continues,
        decision_number=f"{sender.office.prefix}〔{sender.year}〕{key}号",
        approver=approver(chance),
    )


def _end(sender: Sender, key: str, last: int, reason: str, **after: str) -> None:
    on = working_day(sender.year, last, 12)
    ended = {"last_month": label(sender.year, last), "reason": reason, **after}
    sender.about(key).send(facts.BenefitTerminated, on, "tb", **ended)


def _change_head(
    sender: Sender, chance: Random, people: People, programme: Programme, key: str
) -> None:
    """Husband and wife, then she is the head; the household moves in April."""
    year, case = sender.year, sender.about(key)
    household = draw_household(sender, chance, people, programme)
    couple = (household["members"][0].person, people.payee(year - 66, year - 28))
    household["members"] = _members(*couple)
    first = {"first_month": label(year, 0), **original_decision(sender, chance, 0)}
    case.send(facts.CaseTakenOver, sender.day(1, 1), "jg", **household, **first)
    case.send(
        households.HeadChanged, working_day(year, 2, 6), "hz", head=couple[1], reason="户主外出"
    )
    home = place(sender.office.draw_village(chance, urban=household["area"] == "urban"))
    moved = {"from_month": label(year, 4), **home}
    case.send(households.HouseholdMoved, working_day(year, 3, 12), "qj", **moved)


def _split_and_merge(
    sender: Sender, chance: Random, people: People, programme: Programme, keys: tuple[str, str]
) -> None:
    """A grown son has a household of his own from May to October."""
    year, (one, two) = sender.year, keys
    son = people.payee(year - 30, year - 24)
    joined = facts.Member(person=son, covered=True)
    parents = sender.about(one)
    on, born = working_day(year, 1, 9), "家庭成员迁入"
    parents.send(facts.MemberAdded, on, "bd", member=joined, reason=born)
    split = {"from_month": label(year, 5), "into": two, "leaving": (son,)}
    parents.send(households.HouseholdSplit, working_day(year, 4, 9), "fh", **split)
    household = draw_household(sender, chance, people, programme) | {"members": _members(son)}
    _confirm(sender, chance, two, 5, household, continues=one)
    _end(sender, two, 10, "household-merged", continued_by=one)
    merged = {"from_month": label(year, 11), "merged": two, "joining": (joined,)}
    parents.send(households.HouseholdMerged, working_day(year, 10, 12), "bh", **merged)


def _members(*persons: Payee) -> tuple[facts.Member, ...]:
    """All of them covered, the first one the head."""
    return tuple(
        facts.Member(person=person, covered=True, head=n == 0) for n, person in enumerate(persons)
    )
