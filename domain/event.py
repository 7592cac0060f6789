"""What a fact is: the base of every event class, and the field types contracts are made of.

An event is defined once, as one frozen class. Validation, wire contract, JSON Schema, error
pointers and the stored form all derive from it; nothing about a field is written twice.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.identifiers import check_disability_card, check_resident_id, check_uscc

TYPE_PREFIX = "cn.mingjian."

Path = tuple[str | int, ...]
"""Where a value stands in an event's data: field names and list indexes."""


def _uscc(text: str) -> str:
    if (fault := check_uscc(text)) is not None:
        raise PydanticCustomError(fault, "统一社会信用代码（GB 32100）")
    return text


Text = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=20_000)]
"""Prose of a document, e.g. one section of a report."""
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
"""An identifier of the bureau or a vendor: batch, route, officer number. No slash, no space."""
DocumentNumber = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\s/]+$")]
"""文号 or certificate number as printed, e.g. 湘民字〔2024〕12号."""
Month = Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A calendar month, "YYYY-MM": entitlements are monthly."""
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A date, Asia/Shanghai. Outside these years it is a slip of the pen, and no arithmetic holds."""
Fen = Annotated[int, Field(ge=0, le=10**13)]
"""Money in 分 (1/100 元), an integer, never a float."""
Count = Annotated[int, Field(ge=0, le=10**9)]
Township = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
"""乡镇(街道) code of 9 digits, GB/T 10114."""
Village = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
"""村(社区) code of 12 digits."""
Division = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""县级 code of 6 digits, GB/T 2260."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a file kept elsewhere (scan, recording), in lower-case hex."""
Uscc = Annotated[str, AfterValidator(_uscc)]
"""统一社会信用代码 of 18 characters, both check characters tested (GB 32100, GB 11714)."""

IdKind = Literal["resident-id", "passport", "hk-macao-permit", "taiwan-permit", "other", "none"]
"""居民身份证, 护照, 港澳居民来往内地通行证, 台湾居民来往大陆通行证, 其他, 无证件."""


class Part(BaseModel):
    """A group of fields inside an event. Frozen; an unknown field is refused, not dropped."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Person(Part):
    """A natural person as an event names them. All of it is personal data.

    The whole object is sealed under the person's own key. In the open part stands only `ref`
    (the person's pseudonym) with what `pseudonyms` and `flags` say. Check digits apply to
    居民身份证 (GB 11643) only; kind "none" needs a reason (个人信息保护法 arts 6, 28).
    """

    id_kind: IdKind
    id_number: Annotated[str, Field(min_length=4, max_length=40)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=80)]
    no_id_reason: Text | None = None

    @model_validator(mode="after")
    def _identity(self) -> Self:
        if self.id_kind == "none":
            if self.id_number is not None or self.no_id_reason is None:
                raise PydanticCustomError(
                    "malformed_value", "id_kind none: give no_id_reason and no id_number"
                )
        elif self.id_number is None:
            raise PydanticCustomError("missing_field", "id_number is required for this id_kind")
        elif self.id_kind == "resident-id" and (fault := check_resident_id(self.id_number)):
            raise PydanticCustomError(fault, "居民身份证号（GB 11643）")
        return self

    def born_on(self) -> date | None:
        """Date of birth as the resident id states it, else None."""
        if self.id_kind != "resident-id" or self.id_number is None:
            return None
        text = self.id_number
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))

    def is_man(self) -> bool | None:
        """Sex as the resident id states it (odd sequence = man), else None."""
        if self.id_kind != "resident-id" or self.id_number is None:
            return None
        return int(self.id_number[16]) % 2 == 1

    def pseudonyms(self) -> dict[str, str]:
        """Open name -> clear text that the ledger replaces by its keyed hash."""
        return {}

    def flags(self, on: date, division: str) -> dict[str, Any]:
        """What later rules need and the open part may say of this person on business date `on`."""
        return {}


class Payee(Person):
    """A person with the bank account money goes to; the open part carries its pseudonym."""

    account: Annotated[str, Field(pattern=r"^[0-9]{8,30}$")] | None = None
    address: Text | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9+-]{5,20}$")] | None = None

    def pseudonyms(self) -> dict[str, str]:
        return {} if self.account is None else {"account_ref": self.account}


def _card(text: str) -> str:
    if (fault := check_disability_card(text)) is not None:
        raise PydanticCustomError(fault, "残疾人证号")
    return text


class CardHolder(Payee):
    """A holder of a 残疾人证 (20-digit number: id, category, grade)."""

    card_number: Annotated[str, AfterValidator(_card)]

    def flags(self, on: date, division: str) -> dict[str, Any]:
        return {"card_grade": int(self.card_number[19])}


class Event(Part):
    """The `data` of one kind of fact.

    A subclass states its `TYPE` (without the prefix), the kind of stream it belongs to and the
    field that names the stream, whether it may open that stream, and its business date.
    """

    TYPE: ClassVar[str]
    """`<line>.<fact>.v<n>`, kebab-case, past tense; the wire adds the prefix cn.mingjian."""
    TITLE: ClassVar[str]
    """The fact's name in Chinese, as a clerk would say it."""
    BASIS: ClassVar[str] = ""
    """The law or standard that asks for this fact."""
    RECORD_ONLY: ClassVar[str] = ""
    """Why nothing is judged, evolved or read from this fact; empty where something is."""
    STREAM: ClassVar[str]
    KEY: ClassVar[str]
    """Name of the field whose value, with STREAM, names the stream."""
    OPENS: ClassVar[bool] = False
    """True: the stream may begin with this event. False: it waits until the stream exists."""
    ON: ClassVar[str]
    """Name of the field that holds the business date (业务日期)."""
    AMOUNT: ClassVar[str] = "amount_fen"
    """Name of the field that says how much money (分) it is about, where there is one."""
    PAYS: ClassVar[bool] = False
    """True: money went out on the business date. While such a fact is parked or in quarantine, that
    date says which period lacks it; of other facts the envelope's `time` says so."""
    RECOVERS: ClassVar[bool] = False
    """True: money that came back. Only such a fact may name the payment it came back of (追回)."""

    def stream(self) -> str:
        """Name of the stream: the business thing this fact is about."""
        return f"{self.STREAM}/{getattr(self, self.KEY)}"

    def occurred_on(self) -> date:
        """Business date, Asia/Shanghai."""
        value: date = getattr(self, self.ON)
        return value

    def refers(self) -> tuple[str, ...]:
        """Other streams that must be known before this fact can be taken; else it is parked."""
        return ()

    def refers_events(self) -> tuple[str, ...]:
        """Events ("<source>/<id>") that must be in the ledger before this fact can be taken."""
        return ()


@cache
def _person_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Names of the fields under which a person may stand, worked out once per class."""

    def holds(annotation: Any) -> bool:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return issubclass(annotation, Person) or bool(_person_fields(annotation))
        return any(holds(inner) for inner in get_args(annotation))

    return tuple(name for name, field in model.model_fields.items() if holds(field.annotation))


def persons(value: Any, path: Path = ()) -> list[tuple[Path, Person]]:
    """Every person an event names, with the path to them, in the order of the fields."""
    if isinstance(value, tuple):
        return [found for i, item in enumerate(value) for found in persons(item, (*path, i))]
    if isinstance(value, Person):
        return [(path, value)]
    if not isinstance(value, BaseModel):
        return []
    found: list[tuple[Path, Person]] = []
    for name in _person_fields(type(value)):
        if (inner := getattr(value, name)) is not None:
            found += persons(inner, (*path, name))
    return found
