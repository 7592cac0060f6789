"""The register of social organisations: bodies taken over, a year of their lives, counts."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from domain.organisations import events as facts
from domain.organisations import leadership
from sample.days import MONTHS, roll_to_working_day, workday
from sample.feed import Feed, dice, digest
from sample.organisations import bodies
from sample.organisations.bodies import Body, make_body, plan
from sample.people import People
from sample.sender import Sender

ZOMBIE_GROUNDS = ("annual-checks-missed", "no-activity", "unreachable")
LATE_SHARE = 0.03
"""Of the bodies that file no annual report in time."""
LEADING = ("chair", "vice-chair", "secretary-general")
AGES = range(30, 70)
"""Of legal representatives."""


def send(feed: Feed, year: int) -> None:
    """Send the year of the register."""
    register = _Register(feed, year)
    register.take_over()
    for number, (body, (month, day, _)) in enumerate(
        zip(register.plan.established, bodies.ESTABLISHED, strict=True), 1
    ):
        register.establish(body, workday(year, month, day), number)
    for body, (month, day) in zip(register.plan.deregistered, bodies.DEREGISTERED, strict=True):
        register.deregister(body, workday(year, month, day), "自行解散")
    register.zombies()
    register.annual_reports()
    register.changes()
    register.refuse()
    register.counts()
    next_year = make_body(feed.office, 3000, "association", register.chance)
    register.establish(next_year, workday(year + 1, 1, 9), len(bodies.ESTABLISHED) + 1)
    register.terms()
    again = min(400, feed.numbers[f"{register.sender.name}/"])
    feed.send_again(f"{register.sender.name}/zz-{year}-{again:05d}", date(year, 8, 1))


class _Register:
    """The registrar: what is done to a body, and when bodies end."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.sender = Sender(feed, "organisations", year, "zz-{year}-{number:05d}")
        self.plan = plan(feed.office, year)
        self.chance = dice("organisations", year)
        self.people = People(self.chance, 8)
        self.ends: list[date] = []

    def document(self, year: int) -> str:
        return f"示例民社〔{year}〕{self.feed.numbers[f'{self.sender.name}/'] + 1}号"

    def take_over(self) -> None:
        for body in self.plan.taken_over:
            decided = date(self.chance.randrange(2002, self.year), self.chance.randrange(1, 13), 15)
            self.sender.send(
                facts.OrganisationTakenOver,
                date(self.year, 1, 1),
                uscc=body.uscc,
                kind=body.kind,
                name=body.name,
                township=body.township,
                sponsoring_authority="示例业务主管单位",
                legal_representative=self.people.person(self.year, AGES),
                capital_fen=self.chance.choice((30_000, 50_000, 100_000)) * 100,
                decision_number=self.document(decided.year),
                decided_on=decided,
            )

    def establish(self, body: Body, on: date, number: int) -> None:
        application = self.sender.about(f"SQ-{self.year}-{number:03d}")
        applied, accepted = on - timedelta(days=28), on - timedelta(days=21)
        sponsored: dict[str, Any] = {"kind": body.kind, "name": body.name}
        sponsored["sponsor_approved_on"] = applied - timedelta(days=10)
        members = self.chance.randrange(50, 90)
        application.send(
            facts.EstablishmentApplied, applied, **sponsored, individual_members=members
        )
        application.send(facts.EstablishmentAccepted, accepted)
        approved = self.sender.make(
            facts.EstablishmentApproved,
            on,
            **sponsored,
            uscc=body.uscc,
            township=body.township,
            sponsoring_authority="示例业务主管单位",
            legal_representative=self.people.person(self.year, AGES),
            capital_fen=30_000_00,
            decision_number=self.document(on.year),
            application_number=application.key,
            accepted_on=accepted,
            handlers=("JB-01",),
        )
        if body.kind == "private-non-enterprise":
            # First entered under a code of the wrong kind, and revoked next day.
            wrong = make_body(self.feed.office, 2999, "association", self.chance)
            entry = approved.model_copy(update={"uscc": wrong.uscc, "kind": wrong.kind})
            name = self.sender.tell(entry)
            next_day = self.sender.arriving(on + timedelta(days=1))
            next_day.tell(entry, corrects=name, kind="revoked")
        self.sender.tell(approved)
        self.announce(body, "establishment", on)
        self.feed.count("F32", on)
        self.feed.count("F33" if body.kind == "association" else "F34", on)

    def announce(self, body: Body, about: str, on: date) -> None:
        announced = roll_to_working_day(on + timedelta(days=6))
        self.sender.send(facts.RegistrationAnnounced, announced, uscc=body.uscc, about=about)

    def deregister(self, body: Body, on: date, reason: str) -> None:
        report, liquidated = digest(f"清算 {body.uscc}"), on - timedelta(days=9)
        self.sender.send(facts.LiquidationCompleted, liquidated, uscc=body.uscc, report=report)
        self.sender.send(
            facts.Deregistered,
            on,
            uscc=body.uscc,
            reason=reason,
            certificate_collected=True,
            seal_collected=True,
            decision_number=self.document(on.year),
        )
        self.announce(body, "deregistration", on)
        self.ends.append(on)

    def dispose(self, body: Body, way: str, on: date) -> None:
        self.sender.send(
            facts.ZombieDisposed,
            on,
            uscc=body.uscc,
            way=way,
            document_number=self.document(on.year),
            rectify_by=date(self.year, 10, 31) if way == "rectification" else None,
        )
        self.feed.count("F35", on)

    def zombies(self) -> None:
        year, cast = self.year, self.plan
        for body in (
            *cast.zombies_revoked,
            *cast.zombies_deregistered,
            *cast.zombies_rectified,
            *cast.zombies_open,
        ):
            ground = ZOMBIE_GROUNDS[0]
            if body not in cast.zombies_revoked:
                ground = self.chance.choice(ZOMBIE_GROUNDS)
            found = workday(year, 3, 20)
            self.sender.send(facts.ZombieIdentified, found, uscc=body.uscc, ground=ground)
        for body in (*cast.zombies_rectified, cast.zombies_deregistered[-1]):
            self.dispose(body, "rectification", workday(year, 4, 18))
        days = bodies.ZOMBIES_DEREGISTERED
        for body, day in zip(cast.zombies_deregistered, days, strict=True):
            self.deregister(body, workday(year, *day), "僵尸型社会组织注销")
            self.dispose(body, "deregistered", workday(year, *day))
        cases = bodies.ZOMBIES_REVOKED
        for body, (number, day) in zip(cast.zombies_revoked, cases, strict=True):
            on, case = workday(year, *day), f"{number}-{year}"
            self.sender.send(facts.RegistrationRevoked, on, uscc=body.uscc, penalty_case=case)
            self.dispose(body, "revoked", on)
            self.announce(body, "revocation", on)
            self.ends.append(on)

    def annual_reports(self) -> None:
        """Bodies that are late go onto the abnormal list; every third files later and leaves it."""
        late: list[Body] = []
        for body in self.plan.ordinary:
            if self.chance.random() < LATE_SHARE:
                late.append(body)
                continue
            self.report(body, date(self.year, 3, 1) + timedelta(days=self.chance.randrange(91)))
        for body in late:
            listed, reason = workday(self.year, 7, 5), "未按规定报送年度报告"
            self.sender.send(facts.ListedAsAbnormal, listed, uscc=body.uscc, reason=reason)
        for body in late[::3]:
            self.report(body, workday(self.year, 10, 15))
            delisted, reason = workday(self.year, 10, 22), "已补报年度报告"
            self.sender.send(facts.DelistedFromAbnormal, delisted, uscc=body.uscc, reason=reason)

    def report(self, body: Body, on: date) -> None:
        self.sender.send(facts.AnnualReportFiled, on, uscc=body.uscc, year=self.year - 1)

    def changes(self) -> None:
        """Two a month, and one more that arrives seven weeks after the year."""
        for number, body in enumerate(self.chance.sample(self.plan.ordinary, 24)):
            self.change(body, workday(self.year, number // 2 + 1, 10 + number % 2), number)
        last, late = workday(self.year, 12, 24), date(self.year + 1, 2, 18)
        self.change(self.plan.ordinary[0], last, 1, received=late)
        self.feed.told_late(last, late, self.plan.ordinary[0].stream)

    def change(self, body: Body, on: date, number: int, received: date | None = None) -> None:
        """A new representative or, of every second, a new address; of every third, a charter."""
        new = {"item": "address", "new_value": "示例路新址"}
        if number % 2 == 0:
            new = {"item": "legal-representative"}
        person = self.people.person(self.year, AGES) if number % 2 == 0 else None
        self.sender.arriving(received).send(
            facts.RegisteredItemChanged,
            on,
            **new,
            uscc=body.uscc,
            legal_representative=person,
            sponsor_approved_on=on - timedelta(days=12),
            decision_number=self.document(on.year),
        )
        if number % 3 == 0:
            charter = digest(f"章程 {body.uscc}")
            self.sender.send(facts.CharterApproved, on, uscc=body.uscc, charter=charter)

    def terms(self) -> None:
        """A quarter elect a council for four years and file who leads them; half get new papers."""
        year, ordinary = self.year, self.plan.ordinary
        for number, body in enumerate(self.chance.sample(ordinary, len(ordinary) // 4)):
            about = {"uscc": body.uscc}
            on = workday(year, number % 12 + 1, 5 + number // 12)
            term = {"term_from": on, "term_until": date(year + 4, on.month, 28)}
            elected = self.sender.send(leadership.CouncilElected, on, **about, **term)
            filed = roll_to_working_day(on + timedelta(days=14))
            self.sender.send(
                leadership.PrincipalsFiled,
                filed,
                **about,
                principals=tuple(self.principal(post) for post in LEADING),
                filing_number=f"示例民社备〔{filed.year}〕{elected.rpartition('-')[2]}号",
            )
            if number % 2 == 0:
                self.sender.send(
                    leadership.CertificateReplaced,
                    filed,
                    **about,
                    cause="changed" if number % 4 else "expired",
                    valid_from=filed,
                    valid_until=date(filed.year + 4, filed.month, 28),
                    old_collected=True,
                )

    def principal(self, post: str) -> leadership.Principal:
        person = self.people.person(self.year, AGES)
        return leadership.Principal.model_validate({**dict(person), "post": post})

    def refuse(self) -> None:
        application = self.sender.about(f"SQ-{self.year}-900")
        wanted = {"kind": "association", "name": "示例重名协会"}
        application.send(facts.EstablishmentApplied, workday(self.year, 9, 5), **wanted)
        reason = "同一行政区域内已有业务范围相同的社会团体"
        application.send(facts.EstablishmentRefused, workday(self.year, 9, 24), reason=reason)

    def counts(self) -> None:
        """The registrar's month-end count, from the registrar's own books."""
        born = [workday(self.year, month, day) for month, day, _ in bodies.ESTABLISHED]
        start = sum(count for _, count in bodies.taken_over(self.feed.office))
        ends = [date(self.year - 1, 12, 31)]
        ends += [date(self.year, month, monthrange(self.year, month)[1]) for month in MONTHS]
        register = self.sender.about(self.feed.office.division)
        for end in ends:
            count = start + sum(day <= end for day in born) - sum(day <= end for day in self.ends)
            register.arriving(end + timedelta(days=3)).send(
                facts.RegisterCounted, end, bodies=count
            )
