"""A contract as people read it: its fields one by one, and the page of a type in Markdown.

Chinese and English stand beside each other: a clerk and a vendor's engineer read the same page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from domain.contract.checks import CHECKS
from domain.contract.messages import Book
from domain.contract.schema import Schema
from domain.event import TYPE_PREFIX
from domain.refusal import FORMS
from domain.wanted import in_chinese

_KINDS = {
    "string": "文字 text",
    "integer": "整数 integer",
    "boolean": "是否 boolean",
    "object": "对象 object",
    "array": "列表 list",
}
_COLUMNS = (
    *("字段 field", "名称", "类型 type", "必填 required", "说明", "English"),
    *("单位 unit", "依据 standard", "代码 codes", "校验 checked", "示例 example"),
)
MOST_CODES = 60


class Noted(Protocol):
    """A change of a contract, as its history tells it."""

    @property
    def on(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def pointer(self) -> str: ...
    @property
    def breaks(self) -> bool: ...
    @property
    def chinese(self) -> str: ...
    @property
    def english(self) -> str: ...
    @property
    def why(self) -> str: ...
    def _asdict(self) -> dict[str, Any]: ...


class Row(NamedTuple):
    """One field: where it stands (`parties/*/name`), what it is called and what it must be."""

    path: str
    label: str
    kind: str
    required: bool
    chinese: str
    english: str
    bounds: str
    codes: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]
    example: Any
    unit: str = ""
    standard: str = ""

    @property
    def shown(self) -> str:
        """The example as it stands in JSON."""
        return "" if self.example is None else json.dumps(self.example, ensure_ascii=False)


class Warned(NamedTuple):
    """A problem that may be noted with an event when it is recorded, and its law."""

    code: str
    chinese: str
    english: str
    law: str


Law = Callable[[str, str], str]
"""The law behind a breach, by the kind of stream and the code; empty where there is none."""


class Page(NamedTuple):
    """All that a page says of a type."""

    type: str
    title: str
    basis: str
    chinese: str
    english: str
    senders: tuple[tuple[str, str], ...]
    stream: dict[str, Any]
    after: tuple[str, ...]
    refers: tuple[dict[str, Any], ...]
    parked: tuple[tuple[str, str], ...]
    warnings: tuple[Warned, ...]
    rows: tuple[Row, ...]
    changes: tuple[Noted, ...]

    @property
    def short(self) -> str:
        """The type without its prefix."""
        return self.type.removeprefix(TYPE_PREFIX)


def page(book: Book, name: str, history: Sequence[Noted], law: Law) -> Page:
    """The page of a type, by its name on the wire. Raises KeyError."""
    contract = book.message(name)
    whole = book.whole(contract)
    source = contract["$defs"]["message"]["properties"]["source"]
    return Page(
        name,
        contract["x-label"],
        contract["x-basis"],
        _in_chinese(contract),
        contract["$defs"]["data"]["description"],
        tuple(source["x-labels"].items()),
        contract["x-stream"],
        tuple(name.removeprefix(TYPE_PREFIX) for name in contract["x-after"]),
        tuple(contract["x-refers"]),
        tuple(_both(text) for text in contract["x-parked-until"]),
        tuple(
            Warned(code, said, code.replace("-", " "), law(contract["x-stream"]["kind"], code))
            for code, said in contract["x-warnings"].items()
        ),
        tuple(rows(contract["$defs"]["data"], whole["$defs"])),
        tuple(each for each in history if each.type == name or _of_all(each)),
    )


def _in_chinese(contract: Schema) -> str:
    """What a fact of the type does, in a clerk's words."""
    fields, stream = contract["$defs"]["data"]["properties"], contract["x-stream"]
    key, on = (
        fields[name]["x-label"] if name in fields else ""
        for name in (stream["key"], contract["x-on"])
    )
    does = "由此开始一个新的业务对象" if stream["opens"] else "记在已有的业务对象上"
    said = f"{contract['x-label']}：{does}"
    said += f"，编号为“{key}”" if key else ""
    return said + (f"；业务日期为“{on}”。" if on else "。")


def _of_all(change: Noted) -> bool:
    """Whether it is one of the attributes, which all types have."""
    return change.type == "envelope" and change.pointer != ""


def rows(schema: Schema, shared: dict[str, Schema], path: str = "") -> Iterator[Row]:
    """Every field of an object, those of its parts after it."""
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        of, many = _resolved(field, shared)
        chinese, english = _both(field.get("description", ""))
        said = [*field.get("x-checked", ()), *of.get("x-checked", ())]
        codes = tuple(of.get("x-labels", {}).items())
        yield Row(
            path + name,
            field["x-label"],
            ("列表，每项为 list of " if many else "") + _KINDS.get(str(of.get("type")), ""),
            name in required,
            chinese,
            english,
            _bounds(of),
            codes[:MOST_CODES],
            tuple(dict.fromkeys(CHECKS[check].chinese for check in said)),
            next(iter(field.get("examples", ())), None),
            field.get("x-unit", ""),
            field.get("x-standard", ""),
        )
        if of.get("type") == "object":
            yield from rows(of, shared, f"{path}{name}/{'*/' if many else ''}")


def _resolved(field: Schema, shared: dict[str, Schema]) -> tuple[Schema, bool]:
    """What a field holds, or each of its items, and whether it holds many."""
    many = False
    while True:
        if "anyOf" in field and "x-listed" not in field and field["anyOf"][-1] == {"type": "null"}:
            field = field["anyOf"][0]
        elif "$ref" in field:
            field = shared[str(field["$ref"]).rpartition("/")[2]]
        elif field.get("type") == "array":
            field, many = field["items"], True
        else:
            return field, many


def _bounds(schema: Schema) -> str:
    told = []
    if schema.get("type") == "integer" and "enum" not in schema:
        told.append(f"{schema.get('minimum', '')}–{schema.get('maximum', '')}")
    if (written := FORMS.get(schema.get("pattern", ""))) is not None:
        told.append(f"{in_chinese(written)} {written}")
    if "maxLength" in schema:
        told.append(f"{schema.get('minLength', 0)}–{schema['maxLength']} 字 characters")
    return "；".join(told)


def _both(text: str) -> tuple[str, str]:
    """What a description says in Chinese, and in English."""
    chinese, _, english = text.partition(" / ")
    return chinese, english


def markdown(told: Page) -> str:
    """The page of a type as Markdown."""
    lines = [
        f"# {told.title} `{told.type}`",
        "",
        told.chinese,
        "",
        told.english,
        "",
        f"依据 basis：{told.basis}",
        "",
    ]
    senders = "、".join(f"{title} `{name}`" for name, title in told.senders) or "无 none"
    stream, opens = told.stream, told.stream["opens"]
    lines += [
        f"- 谁可以报送 who may send it：{senders}",
        f"- 业务对象 its thing：`{stream['kind']}/{{{stream['key']}}}`，"
        + (
            "由它开启 it opens it"
            if opens
            else f"由这些开启 opened by：{_types(stream['opened_by'])}"
        ),
        *([f"- 此前通常有 usually after：{_types(told.after)}"] if told.after else ()),
        *(f"- `{each['field']}` 所指 names：{_named(each)}" for each in told.refers),
        *(f"- 待关联 parked：{chinese} / {english}" for chinese, english in told.parked),
        "",
        "## 字段 Fields",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
        *map(_line, told.rows),
        "",
        "## 记入时可能提示的问题 Warnings",
        "",
        *(
            f"- `{each.code}` {each.chinese} / {each.english}{each.law and f'（{each.law}）'}"
            for each in told.warnings
        ),
        "",
        "## 变更 Changes",
        "",
        *map(_changed, told.changes),
        "",
    ]
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = [
        f"`{row.path}`",
        row.label,
        " ".join(filter(None, [row.kind, row.bounds])),
        "是 yes" if row.required else "",
        row.chinese,
        row.english,
        row.unit,
        row.standard,
        "；".join(f"`{code}` {name}" for code, name in row.codes),
        "；".join(row.checks),
        "" if row.example is None else f"`{row.shown}`",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _changed(change: Noted) -> str:
    at = f" `{change.pointer}`" if change.pointer else ""
    return f"- {change.on}{at} {change.chinese} / {change.english}"


def _types(names: Sequence[str]) -> str:
    return "、".join(f"`{name.removeprefix(TYPE_PREFIX)}`" for name in names)


def _named(each: dict[str, Any]) -> str:
    return f"{each['stream']}/…" if "stream" in each else _types(each["events"])
