"""Facts of all event types, made at random from their contracts alone.

Keys and codes are drawn from small sets, so that streams grow long and facts refer to each other.
"""

from __future__ import annotations

import json
import random
import types
import typing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ValidationError

from domain import examples
from domain.bureau.listed import Listed
from domain.catalogue import EVENTS, full_type
from domain.dates import Instant
from domain.event import CardHolder, Event, Person
from domain.identifiers import body_code_check, uscc_check
from tests.oracle.histories import person
from tests.oracle.interpreter import Message, kind_of, name_of
from tests.support.bureau import SAMPLE

KINDS = [EVENTS[name] for name in sorted(EVENTS)]
OPENING = [event for event in KINDS if event.OPENS]


def _uscc(number: int) -> str:
    body = f"MJ00000{number}"
    first = f"51445102{body}{body_code_check(body)}"
    return first + uscc_check(first)


CODES = ("EX-0001", "EX-0002", "ex.3_")
VILLAGES = ("445102100001", "445102111001")
USCC = (_uscc(1), _uscc(2))
BY_PATTERN: dict[str, tuple[str, ...]] = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$": CODES,
    r"^[^\s/]+$": ("示例〔2024〕1号", "示例〔2024〕2号"),
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$": ("2023-12", "2024-03", "2024-06", "2024-11"),
    r"^[0-9]{6}$": ("445102", "445103"),
    r"^[0-9a-f]{64}$": ("0" * 64, "9f" * 32),
    r"^[0-9]{8,30}$": ("9999990000000000001", "9999990000000000002"),
    r"^[0-9+-]{5,20}$": ("10000000000", "+86-10000"),
    r"^[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9._-]*$": tuple(f"organisation/{code}" for code in USCC),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": ("09:30", "23:59"),
    r"^/[A-Za-z0-9._/-]{1,200}$": ("/example/2024", "/a.html"),
    r"^[^《》]+$": ("示例办法", "示例条例"),
}
BY_VALIDATOR = {
    "_uscc": USCC,
    "_certificate": tuple(f"J445102-2024-00000{number}" for number in (1, 2, 3)),
    "_archived_certificate": ("J445102-2024-000001", "J445102-2024-000002", "示湘结字010400123"),
}
TEXTS = (
    *(
        "示例",
        "示例二",
        "一、二；“三”",
        'a "b" \\ c / d',
        "line\nline\ttab",
        "é e\u0301 ﬁ Å \u212b",
    ),
    *("\U00020bb7野家 \U0001f600", "\u2028\u2029\x7f\x85\xa0", "０１２ａｂ", "x" * 300),
)
"""Also what JSON writers escape in different ways, and letters that have several forms."""
DAYS = tuple(date(2024, 1, 3) + timedelta(days=13 * number) for number in range(26))
TRIES = 8
TELLS = {"repays", "payment"}
"""Fields that name another event."""


@dataclass
class Teller:
    """Tells facts of any type, and corrects what it told."""

    dice: random.Random
    told: list[Message] = field(default_factory=list)
    _due: list[type[Event]] = field(default_factory=list)

    def tell(self, count: int) -> list[Message]:
        """So many events, each type as often as the others; a fifth correct earlier ones."""
        while len(self.told) < count:
            if self.told and self.dice.random() < 0.2:
                self._correct()
            else:
                event = self._next()
                self.told.append(self.message(event, self._data(event)))
        return self.told

    def _next(self) -> type[Event]:
        if self.dice.random() < 0.2:
            return self.dice.choice(OPENING)
        if not self._due:
            self._due = self.dice.sample(KINDS, len(KINDS))
        return self._due.pop()

    def message(self, event: type[Event], data: dict[str, Any], **attributes: Any) -> Message:
        """A CloudEvent of the type with these data."""
        fact = event.model_validate_json(json.dumps(data))
        on = fact.occurred_on()
        may = [source.name for source in SAMPLE.sources.values() if source.may(event.TYPE)]
        return {
            "specversion": "1.0",
            "id": f"e-{len(self.told)}",
            "source": self.dice.choice(may),
            "type": full_type(event),
            "subject": fact.stream(),
            "time": f"{on}T10:00:00+08:00",
            "datacontenttype": "application/json",
            "division": "445102",
            "sequence": len(self.told) + 1,
            **attributes,
            "data": data,
        }

    def _correct(self) -> None:
        of = self.dice.choice(self.told[-40:])
        if "corrects" in self.told[-1] and self.dice.random() < 0.4:
            of = self.told[-1]
        event = EVENTS[kind_of(of)]
        named = {"corrects": name_of(of), "correctionkind": "revoked"}
        data = dict(of["data"])
        if event.RECOVERS and "corrects" not in of and self.dice.random() < 0.5:
            named["correctionkind"] = "recovered"
        elif self.dice.random() < 0.6:
            named["correctionkind"] = "changed"
            other = self._data(event)
            keep = {event.KEY} | set(self.dice.sample(sorted(data), len(data) // 2))
            mixed = {**other, **{name: data[name] for name in keep}}
            data = mixed if _valid(event, mixed) else data
        self.told.append(self.message(event, data, **named))

    # Values.

    def _data(self, event: type[Event]) -> dict[str, Any]:
        """Data that the contract takes; the plain example where chance finds none."""
        for _ in range(TRIES):
            data = self._fields(event)
            for name in TELLS & data.keys():
                data[name] = name_of(self.dice.choice(self.told)) if self.told else "payouts/e-0"
            if _valid(event, data):
                return data
        return examples.data(event, SAMPLE)

    def _fields(self, model: type[BaseModel]) -> dict[str, Any]:
        hints = _hints(model)
        made: dict[str, Any] = {}
        if issubclass(model, Person):
            made.update(person(self.dice.randrange(12)))
            made["name"] = self.dice.choice(("示例甲", "示例·乙", "A\u0301 示例"))
            if self.dice.random() < 0.1:
                made |= {"id_kind": "passport", "id_number": f"EX{self.dice.randrange(9)}000"}
        if issubclass(model, CardHolder):
            made |= person(self.dice.randrange(12))
            made["card_number"] = f"{made['id_number']}{self.dice.choice(('41', '53', '12'))}"
        left_out = {"id_kind", "id_number", "no_id_reason"} if issubclass(model, Person) else set()
        for name, each in model.model_fields.items():
            if name in made or name in left_out:
                continue
            if each.is_required() or self.dice.random() < 0.4:
                made[name] = self._value(name, hints[name])
        return {name: value for name, value in made.items() if value is not None}

    def _value(  # noqa: PLR0911  one branch for each shape of annotation
        self, name: str, annotation: Any, metadata: tuple[Any, ...] = ()
    ) -> Any:
        if get_origin(annotation) is Annotated:
            inner, *rest = get_args(annotation)
            flat = [i for item in rest for i in getattr(item, "metadata", (item,))]
            return self._value(name, inner, (*flat, *metadata))
        if listed := _listed(metadata):
            return self.dice.choice(listed)
        origin = get_origin(annotation)
        if origin is Literal:
            return self.dice.choice(get_args(annotation))
        if origin in (Union, types.UnionType):
            chosen = self.dice.choice([a for a in get_args(annotation) if a is not type(None)])
            return self._value(name, chosen, metadata)
        if origin is tuple:
            least = max([0, *_bounds(metadata, "min_length")])
            most = min([least + 2, *_bounds(metadata, "max_length")])
            count = self.dice.randint(least, most)
            return [self._value(name, get_args(annotation)[0]) for _ in range(count)]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self._fields(annotation)
        if annotation is int:
            low = max([0, *_bounds(metadata, "ge"), *(n + 1 for n in _bounds(metadata, "gt"))])
            return self.dice.randint(low, min([low + 60_000, *_bounds(metadata, "le")]))
        if annotation is bool:
            return self.dice.random() < 0.5
        day = self.dice.choice(DAYS)
        if annotation is date:
            return day.isoformat()
        return f"{day}T10:00:00+08:00" if annotation is Instant else self.dice.choice(TEXTS)


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return typing.get_type_hints(model, include_extras=True)


def _valid(event: type[Event], data: dict[str, Any]) -> bool:
    try:
        event.model_validate_json(json.dumps(data))
    except ValidationError:
        return False
    return True


def _listed(metadata: tuple[Any, ...]) -> tuple[str, ...]:
    """Values of a field that only takes what has a certain shape, or is on a list."""
    for item in metadata:
        if isinstance(item, Listed):
            return tuple(SAMPLE.lists[item.name].listed)[:4] or VILLAGES
        if isinstance(item, AfterValidator) and item.func.__name__ in BY_VALIDATOR:
            return BY_VALIDATOR[item.func.__name__]
        pattern = getattr(item, "pattern", None)
        if isinstance(pattern, str) and pattern in BY_PATTERN:
            return BY_PATTERN[pattern]
    return ()


def _bounds(metadata: tuple[Any, ...], name: str) -> list[int]:
    return [value for item in metadata if (value := getattr(item, name, None)) is not None]
