"""Messages for contracts: made from examples, with what readers disagree about put into them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import jsonschema_rs

from domain import examples
from domain.catalogue import EVENTS, full_type
from domain.contract.checks import CHECKS
from domain.contract.messages import Book
from domain.contract.schema import DEFINITIONS, Schema
from domain.envelope import read
from domain.event import Event
from domain.faults import Fault, Unacceptable
from tests.support.bureau import SAMPLE

Path = tuple[Any, ...]
BOOK = Book(SAMPLE)
RESIDENT = "445190200203150010"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**53 - 1, 2**53, 1.0, 0.5, 1e300, -0.0, [], {}, [None]),
    *("", " ", "0", "true", "x" * 501, "示例", "示\u2028例", "\x1c", "a\x1cb", "a\xa0b", "a\nb"),
    *("2024-02-30", "2023-02-29", "2000-02-29", "2100-02-29", "2024-05-10", "2024-05-10\n"),
    *("2024-5-1", "20240510", "1714521600", "２０２４-05-10", "2024-05-10T00:00:00Z"),
    *("1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "2024-05", "2024-13", "2024-05\n"),
    *("445102007", "445102007\n", "４４５１０２００７", "445102007001", "445103001001"),
    *("EX-0001", "EX-0001\n", "EX 0001", "Ex.0001_-", "payouts/p-1", "organisation/EX"),
    *("51445102MJ0000018G", "51445102MJ0000018g", "51445102MJ0000019G", "0" * 64, "09:30"),
    *("2024-05-10t10:00:00z", "2024-05-10T10:00:00.1234567+08:00", "2024-05-10T10:00:60Z"),
    *("2024-05-10T24:00:00Z", "2024-05-10T10:00+08:00", "2024-02-30T10:00:00Z"),
    *("J445102-2024-000001", "示湘结字010400123", "示湘结字", "字010", RESIDENT, f"见 {RESIDENT}"),
    *("9007199254740991", "9007199254740992", "00000000000000000012", "000000000000000000012"),
    *("application/json; charset=UTF-8", "application/json; charset=gbk", "text/json"),
)
"""Values that readers disagree about."""
DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"id_kind": "resident-id", "id_number": "44519020020315001x"},
    {"id_kind": "resident-id", "id_number": "４４５１９０２００２０３１５００１０"},
    {"id_kind": "resident-id", "id_number": "445190 20020315 0010"},
    {"id_kind": "resident-id", "id_number": "445190200203150011"},
    {"id_kind": "resident-id", "id_number": "445190020315001"},
    {"id_kind": "resident-id-15", "id_number": "445190020315001"},
    {"id_kind": "resident-id", "id_number": None},
    {"id_kind": "none", "id_number": None, "no_id_reason": "流浪人员"},
    {"id_kind": "none", "id_number": None, "no_id_reason": None},
    {"id_kind": "none", "id_number": "445190200203150010", "no_id_reason": "示例"},
    {"id_kind": "passport", "id_number": "E12345678"},
    {"id_kind": "passport", "id_number": "445190200203150010"},
    {"id_kind": "passport", "id_number": "E1"},
    {"id_kind": "other", "id_number": "士兵证 0001"},
    {"id_kind": "other", "id_number": "----"},
    {"id_kind": "residence-permit", "id_number": "810000199408230021"},
    {"id_kind": "residence-permit", "id_number": "445190200203150010"},
    {"id_kind": "permanent-residence", "id_number": "USA110090010101"},
    {"id_kind": "permanent-residence", "id_number": "USA11009001010"},
    {"name": "12345"},
    {"name": "𰻝"},
    {"birth": "2002-03-15"},
    {"sex": "man"},
    {"residence_division": None},
    {"residence_division": None, "residence_outside": "taiwan"},
    {"residence_division": "110101", "residence_outside": "taiwan"},
)
"""What may be said of a person, rightly or wrongly."""
ENVELOPES: tuple[dict[str, Any], ...] = (
    {"corrects": "payouts/p-1"},
    {"correctionkind": "changed"},
    {"corrects": "payouts/p-1", "correctionkind": "changed"},
    {"corrects": None, "correctionkind": None},
    {"corrects": "payouts/p-1", "correctionkind": "altered"},
    {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "dataschema": None},
    {"tenant": 7, "sampled": True},
    {"tenant": 7.0},
    {"tenant": {"a": 1}},
    {"Tenant": "x"},
    {"x" * 21: "x"},
    {"note": RESIDENT},
    {"note": "x" * 2_001},
    {"source": "nobody"},
    {"source": "payouts"},
    {"division": "445103"},
    {"receivedat": None},
    {"receivedat": "2024-05-10T18:00:00+08:00"},
    {"receivedat": "2199-01-01T00:00:00Z"},
    {"sequence": "0017"},
    {"datacontenttype": None},
    {"type": "cn.mingjian.marriage.marriage-registered.v1"},
    {"specversion": "0.3"},
)
_LETTERS = "09AZaz -._:/年〔〕·Ｘ０\u200b\n\t\x7f\xa0X"


def dice(seed: int) -> Random:
    """Chance that comes out in the same way again."""
    return Random(seed)  # noqa: S311  nothing is to be kept secret


def messages(event: type[Event], chance: Random, *, replay: bool) -> Iterator[dict[str, Any]]:
    """Without end: messages of a type, most of them changed at one to three places."""
    while True:
        made = copy.deepcopy(examples.message(event, SAMPLE))
        if not replay:
            del made["receivedat"]
        if chance.random() < 0.5:  # what may be left out is there, too
            made["data"] = copy.deepcopy(examples.full(event, SAMPLE))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            _change(made, event, chance, replay=replay)
        yield made


def _change(message: dict[str, Any], event: type[Event], chance: Random, *, replay: bool) -> None:
    way = chance.random()
    found = [path for path in places(message) if path[0] == "data" or chance.random() < 0.2]
    persons = [path for path in found if _is_person(at(message, path))]
    if way < 0.12:
        message |= chance.choice(ENVELOPES)
    elif way < 0.35 and persons:
        at(message, chance.choice(persons)).update(chance.choice(DOCUMENTS))
    elif found:
        path = chance.choice(found)
        *before, last = path
        holder = at(message, before)
        way = chance.random()
        if way < 0.12:
            holder.pop(last)
        elif way < 0.2 and isinstance(holder, dict):
            holder[chance.choice(("note", "amount", "registeredOn"))] = chance.choice(ODD)
        elif way < 0.5:
            holder[last] = _altered(at(message, path), chance)
        elif way < 0.6 and path[0] == "data":
            holder[last] = copy.deepcopy(at(message, chance.choice(found)))
        elif way < 0.85:
            meant = _meant(contract_of(event, replay=replay), path)
            holder[last] = chance.choice(meant or ODD)
        else:
            holder[last] = chance.choice(ODD)


def _is_person(value: Any) -> bool:
    return isinstance(value, dict) and "id_kind" in value


def _altered(value: Any, chance: Random) -> Any:
    """Nearly the same."""
    if isinstance(value, str):
        spot = chance.randrange(len(value) + 1)
        return value[:spot] + chance.choice(_LETTERS) + value[spot + chance.randrange(2) :]
    if isinstance(value, bool):
        return chance.choice((not value, int(value), str(value)))
    if isinstance(value, int):
        return chance.choice((float(value), value + 1, -value, str(value), value * 10**9))
    if isinstance(value, list):
        return copy.deepcopy(value * chance.choice((2, 201)))
    return chance.choice(ODD)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where values stand in a message, the message itself left out."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def at(value: Any, path: Any) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


# What a contract says at a place.


@cache
def contract_of(event: type[Event], *, replay: bool) -> Schema:
    """The contract of a whole message, in one piece."""
    name = full_type(event)
    return BOOK.whole(BOOK.replay(name) if replay else BOOK.message(name))


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry(
        [(DEFINITIONS, BOOK.definitions)], draft=jsonschema_rs.Draft202012
    )


@cache
def validator(event: type[Event], *, replay: bool) -> Any:
    """A validator of the contract as it is exported; patterns are of ECMA-262."""
    name = full_type(event)
    return jsonschema_rs.Draft202012Validator(
        BOOK.replay(name) if replay else BOOK.message(name),
        registry=_registry(),
        validate_formats=True,
    )


def nodes(schemas: list[Any], root: Schema, path: Path) -> list[Schema]:
    """The schemas that apply at a path, whatever the rest of a message is."""
    found = [node for schema in schemas for node in _applied(schema, root)]
    if not path:
        return found
    step, *rest = path
    below: list[Any] = []
    for node in found:
        if isinstance(step, int) or str(step).isdigit():
            below.append(node.get("items", {}))
        inside = node.get("properties", {})
        below.append(inside[step] if step in inside else node.get("additionalProperties", {}))
    return nodes(below, root, tuple(rest))


def _applied(schema: Any, root: Schema) -> Iterator[Schema]:
    if not isinstance(schema, dict):
        return
    yield schema
    if target := schema.get("$ref"):
        yield from _applied(root["$defs"][str(target).rpartition("/")[2]], root)
    for key in ("allOf", "anyOf", "oneOf"):
        for inner in schema.get(key, ()):
            yield from _applied(inner, root)
    for key in ("then", "else"):
        yield from _applied(schema.get(key), root)


def _meant(contract: Schema, path: Path) -> list[Any]:
    """Values that the contract speaks of at a place: codes, and what lies at the bounds."""
    found: list[Any] = []
    for node in nodes([contract], contract, path):
        found += node.get("enum", [])[:5] + node.get("examples", [])
        for bound in ("minimum", "maximum"):
            if bound in node:
                found += [node[bound], node[bound] - 1, node[bound] + 1]
        for bound in ("minLength", "maxLength"):
            if bound in node:
                found += ["例" * max(0, node[bound] + more) for more in (-1, 0, 1)]
    return found


def unexplained(contract: Schema, faults: tuple[Fault, ...]) -> list[Fault]:
    """Faults that no check explains which the contract names at their place or above it."""
    left = []
    for fault in faults:
        path = tuple(fault.pointer.split("/")[1:])
        names = {
            name
            for depth in range(len(path) + 1)
            for node in nodes([contract], contract, path[:depth])
            for name in node.get("x-checked", ())
        }
        if not any(fault.code in CHECKS[name].codes for name in names):
            left.append(fault)
    return left


def refused(message: dict[str, Any], *, replay: bool) -> tuple[Fault, ...]:
    """What the ledger's reading finds wrong; nothing of what it takes."""
    raw = json.dumps(message, ensure_ascii=False).encode()
    try:
        read(raw, SAMPLE, replay=replay)
    except Unacceptable as error:
        return error.faults
    return ()


def disagreement(event: type[Event], message: dict[str, Any], *, replay: bool) -> str:
    """How contract and ledger disagree about a message; empty where they do not."""
    contract, faults = contract_of(event, replay=replay), refused(message, replay=replay)
    passes = validator(event, replay=replay).is_valid(message)
    if not passes and not faults:
        said = [
            (e.message[:200], list(e.instance_path))
            for e in validator(event, replay=replay).iter_errors(message)
        ]
        return f"the schema refuses what the ledger takes: {said}"
    if passes and (left := unexplained(contract, faults)):
        return f"the schema passes what the ledger refuses: {left}"
    return ""


def all_types() -> list[type[Event]]:
    return sorted(EVENTS.values(), key=lambda event: event.TYPE)
