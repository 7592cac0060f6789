"""A document as PDF, in the form of an official document (公文): what is kept and handed on.

It is an archive file of which programs and screen readers know the parts (PDF/A-3a, ISO 19005-3;
PDF/UA-1, ISO 14289-1), on the paper that DOCX has, with the manifest attached, and a list of the
faces it is set in. Typst sets it from a template of ours; texts come to it as data. The same
document in the same faces is the same bytes. A character that no face has makes no file, for a box
in a person's name is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any
from unicodedata import category

import msgspec

from infra.visible import visible
from reports import manifest
from reports.document import (
    Document,
    FigureRef,
    Gap,
    Paragraph,
    Row,
    Run,
    Section,
    StatementRef,
    Table,
)
from reports.render import columns, extra, faces, official, paper
from reports.render.faces import Faces
from reports.render.xlsx import MADE_AT
from reports.shown import INVENTED, SAMPLE_BANNER

STANDARDS: list[Any] = ["a-3a", "ua-1"]
MANIFEST, FACES = "manifest.json", "faces.json"
"""The files that are attached."""
_HEADINGS = ("hei", "kai", "body")
"""Faces of the headings, by level."""
_UNDRAWN = re.compile('(?:the text|the codepoint) `"(.+?)"`')
"""Of messages of typst: what no face has, and codes of private use, which are no archive's."""
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_NAMED = 10
"""So many characters that cannot be drawn are named."""


class GlyphMissing(extra.Unmade):
    """A character of the document cannot be drawn; the message names it and where it stands."""


def render(document: Document) -> bytes:
    """The file. Raises DocumentsMissing, FontsMissing, GlyphMissing."""
    return made(inputs(document, faces.found()), faces.found(), document)


def inputs(document: Document, used: Faces) -> dict[str, str]:
    """All that the bytes follow from, beside the template and the files of the faces."""
    return {
        "data": msgspec.json.encode(_data(document, used), order="sorted").decode(),
        MANIFEST: manifest.encoded(document).decode(),
        FACES: msgspec.json.encode(used.told, order="sorted").decode(),
    }


def made(given: dict[str, str], used: Faces, document: Document) -> bytes:
    """The file of these inputs. Raises GlyphMissing."""
    import typst  # noqa: PLC0415  of an extra

    with used.book() as book:
        try:
            raw = typst.Compiler(_template(), font_paths=book).compile(
                format="pdf",
                sys_inputs=given,
                pdf_standards=STANDARDS,
                timestamp=MADE_AT,
            )
        except typst.TypstError as error:
            if undrawn := _UNDRAWN.findall(error.diagnostic):
                raise GlyphMissing(_lacking(undrawn, document)) from None
            raise
    if not isinstance(raw, bytes):
        raise TypeError("one PDF is one file")
    return raw


@lru_cache(maxsize=1)
def _template() -> bytes:
    return resources.files("reports.render").joinpath("official.typ").read_bytes()


def _data(document: Document, used: Faces) -> dict[str, Any]:
    """What the template sets, in its order: texts as they are printed, lengths in points."""
    signed = visible(document.signed)
    return {
        "title": visible(document.title),
        "title-lines": [visible(line) for line in paper.title(document)],
        "author": [signed] if signed else [],
        "description": SAMPLE_BANNER if document.sample else None,
        "made": [MADE_AT.year, MADE_AT.month, MADE_AT.day],
        "grid": {
            "page": [each / 20 for each in official.PAGE],
            "top": official.TOP / 20,
            "left": official.LEFT / 20,
            "right": official.RIGHT / 20,
            "bottom": official.BOTTOM / 20,
            "line": official.LINE / 20,
            "character": official.CHARACTER / 20,
            "body": official.BODY,
        },
        "faces": used.families,
        "weights": used.weights,
        "headings": _HEADINGS,
        "files": [
            {"name": MANIFEST, "description": "本文每个数值及其来源，供程序核对"},
            {"name": FACES, "description": "排版所用字体及字体文件的校验码"},
        ],
        "banner": visible(paper.banner(document)),
        "watermark": visible(document.watermark),
        "notices": [visible(each) for each in paper.notices(document)],
        "blocks": list(_blocks(document)),
        "signature": [
            {"text": visible(text), "edge": edge} for text, edge in paper.signature(document)
        ],
        "origin": [visible(each) for each in paper.origin(document)],
    }


def _blocks(document: Document) -> Iterator[dict[str, Any]]:
    above = 0
    for section in document.printed:
        if section.heading:
            # A level is not left out: who hears the document would look for what stands between.
            above = min(max(section.level, 1), above + 1, len(_HEADINGS))
            yield {"kind": "heading", "level": above, "text": visible(section.heading)}
        for block in section.blocks:
            if isinstance(block, Table):
                yield _table(block)
            else:
                yield {"kind": "paragraph", "runs": list(_runs(document, block))}


def _runs(document: Document, paragraph: Paragraph) -> Iterator[dict[str, Any]]:
    draft = not document.is_public
    for run in paragraph.runs:
        bold = draft and (isinstance(run, Gap) or _fails(run))
        link = document.link(run) if isinstance(run, FigureRef | StatementRef) else ""
        yield {"text": visible(run.text), "bold": bold, "link": link}
        if isinstance(run, FigureRef) and (after := _after(document, run)):
            yield {"text": visible(after), "bold": False, "link": ""}


def _fails(run: Run) -> bool:
    return isinstance(run, StatementRef) and run.holds is False


def _after(document: Document, run: FigureRef) -> str:
    """What is said of a number in brackets after it."""
    mark = f"（{INVENTED}）" if run.invented else ""
    if run.beside:
        mark += f"（{run.beside}{'，' + INVENTED if document.sample else ''}）"
    return mark


def _table(table: Table) -> dict[str, Any]:
    heads, rows, left = columns.lines(table)
    heads, rows = [visible(each) for each in heads], [list(map(visible, row)) for row in rows]
    room = official.WIDTH / 20
    fit = columns.fit(heads, rows, left, room)
    return {
        "kind": "table",
        "title": visible(table.title),
        "units": f"单位：{visible(table.units)}" if table.units else "",
        "note": visible(table.note),
        "size": fit.size,
        "columns": [share * room for share in fit.shares],
        "heads": list(_heads(table, heads, left)),
        "cells": [
            cell
            for row, texts in zip(table.rows, rows, strict=True)
            for cell in _row(row, texts, left)
        ],
    }


def _heads(table: Table, heads: Sequence[str], left: int) -> Iterator[dict[str, Any]]:
    """One row of headings, or two where columns stand in groups."""
    deep = 2 if any(column.group for column in table.columns) else 1
    for head in heads[:left]:
        yield _cell(head, "c", rowspan=deep)
    at = left
    for group, over in table.groups():
        if deep == 1 or not table.columns[at - left].group:
            yield _cell(heads[at], "c", rowspan=deep)
        else:
            yield _cell(visible(group), "c", colspan=over)
        at += over
    for head, column in zip(heads[left:], table.columns, strict=True):
        if deep > 1 and column.group:
            yield _cell(head, "c")


def _row(row: Row, texts: Sequence[str], left: int) -> Iterator[dict[str, Any]]:
    sides = ["l", *"c" * (left - 1), *"r" * (len(texts) - left)]
    for text, side in zip(texts, sides, strict=True):
        yield _cell(text, side, bold=row.total)


def _cell(
    text: str, side: str, *, bold: bool = False, colspan: int = 1, rowspan: int = 1
) -> dict[str, Any]:
    return {"text": text, "side": side, "bold": bold, "colspan": colspan, "rowspan": rowspan}


def _lacking(undrawn: Sequence[str], document: Document) -> str:
    """What no face has, character by character, and under which heading it stands first."""
    texts = [_ESCAPED.sub(lambda each: chr(int(each[1], 16)), text) for text in undrawn]
    signs = list(dict.fromkeys(sign for text in texts for sign in text))
    if private := [sign for sign in signs if category(sign) == "Co"]:
        return (
            f"未生成 PDF：{_told(private, document)}是自造字的代码，在别的机器上是别的字，"
            "存档文件（PDF/A）不收：改用有正式编码的字"
            " / codes of private use mean nothing elsewhere: use characters that have a code"
        )
    return (
        f"未生成 PDF：字体中没有{_told(signs, document)}，"
        "把有此字的字体（如宋体扩展 B、花园明朝）装入系统，或放入 MINGJIAN_FONTS 指明的目录"
        " / no face has these characters: add a font that has them"
    )


def _told(signs: Sequence[str], document: Document) -> str:
    named = [f"“{sign}”（U+{ord(sign):04X}，{_place(sign, document)}）" for sign in signs[:_NAMED]]
    return "、".join(named) + (f"等 {len(signs)} 个字" if len(signs) > _NAMED else "")


def _place(sign: str, document: Document) -> str:
    for section in document.printed:
        if any(sign in text for text in _words(section)):
            return f"见“{visible(section.heading)}”" if section.heading else "见正文开头"
    return "见标题、落款或页眉"


def _words(section: Section) -> Iterator[str]:
    yield section.heading
    for block in section.blocks:
        if isinstance(block, Table):
            heads, rows, _ = columns.lines(block)
            yield from heads
            yield from (column.group for column in block.columns)
            yield from (block.title, block.note, block.units)
            for row in rows:
                yield from row
        else:
            yield block.text
