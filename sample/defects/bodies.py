"""Social organisations of the planted year, and how many are on the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.identifiers import MarriageCertificateKind, marriage_certificate
from domain.organisations import events as facts
from sample.defects.acts import Acts
from sample.defects.plot import Plot, days_after
from sample.feed import dice, digest
from sample.organisations.bodies import Body, make_body

FIRST_SERIAL = 5_000
SPONSORED = {"sponsoring_authority": "示例业务主管单位"}


class Bodies:
    """Takes over, registers and ends bodies."""

    def __init__(self, plot: Plot, acts: Acts) -> None:
        self.plot, self.acts = plot, acts
        self.chance = dice("defects bodies", plot.year)
        self.taken_over = 0
        self.changes: list[tuple[date, int]] = []
        """Day, and by how many the register grew."""
        self.draws: list[tuple[str, date, tuple[str, ...], int]] = []
        """Number, day, what is drawn, and by how many the snapshot is wrong."""
        self.wanted = 0
        """How many bodies there are to be on the register."""
        self._serial = FIRST_SERIAL

    def certificate(self, kind: MarriageCertificateKind = "J") -> str:
        """The next certificate number of marriages (J) or divorces (L)."""
        plot = self.plot
        number = plot.feed.number(f"certificates {kind}")
        return marriage_certificate(kind, plot.office.division, plot.year, number)

    def make(self) -> Body:
        """An invented association."""
        self._serial += 1
        body = make_body(self.plot.office, self._serial, "association", self.chance)
        return replace(body, name=f"示例{self._serial}号协会")

    def old(self) -> Body:
        """One that was registered years ago."""
        body, plot = self.make(), self.plot
        self.taken_over += 1
        decided = date(plot.year - 6, 5, 15)
        taken = facts.OrganisationTakenOver
        self._register(body, taken, plot.day(1, 1), decided_on=decided)
        filed = {"year": plot.year - 1, "conclusion": "passed"}
        plot.say("organisations", body.uscc, facts.AnnualReportFiled, plot.day(3, 1), **filed)
        return body

    def _register(self, body: Body, fact: Any, on: date, **fields: Any) -> str:
        plot = self.plot
        return plot.say(
            "organisations",
            body.uscc,
            fact,
            on,
            kind=body.kind,
            name=body.name,
            township=body.township,
            legal_representative=plot.folk.person(date(plot.year - 50, 1, 2)),
            capital_fen=30_000_00,
            decision_number=f"示例民社〔{on.year}〕{body.uscc[8:17]}号",
            **SPONSORED,
            **fields,
        )

    def apply(self, accepted_on: date) -> tuple[Body, str]:
        """An application that was accepted; returns its number."""
        plot, body, number = self.plot, self.make(), self.plot.number()
        applied = days_after(accepted_on, -5)
        wanted = {"kind": body.kind, "name": body.name, "individual_members": 60}
        sponsored = {"sponsor_approved_on": days_after(applied, -10)}
        asked = facts.EstablishmentApplied
        plot.say("organisations", number, asked, applied, **wanted, **sponsored)
        plot.say("organisations", number, facts.EstablishmentAccepted, accepted_on)
        return body, number

    def establish(self, body: Body, number: str, accepted_on: date, on: date) -> str:
        """Approved, and announced."""
        name = self._register(
            body,
            facts.EstablishmentApproved,
            on,
            application_number=number,
            accepted_on=accepted_on,
            sponsor_approved_on=days_after(accepted_on, -15),
            handlers=("JB-01",),
        )
        self.changes.append((on, 1))
        self.announce(body, "establishment", on)
        return name

    def announce(self, body: Body, about: str, on: date) -> None:
        """公告 some days later."""
        announced = facts.RegistrationAnnounced
        self.plot.say("organisations", body.uscc, announced, days_after(on, 5), about=about)

    def liquidate(self, body: Body, on: date) -> str:
        """清算完结."""
        liquidated = facts.LiquidationCompleted
        return self.plot.say("organisations", body.uscc, liquidated, on, report=digest(body.uscc))

    def deregister(self, body: Body, on: date) -> str:
        """注销登记, announced."""
        name = self.plot.say(
            "organisations",
            body.uscc,
            facts.Deregistered,
            on,
            reason="自愿注销",
            certificate_collected=True,
            seal_collected=True,
            decision_number=f"示例民社〔{on.year}〕注{body.uscc[8:17]}号",
        )
        self.changes.append((on, -1))
        self.announce(body, "deregistration", on)
        return name

    def count(self, on: date) -> int:
        """On the register at the end of a day."""
        return self.taken_over + sum(change for day, change in self.changes if day <= on)
