"""行政处罚 (administrative penalties), one stream per case, from clue to publication.

Whom it is about is on a register, or a natural person, or a body that nobody registered. By the
simple procedure a penalty is decided and handed over on the spot (arts 51, 52).
Flow: clue → filed → evidence → legal review → prior notice → statement or hearing → decided →
served → executed → closed → published (→ revoked or varied → publication withdrawn).
One decision is 1 宗 whatever the number of its kinds (R-PN-16), in the year of the decision.
A decision without its steps is recorded with breaches, never refused.
Basis: 行政处罚法 (2021), 社会组织登记管理机关行政处罚程序规定 (民政部令第68号).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import model_validator

from domain.calendar import completed_years
from domain.codes import Labels
from domain.enforcement import ClockTime, ObjectStream, Officers, registered
from domain.event import (
    Code,
    Day,
    Digest,
    DocumentNumber,
    Event,
    Fen,
    Person,
    Text,
    Township,
    flag,
    wrong_field,
)
from domain.penalties.kinds import (
    ClueOrigin,
    Collection,
    CollectionGround,
    Kinds,
    ListedGround,
    Procedure,
    ServiceMethod,
)

ADULT = 18
"""周岁 from which on a person is of age (民法典 art. 17)."""


class Party(Person):
    """A natural person whom a case is about."""

    @flag
    def adult(self, on: date, _division: str) -> bool | None:
        """True where the number says that they were of age: of nobody else anything is shown."""
        born = self.born_on()
        return True if born is not None and completed_years(born, on) >= ADULT else None


class PenaltyEvent(Event):
    """Common fields of the facts about one penalty case."""

    STREAM: ClassVar[str] = "penalty"
    KEY: ClassVar[str] = "case_number"

    case_number: Code


class AboutParty(PenaltyEvent):
    """Whom the case is about (当事人): one of the three."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"unregistered_body": "示例"}
    ONE_OF: ClassVar[tuple[str, ...]] = ("subject", "person", "unregistered_body")

    subject: ObjectStream | None = None
    """Who is on a register, by stream."""
    person: Party | None = None
    """A natural person."""
    unregistered_body: Text | None = None
    """What a body calls itself that nobody registered."""

    @model_validator(mode="after")
    def _party(self) -> Self:
        given = [name for name in self.ONE_OF if getattr(self, name) is not None]
        if not given:
            raise wrong_field("missing_field", "subject", "subject, person or unregistered_body")
        if len(given) > 1:
            raise wrong_field("malformed_value", given[1], f"none beside {given[0]}")
        return self

    def refers(self) -> tuple[str, ...]:
        return () if self.subject is None else registered(self.subject)


class ClueRegistered(AboutParty):
    """线索登记."""

    TYPE: ClassVar[str] = "penalties.clue-registered.v1"
    TITLE: ClassVar[str] = "线索登记"
    BASIS: ClassVar[str] = "行政处罚法 54"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "registered_on"

    origin: ClueOrigin
    summary: Text
    registered_on: Day


class CaseFiled(AboutParty):
    """立案, with the inspection that the case took up, if any: it then counts no longer."""

    TYPE: ClassVar[str] = "penalties.case-filed.v1"
    TITLE: ClassVar[str] = "立案"
    BASIS: ClassVar[str] = "行政处罚法 54"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "filed_on"

    inspection_number: Code | None = None
    breach_ended_on: Day | None = None
    """When the unlawful act ended, for the limitation of 2 years (R-PN-03); None = goes on."""
    grave: bool = False
    """Life, health or finance were at stake and harmed: then the limitation is 5 years."""
    handlers: Officers
    approved_by: Code
    filed_on: Day


class EvidenceTaken(PenaltyEvent):
    """调查取证 by officers who showed their licences, with text and audio-visual record."""

    TYPE: ClassVar[str] = "penalties.evidence-taken.v1"
    TITLE: ClassVar[str] = "调查取证"
    BASIS: ClassVar[str] = "行政处罚法 42, 47, 54, 55"
    ON: ClassVar[str] = "taken_on"

    officers: Officers
    licences_shown: bool
    text_record: Digest | None = None
    recording: Digest | None = None
    inspection_number: Code | None = None
    """The inspection in whose course the evidence was found."""
    from_time: ClockTime | None = None
    until_time: ClockTime | None = None
    taken_on: Day


class EvidencePreserved(PenaltyEvent):
    """先行登记保存; to be dealt with within 7 working days (R-PN-09)."""

    TYPE: ClassVar[str] = "penalties.evidence-preserved.v1"
    TITLE: ClassVar[str] = "先行登记保存"
    BASIS: ClassVar[str] = "行政处罚法 56"
    ON: ClassVar[str] = "preserved_on"

    items: Text
    preserved_on: Day


class PreservedEvidenceHandled(PenaltyEvent):
    """先行登记保存处理: what became of all that is kept, within 7 working days (R-PN-09)."""

    TYPE: ClassVar[str] = "penalties.preserved-evidence-handled.v1"
    TITLE: ClassVar[str] = "先行登记保存处理"
    BASIS: ClassVar[str] = "行政处罚法 56"
    ON: ClassVar[str] = "handled_on"

    how: Annotated[
        Literal["returned", "seized", "confiscated", "transferred", "other"],
        Labels("解除保存，予以退还", "依法扣押", "依法没收", "移送有关部门", "其他"),
    ]
    handled_on: Day


class LegalReviewPassed(PenaltyEvent):
    """法制审核通过, by somebody who did not handle the case.

    Who reviews for the first time has passed the 国家统一法律职业资格考试.
    """

    TYPE: ClassVar[str] = "penalties.legal-review-passed.v1"
    TITLE: ClassVar[str] = "法制审核通过"
    BASIS: ClassVar[str] = "行政处罚法 58"
    ON: ClassVar[str] = "reviewed_on"

    reviewer: Code
    legally_qualified: bool
    reviewed_before: bool = False
    """Whether the reviewer did such reviews before: then the qualification is not asked for."""
    opinion: Digest
    reviewed_on: Day


class LegalReviewFailed(PenaltyEvent):
    """法制审核未通过: back to the handlers."""

    TYPE: ClassVar[str] = "penalties.legal-review-failed.v1"
    TITLE: ClassVar[str] = "法制审核未通过"
    BASIS: ClassVar[str] = "行政处罚法 58"
    RECORD_ONLY: ClassVar[str] = "only a review that passed allows a decision"
    ON: ClassVar[str] = "reviewed_on"

    reviewer: Code
    reason: Text
    reviewed_on: Day


class PriorNoticeServed(PenaltyEvent):
    """事先告知 of facts, reasons, basis and rights (R-PN-04)."""

    TYPE: ClassVar[str] = "penalties.prior-notice-served.v1"
    TITLE: ClassVar[str] = "处罚事先告知"
    BASIS: ClassVar[str] = "行政处罚法 44, 62"
    ON: ClassVar[str] = "served_on"

    hearing_offered: bool
    receipt: Digest | None = None
    served_on: Day


class StatementHeard(PenaltyEvent):
    """陈述申辩, or that the party waived it."""

    TYPE: ClassVar[str] = "penalties.statement-heard.v1"
    TITLE: ClassVar[str] = "听取陈述申辩"
    BASIS: ClassVar[str] = "行政处罚法 45"
    ON: ClassVar[str] = "heard_on"

    waived: bool = False
    hearing_waived: bool = False
    """Whether the party said in writing that it asks for no hearing."""
    accepted: bool = False
    heard_on: Day


class HearingRequested(PenaltyEvent):
    """要求听证, within 5 working days of the notice (R-PN-05)."""

    TYPE: ClassVar[str] = "penalties.hearing-requested.v1"
    TITLE: ClassVar[str] = "要求听证"
    BASIS: ClassVar[str] = "行政处罚法 63, 64"
    ON: ClassVar[str] = "requested_on"

    requested_on: Day


class HearingHeld(PenaltyEvent):
    """举行听证, chaired by somebody who did not investigate."""

    TYPE: ClassVar[str] = "penalties.hearing-held.v1"
    TITLE: ClassVar[str] = "听证"
    BASIS: ClassVar[str] = "行政处罚法 63-65"
    ON: ClassVar[str] = "held_on"

    chair: Code
    record: Digest
    held_on: Day


class PenaltyDecided(AboutParty):
    """处罚决定, with all its kinds; amount as in the decision.

    By the simple procedure nobody approves it: the officers decide, show their licences and hand
    the decision over on the spot.
    """

    TYPE: ClassVar[str] = "penalties.penalty-decided.v1"
    TITLE: ClassVar[str] = "行政处罚决定"
    BASIS: ClassVar[str] = "行政处罚法 51, 52, 57-60"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "decided_on"

    procedure: Procedure = "ordinary"
    township: Township | None = None
    decision_number: DocumentNumber
    kinds: Kinds
    amount_fen: Fen = 0
    listed_ground: ListedGround | None = None
    cause: Text | None = None
    """案由, as the decision calls it; the public is told that of bodies only."""
    legal_basis: Text
    handlers: Officers
    approved_by: Code | None = None
    licences_shown: bool | None = None
    """Of a decision on the spot; of others, the evidence says it."""
    handed_over: bool | None = None
    """Whether it was handed over on the spot, against signature."""
    decided_on: Day


class PenaltyNotImposed(PenaltyEvent):
    """不予处罚, or the case dropped (销案)."""

    TYPE: ClassVar[str] = "penalties.penalty-not-imposed.v1"
    TITLE: ClassVar[str] = "不予处罚"
    BASIS: ClassVar[str] = "行政处罚法 33, 57, 60"
    ON: ClassVar[str] = "decided_on"

    reason: Text
    decided_on: Day


class PenaltyServed(PenaltyEvent):
    """送达, with its receipt (送达回证), within 7 working days of the decision (R-PN-08)."""

    TYPE: ClassVar[str] = "penalties.penalty-served.v1"
    TITLE: ClassVar[str] = "处罚决定送达"
    BASIS: ClassVar[str] = "行政处罚法 61"
    ON: ClassVar[str] = "served_on"

    method: ServiceMethod
    receipt_number: DocumentNumber | None = None
    receipt: Digest | None = None
    served_on: Day


class FinePaid(PenaltyEvent):
    """罚没款缴入国库 through the bank, not to the bureau (R-PN-13)."""

    TYPE: ClassVar[str] = "penalties.fine-paid.v1"
    TITLE: ClassVar[str] = "罚没款缴纳"
    BASIS: ClassVar[str] = "行政处罚法 67-69"
    ON: ClassVar[str] = "paid_on"

    amount_fen: Fen
    collected: Collection | None = None
    """By whom; None = not told."""
    collection_ground: CollectionGround | None = None
    paid_on: Day


class CaseClosed(PenaltyEvent):
    """结案归档, with the index of the file (R-PN-14)."""

    TYPE: ClassVar[str] = "penalties.case-closed.v1"
    TITLE: ClassVar[str] = "结案"
    BASIS: ClassVar[str] = "行政处罚法 47"
    ON: ClassVar[str] = "closed_on"

    archive: Digest
    closed_on: Day


class PenaltyPublished(PenaltyEvent):
    """处罚结果公示, within 7 working days of the decision (R-PN-10)."""

    TYPE: ClassVar[str] = "penalties.penalty-published.v1"
    TITLE: ClassVar[str] = "处罚结果公示"
    BASIS: ClassVar[str] = "行政处罚法 48; 国办发〔2018〕118号"
    ON: ClassVar[str] = "published_on"

    place: Text
    published_on: Day


class PenaltyVaried(PenaltyEvent):
    """处罚决定变更."""

    TYPE: ClassVar[str] = "penalties.penalty-varied.v1"
    TITLE: ClassVar[str] = "处罚决定变更"
    BASIS: ClassVar[str] = "行政处罚法 75(2)"
    ON: ClassVar[str] = "varied_on"

    kinds: Kinds
    amount_fen: Fen = 0
    reason: Text
    varied_on: Day


class PenaltyRevoked(PenaltyEvent):
    """处罚决定撤销 or held unlawful; the decision was made all the same and stays counted."""

    TYPE: ClassVar[str] = "penalties.penalty-revoked.v1"
    TITLE: ClassVar[str] = "处罚决定撤销"
    BASIS: ClassVar[str] = "行政处罚法 75(2)"
    ON: ClassVar[str] = "revoked_on"

    how: Annotated[
        Literal["revoked", "held-unlawful", "void"], Labels("撤销", "确认违法", "确认无效")
    ]
    authority: Text
    revoked_on: Day


class PenaltyPublicationWithdrawn(PenaltyEvent):
    """撤回公示, within 3 working days of the revocation, with public reasons (R-PN-11)."""

    TYPE: ClassVar[str] = "penalties.penalty-publication-withdrawn.v1"
    TITLE: ClassVar[str] = "撤回处罚公示"
    BASIS: ClassVar[str] = "行政处罚法 48"
    ON: ClassVar[str] = "withdrawn_on"

    reason: Text | None = None
    """As told to the public; None = none was."""
    withdrawn_on: Day
