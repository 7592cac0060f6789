"""The state of a social organisation: whether it is on the register, and how it came to its end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.codes import Labels
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

Breach = Annotated[
    Literal[
        "already-registered",
        "code-of-another-kind",
        "no-sponsor-approval",
        "decided-late",
        "already-ended",
        "no-liquidation",
        "certificate-or-seal-not-collected",
        "not-identified",
        "no-due-date",
    ],
    Labels(
        "该组织已登记过",
        "信用代码与组织类别不符",
        "无业务主管单位同意",
        "受理后超过期限作出决定",
        "登记已终止",
        "注销前未清算",
        "证书、印章未收齐",
        "未经认定即清理整治",
        "限期整改未定期限",
    ),
]


class Organisation(Aggregate):
    """A body: whether it is on the register, and what must come before its end."""

    STREAM: ClassVar[str] = "organisation"

    registered: bool = False
    ended: bool = False
    liquidated_on: date | None = None
    zombie: bool = False

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

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
        return tuple(breaches)

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
        self, _event: RegisteredItemChanged | AnnualReportFiled
    ) -> tuple[Breach, ...]:
        return ("already-ended",) if self.ended else ()

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
    def on_ended(self, _event: Deregistered | RegistrationRevoked) -> None:
        self.ended = True
