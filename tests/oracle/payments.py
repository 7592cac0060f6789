"""The law of money in plain words, beside tests/oracle/interpreter.py: what is paid, what is left.

Lines. A line of money that stands, settled or in arrears, goes by the names of all events that
told it, whatever of them stands. What names it, a return, a repayment, a recovery, is of the same
case, or it is of nothing.

What is left. From a line is taken what was sent back of it, first come first, until nothing is
left: a return that finds nothing takes nothing. It takes from the day on which both are there.
A month is paid while a line that pays it whole stands, and nothing of that line was sent back for
that month. A return that says none of the line's months is of all of them.

Repayments may come to what was sent back and is not out again. A recovery may come to what is left
of the line, less other recoveries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.interpreter import (
    ASSISTANCE,
    Message,
    Month,
    Standing,
    all_told,
    name_of,
    of_case,
    replaces,
    what_stands,
    without,
)

SETTLED, ARREARS = "assistance.payment-settled.v1", "assistance.arrears-paid.v1"
RETURNED, RECOVERED = "assistance.payment-returned.v1", "assistance.recovery-received.v1"
PAYING = (SETTLED, ARREARS)
MONEY = {
    SETTLED: ("settled", "settled_on"),
    ARREARS: ("arrears", "settled_on"),
    RETURNED: ("returned", "returned_on"),
    RECOVERED: ("recovered", "received_on"),
}
"""Type → what the money did, the field that dates it."""
JUDGED = (*MONEY, "assistance.benefit-adjusted.v1")
"""Types of which this reading says what is wrong with the money."""
CODES = {
    *("programme-differs", "month-not-entitled", "month-already-paid", "paid-in-advance"),
    *("amount-differs", "granted-amount-differs", "more-than-left"),
    *("payment-not-standing", "payment-differs", "payment-months-differ", "payment-not-before"),
    *("payment-already-returned", "payment-not-returned", "payment-already-repaid"),
    *("correction-without-effect", "revoked-fact-changed"),
}
"""What it can find."""


@dataclass
class Line:
    """A line of money that stands, with all that names it."""

    told: Standing
    names: set[str]
    returns: list[Standing] = field(default_factory=list)
    repayments: list[Line] = field(default_factory=list)
    recovered: int = 0

    @property
    def data(self) -> dict[str, Any]:
        return self.told.data

    @property
    def fen(self) -> int:
        return int(self.data["amount_fen"])

    @property
    def item(self) -> str:
        return str(self.data.get("item", "basic"))

    @property
    def whole(self) -> bool:
        """Whether it pays its months, and is not only a difference."""
        late = self.told.kind == SETTLED or self.data["reason"] == "late-approval"
        return late and self.item == "basic"

    def taken(self) -> list[tuple[str, int]]:
        """From which day on how much of it was back, one for each return that took something."""
        left, found = self.fen, []
        dated = [(max(r.data["returned_on"], self.data["settled_on"]), r) for r in self.returns]
        for on, each in sorted(dated, key=lambda pair: pair[0]):
            part = min(left, each.data["amount_fen"])
            left -= part
            if part:
                found.append((on, part))
        return found

    def left(self) -> int:
        return self.fen - sum(part for _, part in self.taken())

    def unpaid(self) -> set[Month]:
        """Its months that were sent back."""
        found: set[Month] = set()
        for each in self.returns:
            mine = set(self.data["months"])
            found |= mine & set(each.data["months"]) or mine
        return found


def lines_of(messages: Sequence[Message]) -> list[Line]:
    """The lines of one case, with what names them."""
    names: dict[str, set[str]] = {}
    root: dict[str, str] = {}
    for message in messages:
        name = name_of(message)
        root[name] = root[message["corrects"]] if replaces(message) else name
        names.setdefault(root[name], set()).add(name)
    standing = list(_named(messages))
    found = {name: Line(each, names[name]) for name, each in standing if each.kind in PAYING}
    for name, each in standing:
        of = each.data.get("payment") if each.kind == RETURNED else each.data.get("repays")
        if each.kind == RECOVERED:
            first = all_told(messages)[name].message
            of = first.get("corrects")
        line = found.get(root.get(of or "", ""))
        if line is None:
            continue
        if each.kind == RETURNED:
            line.returns.append(each)
        elif each.kind == RECOVERED:
            line.recovered += each.data["amount_fen"]
        else:
            line.repayments.append(found[name])
    return list(found.values())


def _named(messages: Sequence[Message]) -> Iterator[tuple[str, Standing]]:
    """What stands of each fact, by the name of its first telling."""
    told = list(messages)
    return ((name_of(told[each.place]), each) for each in what_stands(told))


def money(messages: Iterable[Message]) -> list[tuple[Any, ...]]:
    """What was paid, sent back, paid in arrears and recovered: one line each, as it was told."""
    lines: list[tuple[Any, ...]] = []
    for each in what_stands(messages):
        if each.kind not in MONEY:
            continue
        kind, dated = MONEY[each.kind]
        data = each.data
        lines.append(
            (
                data["case_number"],
                data["programme"],
                data.get("item", "basic"),
                kind,
                -data["amount_fen"] if kind == "returned" else data["amount_fen"],
                data[dated],
                " ".join(data.get("months", [])),
                data.get("township"),
            )
        )
    return lines


def paid_out(lines: Iterable[Line], programme: str, first: str, last: str) -> int:
    """发放金额 of a period in 分: what went out, less what was back, of the basic item."""
    total = 0
    for line in lines:
        if line.data["programme"] == programme and line.item == "basic":
            moved = [(line.data["settled_on"], line.fen)]
            moved += [(on, -part) for on, part in line.taken()]
            total += sum(fen for on, fen in moved if first <= on <= last)
    return total


# What is wrong with the money of a case, as it stands in the end.


def paid_twice(lines: Sequence[Line]) -> set[Month]:
    """Months for which more than the largest of several whole payments was kept."""
    months = {month for line in lines for month in line.data["months"]}
    return {month for month in months if _kept_twice(lines, month)}


def _kept_twice(lines: Sequence[Line], month: Month) -> bool:
    parts, kept = [], 0
    for line in lines:
        if line.whole and month in line.data["months"]:
            count = len(line.data["months"])
            parts.append(-(-line.fen // count))
            kept += parts[-1] - _back(line, month)
    return len(parts) > 1 and kept > max(parts)


def _back(line: Line, month: Month) -> int:
    """What was sent back for a month, in equal parts of each return; a part of a 分 is one."""
    left, total = line.fen, 0
    mine = line.data["months"]
    dated = [(max(r.data["returned_on"], line.data["settled_on"]), r) for r in line.returns]
    for _, each in sorted(dated, key=lambda pair: pair[0]):
        taken = min(left, each.data["amount_fen"])
        left -= taken
        said = [m for m in mine if m in each.data["months"]] or mine
        if taken and month in said:
            total += -(-taken // len(said))
    return total


def not_repaid(lines: Sequence[Line], due: Collection[Month]) -> bool:
    """Whether money that was sent back, and is due, did not go out again."""
    for line in lines:
        if line.item != "basic" or not set(line.data["months"]) & set(due):
            continue
        again = sum(
            other.left()
            for other in lines
            if other.item == "basic" and other is not line and _makes_good(other, line)
        )
        if line.fen - line.left() > again:
            return True
    return False


def _makes_good(other: Line, line: Line) -> bool:
    """It names the line; or names none, and pays one of its months whole at a later day."""
    if "repays" in other.data:
        return other.data["repays"] in line.names
    later = other.data["settled_on"] > line.data["settled_on"]
    return later and other.whole and bool({*other.data["months"]} & {*line.data["months"]})


# What is wrong with an event, as it is taken.


def wrong_with(before: Sequence[Message], event: Message) -> set[str]:
    """Codes of what is wrong with an event, given all that was told of its case before.

    撤销 tells nothing that could be wrong; 更正 is looked at as if what it replaces had never been
    told, and only where it is what stands now.
    """
    found = _wrong_with_correction(before, event)
    stands = [each for each in what_stands([*before, event]) if each.message is event]
    if not stands:
        return found
    (told,) = stands
    others = without(before, event["corrects"]) if replaces(event) else before
    lines = [line for line in lines_of([*before, event]) if line.told.message is not event]
    for line in lines:  # without the event itself
        line.returns = [each for each in line.returns if each.message is not event]
        line.repayments = [each for each in line.repayments if each.told.message is not event]
    if told.kind in PAYING:
        found |= _wrong_with_payment(others, lines, told)
    elif told.kind == RETURNED:
        found |= _wrong_with_return(_find(lines, told.data["payment"]), told.data)
    elif told.kind == RECOVERED:
        found |= _wrong_with_recovery([*before, event], lines, told)
    elif told.kind == "assistance.benefit-adjusted.v1":
        found |= _wrong_with_adjustment([*before, event], told)
    return found


def _find(lines: Iterable[Line], name: str) -> Line | None:
    return next((line for line in lines if name in line.names), None)


def _wrong_with_return(line: Line | None, data: dict[str, Any]) -> set[str]:
    if line is None:
        return {"payment-not-standing"}
    found = _other_than(line, data, data["returned_on"])
    left = line.left() - line.recovered
    if left <= 0 < line.fen:
        found.add("payment-already-returned")
    elif data["amount_fen"] > left:
        found.add("more-than-left")
    return found


def _wrong_with_recovery(
    messages: Sequence[Message], lines: Sequence[Line], told: Standing
) -> set[str]:
    first = messages[told.place]
    if replaces(first) or "corrects" not in first:
        return set()
    line, data = _find(lines, first["corrects"]), told.data
    if line is None:
        return {"payment-not-standing"}
    found = set() if data["programme"] == line.data["programme"] else {"payment-differs"}
    if data["received_on"] < line.data["settled_on"]:
        found.add("payment-not-before")
    others = line.recovered - data["amount_fen"]
    if data["amount_fen"] > line.left() - others:
        found.add("more-than-left")
    return found


def _wrong_with_repayment(line: Line | None, data: dict[str, Any]) -> set[str]:
    if line is None:
        return {"payment-not-standing"}
    found = _other_than(line, data, data["settled_on"])
    back = line.fen - line.left()
    left = back - sum(each.left() for each in line.repayments)
    if not line.returns:
        found.add("payment-not-returned")
    elif left <= 0 < back:
        found.add("payment-already-repaid")
    elif data["amount_fen"] > left:
        found.add("more-than-left")
    return found


def _other_than(line: Line, data: dict[str, Any], on: str) -> set[str]:
    """What is said otherwise than the line that is named says it."""
    found = set()
    said = data["programme"], data.get("item", "basic")
    if said != (line.data["programme"], line.item):
        found.add("payment-differs")
    if not set(data["months"]) <= set(line.data["months"]):
        found.add("payment-months-differ")
    if on < line.data["settled_on"]:
        found.add("payment-not-before")
    return found


def _wrong_with_payment(
    before: Sequence[Message], lines: Sequence[Line], told: Standing
) -> set[str]:
    """Money is looked at by all that was decided of the case, whenever that was."""
    case, data, settled = of_case(before), told.data, told.kind == SETTLED
    found = set() if data["programme"] == case.programme else {"programme-differs"}
    if "repays" in data:
        found |= _wrong_with_repayment(_find(lines, data["repays"]), data)
    if data.get("item", "basic") != "basic":
        return found
    due = case.shown()
    if not due.keys() >= set(data["months"]):
        found.add("month-not-entitled")
    paid = {m for line in lines if line.whole for m in set(line.data["months"]) - line.unpaid()}
    if paid & set(data["months"]) and (settled or data["reason"] == "late-approval"):
        found.add("month-already-paid")
    if settled:
        owed: list[Any] = [case.values.get(month, {}).get("amount") for month in data["months"]]
        if None not in owed and sum(owed) != data["amount_fen"]:
            found.add("amount-differs")
        if max(data["months"]) > data["settled_on"][:7]:
            found.add("paid-in-advance")
    return found


def _wrong_with_adjustment(messages: Sequence[Message], told: Standing) -> set[str]:
    """A decision is looked at by those that were made before it, whenever they were told."""
    data = told.data
    standard, own = data.get("standard_fen"), data["monthly_amount_fen"]
    before = of_case(messages, until=(data["decided_on"], told.place))
    if before.programme not in ASSISTANCE:
        return {"programme-differs"} if before.programme else set()
    if standard is None:
        return set()
    if before.programme == "tekun":
        return set() if own == standard else {"granted-amount-differs"}
    due = standard * data["covered_persons"]
    return set() if abs(own - due) < 100 and own % 100 == 0 else {"granted-amount-differs"}


def _wrong_with_correction(before: Sequence[Message], correction: Message) -> set[str]:
    """Whether nothing that stands is changed, or something is that had been taken away."""
    if not replaces(correction):
        return set()
    if what_stands(before) == what_stands([*before, correction]):
        return {"correction-without-effect"}
    taken_away = all_told(before)[correction["corrects"]].says() is None
    changed = correction["correctionkind"] == "changed"
    return {"revoked-fact-changed"} if changed and taken_away else set()
