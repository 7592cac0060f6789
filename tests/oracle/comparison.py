"""The program's answers beside those of the naive reading, at the head and at past positions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import asyncpg

from domain.documents import identity_of
from ledger import adopted
from ledger.intake import Intake
from projections import tail
from projections.read_model import SCHEMA
from projections.snapshot import snapshot
from reports.moment import Moment
from rules import evaluation
from rules.a02_paid_twice import RULE as PAID_TWICE
from rules.a22_not_repaid import RULE as NOT_REPAID
from rules.a53_month_not_entitled import RULE
from tests.oracle import interpreter, payments
from tests.oracle.interpreter import MONTHS, Message, Values, kind_of, name_of
from tests.oracle.payments import Line
from tests.support import defined
from tests.support.engine import take
from tests.support.ledger import LEDGER

FIGURES = ("F14", "F15", "F16", "F17", "F18", "F19", "F21", "F22")
COLUMNS = (
    "programme, mode, area, township, village, monthly_amount_fen, standard_fen, persons, members,"
    " decision_number"
)
NAMED = ("programme", "mode", "area", "township", "village", "amount", "standard", "persons")
NAMES = (*NAMED, "members", "decision")
"""What the naive reading calls those columns."""
AMOUNTS = {"amount-differs", "granted-amount-differs"}
CORRECTING = {"correction-without-effect", "revoked-fact-changed"}


@dataclass
class Found:
    """How much was compared, and what differed."""

    events: int = 0
    entries: int = 0
    corrections: int = 0
    months: int = 0
    """Months of cases whose values were compared."""
    figures: int = 0
    findings: int = 0
    judged: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Ledger:
    """What was told to a ledger, in the order in which it was accepted."""

    connection: asyncpg.Connection
    entries: list[Message]
    people: dict[str, str]
    """Pseudonym → number of the person."""

    def cases(self, to: int) -> dict[str, list[Message]]:
        """Case → its events among the first so many."""
        found: dict[str, list[Message]] = defaultdict(list)
        for message in self.entries[:to]:
            found[message["subject"]].append(message)
        return found


async def compare(
    connection: asyncpg.Connection,
    intake: Intake,
    lines: Sequence[bytes],
    batches: Iterable[int],
    moments: Iterable[float],
) -> Found:
    """Take the lines in batches of these sizes, in turn; then compare at these shares of the way.

    `moments` are between 0 and 1; 1 is the head.
    """
    sizes, at = list(batches), 0
    while at < len(lines):
        size = sizes[at % len(sizes)]
        await take(connection, intake, *lines[at : at + size])
        await tail.catch_up(connection, LEDGER)
        at += size
    entries = await _accepted(connection, lines)
    ledger = Ledger(connection, entries, _people(intake, entries))
    found = Found(events=len(lines), entries=len(ledger.entries))
    found.corrections = sum(map(interpreter.replaces, ledger.entries))
    missing = closure(lines) ^ {name_of(m) for m in ledger.entries}
    if missing:
        found.differences.append(f"accepted or not: {sorted(missing)}")
    await _compare_breaches(ledger, found)
    for share in moments:
        await _compare_at(ledger, max(1, round(share * len(ledger.entries))), found)
    return found


async def _accepted(connection: asyncpg.Connection, lines: Sequence[bytes]) -> list[Message]:
    """What is in the ledger, as it was sent, in the order of positions."""
    sent: dict[str, Message] = {}
    for line in lines:
        message = json.loads(line)
        if "surplus" not in message["data"]:
            sent.setdefault(name_of(message), message)
    rows = await connection.fetch("SELECT source, event_id FROM ledger.entry ORDER BY position")
    return [sent[f"{row[0]}/{row[1]}"] for row in rows]


def _people(intake: Intake, messages: Iterable[Message]) -> dict[str, str]:
    """Pseudonym → the number of each person that is named."""
    found: dict[str, str] = {}
    for message in messages:
        data = message["data"]
        members = [member["person"] for member in data.get("members", [])]
        for person in (*members, data.get("child"), data.get("holder")):
            if person is not None:
                number = person["id_number"]
                identity = identity_of(person["id_kind"], number)
                found[intake.sealer.pseudonym(*identity)] = number
    return found


def closure(lines: Sequence[bytes]) -> set[str]:
    """Which events are accepted in the end: those whose case and whose events are known by then."""
    waiting: dict[str, Message] = {}
    for line in lines:
        message = json.loads(line)
        if "surplus" not in message["data"] and message["division"] == LEDGER:
            waiting.setdefault(name_of(message), message)
    taken: dict[str, Message] = {}
    begun: set[str] = set()
    more = True
    while more:
        more = False
        for name, message in list(waiting.items()):
            opens = any(word in message["type"] for word in ("taken-over", "application-received"))
            if message["subject"] not in begun and not opens:
                continue
            needs = {message["data"].get("repays"), message["data"].get("payment")} - {None}
            corrects = message.get("corrects")
            if not needs <= taken.keys() or corrects not in {None, *taken}:
                continue
            del waiting[name]
            more = True
            if corrects is None or _fits(message, taken[corrects]):
                taken[name] = message
                begun.add(message["subject"])
    return set(taken)


def _fits(message: Message, of: Message) -> bool:
    """更正 and 撤销 are of the same kind of fact, 追回 is of money paid; all are of one case."""
    if message["correctionkind"] == "recovered":
        same = kind_of(message) == payments.RECOVERED and kind_of(of) in payments.PAYING
    else:
        same = message["type"] == of["type"]
    return same and message["subject"] == of["subject"]


# Months, money, figures.


async def _compare_at(ledger: Ledger, position: int, found: Found) -> None:
    cases = ledger.cases(position)
    months = {case: interpreter.of_case(told).shown() for case, told in cases.items()}
    rows = await _months(ledger, position, found)
    for case in cases:
        for month in MONTHS:
            mine, theirs = months[case].get(month), rows.get((case, month))
            found.months += mine is not None
            if mine != theirs:
                differing = f"{case} {month} at {position}: {mine} is read as {theirs}"
                found.differences.append(differing)
                break
    lines = [line for told in cases.values() for line in payments.money(told)]
    if sorted(lines, key=repr) != await _money(ledger, position):
        found.differences.append(f"money at {position}")
    await _compare_findings(ledger, position, months, lines, found)
    paid = [line for told in cases.values() for line in payments.lines_of(told)]
    await _compare_rules(ledger, position, months, cases, found)
    for month in ("2023-10", "2024-02", "2024-07", "2024-12"):
        await _compare_figures(ledger, position, month, months, paid, found)


async def _months(
    ledger: Ledger, position: int, found: Found
) -> dict[tuple[str, str], Values | None]:
    """(case, month) → what the read model says of it at a position."""
    rows = await ledger.connection.fetch(
        f"SELECT stream, first_month, last_month, person_ref, {COLUMNS}"
        f" FROM {SCHEMA}.case_entitlement WHERE known_from <= $1 AND known_to > $1",
        position,
    )
    said: dict[tuple[str, str], Values | None] = {}
    for stream, first, last, ref, *columns in rows:
        for month in (m for m in MONTHS if first <= m <= (last or m)):
            if (stream, month) in said:
                found.differences.append(f"{stream} {month} at {position}: said twice")
            said[stream, month] = dict(zip(NAMES, columns, strict=True)) | {
                "person": ledger.people.get(ref, ref)
            }
    return said


async def _money(ledger: Ledger, position: int) -> list[tuple[Any, ...]]:
    rows = await ledger.connection.fetch(
        "SELECT case_number, programme, item, kind, amount_fen, paid_on::text, months, township"
        f" FROM {SCHEMA}.payment WHERE known_from <= $1 AND known_to > $1",
        position,
    )
    return sorted(map(tuple, rows), key=repr)


async def _compare_figures(
    ledger: Ledger,
    position: int,
    month: str,
    months: dict[str, dict[str, Values]],
    paid: Sequence[Line],
    found: Found,
) -> None:
    """Stocks in a month, and money since the beginning of its year."""
    first, last = f"{month[:4]}-01-01", f"{month}-28"
    active = [said[month] for said in months.values() if month in said]
    dibao = [values for values in active if values["programme"] == "dibao"]
    mine = {
        "F14": len(dibao),
        "F15": sum(values["persons"] for values in dibao),
        "F16": payments.paid_out(paid, "dibao", first, last),
        "F17": len({v["person"] for v in active if v["programme"] == "tekun"}),
        "F18": payments.paid_out(paid, "tekun", first, last),
        "F19": len(
            {v["person"] for v in active if (v["programme"], v["mode"]) == ("orphan", "home-based")}
        ),
        "F21": len({v["person"] for v in active if v["programme"] == "unattended-child"}),
        "F22": payments.paid_out(paid, "unattended-child", first, last),
    }
    moment = Moment(LEDGER, date.fromisoformat(first), date.fromisoformat(last), position)
    for value in await defined.figures(ledger.connection, moment, FIGURES):
        found.figures += 1
        if value.exact != mine[value.figure.id]:
            found.differences.append(
                f"{value.figure.id} of {last} at {position}:"
                f" {mine[value.figure.id]} is read as {value.exact}"
            )


async def _compare_findings(
    ledger: Ledger,
    position: int,
    months: dict[str, dict[str, Values]],
    lines: Sequence[tuple[Any, ...]],
    found: Found,
) -> None:
    """Money paid in the year for months that were not due, less what came back by its end."""
    year = [line for line in lines if line[5] <= "2024-12-31" and line[2] == "basic"]
    back = {
        (case, month)
        for case, _, _, kind, _, _, paid, _ in year
        if kind == "returned"
        for month in paid.split()
    }
    mine = []
    for case, _, _, kind, _, on, paid, _ in year:
        due = months[f"case/{case}"]
        amiss = [m for m in paid.split() if m not in due and (case, m) not in back]
        if kind in ("settled", "arrears") and on >= "2024-01-01" and amiss:
            mine.append((case, "、".join(sorted(amiss))))
    async with snapshot(ledger.connection):
        bureaus = await adopted.versions(ledger.connection, LEDGER)
        theirs = [
            (subject.removeprefix("case/"), each.what.removeprefix("所发月份："))
            for subject, each in await evaluation.whole(
                ledger.connection, RULE, LEDGER, position, bureaus
            )
            if date(2024, 1, 1) <= each.valid_from <= date(2024, 12, 31)
        ]
    if sorted(mine) != sorted(theirs):
        differing = sorted(set(mine) ^ set(theirs))[:3]
        found.differences.append(f"findings at {position}: {differing}")
    found.findings += len(mine)


async def _compare_rules(
    ledger: Ledger,
    position: int,
    months: dict[str, dict[str, Values]],
    cases: dict[str, list[Message]],
    found: Found,
) -> None:
    """Months paid twice, and returns not made good, of cases of which nothing was recovered."""
    twice: set[tuple[str, str]] = set()
    unpaid: set[str] = set()
    looked = set()
    for case, told in cases.items():
        lines = payments.lines_of(told)
        if not any(each.kind == payments.RECOVERED for each in interpreter.what_stands(told)):
            looked.add(case)
            twice |= {(case, month) for month in payments.paid_twice(lines)}
            unpaid |= {case} if payments.not_repaid(lines, months[case]) else set()
    async with snapshot(ledger.connection):
        bureaus = await adopted.versions(ledger.connection, LEDGER)
        asked = (ledger.connection, LEDGER, position, bureaus)
        theirs, open_ = [
            [
                (subject, each.key.rpartition(" ")[2])
                for subject, each in await evaluation.whole(asked[0], rule, *asked[1:])
                if each.valid_to is None and subject in looked
            ]
            for rule in (PAID_TWICE, NOT_REPAID)
        ]
    for mine, said in ((twice, set(theirs)), (unpaid, {case for case, _ in open_})):
        found.findings += len(mine)
        if mine != said:
            differing = sorted(map(str, mine ^ said))[:3]
            found.differences.append(f"rules of money at {position}: {differing}")


# What was said of each event as it was taken.


async def _compare_breaches(ledger: Ledger, found: Found) -> None:
    rows = await ledger.connection.fetch("SELECT breaches FROM ledger.entry ORDER BY position")
    before: dict[str, list[Message]] = defaultdict(list)
    for message, (breaches,) in zip(ledger.entries, rows, strict=True):
        told = before[message["subject"]]
        mine, theirs = payments.wrong_with(told, message), payments.CODES & set(breaches or ())
        if kind_of(message) not in payments.JUDGED:
            theirs &= CORRECTING
        if len(_programmes(told)) > 1 or len(_lines(told)) > 1:
            mine, theirs = mine - AMOUNTS, theirs - AMOUNTS
        found.judged += 1
        if mine != theirs:
            found.differences.append(f"{name_of(message)}: {sorted(mine)}, said {sorted(theirs)}")
        told.append(message)


def _lines(told: Iterable[Message]) -> set[str]:
    """The lines whose decisions were told: one of another line is none on the case."""
    kinds = (kind_of(message) for message in told)
    return {kind.partition(".")[0] for kind in kinds if kind in interpreter.DECISIONS}


def _programmes(told: Iterable[Message]) -> set[str]:
    """Of the grants told; where there are several, no amount is held against the case."""
    grants = [message["data"] for message in told if kind_of(message) in interpreter.GRANTS]
    return {data["programme"] for data in grants}
