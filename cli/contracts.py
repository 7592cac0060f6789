"""`mingjian contracts`, for vendors: what they build against, and messages that are accepted."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from api.contracts import as_file, law
from cli.console import say
from domain import conformance
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.contract import pages, product, stories
from domain.contract.life import sources
from domain.contract.messages import Book
from domain.event import TYPE_PREFIX, Event
from infra import bureaus
from infra import contracts as kept
from infra.settings import settings

FOR = "publisher"

contracts = typer.Typer(
    no_args_is_help=True, add_completion=False, help="事件合同 / event contracts"
)
TypeName = Annotated[
    str,
    typer.Argument(metavar="TYPE", help="如 cn.mingjian.assistance.payment-settled.v1"),
]


class NoSuchEventType(LookupError):
    """There is no event of that type; the message names similar ones."""


@contracts.command()
def export(directory: Annotated[Path, typer.Argument(help="目录 / directory")]) -> None:
    """写出合同：JSON Schema、示例、说明、AsyncAPI / JSON Schema, examples, pages, AsyncAPI."""
    bureau, history = _bureau(), kept.history()
    book = Book(bureau)
    made = product.files(book, history, law, _others())
    made |= {
        path.removesuffix(".md") + ".html": as_file(
            pages.page(book, Path(path).stem, history, law), bureau
        )
        for path in made
        if path.startswith("pages/")
    }
    for path, text in made.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    say(f"{directory}：{len(EVENTS)} 份合同 / contracts（{bureau.name}，{kept.version()} 版）")


@contracts.command(name="list")
def list_types(
    line: Annotated[str, typer.Argument(help="业务条线，如 assistance / one line")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出事件类型和可以报送的来源 / types, and who may send them."""
    bureau = _bureau()
    found = [e for e in EVENTS.values() if not line or e.TYPE.partition(".")[0] == line]
    if not found:
        lines = "、".join(dict.fromkeys(name.partition(".")[0] for name in EVENTS))
        raise NoSuchEventType(f"没有业务条线 {line}；有 / no such line; there are: {lines}")
    if as_json:
        told = [
            {"type": full_type(e), "title": e.TITLE, "sources": sources(e, bureau)} for e in found
        ]
        say(json.dumps(told, ensure_ascii=False))
        return
    for event in found:
        say(f"{full_type(event)}  {event.TITLE}  {'、'.join(sources(event, bureau)) or '—'}")


@contracts.command()
def example(
    name: TypeName,
    needed: Annotated[
        bool, typer.Option("--needed", help="连同此前须报送的 / after those that it needs")
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="报送回放账本的 / for a replay ledger")
    ] = False,
) -> None:
    """打印一条合法示例 / print one valid example, on one line."""
    event, bureau = _meant(name), _bureau()
    try:
        told = stories.of(event, bureau)
    except LookupError:
        raise NoSuchEventType(
            f"{bureau.name}没有报送 {event.TYPE} 的来源或者所列的代码"
            " / this bureau has no source, or no code, to say it with"
        ) from None
    for one in told if needed else told[-1:]:
        say(json.dumps(one.message if replay else one.live, ensure_ascii=False))


@contracts.command()
def schema(name: TypeName) -> None:
    """打印一份合同，所引用的都在其中 / print one contract, with all that it refers to."""
    event, book = _meant(name), Book(_bureau())
    say(json.dumps(book.whole(book.message(full_type(event))), ensure_ascii=False, indent=2))


@contracts.command(name="conformance")
def conformance_pack(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="如 cases.jsonl")],
    replay: Annotated[bool, typer.Option("--replay", help="按回放账本 / for a replay")] = False,
) -> None:
    """写出自测包：事件和应有的答复，每行一例 / events with the answers that are owed, one a line.

    先是依次可以记入的，后是各有一处错误的 / first what is taken in its order, then mistakes.
    """
    bureau = _bureau()
    cases = [
        *conformance.good(bureau, replay=replay),
        *conformance.bad(bureau, replay=replay),
    ]
    lines = [json.dumps(case._asdict(), ensure_ascii=False) for case in cases]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(f"{path}：{len(cases)} 例 / cases（{bureau.name}）")


def _others() -> dict[str, str]:
    """The gateway's own description."""
    from api.gateway.document import described  # noqa: PLC0415  a service, for one command

    return {product.OPENAPI: json.dumps(described(), ensure_ascii=False, indent=2) + "\n"}


def _bureau() -> Bureau:
    """The one whose codes a contract has."""
    return bureaus.load(settings().bureau or bureaus.default())


def _meant(name: str) -> type[Event]:
    """The type of that name, or the only one whose fact is called so. Raises NoSuchEventType."""
    asked = name.removeprefix(TYPE_PREFIX)
    known = EVENTS.get(asked)
    if known is not None:
        return known
    called = [e for fact, e in EVENTS.items() if asked in (_fact(fact), fact.rpartition(".v")[0])]
    if len(called) == 1:
        return called[0]
    near = "、".join(TYPE_PREFIX + other for other in similar(name)) or "无 none"
    raise NoSuchEventType(f"没有事件类型 {name}；相近 / no such type; similar: {near}")


def _fact(name: str) -> str:
    return name.rpartition(".v")[0].rpartition(".")[2]


SIMILAR = 5


def similar(name: str) -> list[str]:
    """Event types, without their prefix, that somebody may have meant; the likeliest first."""
    asked = name.lower().replace("_", "-").removeprefix(TYPE_PREFIX)
    facts = {known: known.rpartition(".v")[0] for known in EVENTS}
    meant = asked.rpartition(".v")[0] or asked
    within = [known for known, fact in facts.items() if meant in fact]
    by_fact = {fact.rpartition(".")[2]: known for known, fact in facts.items()}
    close = get_close_matches(meant.rpartition(".")[2], by_fact, SIMILAR)
    return list(dict.fromkeys([*within, *(by_fact[fact] for fact in close)]))[:SIMILAR]
