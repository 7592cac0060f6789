"""The state of a social organisation: whether it is on the register, and how it came to its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.calendar import completed_years
from domain.codes import Labels
from domain.identifiers import body_code_fits
from domain.organisations.events import (
    KIND_CODES,
    AnnualReportFiled,
    Deregistered,
    EstablishmentApproved,
    LiquidationCompleted,
    OrganisationTakenOver,
    RegisteredItemChanged,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieIdentified,
)
from domain.organisations.leadership import CertificateReplaced, CouncilElected, PrincipalsFiled

Breach = Annotated[
    Literal[
        "already-registered",
        "code-of-another-kind",
        "wrong-check-digit",
        "no-sponsor-approval",
        "decided-late",
        "already-ended",
        "no-liquidation",
        "certificate-or-seal-not-collected",
        "not-identified",
        "no-due-date",
        "term-reversed",
        "term-too-long",
        "elected-late",
        "certificate-not-collected",
        "replaced-after-expiry",
    ],
    Labels(
        "该组织已登记过",
        "信用代码与组织类别不符",
        "信用代码中组织机构代码的校验码不符",
        "无业务主管单位同意",
        "受理后超过期限作出决定",
        "登记已终止",
        "注销前未清算",
        "证书、印章未收齐",
        "未经认定即清理整治",
        "限期整改未定期限",
        "任期或者有效期起止颠倒",
        "任期超过规定年限",
        "逾期换届且未经批准延期",
        "换证未收回旧证",
        "证书过期后才换证",
    ),
]


class Organisation(Aggregate):
    """A body: whether it is on the register, and what must come before its end."""

    STREAM: ClassVar[str] = "organisation"

    registered: bool = False
    ended: bool = False
    liquidated_on: date | None = None
    zombie: bool = False
    term_until: date | None = None
    certificate_until: date | None = None

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_taken_over(self, event: OrganisationTakenOver) -> tuple[Breach, ...]:
        return _code(event.uscc)

    @judges
    @once("already-registered")
    def judge_establishment(
        self, event: EstablishmentApproved, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """R-SO-01, R-SO-02; the code's first characters tell the kind (GB 32100)."""
        breaches: list[Breach] = []
        if self.registered or self.ended:
            breaches.append("already-registered")
        if not event.uscc.startswith(KIND_CODES[event.kind]):
            breaches.append("code-of-another-kind")
        if event.sponsoring_authority is not None and event.sponsor_approved_on is None:
            breaches.append("no-sponsor-approval")
        if event.accepted_on is not None:
            days = bureau.rules.number("organisations.decide-days", event.accepted_on)
            if days is not None and (event.decided_on - event.accepted_on).days > days:
                breaches.append("decided-late")
        return (*breaches, *_code(event.uscc))

    @judges
    @once("already-ended")
    def judge_deregistration(self, event: Deregistered) -> tuple[Breach, ...]:
        """R-SO-06: liquidation first, certificate and seal collected."""
        breaches: list[Breach] = ["already-ended"] if self.ended else []
        if self.liquidated_on is None:
            breaches.append("no-liquidation")
        if not (event.certificate_collected and event.seal_collected):
            breaches.append("certificate-or-seal-not-collected")
        return tuple(breaches)

    @judges
    def judge_disposal(self, event: ZombieDisposed) -> tuple[Breach, ...]:
        """R-SO-09: a ground before the disposal, a due date with an order to rectify."""
        breaches: list[Breach] = [] if self.zombie else ["not-identified"]
        if event.way == "rectification" and event.rectify_by is None:
            breaches.append("no-due-date")
        return tuple(breaches)

    @judges
    def judge_activity(
        self, _event: RegisteredItemChanged | AnnualReportFiled | PrincipalsFiled
    ) -> tuple[Breach, ...]:
        return ("already-ended",) if self.ended else ()

    @judges
    def judge_election(self, event: CouncilElected, bureau: Bureau) -> tuple[Breach, ...]:
        """For a term of some years at most, and before the last one's end unless postponed."""
        breaches: list[Breach] = ["already-ended"] if self.ended else []
        years = bureau.rules.number("organisations.term-years", event.elected_on)
        if event.term_until < event.term_from:
            breaches.append("term-reversed")
        elif years is not None:
            last = event.term_until - timedelta(days=1)
            if completed_years(event.term_from, last) >= years:
                breaches.append("term-too-long")
        late = self.term_until is not None and event.elected_on > self.term_until
        if late and event.postponement is None:
            breaches.append("elected-late")
        return tuple(breaches)

    @judges
    def judge_certificate(self, event: CertificateReplaced) -> tuple[Breach, ...]:
        """Before the old one expires, and for the old one unless it was lost."""
        breaches: list[Breach] = ["already-ended"] if self.ended else []
        if event.valid_until < event.valid_from:
            breaches.append("term-reversed")
        if event.cause != "lost" and not event.old_collected:
            breaches.append("certificate-not-collected")
        if self.certificate_until is not None and event.issued_on > self.certificate_until:
            breaches.append("replaced-after-expiry")
        return tuple(breaches)

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves
    def on_registered(self, _event: OrganisationTakenOver | EstablishmentApproved) -> None:
        self.registered = True

    @evolves
    def on_liquidated(self, event: LiquidationCompleted) -> None:
        self.liquidated_on = event.completed_on

    @evolves
    def on_zombie(self, _event: ZombieIdentified) -> None:
        self.zombie = True

    @evolves
    def on_elected(self, event: CouncilElected) -> None:
        self.term_until = event.term_until

    @evolves
    def on_certificate(self, event: CertificateReplaced) -> None:
        self.certificate_until = event.valid_until

    @evolves
    def on_ended(self, _event: Deregistered | RegistrationRevoked) -> None:
        self.ended = True


def _code(uscc: str) -> tuple[Breach, ...]:
    """Some codes were issued against GB 11714: they stand, and the registrar looks at them."""
    return () if body_code_fits(uscc) else ("wrong-check-digit",)
