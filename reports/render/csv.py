r"""A table as CSV: a form that Excel opens as it stands, and a plain one for programs.

For Excel: UTF-8 with BOM, CRLF, Chinese headings, money in 元, what a reader has to know below the
rows. No text is taken for a formula: one that could be gets an apostrophe in front. No id is taken
for a number or a day: one that would be gets a tab behind, as is usual for that, which nobody sees.

For programs: UTF-8, LF, names of columns, money in 分, ISO dates, texts as they are; `notice` says
of every row what must be known of it, and is empty where there is nothing. Its SHA-256 is what
other forms call the digest of the content.

Both are RFC 4180: texts stand in quotes, what has no value is empty and does not. What cannot be
seen is written out, as on pages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.money import FEN_PER_YUAN, format_yuan
from infra.visible import visible
from reports.shown import local
from reports.tables import Column, Table

NOTICE = "提示"
"""What of `about` stands in every row, too: that a ledger is a sample, that it is not public."""
NOTICE_NAME = "notice"
DIGEST = "内容校验码（SHA-256，程序用 CSV）"
BOM = "\ufeff".encode()
_PIECE = 1 << 16
"""Bytes that are sent together."""
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
"""How texts begin that spreadsheets may take for a formula; Chinese ones read full width, too."""
_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,10}", re.ASCII)
"""What looks the same as a number: up to 11 digits."""
_READ_OTHERWISE = re.compile(
    r"(?=.*\d)[\d\s.,:/\\%¥￥$€£eE()（）+\-年月日号时分秒上下午AaPpMm]+"
    r"|(?=.*\d)[\d\s.,/-]*(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)[\d\s.,/-]*"
    r"|true|false|#.*",
    re.IGNORECASE,
)
"""What may become a number, a day, a time, yes or no, or an error when a spreadsheet opens it."""


def for_excel(table: Table) -> Iterator[bytes]:
    """The table as Excel opens it, in pieces; the rows are taken one by one."""
    notice = table.about.get(NOTICE, "")
    titles = [heading(column) for column in table.columns] + [NOTICE] * bool(notice)
    width = len(titles)
    digest = hashlib.sha256(_program_line(_names(table)))

    def lines() -> Iterator[bytes]:
        yield BOM + _line([_quoted(_kept(title)) for title in titles], "\r\n")
        for row in table.rows:
            digest.update(_program_row(table, row))
            cells = [_for_excel(column, value) for column, value in _paired(table, row)]
            yield _line(cells + [_quoted(notice)] * bool(notice), "\r\n")
        said = [f"{name}：{text}" for name, text in table.about.items() if text]
        for text in ("", table.title, *said, f"{DIGEST}：{digest.hexdigest()}"):
            first = _quoted(_kept(text)) if text or width == 1 else ""
            yield _line([first] + [""] * (width - 1), "\r\n")

    return _pieces(lines())


def for_programs(table: Table) -> Iterator[bytes]:
    """The table as programs read it, in pieces; the rows are taken one by one."""
    return _pieces(_program_lines(table))


def digest_of(table: Table) -> str:
    """SHA-256 of the table as programs read it, in hex."""
    found = hashlib.sha256()
    for line in _program_lines(table):
        found.update(line)
    return found.hexdigest()


def heading(column: Column) -> str:
    """What stands above a column, with its unit: money is shown in 元."""
    unit = "元" if column.kind == "money" else column.unit
    return f"{column.title}（{unit}）" if unit else column.title


def as_told(column: Column, value: Any) -> Any:
    """The value of a cell by what its column holds: None, a number, a day, a time, or a text."""
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = local(value)
    return str(value) if column.kind == "text" and not isinstance(value, bool) else value


def yuan(fen: int | Decimal) -> Decimal:
    """元 with two places of 分, half-up."""
    if isinstance(fen, int):
        return Decimal(format_yuan(fen).replace(",", ""))
    return (fen / FEN_PER_YUAN).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def number(value: int | Decimal) -> str:
    """A number in plain digits."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _for_excel(column: Column, value: Any) -> str:
    told = as_told(column, value)
    if told is None:
        return ""
    if isinstance(told, bool):
        return _quoted("是" if told else "否")
    if isinstance(told, datetime):
        return f"{told:%Y-%m-%d %H:%M:%S}"
    if isinstance(told, date):
        return told.isoformat()
    if isinstance(told, int | Decimal):
        return number(yuan(told) if column.kind == "money" else told)
    return _quoted(_kept(told))


def _kept(text: str) -> str:
    """A text that stays one, and what it is, when a spreadsheet opens it."""
    said = visible(text, lines=True)
    if _FORMULA.match(text):
        return f"'{said}"
    if _READ_OTHERWISE.fullmatch(said) and not _PLAIN_NUMBER.fullmatch(said):
        return f"{said}\t"
    return said


def _names(table: Table) -> list[str]:
    return [*(column.name for column in table.columns), NOTICE_NAME]


def _program_lines(table: Table) -> Iterator[bytes]:
    yield _program_line(_names(table))
    for row in table.rows:
        yield _program_row(table, row)


def _program_row(table: Table, row: Iterable[Any]) -> bytes:
    cells = [_for_programs(column, value) for column, value in _paired(table, row)]
    notice = table.about.get(NOTICE)
    return _program_line([*cells, _quoted(notice) if notice else ""])


def _program_line(cells: Iterable[str]) -> bytes:
    return _line(cells, "\n")


def _for_programs(column: Column, value: Any) -> str:
    told = as_told(column, value)
    if told is None:
        return ""
    if isinstance(told, bool):
        return "true" if told else "false"
    if isinstance(told, date):
        return told.isoformat()
    if isinstance(told, int | Decimal):
        whole = told == int(told) and column.kind == "money"
        return str(int(told)) if whole else number(told)
    return _quoted(visible(told, lines=True))


def _paired(table: Table, row: Iterable[Any]) -> Iterator[tuple[Column, Any]]:
    return zip(table.columns, row, strict=True)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _line(cells: Iterable[str], end: str) -> bytes:
    return (",".join(cells) + end).encode()


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines put together as they are sent."""
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


FORMS: dict[str, Callable[[Table], Iterator[bytes]]] = {
    "excel": for_excel,
    "program": for_programs,
}
"""By whom it is for."""
