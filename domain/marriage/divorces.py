"""离婚登记: application, cooling-off period (冷静期), certificate window, registration.

An application is a stream of its own, named by its receipt: the marriage may have been registered
anywhere. Cooling-off: 30 calendar days from the day after the application was received. Then 30
days in which both must come for the certificate; else the application is deemed withdrawn.
What is not accepted (不予受理) never opens an application. A registration may be revoked as one of
a marriage may. Basis: 民法典 arts 1076-1078; 民发〔2020〕116号.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, NamedTuple

from domain.aggregate import evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.calendar import Due
from domain.codes import Labels
from domain.event import Code, Day, DocumentNumber, Event, Text
from domain.marriage.marriages import Dissolution, Officers, RevocationGround
from domain.marriage.parties import (
    ArchivedNumber,
    ArchivedParties,
    CertificateNumber,
    Parties,
    is_of_series,
)

DivorceRefusal = Annotated[
    Literal["no-agreement", "no-capacity", "registered-outside"],
    Labels("未达成离婚协议", "无民事行为能力或者限制民事行为能力", "其结婚登记不是在内地办理的"),
]


class DivorceRefused(Event):
    """离婚登记不予受理, with the reason told to the two (R-MR-06)."""

    TYPE: ClassVar[str] = "marriage.divorce-refused.v1"
    TITLE: ClassVar[str] = "离婚登记不予受理"
    BASIS: ClassVar[str] = "婚姻登记条例（国令387号） 12"
    RECORD_ONLY: ClassVar[str] = "no application, and no figure counts refusals"
    STREAM: ClassVar[str] = "divorce-refusal"
    KEY: ClassVar[str] = "notice"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "refused_on"

    notice: Code
    """Number of the notice (不予受理通知书)."""
    reason: DivorceRefusal
    refused_on: Day


class DivorceEvent(Event):
    """Facts about one application for divorce, named by its receipt (受理回执单)."""

    STREAM: ClassVar[str] = "divorce"
    KEY: ClassVar[str] = "receipt"

    receipt: Code


class DivorceApplied(DivorceEvent):
    """离婚登记申请受理: the cooling-off period starts the next day."""

    TYPE: ClassVar[str] = "marriage.divorce-applied.v1"
    TITLE: ClassVar[str] = "离婚登记申请"
    BASIS: ClassVar[str] = "民法典 1076, 1077"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "applied_on"

    parties: Parties
    applied_on: Day


class DivorceApplicationTakenOver(DivorceEvent):
    """An application still open when the ledger began (期初接收)."""

    TYPE: ClassVar[str] = "marriage.divorce-application-taken-over.v1"
    TITLE: ClassVar[str] = "离婚申请期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    parties: Parties
    applied_on: Day
    taken_over_on: Day


class DivorceWithdrawn(DivorceEvent):
    """撤回申请 within the cooling-off period; one of the two is enough."""

    TYPE: ClassVar[str] = "marriage.divorce-withdrawn.v1"
    TITLE: ClassVar[str] = "撤回离婚登记申请"
    BASIS: ClassVar[str] = "民法典 1077(1)"
    ON: ClassVar[str] = "withdrawn_on"

    withdrawn_on: Day


class DivorceLapsed(DivorceEvent):
    """逾期未申请发证, deemed withdrawn."""

    TYPE: ClassVar[str] = "marriage.divorce-lapsed.v1"
    TITLE: ClassVar[str] = "逾期视为撤回"
    BASIS: ClassVar[str] = "民法典 1077(2)"
    ON: ClassVar[str] = "lapsed_on"

    lapsed_on: Day


class DivorceRegistered(DivorceEvent):
    """离婚登记: both came within the 30 days after the cooling-off period."""

    TYPE: ClassVar[str] = "marriage.divorce-registered.v1"
    TITLE: ClassVar[str] = "离婚登记"
    BASIS: ClassVar[str] = "民法典 1077, 1078"
    ON: ClassVar[str] = "registered_on"

    certificate_number: CertificateNumber
    parties: Parties
    registered_on: Day
    registrars: Officers


class DivorceTakenOver(DivorceEvent):
    """An earlier divorce brought into the ledger from the archive (档案接收)."""

    TYPE: ClassVar[str] = "marriage.divorce-taken-over.v1"
    TITLE: ClassVar[str] = "既往离婚登记接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    certificate_number: ArchivedNumber
    """Its receipt is, in an archive that has none, the number of the file."""
    parties: ArchivedParties
    registered_on: Day
    taken_over_on: Day


class DivorceRegistrationRevoked(DivorceEvent):
    """撤销离婚登记 (冒名顶替、弄虚作假). The registration was made and still counts in its year."""

    TYPE: ClassVar[str] = "marriage.divorce-registration-revoked.v1"
    TITLE: ClassVar[str] = "撤销离婚登记"
    BASIS: ClassVar[str] = "高检发办字〔2021〕109号"
    ON: ClassVar[str] = "revoked_on"

    document_number: DocumentNumber
    ground: RevocationGround
    proof: DocumentNumber | None = None
    """What it rests on: a paper of the police, or advice of a court or a procuratorate."""
    reason: Text
    revoked_on: Day


Breach = Annotated[
    Literal[
        "not-registered",
        "registration-already-ended",
        "revoked-without-proof",
        "application-already-closed",
        "inside-cooling-off",
        "after-the-window",
        "certificate-of-another-series",
        "after-cooling-off",
        "inside-the-window",
    ],
    Labels(
        "未登记离婚即撤销登记",
        "该登记已撤销",
        "撤销登记没有证明材料",
        "该申请已了结",
        "离婚冷静期未满",
        "已过申领离婚证的期限",
        "离婚证字号的类别、区划或者年份与登记不符",
        "冷静期满后撤回申请",
        "申领期限未满即视为撤回",
    ),
]


class Divorce(Dissolution):
    """State of one application for divorce."""

    STREAM: ClassVar[str] = "divorce"

    applied_on: date | None = None
    closed: bool = False
    registered: bool = False
    revoked: bool = False

    @judges
    @once("application-already-closed")
    def judge_divorce(self, event: DivorceRegistered, bureau: Bureau) -> tuple[Breach, ...]:
        """Inside the cooling-off period, or after the certificate window (R-MR-04, R-MR-05).

        Its number is one of the office to which the two applied.
        """
        breaches: list[Breach] = ["application-already-closed"] if self.closed else []
        window = self._window(bureau)
        if window is not None:
            ends, closes = window
            if ends.over(event.registered_on) is False:
                breaches.append("inside-cooling-off")
            if closes.over(event.registered_on):
                breaches.append("after-the-window")
        if not is_of_series(event.certificate_number, "L", bureau, event.registered_on):
            breaches.append("certificate-of-another-series")
        return tuple(breaches)

    @judges
    @once("application-already-closed")
    def judge_withdrawal(self, event: DivorceWithdrawn, bureau: Bureau) -> tuple[Breach, ...]:
        """Only within the cooling-off period, and only what is still open."""
        breaches: list[Breach] = ["application-already-closed"] if self.closed else []
        window = self._window(bureau)
        if window is not None and window.cooling_off.over(event.withdrawn_on):
            breaches.append("after-cooling-off")
        return tuple(breaches)

    @judges
    @once("application-already-closed")
    def judge_lapse(self, event: DivorceLapsed, bureau: Bureau) -> tuple[Breach, ...]:
        """Only after the last day of the certificate window, and only what is still open."""
        breaches: list[Breach] = ["application-already-closed"] if self.closed else []
        window = self._window(bureau)
        if window is not None and window.certificate.over(event.lapsed_on) is False:
            breaches.append("inside-the-window")
        return tuple(breaches)

    @judges
    @once("registration-already-ended")
    def judge_revocation(self, event: DivorceRegistrationRevoked) -> tuple[Breach, ...]:
        """One that is registered, on proof by those who looked into it."""
        breaches: list[Breach] = [] if self.registered else ["not-registered"]
        if self.revoked:
            breaches.append("registration-already-ended")
        if event.proof is None:
            breaches.append("revoked-without-proof")
        return tuple(breaches)

    def _window(self, bureau: Bureau) -> Window | None:
        return None if self.applied_on is None else divorce_window(bureau, self.applied_on)

    @evolves
    def on_applied(self, event: DivorceApplied | DivorceApplicationTakenOver) -> None:
        self.applied_on = event.applied_on

    @evolves
    def on_closed(self, _event: DivorceWithdrawn | DivorceLapsed) -> None:
        self.closed = True

    @evolves
    def on_registered(self, event: DivorceRegistered | DivorceTakenOver) -> None:
        self.closed = self.registered = True
        self.dissolved_on = event.registered_on
        self.parties = tuple(party.ref for party in event.parties)

    @evolves
    def on_revoked(self, _event: DivorceRegistrationRevoked) -> None:
        self.revoked = True
        self.dissolved_on = None


class Window(NamedTuple):
    """Last day of the cooling-off period, and last day on which the certificate can be issued."""

    cooling_off: Due
    certificate: Due


def divorce_window(bureau: Bureau, applied_on: date) -> Window | None:
    """The window of an application of that day; None where the law had none yet.

    Each period runs from the next day and is rolled past holidays (民法典 art. 1077,
    民发〔2020〕116号). So far as the working days of those years are not known, nobody can say.
    """
    cooling_off = bureau.rules.number("marriage.cooling-off-days", applied_on)
    window = bureau.rules.number("marriage.certificate-days", applied_on)
    if cooling_off is None or window is None:
        return None
    calendar = bureau.calendar
    ends = calendar.due_in_calendar_days(Due(applied_on, applied_on), cooling_off)
    return Window(ends, calendar.due_in_calendar_days(ends, window))
