"""What pays nothing (低保边缘、刚性支出困难家庭): who is found to be so, and is no longer."""

from __future__ import annotations

from random import Random
from typing import Any

from domain.assistance import benefits as facts
from domain.bureau.programmes import Programme
from sample.assistance.applications import Application, send_application
from sample.cases.decisions import approver, original_decision
from sample.days import label, working_day
from sample.office import place
from sample.people import People
from sample.sender import Sender

HOUSEHOLDS = 40
NEW = range(2, 11, 2)
"""Months in which one household more is found to be so; it counts from the next on."""
ENDED = (3, 6, 9)
"""Last months of some of those that were so before the year."""


def send_statuses(sender: Sender, chance: Random) -> None:
    """Send the households of each programme. No figure of the annual report."""
    people = People(chance, 8)
    for programme in sender.office.bureau.programmes.values():
        if programme.line == "assistance" and programme.pays == "none":
            _send_programme(sender, chance, people, programme)


def _send_programme(sender: Sender, chance: Random, people: People, programme: Programme) -> None:
    year = sender.year
    ends = dict(enumerate(ENDED, start=1))
    for number in range(1, HOUSEHOLDS + 1):
        case = sender.about(f"{programme.code}-{number:04d}")
        household = draw_household(sender, chance, people, programme)
        granted = {"first_month": label(year, 0), **original_decision(sender, chance, 0)}
        case.send(facts.CaseTakenOver, sender.day(1, 1), "jg", **household, **granted)
        if (last := ends.get(number)) is not None:
            ended = {"last_month": label(year, last), "reason": "income-above-standard"}
            case.send(facts.BenefitTerminated, working_day(year, last, 12), "tb", **ended)
    for number, month in enumerate(NEW, start=HOUSEHOLDS + 1):
        key, on = f"{programme.code}-{number:04d}", working_day(year, month, 9)
        household = draw_household(sender, chance, people, programme)
        head = household["members"][0].person
        application = Application(key, programme.code, household["village"], head, on)
        send_application(sender, chance, application)
        sender.about(key).send(
            facts.BenefitConfirmed,
            on,
            "qr",
            **household,
            first_month=label(year, month + 1),
            decision_number=f"{sender.office.prefix}〔{year}〕{programme.code}{number}号",
            approver=approver(chance),
        )


def draw_household(
    sender: Sender, chance: Random, people: People, programme: Programme
) -> dict[str, Any]:
    """Of one to four persons, all of them covered."""
    urban = chance.random() < 0.4
    ages = (range(30, 70), range(28, 66), range(8, 18), range(3, 12))[: chance.randint(1, 4)]
    born = [(sender.year - span[-1], sender.year - span[0]) for span in ages]
    members = [people.payee(first, last) for first, last in born]
    return {
        "programme": programme.code,
        "area": "urban" if urban else "rural",
        **place(sender.office.draw_village(chance, urban=urban)),
        "per_capita_income_fen": 100 * chance.randint(700, 1_000),
        "members": tuple(
            facts.Member(person=person, covered=True, head=n == 0)
            for n, person in enumerate(members)
        ),
    }
