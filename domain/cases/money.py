"""What was paid to a case, line by line, and what is left of each line.

A return (退票), a repayment (重发) or a recovery (追回) is held against the line that it names, as
that stands: its months, its programme and item, what is left of it. Lines come in any order and
each can be taken out again, so nothing here depends on the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Annotated, ClassVar, Literal, NamedTuple

from domain.aggregate import Entry, add, counts, judges
from domain.assistance.payouts import (
    ArrearsPaid,
    OverpaymentFound,
    OverpaymentWrittenOff,
    PaymentReturned,
    PaymentSettled,
    RecoveryReceived,
)
from domain.cases.persons import Supported
from domain.casework import BASIC
from domain.codes import Labels

Breach = Annotated[
    Literal[
        "payment-not-standing",
        "payment-differs",
        "payment-months-differ",
        "payment-not-before",
        "payment-already-returned",
        "payment-not-returned",
        "payment-already-repaid",
        "more-than-left",
        "more-than-found",
        "more-than-paid",
    ],
    Labels(
        "本个案没有所指的到账，或者已经撤销",
        "保障类别或者发放项目与所指的到账不符",
        "月份与所指的到账不符",
        "日期早于所指的到账",
        "所指的到账已全部退回",
        "所指的到账没有退票",
        "所指的退票已重发",
        "金额超过所指到账的余额",
        "核销金额超过认定的多发金额",
        "退回、追回金额超过实际发放和认定的多发金额",
    ),
]


class Line(NamedTuple):
    """A line of money that reached an account. `whole`: it pays its months, not a difference."""

    name: str
    fen: int
    programme: str
    item: str
    months: tuple[str, ...]
    whole: bool
    on: str


class Payments(Supported):
    """The lines of a case. What is counted is what a line says, as text."""

    COUNTED: ClassVar[tuple[str, ...]] = ("paid_months", "lines", "returns", "moved", "also")

    paid_months: dict[str, int] = field(default_factory=dict)
    """Month → standing payments of it, those that were sent back since too."""
    lines: dict[str, int] = field(default_factory=dict)
    """Standing lines, by what they say (see `_written`)."""
    returns: dict[str, int] = field(default_factory=dict)
    """Standing returns: "<payment> <fen> <months>"."""
    moved: dict[str, int] = field(default_factory=dict)
    """Standing moves: "recovered <payment> <fen>", "repaid <payment> <name>", "found - <fen>",
    "waived - <fen>"; a payment that is not named is "-"."""
    also: dict[str, str] = field(default_factory=dict)
    """Correction → the fact that it leads back to: what is named may be either."""

    caps: tuple[tuple[str, int | None], ...] = ()
    """From which month decisions allow how much at most: the standard for each person covered, and
    the supplement (低保); None = nobody says."""

    # Judging.

    @judges
    def judge_return(self, event: PaymentReturned) -> tuple[Breach, ...]:
        """Of a standing line of the case, its months, and no more than is left of it."""
        line = self._line(event.payment)
        if line is None:
            return ("payment-not-standing",)
        breaches = _differing(event, line)
        left = line.fen - self._sent_back(line) - self._recovered(line)
        if left <= 0 < line.fen:
            breaches.append("payment-already-returned")
        elif event.amount_fen > left:
            breaches.append("more-than-left")
        elif event.amount_fen > self._kept():
            breaches.append("more-than-paid")
        return tuple(breaches)

    @judges
    def judge_recovery(self, event: RecoveryReceived, told: Entry) -> tuple[Breach, ...]:
        """No more than is left of the payment that it names (追回), which is of its programme.

        One that names none: no more than was paid, or was found not to be due before the ledger.
        """
        if told.recovers is None:
            return ("more-than-paid",) if event.amount_fen > self._kept() else ()
        line = self._line(told.recovers)
        if line is None:
            return ("payment-not-standing",)
        breaches: list[Breach] = []
        if event.programme != line.programme:
            breaches.append("payment-differs")
        if event.received_on.isoformat() < line.on:
            breaches.append("payment-not-before")
        if event.amount_fen > line.fen - self._sent_back(line) - self._recovered(line):
            breaches.append("more-than-left")
        return tuple(breaches)

    @judges
    def judge_write_off(self, event: OverpaymentWrittenOff) -> tuple[Breach, ...]:
        """No more than was found not to be due, and neither waived nor recovered since."""
        left = self._moved("found") - self._moved("waived") - self._moved("recovered")
        return ("more-than-found",) if event.amount_fen > left else ()

    def repayment_breaches(self, event: PaymentSettled) -> list[Breach]:
        """Of what came back of the line that it makes good, and did not go out again since."""
        if event.repays is None:
            return []
        line = self._line(event.repays)
        if line is None:
            return ["payment-not-standing"]
        breaches = _differing(event, line)
        back = self._sent_back(line)
        left = back - self._repaid(line)
        if not any(True for _ in self._returned(line)):
            breaches.append("payment-not-returned")
        elif left <= 0 < back:
            breaches.append("payment-already-repaid")
        elif event.amount_fen > left:
            breaches.append("more-than-left")
        return breaches

    def paid(self, months: Iterable[str]) -> bool:
        """Whether one of the months was paid already, and not sent back."""
        if self.paid_months.keys().isdisjoint(months):
            return False
        if not self.returns:
            return True
        return any(month in self.paid_months and self._stays_paid(month) for month in months)

    def _stays_paid(self, month: str) -> bool:
        for line in self._lines():
            if line.whole and month in line.months:
                back = {each for _, months in self._returned(line) for each in months}
                if month not in back:
                    return True
        return False

    def above(self, months: Iterable[str], fen: int) -> bool:
        """Whether it is more than decisions allow for these months."""
        most = 0
        for month in months:
            cap = None
            for start, allowed in self.caps:
                if start <= month:
                    cap = allowed
            if cap is None:
                return False
            most += cap
        return fen > most

    # What is left of a line.

    def _line(self, name: str) -> Line | None:
        """The standing line that a name is of, as told first or by a correction."""
        fact = self.also.get(name, name)
        return next((line for line in self._lines() if line.name == fact), None)

    def _lines(self) -> Iterator[Line]:
        return map(_read, self.lines)

    def _is(self, name: str, line: Line) -> bool:
        return self.also.get(name, name) == line.name

    def _returned(self, line: Line) -> Iterator[tuple[int, tuple[str, ...]]]:
        """What was sent back of it, and for which of its months: all, if those said are others."""
        for written, times in self.returns.items():
            name, fen, months = written.split(" ", 2)
            if self._is(name, line):
                said = tuple(month for month in months.split(" ") if month in line.months)
                yield int(fen) * times, said or line.months

    def _sent_back(self, line: Line) -> int:
        """Never more than it was."""
        return min(sum(fen for fen, _ in self._returned(line)), line.fen)

    def _recovered(self, line: Line) -> int:
        return sum(
            int(fen) * times
            for (kind, name, fen), times in self._moves()
            if kind == "recovered" and self._is(name, line)
        )

    def _repaid(self, line: Line) -> int:
        """What went out again for it and did not come back in turn."""
        names = [
            other
            for (kind, name, other), _ in self._moves()
            if kind == "repaid" and self._is(name, line)
        ]
        return sum(
            other.fen - self._sent_back(other) for other in self._lines() if other.name in names
        )

    def _kept(self) -> int:
        """Fen that may still come back: of what was paid, or found not to be due before it."""
        recovered = self._moved("recovered")
        paid = sum(line.fen - self._sent_back(line) for line in self._lines())
        return max(paid, self._moved("found")) - recovered

    def _moved(self, wanted: str) -> int:
        """Fen of all that was found, waived or recovered."""
        return sum(int(fen) * times for (kind, _, fen), times in self._moves() if kind == wanted)

    def _moves(self) -> Iterator[tuple[list[str], int]]:
        return ((written.split(" "), times) for written, times in self.moved.items())

    # Counting: payments come in any order, and each can be taken out again.

    @counts
    def count_payment(self, event: PaymentSettled, times: int, told: Entry) -> None:
        whole = event.item == BASIC
        add(self.lines, (_written(event, told, whole=whole),), times)
        if whole:
            add(self.paid_months, event.months, times)
        if event.repays is not None:
            add(self.moved, (f"repaid {event.repays} {told.fact}",), times)

    @counts
    def count_arrears(self, event: ArrearsPaid, times: int, told: Entry) -> None:
        whole = event.item == BASIC and event.reason == "late-approval"
        add(self.lines, (_written(event, told, whole=whole),), times)
        if whole:
            add(self.paid_months, event.months, times)

    @counts
    def count_return(self, event: PaymentReturned, times: int) -> None:
        add(self.returns, (f"{event.payment} {event.amount_fen} {' '.join(event.months)}",), times)

    @counts
    def count_recovery(self, event: RecoveryReceived, times: int, told: Entry) -> None:
        add(self.moved, (f"recovered {told.recovers or '-'} {event.amount_fen}",), times)

    @counts
    def count_found(self, event: OverpaymentFound, times: int) -> None:
        add(self.moved, (f"found - {event.amount_fen}",), times)

    @counts
    def count_waived(self, event: OverpaymentWrittenOff, times: int) -> None:
        add(self.moved, (f"waived - {event.amount_fen}",), times)


def _differing(event: PaymentReturned | PaymentSettled, line: Line) -> list[Breach]:
    """What money that names a line says otherwise than the line."""
    breaches: list[Breach] = []
    if (event.programme, event.item) != (line.programme, line.item):
        breaches.append("payment-differs")
    if not set(event.months) <= set(line.months):
        breaches.append("payment-months-differ")
    if event.occurred_on().isoformat() < line.on:
        breaches.append("payment-not-before")
    return breaches


def _written(event: PaymentSettled | ArrearsPaid, told: Entry, *, whole: bool) -> str:
    pays = "whole" if whole else "part"
    return (
        f"{told.fact} {event.amount_fen} {event.programme} {event.item} {pays}"
        f" {event.settled_on} {' '.join(event.months)}"
    )


def _read(written: str) -> Line:
    name, fen, programme, item, pays, on, *months = written.split(" ")
    return Line(name, int(fen), programme, item, tuple(months), pays == "whole", on)
