"""A case of the planted year and its money.

`pay` and `skip` say what becomes of a month's money, `close` pays the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain import children, disability, elderly
from domain.assistance import benefits, payouts
from domain.event import Event, Payee
from sample.days import add_working_days, working_days_before
from sample.defects.ledgers import Batch, Payrolls
from sample.defects.plot import Plot, days_after

HANDLERS = ("JB-01", "JB-02")
DECEMBER = 12
SYSTEMS = {"assistance": "social-assistance", "children": "child-welfare"}


@dataclass(slots=True)
class Case:
    """A case and its money."""

    rolls: Payrolls
    number: str
    programme: str
    place: dict[str, str]
    first: int
    fen: int
    """Of a month."""
    decided_on: date
    person: Payee
    confirmed: str = ""
    """The event that granted it."""
    last: int | None = None
    later: dict[int, int] = field(default_factory=dict)
    """From a month on another amount."""
    handled: set[int] = field(default_factory=set)
    paid: dict[int, str] = field(default_factory=dict)
    """Month → the payment."""
    told: dict[type[Event], str] = field(default_factory=dict)
    """Kind of fact → the event that told it last."""

    def __str__(self) -> str:
        return f"case/{self.number}"

    @property
    def plot(self) -> Plot:
        """Where it is planted."""
        return self.rolls.plot

    @property
    def system(self) -> str:
        """Who speaks of it."""
        line = self.plot.bureau.programmes[self.programme].line
        return SYSTEMS.get(line, line)

    @property
    def lags(self) -> bool:
        """Whether the first month is paid with the second: it is decided when that is over."""
        return self.system in ("disability", "elderly") and self.first > 0

    def say(self, fact: Any, on: date, /, **fields: Any) -> str:
        """A fact of its own system."""
        name = self.told[fact] = self.plot.say(self.system, self.number, fact, on, **fields)
        return name

    def due(self, month: int) -> int:
        """What is due for a month."""
        changes = [since for since in self.later if since <= month]
        return self.later[max(changes)] if changes else self.fen

    def pay(
        self, month: int, fen: int | None = None, *, of: int | None = None, **fields: Any
    ) -> str:
        """A line in the payroll of a month, for that month or for another."""
        about = month if of is None else of
        batch = self.rolls.batch(self.programme, month, fields.pop("batch", ""))
        amount = self.due(about) if fen is None else fen
        township = self.place["township"]
        name = self.rolls.pay(self.number, township, batch, (about,), amount, **fields)
        self.handled.add(about)
        self.paid.setdefault(about, name)
        return name

    def own_batch(self, month: int, fen: int | None = None) -> Batch:
        """Pay a month in a batch of which it is the only line."""
        self.pay(month, fen, batch=self.number)
        return self.rolls.batches[self.rolls.batch(self.programme, month, self.number)]

    def repay_on(self, on: date, month: int, payment: str) -> str:
        """What was returned, paid again in a batch of its own."""
        self.rolls.batches[self.rolls.batch(self.programme, on.month, self.number)].on = on
        return self.pay(on.month, of=month, batch=self.number, repays=payment)

    def give_back(self, payment: str, month: int, on: date) -> str:
        """退票 of what was paid for a month."""
        return self._money(
            payouts.PaymentReturned,
            on,
            self.due(month),
            (month,),
            township=self.place["township"],
            payment=payment,
            reason="账户已销户",
        )

    def arrears(
        self, months: tuple[int, ...], on: date, reason: str, fen: int | None = None, **more: Any
    ) -> str:
        """补发 for some months."""
        amount = sum(self.due(month) for month in months) if fen is None else fen
        township = self.place["township"]
        return self._money(
            payouts.ArrearsPaid, on, amount, months, township=township, reason=reason, **more
        )

    def overpaid(self, months: tuple[int, ...], fen: int, on: date, reason: str) -> str:
        """发现多发."""
        return self._money(payouts.OverpaymentFound, on, fen, months, reason=reason)

    def recover(self, fen: int, ordered_on: date) -> None:
        """Ordered back, and received a week later."""
        due_on = days_after(ordered_on, 30)
        self._money(payouts.RecoveryOrdered, ordered_on, fen, due_on=due_on)
        self._money(payouts.RecoveryReceived, add_working_days(ordered_on, 4), fen)

    def _money(
        self,
        fact: type[Event],
        on: date,
        fen: int,
        months: tuple[int, ...] = (),
        /,
        **fields: Any,
    ) -> str:
        plot = self.plot
        if months:
            fields["months"] = tuple(plot.month(month) for month in months)
        said = {"programme": self.programme, "amount_fen": fen, **fields}
        return plot.say("payouts", self.number, fact, on, **said)

    def skip(self, *months: int) -> None:
        """Nothing is paid for these months."""
        self.handled.update(months)

    def ends(self, last: int) -> Case:
        """No more is paid after a month."""
        self.last = last
        return self

    def close(self) -> None:
        """Pay the months that nothing was said of."""
        for month in range(max(self.first, 1), (self.last or DECEMBER) + 1):
            if month not in self.handled:
                in_month = month + 1 if self.lags and month == self.first else month
                self.pay(min(in_month, DECEMBER), of=month)

    def terminate(self, last: int, reason: str, on: date | None = None, **fields: Any) -> str:
        """It ends with a month; decided before the next payroll, where nothing is said."""
        plot = self.plot
        facts: dict[str, Any] = {
            "social-assistance": benefits.BenefitTerminated,
            "child-welfare": children.ChildSupportTerminated,
            "disability": disability.SubsidyStopped,
            "elderly": elderly.AllowanceStopped,
        }
        self.ends(last)
        on = on or plot.working(last + 1, 2)
        if self.programme == plot.office.code("tekun"):
            posted = working_days_before(on, 10)
            until = add_working_days(posted, 7)
            self.say(benefits.TerminationNoticePosted, posted, handlers=HANDLERS, until=until)
        said = {"last_month": plot.month(last), "reason": reason, **fields}
        return self.say(facts[self.system], on, **said)
