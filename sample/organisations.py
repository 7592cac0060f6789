"""The register of social organisations: 322 bodies taken over, a year of their lives, counts."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from domain.calendar import roll_to_working_day
from domain.event import Event, Person
from domain.organisations.events import (
    AnnualReportFiled,
    CharterApproved,
    DelistedFromAbnormal,
    Deregistered,
    EstablishmentAccepted,
    EstablishmentApplied,
    EstablishmentApproved,
    EstablishmentRefused,
    LiquidationCompleted,
    ListedAsAbnormal,
    OrganisationTakenOver,
    RegisterCounted,
    RegisteredItemChanged,
    RegistrationAnnounced,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieGround,
    ZombieIdentified,
)
from sample.bodies import (
    DEREGISTERED,
    ESTABLISHED,
    TAKEN_OVER,
    ZOMBIES_DEREGISTERED,
    ZOMBIES_REVOKED,
    Body,
    case_number,
    digest,
    make_body,
    plan,
    workday,
)
from sample.feed import Feed, Truth, dice
from sample.people import People

SOURCE = "organisations"
FIGURES = ("F32", "F33", "F34", "F35")
GROUNDS: tuple[ZombieGround, ...] = ("annual-checks-missed", "no-activity", "unreachable")
LATE_SHARE = 0.03
"""Of the bodies that file no annual report in time."""


class _Register:
    """The registrar of the sample: sends the facts and counts what it did."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.plan = plan(year)
        self.chance = dice("organisations", year)
        self.people = People(self.chance, 8)
        self.number = 0
        self.truth: Truth = {f"{year}-{m:02d}": dict.fromkeys(FIGURES, 0) for m in range(1, 13)}
        self.ends: list[date] = []

    def send(self, event: Event, received: date | None = None, **more: Any) -> str:
        self.number += 1
        name = f"zz-{self.year}-{self.number:05d}"
        return self.feed.send(SOURCE, name, event, received=received, **more)

    def count(self, on: date, *figures: str) -> None:
        if on.year == self.year:
            for figure in figures:
                self.truth[f"{on:%Y-%m}"][figure] += 1

    def person(self) -> Person:
        born = date(self.year - self.chance.randrange(30, 70), self.chance.randrange(1, 13), 1)
        number = self.people.id_number(born, man=self.chance.choice((True, False)))
        return Person(id_kind="resident-id", id_number=number, name=self.people.name())

    def document(self, year: int) -> str:
        return f"示例民社〔{year}〕{self.number + 1}号"

    def take_over(self) -> None:
        first = date(self.year, 1, 1)
        for body in self.plan.taken_over:
            decided = date(self.chance.randrange(2002, self.year), self.chance.randrange(1, 13), 15)
            self.send(
                OrganisationTakenOver(
                    uscc=body.uscc,
                    kind=body.kind,
                    name=body.name,
                    township=body.township,
                    sponsoring_authority="示例业务主管单位",
                    legal_representative=self.person(),
                    capital_fen=self.chance.choice((30_000, 50_000, 100_000)) * 100,
                    decision_number=self.document(decided.year),
                    decided_on=decided,
                    taken_over_on=first,
                ),
                received=first,
            )

    def establish(self, body: Body, on: date, number: int) -> None:
        application = f"SQ-{self.year}-{number:03d}"
        applied, accepted = on - timedelta(days=28), on - timedelta(days=21)
        self.send(
            EstablishmentApplied(
                application_number=application,
                kind=body.kind,
                name=body.name,
                sponsor_approved_on=applied - timedelta(days=10),
                individual_members=self.chance.randrange(50, 90),
                applied_on=applied,
            ),
            received=max(applied, date(self.year, 1, 1)),
        )
        self.send(
            EstablishmentAccepted(application_number=application, accepted_on=accepted),
            received=max(accepted, date(self.year, 1, 1)),
        )
        approved = EstablishmentApproved(
            uscc=body.uscc,
            kind=body.kind,
            name=body.name,
            township=body.township,
            sponsoring_authority="示例业务主管单位",
            legal_representative=self.person(),
            capital_fen=30_000_00,
            decision_number=self.document(on.year),
            decided_on=on,
            application_number=application,
            accepted_on=accepted,
            sponsor_approved_on=applied - timedelta(days=10),
            handlers=("JB-01",),
        )
        if body.kind == "private-non-enterprise":
            self.mistake(approved)
        self.send(approved)
        self.announce(body, "establishment", on)
        kind = "F33" if body.kind == "association" else "F34"
        self.count(on, "F32", kind)

    def mistake(self, approved: EstablishmentApproved) -> None:
        """The approval is first entered under a code of the wrong kind, and revoked next day."""
        wrong = make_body(2999, "association", self.chance)
        entry = approved.model_copy(update={"uscc": wrong.uscc, "kind": "association"})
        name = self.send(entry)
        self.send(
            entry, received=entry.decided_on + timedelta(days=1), corrects=name, kind="revoked"
        )

    def announce(self, body: Body, about: str, on: date) -> None:
        announced = roll_to_working_day(on + timedelta(days=6))
        self.send(
            RegistrationAnnounced.model_validate(
                {"uscc": body.uscc, "about": about, "announced_on": announced}
            )
        )

    def deregister(self, body: Body, on: date, reason: str) -> None:
        liquidated = on - timedelta(days=9)
        self.send(
            LiquidationCompleted(
                uscc=body.uscc, report=digest(f"清算 {body.uscc}"), completed_on=liquidated
            )
        )
        self.send(
            Deregistered(
                uscc=body.uscc,
                reason=reason,
                certificate_collected=True,
                seal_collected=True,
                decision_number=self.document(on.year),
                decided_on=on,
            )
        )
        self.announce(body, "deregistration", on)
        self.ends.append(on)

    def dispose(self, body: Body, way: str, on: date) -> None:
        event = {
            "uscc": body.uscc,
            "way": way,
            "document_number": self.document(on.year),
            "disposed_on": on,
        }
        if way == "rectification":
            event["rectify_by"] = date(self.year, 10, 31)
        self.send(ZombieDisposed.model_validate(event))
        self.count(on, "F35")

    def zombies(self) -> None:
        year, cast = self.year, self.plan
        found = workday(year, 3, 20)
        parts = (
            cast.zombies_revoked,
            cast.zombies_deregistered,
            cast.zombies_rectified,
            cast.zombies_open,
        )
        for body in (body for part in parts for body in part):
            ground = "annual-checks-missed"
            if body not in cast.zombies_revoked:
                ground = self.chance.choice(GROUNDS)
            self.send(
                ZombieIdentified.model_validate(
                    {"uscc": body.uscc, "ground": ground, "identified_on": found}
                )
            )
        told = workday(year, 4, 18)
        for body in (*cast.zombies_rectified, cast.zombies_deregistered[-1]):
            self.dispose(body, "rectification", told)
        for body, (month, day) in zip(cast.zombies_deregistered, ZOMBIES_DEREGISTERED, strict=True):
            on = workday(year, month, day)
            self.deregister(body, on, "僵尸型社会组织注销")
            self.dispose(body, "deregistered", on)
        for number, (body, (month, day)) in enumerate(
            zip(cast.zombies_revoked, ZOMBIES_REVOKED, strict=True)
        ):
            on = workday(year, month, day)
            case = case_number(year, number)
            self.send(RegistrationRevoked(uscc=body.uscc, penalty_case=case, revoked_on=on))
            self.dispose(body, "revoked", on)
            self.announce(body, "revocation", on)
            self.ends.append(on)

    def routine(self) -> None:
        """Annual reports, the abnormal list, changes and charters."""
        year, chance = self.year, self.chance
        late: list[Body] = []
        for body in self.plan.ordinary:
            if chance.random() < LATE_SHARE:
                late.append(body)
                continue
            filed = date(year, 3, 1) + timedelta(days=chance.randrange(91))
            self.send(AnnualReportFiled(uscc=body.uscc, year=year - 1, filed_on=filed))
        listed = workday(year, 7, 5)
        for body in late:
            reason = "未按规定报送年度报告"
            self.send(ListedAsAbnormal(uscc=body.uscc, reason=reason, listed_on=listed))
        for body in late[::3]:
            filed = workday(year, 10, 15)
            self.send(AnnualReportFiled(uscc=body.uscc, year=year - 1, filed_on=filed))
            self.send(
                DelistedFromAbnormal(
                    uscc=body.uscc, reason="已补报年度报告", delisted_on=workday(year, 10, 22)
                )
            )
        for number, body in enumerate(chance.sample(self.plan.ordinary, 24)):
            on = workday(year, number // 2 + 1, 10 + number % 2)
            self.change(body, on, number)
        last = self.plan.ordinary[0]
        self.change(last, workday(year, 12, 24), 1, received=date(year + 1, 2, 18))

    def change(self, body: Body, on: date, number: int, received: date | None = None) -> None:
        person = self.person() if number % 2 == 0 else None
        self.send(
            RegisteredItemChanged(
                uscc=body.uscc,
                item="address" if person is None else "legal-representative",
                new_value="示例路新址" if person is None else None,
                legal_representative=person,
                sponsor_approved_on=on - timedelta(days=12),
                decision_number=self.document(on.year),
                decided_on=on,
            ),
            received=received,
        )
        if number % 3 == 0:
            charter = digest(f"章程 {body.uscc}")
            self.send(CharterApproved(uscc=body.uscc, charter=charter, decided_on=on))

    def refuse(self) -> None:
        number = f"SQ-{self.year}-900"
        self.send(
            EstablishmentApplied(
                application_number=number,
                kind="association",
                name="示例重名协会",
                applied_on=workday(self.year, 9, 5),
            )
        )
        self.send(
            EstablishmentRefused(
                application_number=number,
                reason="同一行政区域内已有业务范围相同的社会团体",
                decided_on=workday(self.year, 9, 24),
            )
        )

    def counts(self) -> None:
        """The registrar's month-end count, from the registrar's own books."""
        born = [workday(self.year, month, day) for month, day, _ in ESTABLISHED]
        start = sum(count for _, count in TAKEN_OVER)
        ends = [date(self.year - 1, 12, 31)]
        ends += [date(self.year, m, monthrange(self.year, m)[1]) for m in range(1, 13)]
        for end in ends:
            bodies = start + sum(day <= end for day in born) - sum(day <= end for day in self.ends)
            self.send(
                RegisterCounted(register_code="445102", bodies=bodies, counted_on=end),
                received=end + timedelta(days=3),
            )


def send(feed: Feed, year: int) -> Truth:
    """Send the year of the register."""
    register = _Register(feed, year)
    cast = register.plan
    register.take_over()
    for number, (body, (month, day, _)) in enumerate(
        zip(cast.established, ESTABLISHED, strict=True), 1
    ):
        register.establish(body, workday(year, month, day), number)
    for body, (month, day) in zip(cast.deregistered, DEREGISTERED, strict=True):
        register.deregister(body, workday(year, month, day), "自行解散")
    register.zombies()
    register.routine()
    register.refuse()
    register.counts()
    next_year = make_body(3000, "association", register.chance)
    register.establish(next_year, workday(year + 1, 1, 9), len(ESTABLISHED) + 1)
    feed.send_again(f"{SOURCE}/zz-{year}-00400", date(year, 8, 1))
    return register.truth
