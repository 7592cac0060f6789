"""Mistakes that vendors make: each is told at the very field, and mends by what is told.

The mender here knows what a vendor's program has: the outcome document and the exported schema.
"""

from __future__ import annotations

import copy
import json
import random
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple, get_args

import pytest
from pydantic import BaseModel

from domain import event as contracts
from domain import examples
from domain.catalogue import EVENTS, full_type
from domain.codes import labels_of
from domain.envelope import Envelope, read
from domain.event import Person
from domain.explaining import explained
from domain.faults import Unacceptable
from ledger.outcome_document import Told
from rules.outcomes import document
from tests.support.bureau import SAMPLE

Message = dict[str, Any]
Path = tuple[str | int, ...]
CHINA = timezone(timedelta(hours=8))
TYPES = (
    "assistance.payment-settled.v1",
    "assistance.case-taken-over.v1",
    "marriage.marriage-registered.v1",
    "placename.name-approved.v1",
    "inspection.inspection-conducted.v1",
    "penalties.penalty-decided.v1",
    "organisations.establishment-approved.v1",
    "funeral.form-stock-printed.v1",
    "elderly.allowance-approved.v1",
)


class Mistake(NamedTuple):
    """What was done to a valid message, and what must be told of it."""

    what: str
    path: Path
    do: Callable[[Message], None]
    code: str
    pointer: str
    mends: bool = True
    """Whether a program can mend it without asking anybody."""
    undone: Callable[[Message], None] | None = None
    """What mending leaves otherwise than it was: a field that said nothing is gone."""
    more: tuple[tuple[str, str], ...] = ()
    """What else is wrong then."""


def pointer_of(path: Path) -> str:
    return "".join(f"/{step}" for step in path)


def at(message: Any, path: Path) -> Any:
    for step in path:
        message = message[step]
    return message


def put(path: Path, value: Any) -> Callable[[Message], None]:
    def do(message: Message) -> None:
        at(message, path[:-1])[path[-1]] = value

    return do


def drop(path: Path) -> Callable[[Message], None]:
    def do(message: Message) -> None:
        del at(message, path[:-1])[path[-1]]

    return do


def rename(path: Path, name: str) -> Callable[[Message], None]:
    def do(message: Message) -> None:
        parent = at(message, path[:-1])
        parent[name] = parent.pop(path[-1])

    return do


# Every field of an example, and what may be wrong with it.


class Field(NamedTuple):
    path: Path
    annotation: Any
    required: bool
    sealed: bool
    value: Any


def fields(model: type[BaseModel], value: Message, path: Path) -> Iterator[Field]:
    """The fields of an object that stand in an example, and those within them."""
    hints = typing.get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        if value.get(name) is not None:
            here = (*path, name)
            sealed = issubclass(model, Person)
            yield Field(here, hints[name], field.is_required(), sealed, value[name])
            held = model_in(hints[name])
            inner = value[name]
            if held is not None and isinstance(inner, dict):
                yield from fields(held, inner, here)
            elif held is not None and isinstance(inner, list):
                for number, item in enumerate(inner):
                    yield from fields(held, item, (*here, number))


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(model_in, get_args(annotation))), None)


def holds(annotation: Any, what: Any) -> bool:
    return annotation is what or any(holds(inner, what) for inner in get_args(annotation))


def of_field(field: Field) -> Iterator[Mistake]:
    """What may be wrong with a field: its place, then what it holds."""
    yield from of_place(field)
    codes = labels_of(field.annotation, SAMPLE)
    if field.annotation == contracts.Month:
        yield from of_month(field)
    elif holds(field.annotation, date):
        yield from () if field.sealed else of_day(field)
    elif isinstance(field.value, str) and field.value in codes:
        yield from of_code(field, codes[field.value])
    elif isinstance(field.value, int):
        yield from of_number(field)
    elif isinstance(field.value, str) and not field.sealed:
        yield from of_text(field)


def wrong(
    field: Field, what: str, new: Any, code: str = "malformed_value", *, mends: bool = True
) -> Mistake:
    pointer = pointer_of(field.path)
    return Mistake(f"{pointer}: {what}", field.path, put(field.path, new), code, pointer, mends)


def of_place(field: Field) -> Iterator[Mistake]:
    path, pointer, name = field.path, pointer_of(field.path), str(field.path[-1])
    if field.required:
        what = f"{pointer}: left out"
        yield Mistake(what, path, drop(path), "missing_field", pointer, mends=False)
    if field.required and "_" in name and not field.sealed:
        head, *rest = name.split("_")
        camel = head + "".join(word.capitalize() for word in rest)
        there = pointer_of((*path[:-1], camel))
        what, more = f"{pointer}: in camel case", (("missing_field", pointer),)
        yield Mistake(what, path, rename(path, camel), "unknown_field", there, more=more)


def of_day(field: Field) -> Iterator[Mistake]:
    day = date.fromisoformat(field.value)
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    yield wrong(field, "slashes", f"{day.year}/{day.month}/{day.day}")
    yield wrong(field, "eight digits", f"{day:%Y%m%d}")
    yield wrong(field, "a moment", midnight.isoformat())
    yield wrong(field, "milliseconds since 1970", int(midnight.timestamp()) * 1000)
    yield wrong(field, "seconds since 1970", int(midnight.timestamp()))
    yield wrong(field, "a list", [day.year, day.month, day.day])
    yield wrong(field, "in Chinese", f"{day.year}年{day.month}月{day.day}日")
    yield wrong(field, "no such day", "2024-02-30", "no_such_date", mends=False)
    yield wrong(field, "the month first", "05/11/2024", mends=False)


def of_month(field: Field) -> Iterator[Mistake]:
    year, month = field.value.split("-")
    yield wrong(field, "a slash", f"{year}/{month}")
    yield wrong(field, "six digits", year + month)
    yield wrong(field, "a month in Chinese", f"{year}年{int(month)}月")


def of_code(field: Field, name: str) -> Iterator[Mistake]:
    listed = not labels_of(field.annotation)
    code = "not_in_bureau" if listed else "malformed_value"
    if name != field.value:
        yield wrong(field, "by its name", name, code)
    if field.value.upper() != field.value:
        yield wrong(field, "in capitals", field.value.upper(), code)
    yield wrong(field, "a code of nobody's", "no-such-code", code, mends=False)


def of_number(field: Field) -> Iterator[Mistake]:
    value, money = field.value, str(field.path[-1]).endswith("_fen")
    if isinstance(value, bool):
        yield wrong(field, "a truth in quotes", "true" if value else "false")
        return
    code = "amount_not_integer" if money else "malformed_value"
    yield wrong(field, "a number in quotes", str(value), code)
    if money:
        yield wrong(field, "a fraction of nothing", float(value), code)
        yield wrong(field, "in 元", value / 100 + 0.5, code, mends=False)
        yield wrong(field, "in 元, in quotes", "650.50", code, mends=False)
        less = -abs(value) - 1
        yield wrong(field, "less than nothing", less, "negative_amount", mends=False)


def of_text(field: Field) -> Iterator[Mistake]:
    if not field.required:
        yield wrong(field, "empty", "")._replace(undone=drop(field.path))
    yield wrong(field, "a number for a text", 7, mends=False)


def of_message(message: Message, model: type[BaseModel]) -> Iterator[Mistake]:
    """Everything that may be wrong with one example."""
    for field in fields(model, message["data"], ("data",)):
        yield from of_field(field)
    extra: Path = ("data", "zzz")
    yield Mistake("another field", extra, put(extra, 1), "unknown_field", "/data")
    for name, value, mends in (
        ("specversion", "0.3", True),
        ("specversion", 1.0, True),
        ("time", message["time"].removesuffix("+08:00"), True),
        ("time", message["time"].replace("T", " ").removesuffix("+08:00"), True),
        ("time", "10 May 2024", False),
        ("id", "with a blank", False),
        ("id", "", False),
        ("subject", "", False),
        ("source", "Marriage System", False),
        ("sequence", -1, False),
        ("sequence", "first", False),
    ):
        what, do = f"/{name}: {value!r}", put((name,), value)
        yield Mistake(what, (name,), do, "malformed_envelope", f"/{name}", mends)
    plain: Path = ("datacontenttype",)
    yield Mistake(
        "another media type",
        plain,
        put(plain, "text/plain"),
        "malformed_envelope",
        "/datacontenttype",
        undone=drop(plain),
    )
    for name, value, code in (
        ("source", "nobody", "unknown_source"),
        ("division", "445103", "wrong_division"),
    ):
        yield Mistake(
            f"/{name}: {value}", (name,), put((name,), value), code, f"/{name}", mends=False
        )
    yield Mistake(
        "no time of receipt",
        ("receivedat",),
        drop(("receivedat",)),
        "wrong_clock",
        "/receivedat",
        mends=False,
    )
    misspelt = message["type"].removesuffix(".v1") + "d.v1"
    yield Mistake("a type misspelt", ("type",), put(("type",), misspelt), "unknown_type", "/type")
    yield Mistake(
        "a correction of no kind",
        ("corrects",),
        put(("corrects",), f"{message['source']}/other"),
        "malformed_envelope",
        "/correctionkind",
        mends=False,
    )


# What is told, and a program that mends by it.


def told(raw: bytes) -> Message | None:
    """The outcome document of what would be refused; None of what would not."""
    try:
        read(raw, SAMPLE, replay=True)
    except Unacceptable as refusal:
        found = explained(refusal.faults, json.loads(raw), SAMPLE)
        refused = Told(ledger="445102", outcome="quarantined", faults=tuple(found))
        return document(refused)
    return None


def mended(message: Message, said: Message, schema: Message) -> Message:
    """The message as it is after each fault is mended as it says."""
    made = copy.deepcopy(message)
    for fault in said["faults"]:
        way = [int(s) if s.isdecimal() else s for s in fault["pointer"].split("/")[1:]]
        if "meant" in fault:
            parent = at(made, tuple(way[:-1]))
            if fault["code"] == "unknown_field":
                parent[fault["meant"]] = parent.pop(way[-1])
            elif fault["meant"] is None:
                del parent[way[-1]]
            else:
                parent[way[-1]] = fault["meant"]
        elif fault["code"] == "unknown_field":
            there = at(made, tuple(way))
            known = properties(schema, way)
            for name in [name for name in there if name not in known]:
                del there[name]
    return made


def properties(schema: Message, way: list[Any]) -> set[str]:
    """The fields that a schema has at the end of a way."""
    here = schema
    for step in way:
        here = resolved(schema, here)
        here = here["items"] if isinstance(step, int) else here["properties"][step]
    return set(resolved(schema, here)["properties"])


def resolved(schema: Message, here: Message) -> Message:
    for part in here.get("anyOf", ()):
        if part.get("type") != "null":
            here = part
    while "$ref" in here:
        here = at(schema, tuple(here["$ref"].removeprefix("#/").split("/")))
    return here


def schema_of(name: str) -> Message:
    contract: type[BaseModel] = Envelope[EVENTS[name]]  # type: ignore[valid-type]
    return contract.model_json_schema()


def written(message: Message) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def seen(said: Message) -> set[tuple[str, str]]:
    return {(fault["code"], fault["pointer"]) for fault in said["faults"]}


@pytest.mark.parametrize("name", TYPES)
def test_each_mistake_is_told_at_its_field_and_mends_in_one_resend(name: str) -> None:
    message = examples.message(EVENTS[name], SAMPLE)
    schema = schema_of(name)
    for mistake in of_message(message, EVENTS[name]):
        sent = copy.deepcopy(message)
        mistake.do(sent)
        said = told(written(sent))
        assert said is not None, mistake.what
        assert seen(said) == {(mistake.code, mistake.pointer), *mistake.more}, mistake.what
        for fault in said["faults"]:
            words = [*fault["expected"].values(), *fault["message"].values()]
            assert all([*words, *fault["remedy"].values()]), mistake.what
        if mistake.mends:
            right = copy.deepcopy(message)
            if mistake.undone is not None:
                mistake.undone(right)
            assert mended(sent, said, schema) == right, mistake.what


def test_there_are_as_many_mistakes_as_vendors_made() -> None:
    mistakes = [
        mistake
        for name in TYPES
        for mistake in of_message(examples.message(EVENTS[name], SAMPLE), EVENTS[name])
    ]
    assert len({m.what.rpartition(": ")[2] for m in mistakes}) > 30
    assert sum(m.mends for m in mistakes) > 102


def faulty(dice: random.Random, name: str) -> tuple[bytes, set[tuple[str, str]]]:
    """A message of a type with some mistakes in fields of their own, and what they are."""
    message = examples.message(EVENTS[name], SAMPLE)
    mistakes = [m for m in of_message(message, EVENTS[name]) if m.path != ("type",)]
    dice.shuffle(mistakes)
    wanted, made, paths = dice.randint(1, 4), copy.deepcopy(message), set[Path]()
    expected: set[tuple[str, str]] = set()
    for mistake in mistakes:
        apart = all(p[: len(mistake.path)] != mistake.path[: len(p)] for p in paths)
        if len(paths) < wanted and apart:
            mistake.do(made)
            paths.add(mistake.path)
            expected |= {(mistake.code, mistake.pointer), *mistake.more}
    return written(made), expected


def test_of_several_mistakes_at_once_every_one_is_told_at_its_field() -> None:
    """Two hundred messages of all types."""
    dice = random.Random(20261127)  # noqa: S311  the same every time
    for number in range(200):
        raw, expected = faulty(dice, sorted(EVENTS)[number % len(EVENTS)])
        said = told(raw)
        assert said is not None
        assert seen(said) == expected, raw.decode()


def right(dice: random.Random, name: str, number: int) -> bytes:
    """A message without a fault, written as one library or another would write it."""
    message = examples.message(EVENTS[name], SAMPLE) | {"id": f"right-{number}"}
    if dice.random() < 0.5:
        message["sequence"] = str(number)
    if dice.random() < 0.3:
        message |= {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    if dice.random() < 0.3:
        message["datacontenttype"] = "application/json; charset=UTF-8"
    if dice.random() < 0.3:
        message["mends"] = f"{message['source']}/wrong-{number}"
    pairs = list(message.items())
    dice.shuffle(pairs)
    indent, plain = dice.choice((None, 1, 2)), dice.random() < 0.5
    return json.dumps(dict(pairs), ensure_ascii=plain, indent=indent).encode()


def silent(count: int) -> None:
    dice = random.Random(count)  # noqa: S311
    names = sorted(EVENTS)
    for number in range(count):
        raw = right(dice, names[number % len(names)], number)
        assert told(raw) is None, raw.decode()


def test_of_what_is_right_nothing_is_told() -> None:
    silent(2_000)


def test_every_type_is_known_by_its_whole_name() -> None:
    assert {full_type(EVENTS[name]) for name in TYPES} <= {full_type(e) for e in EVENTS.values()}
