"""The gateway described for programs: its OpenAPI document, and what each problem means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.gateway import answers, problems
from api.gateway.problems import POST_TYPES
from api.problem_types import MEANINGS
from domain.faults import REASONS, meaning, remedy
from ledger.migration import program_version

JSON = "application/json"


async def openapi(_request: Request) -> Response:
    """`GET /openapi.json`."""
    return answers.json(described(), headers={"Cache-Control": "no-cache"})


async def problem(request: Request) -> Response:
    """`GET /problems/{code}`: to which the `type` of a problem leads."""
    code = request.path_params["code"]
    told: dict[str, Any] = {"type": f"/problems/{code}", "code": code}
    if code in REASONS:
        told |= {"meaning": meaning(code)._asdict(), "remedy": remedy(code)._asdict()}
    elif code in MEANINGS:
        told["meaning"] = MEANINGS[code]
    else:
        raise problems.no_address(request.url.path)
    return answers.json(told)


def described() -> dict[str, Any]:
    """The document (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "明鉴接收网关 / Mingjian gateway",
            "version": program_version(),
            "description": "以 HTTP 报送事件、查询结果 / send events, and ask what became of them",
        },
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "bearerFormat": "mj_<id>_<secret>"}
            },
            "schemas": _SCHEMAS,
        },
    }


_SCHEMAS: Mapping[str, Any] = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "hint"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {"type": "string"},
            "hint": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Wrong"}},
            "lines": {"type": "integer", "description": "已收下的行数 / lines that were taken"},
        },
    },
    "Wrong": {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("pointer", "detail", "expected")},
    },
    "Outcome": {
        "type": "object",
        "required": ["outcome"],
        "properties": {
            "outcome": {
                "enum": ["received", "accepted", "duplicate", "parked", "quarantined", "refused"]
            },
            "source": {"type": ["string", "null"]},
            "id": {"type": ["string", "null"]},
            "topic": {"type": "string"},
            "partition": {"type": "integer"},
            "offset": {"type": "integer"},
            "position": {"type": "integer"},
            "line": {"type": "integer"},
        },
    },
    "Day": {
        "type": "object",
        "required": ["source", "day", "over", "received", "sequence", "ids"],
        "properties": {
            "source": {"type": "string"},
            "day": {"type": "string", "format": "date"},
            "over": {"type": "boolean"},
            "received": {"type": "object", "additionalProperties": {"type": "integer"}},
            "sequence": {"type": "object"},
            "ids": {"type": "object"},
        },
    },
    "Outcomes": {
        "type": "object",
        "required": ["events"],
        "properties": {
            "events": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}}
        },
    },
}
_WENT_WRONG = {
    "400": "读不出事件 / no event can be read",
    "401": "需要密钥 / a key is needed",
    "403": "另一个来源系统 / another source",
    "408": "来得太慢 / too slow",
    "413": "太大 / too large",
    "415": "内容类型 / content type",
    "422": "未通过校验 / quarantined",
    "429": "太多 / too many",
    "503": "稍候重发 / send it again later",
}


def _paths() -> dict[str, Any]:
    events: dict[str, Any] = {
        "summary": "报送事件 / send events",
        "parameters": [
            {
                "name": "Prefer",
                "in": "header",
                "description": "wait=N：最多等 N 秒结果（不超过 30）/ wait for the outcome",
                "schema": {"type": "string", "examples": ["wait=10"]},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {media: {"schema": True} for media in POST_TYPES},
        },
        "responses": {
            "200": _answer("有结果 / the outcome, or one for each", "Outcome", "Outcomes"),
            "202": _answer(
                "已收下，尚无结果；或者待关联 / durable; or parked", "Outcome", "Outcomes"
            ),
            **_wrong(*_WENT_WRONG),
        },
    }
    return {
        "/events": {"post": events},
        "/lint": {
            "post": {
                "summary": "预检，不留存 / what would become of them; nothing is kept",
                "requestBody": events["requestBody"],
                "responses": {
                    "200": _answer("逐条结果 / one outcome each", "Outcomes"),
                    **_wrong("400", "401", "403", "413", "415", "429", "503"),
                },
            }
        },
        "/sources/{source}/events/{id}": _get(
            "一条事件的结果 / what became of an event", "Outcome", ("source", "id"), ()
        ),
        "/sources/{source}/outcomes": _get(
            "依次的结果 / outcomes in their order",
            "Outcomes",
            ("source",),
            (("after", "string"), ("limit", "integer"), ("wait", "integer")),
        ),
        "/sources/{source}/days/{day}": _get(
            "某日收到多少、缺什么 / how much came on a day, and what is missing",
            "Day",
            ("source", "day"),
            (),
        ),
    }


def _get(
    summary: str, schema: str, within: tuple[str, ...], query: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in within
    ]
    parameters += [{"name": name, "in": "query", "schema": {"type": kind}} for name, kind in query]
    responses = {"200": _answer(summary, schema)}
    responses |= _wrong("400", "401", "403", "404", "429", "503")
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def _answer(what: str, *schemas: str) -> dict[str, Any]:
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    schema: dict[str, Any] = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return {"description": what, "content": {JSON: {"schema": schema}}}


def _wrong(*statuses: str) -> dict[str, Any]:
    content = {answers.PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    what = {**_WENT_WRONG, "404": "没有 / nothing there"}
    return {status: {"description": what[status], "content": content} for status in statuses}
