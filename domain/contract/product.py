"""The folder that publishers are given: every file of it, as text, by its path.

index.json                     types, titles, sources, files, the order of examples, a digest
README.md, README.zh-CN.md     what is what
definitions.schema.json        what the schemas share
schemas/, replay/, ledger/     a message to a live ledger, to a replay; an entry of the ledger
examples/live/, examples/replay/   messages in the order in which they may be sent
pages/                         one page for each type
asyncapi.json                  topics and messages on Kafka
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from domain.catalogue import EVENTS
from domain.contract import asyncapi, stories
from domain.contract.life import sources
from domain.contract.messages import TYPES, Book
from domain.contract.pages import Law, Noted, markdown, page
from domain.event import TYPE_PREFIX

INDEX, OPENAPI = "index.json", "openapi.json"


def files(
    book: Book,
    history: Sequence[Noted],
    law: Law,
    others: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Path → text of every file; `others` are those that other rooms make."""
    made = {**dict(_files(book, history, law)), **others}
    index = _index(book, history, made)
    return {INDEX: _text(index), **made}


def _files(book: Book, history: Sequence[Noted], law: Law) -> Iterator[tuple[str, str]]:
    version = history[-1].on if history else ""
    yield "README.md", _ENGLISH.format(name=book.bureau.name, version=version)
    yield "README.zh-CN.md", _CHINESE.format(name=book.bureau.name, version=version)
    yield "definitions.schema.json", _text(book.definitions)
    yield "asyncapi.json", _text(asyncapi.document(book.bureau, version))
    for name in TYPES:
        yield f"schemas/{name}.schema.json", _text(book.message(name))
        yield f"replay/{name}.schema.json", _text(book.replay(name))
        yield f"whole/{name}.schema.json", _text(book.whole(book.message(name)))
        yield f"ledger/{name}.schema.json", _text(book.whole(book.entry(name)))
        yield f"pages/{name}.md", markdown(page(book, name, history, law))
    for place, told in enumerate(stories.timeline(book.bureau), 1):
        name = f"{place:04}-{told.event.TYPE}"
        yield f"examples/live/{name}.example.json", _text(told.live)
        yield f"examples/replay/{name}.example.json", _text(told.message)


def _index(book: Book, history: Sequence[Noted], made: dict[str, str]) -> dict[str, Any]:
    digest = hashlib.sha256()
    for path, text in sorted(made.items()):
        digest.update(f"{path}\0{hashlib.sha256(text.encode()).hexdigest()}\n".encode())
    told = [path.rpartition("/")[2] for path in made if path.startswith("examples/live/")]
    of_type: dict[str, str] = {}
    for file in told:
        of_type.setdefault(TYPE_PREFIX + file.partition("-")[2].removesuffix(".example.json"), file)
    return {
        "bureau": book.bureau.name,
        "division": book.bureau.division,
        "version": history[-1].on if history else "",
        "digest": digest.hexdigest(),
        "definitions": "definitions.schema.json",
        "asyncapi": "asyncapi.json",
        **({"openapi": OPENAPI} if OPENAPI in made else {}),
        "sources": {
            source.name: {
                "title": source.title,
                "types": [name for name in TYPES if source.may(name.removeprefix(TYPE_PREFIX))],
            }
            for source in book.bureau.sources.values()
        },
        "types": [_of_type(book, name, history, of_type.get(name)) for name in TYPES],
        "order": {
            kind: [f"examples/{kind}/{file}" for file in told] for kind in ("live", "replay")
        },
    }


def _of_type(
    book: Book, name: str, history: Sequence[Noted], example: str | None
) -> dict[str, Any]:
    event = EVENTS[name.removeprefix(TYPE_PREFIX)]
    files_of = {
        "schema": f"schemas/{name}.schema.json",
        "whole": f"whole/{name}.schema.json",
        "replay": f"replay/{name}.schema.json",
        "ledger": f"ledger/{name}.schema.json",
        "page": f"pages/{name}.md",
        "html": f"pages/{name}.html",
    }
    if example is not None:
        files_of["example"] = f"examples/live/{example}"
    return {
        "type": name,
        "title": event.TITLE,
        "line": event.TYPE.partition(".")[0],
        "opens": event.OPENS,
        "changed_on": max((change.on for change in history if change.type == name), default=""),
        "sources": sources(event, book.bureau),
        "files": files_of,
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


_ENGLISH = """\
# Event contracts: {name}, version {version}

- `index.json`: types, titles, sources, files, the order of the examples, a digest of all files
- `schemas/TYPE.schema.json`: JSON Schema 2020-12 of a message to a live ledger. It refers to
  `definitions.schema.json` by its `$id`: load that into your validator first
- `whole/TYPE.schema.json`: the same in one file, for tools that follow no URN
- `replay/TYPE.schema.json`: a message to a replay ledger, which asks for `receivedat`
- `ledger/TYPE.schema.json`: an entry in the ledger's topic; persons are a pseudonym and flags
- `examples/live/`, `examples/replay/`: messages that are all accepted in the order of `index.json`
- `pages/TYPE.md`, `pages/TYPE.html`: one page for each type, Chinese and English
- `asyncapi.json`: topics and messages on Kafka (AsyncAPI 3.0); `openapi.json`: the gateway

What a schema cannot say is named in `x-checked`, and explained in `x-checks` of the definitions.
Patterns are of ECMA-262 and never look ahead; `$` is the end of the text, not of a line. Names that
begin with `x-` are ours: `x-label` (what it is called), `x-labels` (of codes), `x-unit`,
`x-standard` (what the field itself rests on), `x-basis` (law of the event), `x-refers` and
`x-parked-until` (what it waits for), `x-warnings`.
"""
_CHINESE = """\
# 事件合同：{name}，{version} 版

- `index.json`：类型、名称、来源、文件、示例次序，以及全部文件的摘要值
- `schemas/类型.schema.json`：报送实时账本的 JSON Schema 2020-12，按 `$id` 引用
  `definitions.schema.json`，请先把后者载入校验程序
- `whole/类型.schema.json`：同上，所引用的都在一个文件中，供不能按 URN 引用的工具使用
- `replay/类型.schema.json`：报送回放账本的，须有 `receivedat`
- `ledger/类型.schema.json`：账本主题中的事件；人员为假名和标记
- `examples/live/`、`examples/replay/`：示例，按 `index.json` 的次序报送即全部记入
- `pages/类型.md`、`pages/类型.html`：每类事件一页，中英文对照
- `asyncapi.json`：Kafka 主题和消息（AsyncAPI 3.0）；`openapi.json`：接收网关

JSON Schema 无法表达的校验写在 `x-checked`，含义见公用定义的 `x-checks`。正则表达式为 ECMA-262，
不用前瞻；`$` 是全文的末尾，不是行末。`x-` 开头的为本局所加：`x-label` 名称、`x-labels` 代码含义、
`x-unit` 单位、`x-standard` 字段本身依据的标准或者规定、`x-basis` 事件的依据、`x-refers` 与
`x-parked-until` 所等待的、`x-warnings` 提示的问题。
"""
