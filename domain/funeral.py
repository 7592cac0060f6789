"""骨灰安放: keeping bodies, controlled certificate forms by number range, certificates, placements.

《骨灰承诺证》 promises a lawful place before the ashes are handed out; 《骨灰领取证》 lets the
family collect them. Both are forms with versions and printed running numbers. When a new version
comes into use the old stock is stopped and sealed (停用、封存), by number range.
Law in force for 2024: 殡葬管理条例 (2012). The revised 条例 is in force from 2026-03-30.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.aggregate import Aggregate, Others, compares, evolves, judges
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Count,
    Day,
    DocumentNumber,
    Event,
    Person,
    Text,
    Township,
    wrong_field,
)

FormKind = Annotated[
    Literal["promise", "receipt"],
    Labels("骨灰承诺证", "骨灰领取证"),
]
KeepingBodyKind = Annotated[
    Literal["columbarium", "public-cemetery", "commercial-cemetery", "temple"],
    Labels("骨灰楼", "公益性公墓", "经营性公墓", "寄存堂"),
]
FormNumber = Annotated[int, Field(ge=1, le=99_999_999)]
"""Printed running number of a form."""


class KeepingBodyTakenOver(Event):
    """骨灰存放机构 on the register when the ledger began, or registered since."""

    TYPE: ClassVar[str] = "funeral.keeping-body-taken-over.v1"
    TITLE: ClassVar[str] = "骨灰存放机构登记"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    STREAM: ClassVar[str] = "keeping-body"
    KEY: ClassVar[str] = "body"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "registered_on"

    body: Code
    name: Text
    kind: KeepingBodyKind
    township: Township
    registered_on: Day


class KeepingBodyClosed(Event):
    """The body no longer keeps ashes."""

    TYPE: ClassVar[str] = "funeral.keeping-body-closed.v1"
    TITLE: ClassVar[str] = "骨灰存放机构停办"
    BASIS: ClassVar[str] = "业务管理需要：骨灰存放机构名册"
    STREAM: ClassVar[str] = "keeping-body"
    KEY: ClassVar[str] = "body"
    ON: ClassVar[str] = "closed_on"

    body: Code
    closed_on: Day
    reason: Text


class FormEvent(Event):
    """Facts about one version of a controlled form (受控证件)."""

    STREAM: ClassVar[str] = "form"
    KEY: ClassVar[str] = "form"

    form: Code
    """Kind and version in one name, e.g. promise-2024."""
    kind: FormKind


class FormRange(FormEvent):
    """A range of printed numbers, both ends included."""

    CHECKED: ClassVar[Mapping[str, str]] = {"last_number": "not-before-the-first"}

    first_number: FormNumber
    last_number: FormNumber

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.last_number < self.first_number:
            raise wrong_field("malformed_value", "last_number", "not before first_number")
        return self


class FormStockPrinted(FormRange):
    """空白入库: numbered blanks came from the printer."""

    TYPE: ClassVar[str] = "funeral.form-stock-printed.v1"
    TITLE: ClassVar[str] = "空白证件入库"
    BASIS: ClassVar[str] = "工作惯例：骨灰证件统一印制、编号管理"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "printed_on"

    printed_on: Day


class FormVersionActivated(FormEvent):
    """启用: from this day certificates of the kind are issued on this version."""

    TYPE: ClassVar[str] = "funeral.form-version-activated.v1"
    TITLE: ClassVar[str] = "新版证件启用"
    BASIS: ClassVar[str] = "工作惯例：骨灰证件统一印制、编号管理"
    ON: ClassVar[str] = "activated_on"

    activated_on: Day
    notice_number: DocumentNumber
    replaces: Code | None = None
    """The version stopped that day."""


class FormStockSealed(FormRange):
    """停用、封存: the blanks of a stopped version put under seal, by number range."""

    TYPE: ClassVar[str] = "funeral.form-stock-sealed.v1"
    TITLE: ClassVar[str] = "旧版证件停用封存"
    BASIS: ClassVar[str] = "工作惯例：旧版证件停用封存"
    ON: ClassVar[str] = "sealed_on"

    sealed_on: Day
    count: Count
    witnesses: Annotated[tuple[Code, ...], Field(min_length=1, max_length=6), DISTINCT]


class FormStockCounted(FormEvent):
    """盘点: how many blanks are left, neither issued, voided nor sealed."""

    TYPE: ClassVar[str] = "funeral.form-stock-counted.v1"
    TITLE: ClassVar[str] = "空白证件盘点"
    BASIS: ClassVar[str] = "工作惯例：骨灰证件统一印制、编号管理"
    ON: ClassVar[str] = "counted_on"

    blank: Count
    counted_on: Day


class FormVoided(FormEvent):
    """作废: a numbered form was spoiled."""

    TYPE: ClassVar[str] = "funeral.form-voided.v1"
    TITLE: ClassVar[str] = "证件作废"
    BASIS: ClassVar[str] = "工作惯例：骨灰证件统一印制、编号管理"
    ON: ClassVar[str] = "voided_on"

    number: FormNumber
    voided_on: Day
    reason: Text


class AshesCertificateIssued(FormEvent):
    """开具: a numbered form was issued for one deceased."""

    TYPE: ClassVar[str] = "funeral.ashes-certificate-issued.v1"
    TITLE: ClassVar[str] = "骨灰证件开具"
    BASIS: ClassVar[str] = "工作惯例：凭证领取、安放骨灰"
    ON: ClassVar[str] = "issued_on"

    number: FormNumber
    deceased: Person
    issued_on: Day
    issuer: Code


class AshesPlaced(Event):
    """安放: ashes placed at a registered body, against the receipt certificate."""

    TYPE: ClassVar[str] = "funeral.ashes-placed.v1"
    TITLE: ClassVar[str] = "骨灰安放"
    BASIS: ClassVar[str] = "殡葬管理条例"
    STREAM: ClassVar[str] = "keeping-body"
    KEY: ClassVar[str] = "body"
    ON: ClassVar[str] = "placed_on"

    body: Code
    deceased: Person
    receipt_form: Code
    receipt_number: FormNumber
    placed_on: Day


class CremationRecorded(Event):
    """火化: the death is known here first; benefits of the person end next month (R-AS-05)."""

    TYPE: ClassVar[str] = "funeral.cremation-recorded.v1"
    TITLE: ClassVar[str] = "火化登记"
    BASIS: ClassVar[str] = "殡葬管理条例"
    STREAM: ClassVar[str] = "cremation"
    KEY: ClassVar[str] = "record"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "cremated_on"

    record: Code
    deceased: Person
    died_on: Day
    cremated_on: Day


CremationBreach = Annotated[Literal["cremated-before"], Labels("同一人已有火化登记")]
BodyBreach = Annotated[Literal["body-closed"], Labels("骨灰存放机构已停办")]
FormBreach = Annotated[
    Literal["form-version-stopped", "form-version-not-in-use", "sealed-count-differs"],
    Labels(
        "使用已停用封存的旧版证件",
        "使用尚未启用的证件版本",
        "封存份数与号段不符",
    ),
]


class Cremation(Aggregate):
    """State of one cremation: when the person died."""

    STREAM: ClassVar[str] = "cremation"

    died_on: date | None = None

    @compares("cremation")
    def compare_cremation(
        self, event: CremationRecorded, others: Others
    ) -> tuple[CremationBreach, ...]:
        """Nobody is cremated twice."""
        told = others(event.deceased.ref)
        again = any(isinstance(each, Cremation) and each.died_on is not None for each in told)
        return ("cremated-before",) if again else ()

    def died_before(self, on: date) -> bool:
        """Whether the person was dead before a day."""
        return self.died_on is not None and self.died_on < on

    @evolves
    def on_cremated(self, event: CremationRecorded) -> None:
        self.died_on = event.died_on


class KeepingBody(Aggregate):
    """State of one ash-keeping body: whether it still keeps ashes."""

    STREAM: ClassVar[str] = "keeping-body"

    closed_on: date | None = None

    @judges
    def judge_placement(self, event: AshesPlaced) -> tuple[BodyBreach, ...]:
        """Ashes placed at a body that no longer keeps any."""
        late = self.closed_on is not None and event.placed_on >= self.closed_on
        return ("body-closed",) if late else ()

    @evolves
    def on_closed(self, event: KeepingBodyClosed) -> None:
        self.closed_on = event.closed_on


class Form(Aggregate):
    """State of one version of a form: when it came into use and when its stock was sealed."""

    STREAM: ClassVar[str] = "form"

    activated_on: date | None = None
    sealed_on: date | None = None

    @judges
    def judge_issue(self, event: AshesCertificateIssued) -> tuple[FormBreach, ...]:
        """R-AS-01: the old form not after it was sealed, the new one not before it is in use."""
        on = event.issued_on
        breaches: list[FormBreach] = []
        if self.sealed_on is not None and on >= self.sealed_on:
            breaches.append("form-version-stopped")
        if self.activated_on is None or on < self.activated_on:
            breaches.append("form-version-not-in-use")
        return tuple(breaches)

    @judges
    def judge_seal(self, event: FormStockSealed) -> tuple[FormBreach, ...]:
        """R-AS-02: what was counted under seal is what the number range says."""
        forms = event.last_number - event.first_number + 1
        return ("sealed-count-differs",) if event.count != forms else ()

    @evolves
    def on_activated(self, event: FormVersionActivated) -> None:
        self.activated_on = event.activated_on

    @evolves
    def on_sealed(self, event: FormStockSealed) -> None:
        self.sealed_on = event.sealed_on
