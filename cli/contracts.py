"""`mingjian contracts`, for vendors: JSON Schema and an accepted example of every event."""

from __future__ import annotations

import json
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from cli.console import say
from domain import examples
from domain.bureau.bureau import Bureau
from domain.bureau.listed import in_schema
from domain.catalogue import EVENTS, full_type
from domain.envelope import Envelope
from domain.event import TYPE_PREFIX
from domain.laws import in_chinese
from infra import bureaus
from infra.settings import settings

FOR = "publisher"

contracts = typer.Typer(
    no_args_is_help=True, add_completion=False, help="事件合同 / event contracts"
)


class NoSuchEventType(LookupError):
    """There is no event of that type; the message names similar ones."""


@contracts.command()
def export(directory: Annotated[Path, typer.Argument(help="目录 / directory")]) -> None:
    """写出全部事件的 JSON Schema 与示例 / JSON Schema and an example of every event."""
    bureau = _bureau()
    directory.mkdir(parents=True, exist_ok=True)
    for event in EVENTS.values():
        contract: type[BaseModel] = Envelope[event]  # type: ignore[valid-type]  # made at run time
        schema = in_schema(contract.model_json_schema(), bureau)
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = f"{event.TITLE} {full_type(event)}"
        schema["description"] = f"依据：{in_chinese(event.BASIS)}"
        schema["properties"]["type"] = {"const": full_type(event)}
        name = full_type(event)
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        (directory / f"{name}.schema.json").write_text(text + "\n")
        with suppress(LookupError):  # what this bureau does not do has no example
            text = json.dumps(examples.message(event, bureau), ensure_ascii=False, indent=2)
            (directory / f"{name}.example.json").write_text(text + "\n")
    say(f"{directory}：{len(EVENTS)} 份合同 / contracts（{bureau.name}）")


def _bureau() -> Bureau:
    """The one whose codes a contract has."""
    return bureaus.load(settings().bureau or bureaus.default())


@contracts.command()
def example(
    name: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="如 cn.mingjian.assistance.payment-settled.v1"),
    ],
) -> None:
    """打印一条合法示例 / print one valid example, on one line."""
    event = EVENTS.get(name.removeprefix(TYPE_PREFIX))
    if event is None:
        near = "、".join(TYPE_PREFIX + other for other in similar(name)) or "无 none"
        raise NoSuchEventType(f"没有事件类型 {name}；相近 / no such type; similar: {near}")
    bureau = _bureau()
    try:
        message = examples.message(event, bureau)
    except LookupError:
        raise NoSuchEventType(
            f"{bureau.name}没有报送 {event.TYPE} 的来源或者所列的代码"
            " / this bureau has no source, or no code, to say it with"
        ) from None
    say(json.dumps(message, ensure_ascii=False))


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
