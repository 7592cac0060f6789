"""What a fact is: the base of every event class, and the field types contracts are made of.

An event is defined once, as one frozen class. Validation, wire contract, JSON Schema, error
pointers, the stored form and the typed open part (domain/form.py) all derive from it; nothing about
a field is written twice. Judges, evolvers and folds annotate the event class and are given its open
part, in which a person has a pseudonym and flags and nothing else.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from inspect import get_annotations, signature
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    Self,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from domain.bureau.listed import Listed
from domain.dates import written_date
from domain.documents import Identity, IdKind, identity_of, wrong_with
from domain.identifiers import CardGrade, check_disability_card, check_uscc
from domain.references import references
from domain.wording import LINE, LINES, holds_letter, is_chinese

if TYPE_CHECKING:
    from domain.bureau.bureau import Bureau

TYPE_PREFIX = "cn.mingjian."
T = TypeVar("T")

Path = tuple[str | int, ...]
"""Where a value stands in an event's data: field names and list indexes."""


def _uscc(text: str) -> str:
    if (fault := check_uscc(text)) is not None:
        raise PydanticCustomError(fault, "a unified social credit code (GB 32100)")
    return text


def check_name(text: str) -> str:
    """A name that holds a letter; raises PydanticCustomError at one that does not."""
    if not holds_letter(text):
        raise PydanticCustomError("malformed_value", "a name, with a letter in it")
    return text


Text = Annotated[str, Field(min_length=1, max_length=500, pattern=LINE)]
"""One line that says something."""
LongText = Annotated[str, Field(min_length=1, max_length=20_000, pattern=LINES)]
"""Prose of a document, e.g. one section of a report."""
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
"""An identifier of the bureau or a vendor: batch, route, officer number. No slash, no space."""
DocumentNumber = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\s/]+$")]
"""文号 or certificate number as printed, e.g. 湘民字〔2024〕12号."""
Month = Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A calendar month, "YYYY-MM": entitlements are monthly."""
Day = Annotated[
    date,
    Field(ge=date(1900, 1, 1), le=date(2199, 12, 31)),
    BeforeValidator(written_date),
]
"""A date, Asia/Shanghai. Outside these years it is a slip of the pen, and no arithmetic holds."""
Fen = Annotated[int, Field(ge=0, le=10**13)]
"""Money in 分 (1/100 元), an integer, never a float."""
Count = Annotated[int, Field(ge=0, le=10**9)]
Township = Annotated[str, Field(pattern=r"^[0-9]{9}$"), Listed("township")]
"""乡镇(街道) code of 9 digits, GB/T 10114; one of the bureau's."""
Village = Annotated[str, Field(pattern=r"^[0-9]{12}$"), Listed("village")]
"""村(社区) code of 12 digits; the first nine are its township."""
Division = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""县级 code of 6 digits, GB/T 2260."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a file kept elsewhere (scan, recording), in lower-case hex."""
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=LINE), AfterValidator(check_name)]
"""What a person is called: it holds a letter, of whatever script."""
Uscc = Annotated[str, AfterValidator(_uscc)]
"""统一社会信用代码 of 18 characters, its last one tested (GB 32100)."""


class Concealed(Generic[T]):
    """What type checkers see of a personal field: a value that nothing can be done with."""


if TYPE_CHECKING:

    class Sealed(Generic[T]):
        """Marks a personal field: it may be given, but is read through `in_clear` only."""

        def __get__(self, instance: object, owner: object = None) -> Concealed[T]: ...
        def __set__(self, instance: object, value: T) -> None: ...

else:

    class Sealed:
        """Marks a personal field; to pydantic the field is what stands in the brackets."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[item, cls]


def in_clear(value: Concealed[T]) -> T:
    """A personal value, for those who seal it and for what a person's class says of itself."""
    clear: T = value  # type: ignore[assignment]  # Sealed exists for type checkers only
    return clear


ABSENT: Any = None
"""Default of a personal field that may be left out."""


class _OfPerson(Generic[T]):
    """A value that the open part says of a person, worked out when the person is sealed."""

    def __init__(self, function: Callable[..., T]) -> None:
        self.function = function

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: object = None) -> T:
        raise AttributeError(f"{self.name} is known in the open part only")


class pseudonym(_OfPerson[T]):  # noqa: N801  a decorator, like `property`
    """`def account_ref(self) -> str | None`: clear text that becomes a keyed hash."""


class flag(_OfPerson[T]):  # noqa: N801  a decorator, like `property`
    """`def resident_here(self, on, division) -> T`: what later rules need to know of this person.

    `on` is the business date of the fact, `division` that of the ledger. None is left out. One that
    goes by a parameter asks for the `bureau` too, one that compares with others for the `event`.
    """


def wrong_field(code: str, field: str, expected: str) -> PydanticCustomError:
    """What a rule over several fields finds wrong with one of them; its pointer names that one."""
    return PydanticCustomError(code, expected, {"field": field})


class Part(BaseModel):
    """A group of fields inside an event. Frozen; an unknown field is refused, not dropped."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        ignored_types=(pseudonym, flag),
        defer_build=True,  # few commands validate, and none an event of every kind
    )
    MODEL: ClassVar[type[Part]]
    """The class itself; its forms name it too (domain/form.py)."""
    ONE_OF: ClassVar[tuple[str, ...]] = ()
    """Fields of which one is given, and one only."""
    CHECKED: ClassVar[Mapping[str, str]] = {}
    """Fields that are held against others, each with the name of that check in contracts."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Evaluate what is annotated once, and not again for each class that inherits from this."""
        super().__init_subclass__(**options)
        cls.__annotations__ = get_annotations(cls, eval_str=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.MODEL = cls
        # Class variables are known by now: each class that inherits would look at them again.
        cls.__annotations__ = {
            name: hint
            for name, hint in cls.__annotations__.items()
            if name not in cls.__class_vars__
        }


class Person(Part):
    """A natural person as an event names them. All of it is personal data.

    The whole object is sealed under the person's own key. In the open part stand only `ref` (the
    person's pseudonym) and what is marked `pseudonym` or `flag`. What a number must be is said in
    domain/documents.py; kind "none" needs a reason (个人信息保护法 arts 6, 28). The number of 15
    digits stands for a person of an archive only: who draws a benefit today has the longer one.
    """

    CHECKED: ClassVar[Mapping[str, str]] = {"id_kind": "person", "id_number": "person"}
    ARCHIVED: ClassVar[bool] = False
    """True: named as an old archive names them."""

    id_kind: Sealed[IdKind]
    id_number: Sealed[Annotated[str, Field(min_length=4, max_length=40)] | None] = ABSENT
    name: Sealed[Name]
    no_id_reason: Sealed[Text | None] = ABSENT

    @pseudonym
    def ref(self) -> str:
        """The person, the same in every programme; who has no number is new at each mention."""
        identity = self.identity()
        return "" if identity is None else identity.number

    @flag
    def unborn(self, on: date, _division: str) -> bool | None:
        """True where the number says that they were born after the business date."""
        born = self.born_on()
        return True if born is not None and born > on else None

    @flag
    def damaged_name(self, _on: date, _division: str) -> bool | None:
        """True of a 居民身份证 whose holder's name is not, or no longer, in Chinese."""
        identity = self.identity()
        named = is_chinese(in_clear(self.name)) or identity is None or not identity.is_citizen
        return None if named else True

    @model_validator(mode="after")
    def _identity(self) -> Self:
        kind, number = in_clear(self.id_kind), in_clear(self.id_number)
        reason = in_clear(self.no_id_reason)
        if (wrong := wrong_with(kind, number, reason, archived=self.ARCHIVED)) is not None:
            raise wrong_field(*wrong)
        return self

    def identity(self) -> Identity | None:
        """Whom the document stands for; None of who has none."""
        number = in_clear(self.id_number)
        return None if number is None else identity_of(in_clear(self.id_kind), number)

    def told_by(self) -> object:
        """What tells this person from others of a set; two without a number are two."""
        return self.identity() or object()

    def born_on(self) -> date | None:
        """Date of birth as a number of 18 digits states it, else None."""
        digits = self._stated()
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if digits else None

    def is_man(self) -> bool | None:
        """Sex as a number of 18 digits states it (odd sequence = man), else None."""
        digits = self._stated()
        return int(digits[10]) % 2 == 1 if digits else None

    def _stated(self) -> str:
        identity = self.identity()
        return "" if identity is None else identity.states


class Payee(Person):
    """A person with the bank account money goes to; the open part carries its pseudonym."""

    account: Sealed[Annotated[str, Field(pattern=r"^[0-9]{8,30}$")] | None] = ABSENT
    address: Sealed[Text | None] = ABSENT
    phone: Sealed[Annotated[str, Field(pattern=r"^[0-9+-]{5,20}$")] | None] = ABSENT

    @pseudonym
    def account_ref(self) -> str | None:
        """The same account wherever it is named."""
        return in_clear(self.account)


def _card(text: str) -> str:
    if (fault := check_disability_card(text)) is not None:
        raise PydanticCustomError(
            fault, "a disability card number: resident number, kind and grade, 20 characters"
        )
    return text


class CardHolder(Payee):
    """A holder of a 残疾人证 (20-digit number: id, category, grade)."""

    card_number: Sealed[Annotated[str, AfterValidator(_card)]]

    @flag
    def card_grade(self, _on: date, _division: str) -> CardGrade:
        """残疾等级, 1 (most severe) to 4."""
        return cast(CardGrade, int(in_clear(self.card_number)[19]))


class Event(Part):
    """The `data` of one kind of fact.

    A subclass states its `TYPE` (without the prefix), the kind of stream it belongs to and the
    field that names the stream, whether it may open that stream, and its business date.
    """

    TYPE: ClassVar[str]
    """`<line>.<fact>.v<n>`, kebab-case, past tense; the wire adds the prefix cn.mingjian."""
    TITLE: ClassVar[str]
    """The fact's name in Chinese, as a clerk would say it."""
    BASIS: ClassVar[str]
    """The law that asks for this fact, as domain/laws.py reads it: "民法典 1077"; where none does,
    what it is kept for."""
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
    APART: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of fields in which nobody may stand twice: a child, and its guardian."""
    RECOVERS: ClassVar[tuple[str, ...]] = ()
    """Of money that came back: the types of the payments that it may name as 追回."""

    def stream(self) -> str:
        """Name of the stream: the business thing this fact is about."""
        return f"{self.STREAM}/{getattr(self, self.KEY)}"

    def occurred_on(self) -> date:
        """Business date, Asia/Shanghai."""
        value: date = getattr(self, self.ON)
        return value

    def listed_in(self) -> tuple[date, date] | None:
        """First and last of the days on one of which what it names must have been open.

        None where it may tell of what is no more.
        """
        on = self.occurred_on()
        return on, on

    def refers(self) -> tuple[str, ...]:
        """Other streams that must be known before this fact can be taken; else it is parked."""
        return ()

    def refers_events(self) -> tuple[str, ...]:
        """Events ("<source>/<id>") that must be in the ledger before this fact can be taken."""
        return tuple(reference.name for reference in references(self))


def events_named(annotation: Any) -> tuple[type[Event], ...]:
    """The event classes that an annotation names: one, or a union of several.

    Raises TypeError when it names anything else, or a class that is no event by itself.
    """
    union = get_origin(annotation) in (Union, types.UnionType)
    named = get_args(annotation) if union else (annotation,)
    for event in named:
        if not (isinstance(event, type) and issubclass(event, Event) and "TYPE" in vars(event)):
            raise TypeError(f"{event!r} is no event")
    return named


@cache
def of_person(model: type[Part], kind: type[_OfPerson[Any]]) -> dict[str, Callable[..., Any]]:
    """What the open part says of such a person: name → the function that is marked."""
    return {
        name: mark.function
        for base in reversed(model.__mro__)
        for name, mark in vars(base).items()
        if isinstance(mark, kind)
    }


@cache
def _asked(function: Callable[..., Any]) -> tuple[str, ...]:
    """What a flag asks for beside the day and the division."""
    return tuple(name for name in ("bureau", "event") if name in signature(function).parameters)


def flags_of(person: Person, event: Event, division: str, bureau: Bureau) -> dict[str, Any]:
    """What the open part of an event says of a person whom it names; None is left out."""
    on, given = event.occurred_on(), {"bureau": bureau, "event": event}
    worked_out = {
        name: function(person, on, division, **{each: given[each] for each in asked})
        for name, function in of_person(person.MODEL, flag).items()
        for asked in (_asked(function),)
    }
    return {name: value for name, value in worked_out.items() if value is not None}
