"""The OpenAPI 3.1 document of the read API, made of its operations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from api.problem_types import MEANINGS
from api.read import disclosure, figures, registers, releases, themes
from api.read.shape import BASE, Operation, Parameter, schema_of
from api.read.shape import Field as Member
from domain.bureau.bureau import Bureau

RESOURCES = (registers, disclosure, themes, releases, figures)
"""Each has a `router` and `operations(bureau)`."""
PLACE = f"{BASE}/openapi.json"
VERSION = "1.0"
"""Of the contract: what was published of it stays as it is under BASE."""
PROBLEM = "application/problem+json"
SAYS = (
    "名录、公开目录、专题、发布、指标和表述，与网页同源、同值。只能读取，不需登记，不收费。\n\n"
    "- 每次答复写明账本位置（at）和业务截止（asof）；写上这两个参数，答复不随后来的记录变化；"
    "依法到期不再公开的除外。\n"
    "- 没有的参数、给了两次的参数、写错的值都不予答复（400），errors 逐一指出。\n"
    "- 每个字段只有一种类型，没有值的为 null；金额为整数，单位为分，字段名以 _fen 结尾；"
    "日期写作 2024-12-31；代码旁有其名称（_name）。\n"
    "- 列表分次读取：next 是接着读的地址，固定在第一次读的位置上。\n"
    "- 今后只增加字段、参数和地址，不去掉、不改变已有的；读的程序应当放过不认识的字段和代码。\n"
    "- 收到过的答复以 If-None-Match 送回其 ETag，没有变化的答复为 304。HEAD 与 GET 相同而没有正文。"
)
_HEADERS = {
    "ETag": "答复的标识，供 If-None-Match；内部页面没有",
    "Link": '列表接着读的地址：<…>; rel="next"',
    "RateLimit-Policy": "同一地址在一段时间内的次数：q 为次数，w 为秒数；不限的没有",
    "RateLimit": "剩余的次数：r 为次数，t 为多少秒后复满；不限的没有",
    "Retry-After": "多少秒后可以再试",
    "Allow": "可用的请求方法",
}
_COMMON = ("RateLimit-Policy", "RateLimit")
_REFUSALS: Mapping[int, tuple[str, tuple[str, ...]]] = {
    400: ("查询中有不能照办的部分，errors 逐一指出", ()),
    404: ("没有所问的账本、名录、事项、专题、记录或发布", ()),
    405: ("只能读取", ("Allow",)),
    406: ("没有所要的格式：只有 JSON", ()),
    429: ("请求过于频繁", ("Retry-After",)),
    500: ("服务内部出错，或者所存与封存时不同", ()),
    503: ("暂时不能答复", ("Retry-After",)),
}
_WRONG = (
    Member("pointer", "问题中的哪一处（JSON 指针）：/query/limit", optional=False),
    Member("detail", "哪里不对", optional=False),
    Member("expected", "应当怎样写", optional=False),
)
_PROBLEM = (
    Member("type", "类型，也是其说明的地址", optional=False),
    Member("title", "是什么问题", optional=False),
    Member("status", "HTTP 状态码", "integer", optional=False),
    Member("detail", "原因", optional=False),
    Member("instance", "所问的地址", optional=False),
    Member("code", "类型的代码", optional=False, codes=MEANINGS),
    Member("hint", "怎么办", optional=False),
)


def operations(bureau: Bureau) -> Iterator[Operation]:
    """All that can be asked of a bureau's ledger."""
    for resource in RESOURCES:
        yield from resource.operations(bureau)


@lru_cache(maxsize=1)
def examples() -> Mapping[str, Any]:
    """Answers by operation, and how each was asked for: they are real, of an invented ledger."""
    text = resources.files("api.read").joinpath("examples.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


@lru_cache(maxsize=16)
def of(bureau: Bureau) -> Mapping[str, Any]:
    """The document."""
    known = list(operations(bureau))
    problem = schema_of(_PROBLEM)
    problem["properties"]["errors"] = {
        "type": "array",
        "items": schema_of(_WRONG),
        "description": "查询中各个不对的部分",
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{bureau.name}数据接口", "version": VERSION, "description": SAYS},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(each.tag for each in known)],
        "paths": {BASE + each.path: {"get": _get(each)} for each in known},
        "components": {
            "schemas": {"Problem": problem},
            "headers": {
                name: {"description": says, "schema": {"type": "string"}}
                for name, says in _HEADERS.items()
            },
            "responses": {
                str(status): {
                    "description": says,
                    "headers": _headers(*headers),
                    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, (says, headers) in _REFUSALS.items()
            },
        },
    }


def _get(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"schema": schema_of(operation.answer)}
    if (example := examples().get(operation.id)) is not None:
        answer["example"] = example["answer"]
    paged = any(each.name == "next" for each in operation.answer)
    return {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.title,
        "description": operation.says,
        "parameters": [_parameter(each) for each in operation.parameters],
        "responses": {
            "200": {
                "description": "答复",
                "headers": _headers("ETag", *(["Link"] if paged else [])),
                "content": {"application/json": answer},
            },
            "304": {"description": "与 If-None-Match 的相同", "headers": _headers("ETag")},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS},
        },
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, *_COMMON)}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "description": f"{parameter.says}。写法：{parameter.expected}",
        "required": parameter.in_path,
        "schema": dict(parameter.schema),
    }
    if parameter.schema["type"] == "array":
        made |= {"style": "form", "explode": False}
    return made
