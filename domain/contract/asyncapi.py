"""AsyncAPI 3.0 of what passes over Kafka: topics, messages, content modes, security.

One channel for each topic of a bureau: its sources' events and receipts, the ledger, its journal
and what is refused. The messages refer to the contracts by file, as they are exported.
"""

from __future__ import annotations

from typing import Any

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.contract.life import sources

ASYNCAPI = "3.0.0"
_STRING = {"type": "string"}
_NAME = {"type": ["string", "null"]}


def _objects(*required: str, **fields: dict[str, Any]) -> dict[str, Any]:
    """A list of objects that have at least these fields."""
    known = {**dict.fromkeys(required, _STRING), **fields}
    item = {"type": "object", "required": [*required], "properties": known}
    return {"type": "array", "items": item}


OUTCOME: dict[str, Any] = {
    "type": "object",
    "description": "回执：事件的结果；字段只增不减"
    " / what became of an event; fields are only ever added",
    "required": ["id", "outcome"],
    "properties": {
        "id": {"type": ["string", "null"], "description": "事件编号；读不出的为空 / of the event"},
        "outcome": {
            "type": "string",
            "enum": ["accepted", "duplicate", "parked", "quarantined", "finding", "finding-ended"],
            "x-labels": {
                "accepted": "记入",
                "duplicate": "重复",
                "parked": "待关联",
                "quarantined": "未通过校验",
                "finding": "疑点",
                "finding-ended": "疑点消除",
            },
        },
        "ledger": {**_STRING, "description": "账本（区划代码）/ division"},
        "source": _NAME,
        "type": _NAME,
        "instance": {**_STRING, "description": "查询地址 / where it may be asked for again"},
        "position": {"type": ["integer", "null"], "minimum": 1, "description": "账本位置"},
        "number": {"type": "integer", "minimum": 1, "description": "待关联或者未通过校验的编号"},
        "recorded_at": {**_STRING, "description": "记录时间 / when it was recorded"},
        "warnings": {
            **_objects("code", name=_STRING, rule=_STRING, rule_name=_STRING, law=_STRING),
            "description": "记入时发现的问题、规则和依据 / what is wrong with it, though accepted",
        },
        "waits_for": {
            "type": "object",
            "required": ["what"],
            "description": "所等待的，自何时起，何种事件可以满足 / what it waits for, since when",
        },
        "reason": {
            "type": ["string", "null"],
            "description": "第一处的原因代码，或者所等待的 / why",
        },
        "pointer": {**_NAME, "description": "第一处的 JSON 指针 / the field"},
        "faults": {
            **_objects("code", "pointer", link=_STRING),
            "description": "全部错误：位置、应为、含义、办法 / all that is wrong, and the remedy",
        },
        "mends": {**_STRING, "description": "换用新编号更正时，mends 写此 / for a mended event"},
        "offset": {"type": ["string", "null"], "description": "分区/偏移量 / where it came from"},
        "of": {
            "type": "object",
            "description": "重复的，此前的结果 / what came before",
        },
    },
}
REFUSED: dict[str, Any] = {
    "type": "object",
    "description": "未通过校验：只有编号、原因和密钥摘要 / id, reason and keyed hash; no content",
    "required": ["ledger", "number", "id", "reason", "digest"],
    "properties": {
        "ledger": _STRING,
        "number": {"type": "integer", "minimum": 1},
        "id": {"type": ["string", "null"]},
        "reason": _STRING,
        "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}
_KEYED = ("ledger", "position", "recorded_at", "source", "event_id", "type", "stream", "version")
ENTRY_HEADERS = {
    "type": "object",
    "required": [*_KEYED, "digest"],
    "properties": dict.fromkeys((*_KEYED, "digest", "breaches", "content-type"), _STRING),
}
JOURNAL_HEADERS = {
    "type": "object",
    "required": ["ledger", "number", "recorded_at", "position", "kind", "mac"],
    "properties": dict.fromkeys(
        ("ledger", "number", "recorded_at", "position", "kind", "subject", "mac", "by"), _STRING
    ),
}
_MODES = (
    "结构化（content-type: application/cloudevents+json）、二进制（ce_ 头）和批量"
    "（application/cloudevents-batch+json）均可"
    " / structured, binary and batched mode of the CloudEvents Kafka binding"
)


def document(bureau: Bureau, version: str, prefix: str = "mingjian") -> dict[str, Any]:
    """The whole document, as JSON values. `version` is that of the contracts."""
    spoken = [source for source in bureau.sources.values() if _types(source.name, bureau)]
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for source in spoken:
        name = source.name
        types = _types(name, bureau)
        channels[f"intake.{name}"] = {
            "address": f"{prefix}.intake.{name}",
            "title": f"{source.title}报送 / events of {name}",
            "description": _MODES,
            "messages": {each: _ref(f"components/messages/{each}") for each in types},
        }
        channels[f"receipts.{name}"] = {
            "address": f"{prefix}.receipts.{name}",
            "title": f"{source.title}的回执 / receipts for {name}",
            "messages": {"receipt": _ref("components/messages/receipt")},
        }
        operations[f"receive.{name}"] = _operation("receive", f"intake.{name}", "收下来件 / take")
        operations[f"answer.{name}"] = _operation("send", f"receipts.{name}", "回执 / tell")
    for name, address, title, message in (
        ("ledger", f"ledger.{bureau.division}", "账本，永久保留 / the ledger, for ever", "entry"),
        ("journal", f"journal.{bureau.division}", "日志 / the journal", "journal"),
        ("quarantine", "quarantine", "未通过校验的通知 / what is refused", "refused"),
    ):
        messages = (
            [f"ledger.{full_type(e)}" for e in EVENTS.values()] if name == "ledger" else [message]
        )
        channels[name] = {
            "address": f"{prefix}.{address}",
            "title": title,
            "messages": {each: _ref(f"components/messages/{each}") for each in messages},
        }
        operations[f"publish.{name}"] = _operation("send", name, title)
    return {
        "asyncapi": ASYNCAPI,
        "id": f"urn:mingjian:asyncapi:{bureau.division}",
        "info": {
            "title": f"明鉴：{bureau.name}的事件 / events",
            "version": version,
            "description": "上游系统报送的事件、回执和账本 / events, receipts and the ledger",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": _SERVERS,
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": _messages(),
            "securitySchemes": _SECURITY,
        },
    }


_SERVERS: dict[str, Any] = {
    name: {
        "host": "{host}",
        "protocol": protocol,
        "title": title,
        "variables": {"host": {"description": "由本局告知 / told by the bureau"}},
        **({"security": [{"$ref": "#/components/securitySchemes/sasl"}]} if secure else {}),
    }
    for name, protocol, title, secure in (
        ("inside", "kafka", "内网 / inside", False),
        ("secured", "kafka-secure", "加密并验证身份 / SASL_SSL", True),
    )
}
_SECURITY: dict[str, Any] = {
    "sasl": {
        "type": "scramSha512",
        "description": "SASL_SSL：每个来源一个账号，只能写自己的主题、读自己的回执"
        " / one account for each source: its own topic, its own receipts",
    }
}


def _messages() -> dict[str, Any]:
    made: dict[str, Any] = {
        "receipt": _message("回执 / receipt", "application/json", OUTCOME),
        "refused": _message("未通过校验的通知 / notice", "application/json", REFUSED),
        "journal": _message("日志 / journal record", "application/json", {"type": "object"})
        | {"headers": JOURNAL_HEADERS},
    }
    for event in EVENTS.values():
        name = full_type(event)
        made[name] = _message(
            event.TITLE, "application/cloudevents+json", {"$ref": f"./whole/{name}.schema.json"}
        )
        made[f"ledger.{name}"] = _message(
            f"{event.TITLE}（账本）",
            "application/cloudevents+json",
            {"$ref": f"./ledger/{name}.schema.json"},
        ) | {"headers": ENTRY_HEADERS}
    return made


def _message(title: str, content_type: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "contentType": content_type, "payload": payload}


def _operation(action: str, channel: str, title: str) -> dict[str, Any]:
    return {"action": action, "channel": _ref(f"channels/{channel}"), "title": title}


def _ref(path: str) -> dict[str, str]:
    return {"$ref": f"#/{path}"}


def _types(source: str, bureau: Bureau) -> list[str]:
    return [full_type(e) for e in EVENTS.values() if source in sources(e, bureau)]
