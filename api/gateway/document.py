"""The gateway described for programs: its OpenAPI document, and what each problem means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.forms import MEDIA
from api.gateway import answers, pages, problems
from api.gateway.lookups import LISTS
from api.gateway.problems import POST_TYPES
from api.problem_types import MEANINGS
from domain.faults import REASONS, meaning, remedy
from ledger.migration import program_version

JSON = "application/json"
XLSX = MEDIA["xlsx"][0]
BEARER = "mj_<id>_<secret>, or an access token (JWT) of the identity provider"


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
    if "text/html" in request.headers.get("accept", ""):  # a browser follows a fault's `link`
        shown = {"remedy": None, **told}
        return pages.page("gateway_problem.html", **shown)
    return answers.json(told)


async def home(_request: Request) -> Response:
    """`GET /`: a page for whoever opens the address that the gateway named."""
    return pages.page("gateway.html")


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
                "key": {"type": "http", "scheme": "bearer", "bearerFormat": BEARER}
            },
            "schemas": _SCHEMAS,
        },
    }


def _ids(what: str, kind: str = "string") -> dict[str, Any]:
    return {"type": "array", "items": {"type": kind}, "description": what}


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
            "against": {"$ref": "#/components/schemas/Against"},
        },
    },
    "Against": {
        "type": "object",
        "description": "与来源自己的清单比对 / beside the source's own list",
        "required": ["both", "not_here", "other_days", "not_there", "twice", "no_ids"],
        "properties": {
            "both": {"type": "integer", "description": "两边都有 / in both"},
            "not_here": _ids("来源已发，从未收到 / it sent them, and they never came"),
            "other_days": _ids("在别的日子收到 / came on another day"),
            "not_there": _ids("收到，清单中没有 / came, and are not in the list"),
            "twice": _ids("清单中列了不止一次 / more than once in the list"),
            "no_ids": _ids("清单中不是编号的行 / lines without an id", "integer"),
        },
    },
    "Roster": {
        "type": "object",
        "description": "花名册与账本的比对 / a roster compared with the ledger",
        "required": ["map", "period", "counts", "events", "rows", "wrong", "hindrances", "sent"],
        "properties": {
            "map": {"type": "string"},
            "period": {"type": "string", "examples": ["2024-03"]},
            "sheet": {"type": "string"},
            "encoding": {"type": "string"},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "events": {"type": "integer"},
            "figures": {"type": "object", "additionalProperties": {"type": "string"}},
            "rows": {"type": "array", "items": {"type": "object"}},
            "wrong": {"type": "array", "items": {"type": "object"}},
            "doubts": {"type": "array", "items": {"type": "string"}},
            "hindrances": {"type": "array", "items": {"type": "object"}},
            "sent": {"type": "boolean"},
            "confirm": {
                "type": ["string", "null"],
                "description": "确认时原样送回；没有要报送的为 null / to be sent back to confirm",
            },
            "outcomes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "not_accepted": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}},
        },
    },
    "Maps": {
        "type": "object",
        "required": ["maps"],
        "properties": {"maps": {"type": "array", "items": {"type": "object"}}},
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
    day = _get(
        "某日收到多少、缺什么 / how much came on a day, and what is missing",
        "Day",
        ("source", "day"),
        (),
    )
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
        "/rosters": _get("可用的对照表 / the maps that may be used", "Maps", (), ()),
        "/rosters/{map}": {"post": _roster()},
        "/sources/{source}/events/{id}": _get(
            "一条事件的结果 / what became of an event", "Outcome", ("source", "id"), ()
        ),
        "/sources/{source}/outcomes": _get(
            "依次的结果 / outcomes in their order",
            "Outcomes",
            ("source",),
            (("after", "string"), ("limit", "integer"), ("wait", "integer")),
        ),
        "/sources/{source}/days/{day}": day | {"post": _compared(day["get"])},
    }


def _compared(got: Mapping[str, Any]) -> dict[str, Any]:
    listed = {"type": "string", "description": "每行一个编号，或者一条事件 / an id or event a line"}
    return {
        **got,
        "summary": "与来源自己的清单比对 / the same, beside the source's own list",
        "requestBody": {
            "required": True,
            "content": {media: {"schema": listed} for media in LISTS},
        },
        "responses": got["responses"] | _wrong("408", "413", "415"),
    }


def _roster() -> dict[str, Any]:
    query = (
        ("period", "2024-03"),
        ("confirm", ""),
        ("ended", "12"),
        ("ahead", "1"),
        ("only_good", "1"),
    )
    parameters: list[dict[str, Any]] = [_within("map")]
    for name, example in query:
        schema: dict[str, Any] = {"type": "string"} | ({"examples": [example]} if example else {})
        parameters.append({"name": name, "in": "query", "schema": schema})
    file = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    answered = _answer(
        "比对；确认后为结果 / the comparison; once confirmed, the outcomes", "Roster"
    )
    answered["content"][XLSX] = {"schema": {"description": "标红的副本 / the marked copy"}}
    return {
        "summary": "比对花名册；带 confirm 再送即报送 / compare a roster; with confirm, send",
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": dict.fromkeys(("text/csv", XLSX, "application/octet-stream"), file),
        },
        "responses": {
            "200": answered,
            **_wrong(*("400", "401", "403", "404", "408", "409", "413", "422", "429", "503")),
        },
    }


def _within(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _get(
    summary: str, schema: str, within: tuple[str, ...], query: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    parameters = [_within(name) for name in within]
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
    what = {**_WENT_WRONG, "404": "没有 / nothing there", "409": "没有报送 / nothing was sent"}
    return {status: {"description": what[status], "content": content} for status in statuses}
