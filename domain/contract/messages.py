"""Whole messages: the contract of each type, for live ledgers, replays and the ledger's own topic.

`Book` holds those of one bureau. A contract refers to the shared definitions by their URN; `whole`
puts into one file what it refers to, for tools that read one.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from domain import examples
from domain.attributes import EXTENSION, JSON_TYPES, MOST_OF_EXTENSION, MOST_OF_TYPE
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.contract import life, opened
from domain.contract.checks import (
    CHECKS,
    DOCUMENT,
    FUTURE,
    INTEGER,
    RESIDENT,
    SEQUENCE,
    WITHOUT_NUL,
)
from domain.contract.schema import (
    DEFINITIONS,
    DIALECT,
    NULL,
    URN,
    Contracts,
    Schema,
    checks_in,
)
from domain.envelope import Header
from domain.event import TYPE_PREFIX, Event
from domain.faults import MAX_INTEGER
from domain.laws import in_chinese

_EXTENSION: Schema = {
    "type": ["string", "integer", "boolean", "null"],
    "maxLength": MOST_OF_EXTENSION,
    "pattern": WITHOUT_NUL,
    "minimum": -MAX_INTEGER,
    "maximum": MAX_INTEGER,
    "description": "追踪信息等其他属性：原样留存，不影响事项 / kept in the bytes, and ignored",
    "x-checked": [INTEGER, RESIDENT],
}
_MENDS: Schema = {
    "x-label": "修复的来件",
    "description": "换用新编号更正未通过校验的来件时，写明该来件，记入后自动了结"
    " / what was refused and is sent mended under a new id: it is closed by this",
    "examples": ["payouts/p-1"],
}
_SAID = ("description", "default", "x-label", "examples")
_SET = {"not": NULL}
LIVE: Schema = {
    "description": "实时账本：接收时间由账本记录 / a live ledger records by its own clock",
    "properties": {"receivedat": NULL},
}
REPLAY: Schema = {
    "description": "回放账本：须写明当时的接收时间 / a replay ledger is told when it was received",
    "required": ["receivedat"],
    "properties": {"receivedat": {**_SET, "x-checked": [FUTURE]}},
}


TYPES = tuple(full_type(event) for event in EVENTS.values())
"""Every type as it stands on the wire."""


class Book:
    """The contracts of one bureau."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self._contracts = Contracts(bureau)
        self._messages: dict[str, Schema] = {}
        self._entries: dict[str, Schema] = {}

    def message(self, name: str) -> Schema:
        """The contract of a message to a live ledger. Raises KeyError where there is no such type.

        `name` is the type as it stands on the wire; so it is below.
        """
        if name not in self._messages:
            event = EVENTS[name.removeprefix(TYPE_PREFIX)]
            self._messages[name] = self._message(event)
            self._share()
        return self._messages[name]

    def replay(self, name: str) -> Schema:
        """The same, of a message to a replay ledger."""
        made = self.message(name)
        return made | {
            "$id": f"{URN}replay:{name}",
            "title": f"{made['title']}（回放 replay）",
            "allOf": [_shared("Replay"), *made["allOf"][1:]],
        }

    def entry(self, name: str) -> Schema:
        """What stands in the ledger's topic: the message with its persons opened."""
        if name not in self._entries:
            self._entries[name] = self._entry(EVENTS[name.removeprefix(TYPE_PREFIX)])
        return self._entries[name]

    @cached_property
    def definitions(self) -> Schema:
        """What the contracts share."""
        made = self._contracts.definitions
        all_of = [of(name) for name in TYPES for of in (self.message, self.entry)]
        checked = sorted(checks_in(made).union(*map(checks_in, all_of)))
        return {
            "$schema": DIALECT,
            "$id": DEFINITIONS,
            "title": "各合同共用的定义 / shared definitions",
            "x-checks": {
                name: {"zh": CHECKS[name].chinese, "en": CHECKS[name].english} for name in checked
            },
            "$defs": dict(sorted(made.items())),
        }

    def whole(self, contract: Schema) -> Schema:
        """A contract with all that it refers to inside of it."""
        found: dict[str, Schema] = {}
        made: Schema = _inlined(contract, self._contracts.definitions, found)
        own = {
            name: _inlined(made, self._contracts.definitions, found)
            for name, made in contract.get("$defs", {}).items()
        }
        if own or found:
            made["$defs"] = own | dict(sorted(found.items()))
        made["$id"] = made["$id"].replace(URN, f"{URN}whole:")
        return made

    def _share(self) -> None:
        made = self._contracts.definitions
        if "Envelope" not in made:
            made["Envelope"] = self._envelope()
            made["Live"], made["Replay"] = LIVE, REPLAY

    def _envelope(self) -> Schema:
        hints = examples.hints_of(Header)
        fields = {
            name: self._contracts.field(Header, name, hints[name])
            for name in hints
            if name in Header.model_fields
        }
        fields["division"] |= {"const": self.bureau.division}
        fields["subject"] |= {"pattern": WITHOUT_NUL, "x-checked": [RESIDENT]}
        fields["id"] |= {"x-checked": [RESIDENT]}
        media = {"type": "string", "maxLength": MOST_OF_TYPE, "pattern": JSON_TYPES}
        number = {"anyOf": [*SEQUENCE["anyOf"], NULL]}
        for name, kind in (("sequence", number), ("datacontenttype", {"anyOf": [media, NULL]})):
            said = {k: v for k, v in fields[name].items() if k in _SAID}
            fields[name] = {**kind, **said}
        fields["mends"] = {**_EXTENSION, **_MENDS}
        fields["data"] = {"x-label": "事项内容"}
        required = [*(n for n, f in Header.model_fields.items() if f.is_required()), "data"]
        return {
            "description": "CloudEvents 1.0 的属性和账本的扩展属性；值为 null 即为未填"
            " / attributes of CloudEvents and extensions of the ledger; null is unset",
            "type": "object",
            "properties": fields,
            "required": required,
            "propertyNames": {"pattern": EXTENSION},
            "additionalProperties": _EXTENSION,
            "if": {"required": ["corrects"], "properties": {"corrects": _SET}},
            "then": {"required": ["correctionkind"], "properties": {"correctionkind": _SET}},
            "else": {"properties": {"correctionkind": NULL}},
            "x-checked": [DOCUMENT, RESIDENT],
        }

    def _message(self, event: type[Event]) -> Schema:
        name, bureau = full_type(event), self.bureau
        senders, basis = life.sources(event, bureau), in_chinese(event.BASIS)
        data = self._contracts.fields(event)
        source: Schema = {"enum": senders} if senders else {"not": {}}
        numbering = [sender for sender in senders if bureau.sources[sender].numbered]
        source["x-labels"] = {sender: bureau.sources[sender].title for sender in senders}
        return {
            "$schema": DIALECT,
            "$id": URN + name,
            "title": f"{event.TITLE} {name}",
            "description": f"{event.TITLE}。依据：{basis} / {data['description']}",
            "x-label": event.TITLE,
            "x-basis": basis,
            **life.of(event, bureau),
            "allOf": [_shared("Live"), {"$ref": "#/$defs/message"}],
            "$defs": {
                "message": {
                    "allOf": [_shared("Envelope")],
                    "properties": {
                        "type": {"const": name},
                        "source": source,
                        "data": {"$ref": "#/$defs/data"},
                    },
                    **(_numbered(numbering) if numbering else {}),
                },
                "data": data,
            },
        }

    def _entry(self, event: type[Event]) -> Schema:
        name = full_type(event)
        return {
            "$schema": DIALECT,
            "$id": f"{URN}ledger:{name}",
            "title": f"{event.TITLE} {name}（账本主题 ledger topic）",
            "description": "记入账本的事件：人员以假名和标记代替，其余与来件相同"
            " / an accepted event: persons stand as pseudonym and flags, all else as it arrived",
            "type": "object",
            "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
            "properties": {
                "type": {"const": name},
                "data": opened.fields(self._contracts, event),
            },
        }


def _numbered(senders: list[str]) -> Schema:
    """That sources which are registered as numbering their events do so."""
    return {
        "if": {"required": ["source"], "properties": {"source": {"enum": senders}}},
        "then": {"required": ["sequence"], "properties": {"sequence": _SET}},
    }


def _shared(name: str) -> Schema:
    return {"$ref": f"{DEFINITIONS}#/$defs/{name}"}


def _inlined(schema: Any, shared: dict[str, Schema], found: dict[str, Schema]) -> Any:
    """A schema whose references lead inside of the file; what they lead to is put into `found`."""
    if isinstance(schema, list):
        return [_inlined(item, shared, found) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _inlined(value, shared, found) for key, value in schema.items() if key != "$defs"}
    target = schema.get("$ref")
    if isinstance(target, str) and target.startswith(DEFINITIONS):
        name = target.rpartition("/")[2]
        made["$ref"] = f"#/$defs/{name}"
        if name not in found:
            found[name] = {}
            found[name] = _inlined(shared[name], shared, found)
    return made
