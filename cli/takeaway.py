"""What a reading command is asked for as a file: CSV or a workbook, written where it is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer

from cli.console import out, refuse, writable
from cli.moment import Answered
from domain.bureau.bureau import Bureau
from reports import tabled
from reports.lacks import Lacks
from reports.moment import NOT_FINAL, ahead
from reports.render import csv, sheets
from reports.tables import Table

Form = Literal["csv", "csv-program", "xlsx"]

FormOption = Annotated[
    Form | None,
    typer.Option(
        "--format",
        help="存为文件，同 -o：csv 用 Excel 打开，csv-program 供程序读取 / as a file, with -o",
    ),
]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="输出文件 / file")
]


class File(NamedTuple):
    """The file that is wanted."""

    form: Form
    path: Path


def wanted(form: Form | None, output: Path | None) -> File | None:
    """The file that is wanted, if any; said before any work. Raises BadParameter, OSError."""
    if form is None and output is None:
        return None
    if form is None or output is None:
        raise typer.BadParameter("--format 和 -o 要一起写 / --format goes with -o")
    return File(form, writable(output))


def write(
    file: File,
    table: Table,
    bureau: Bureau,
    answered: Answered[Any],
    lacks: Iterable[Lacks],
    *,
    internal: bool = False,
) -> None:
    """Write a table, with what must be known of it, and say where."""
    moment = answered.moment
    about = tabled.about(
        bureau.name, moment, moment.ledger, sample=bureau.sample, internal=internal
    )
    about |= {
        "未计入": answered.waits.text,
        "缺漏": Lacks.of(lacks).text,
        "范围": ahead(moment, answered.recorded_to),
        "未定": "" if moment.final else NOT_FINAL,
    }
    told = replace(table, about={**about, **table.about})
    if file.form == "xlsx":
        try:
            pieces: Iterable[bytes] = [sheets.render(table.title, [told])]
        except sheets.TooManyRows as error:
            raise refuse(error) from None
    else:
        pieces = csv.for_excel(told) if file.form == "csv" else csv.for_programs(told)
    with file.path.open("wb") as opened:
        opened.writelines(pieces)
    out.print(f"{file.path}：{len(table.rows)} 行 / {len(table.rows)} rows", soft_wrap=True)
