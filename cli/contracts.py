"""`mingjian contracts`, for vendors: JSON Schema and an accepted example of every event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from domain import examples
from domain.catalogue import EVENTS, full_type
from domain.envelope import Envelope
from domain.event import TYPE_PREFIX

contracts = typer.Typer(
    no_args_is_help=True, add_completion=False, help="事件合同 / event contracts"
)


class NoSuchEventType(LookupError):
    """There is no event of that type; the message names similar ones."""


@contracts.command()
def export(directory: Annotated[Path, typer.Argument(help="目录 / directory")]) -> None:
    """写出全部事件的 JSON Schema 与示例 / JSON Schema and an example of every event."""
    directory.mkdir(parents=True, exist_ok=True)
    for event in EVENTS.values():
        schema = Envelope[event].model_json_schema()  # type: ignore[valid-type]
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = f"{event.TITLE} {full_type(event)}"
        schema["properties"]["type"] = {"const": full_type(event)}
        name = full_type(event)
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        (directory / f"{name}.schema.json").write_text(text + "\n")
        text = json.dumps(examples.message(event), ensure_ascii=False, indent=2)
        (directory / f"{name}.example.json").write_text(text + "\n")
    typer.echo(f"{directory}：{len(EVENTS)} 份合同 / contracts")


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
        near = [t for t in EVENTS if name.rpartition(".")[0].removeprefix(TYPE_PREFIX) in t]
        raise NoSuchEventType(f"没有事件类型 {name}；相近：{', '.join(near[:5]) or '无'}")
    typer.echo(json.dumps(examples.message(event), ensure_ascii=False))
