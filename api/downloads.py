"""What a page is taken along as: its tables in one workbook, or each as CSV.

`?table=` names the table of a page that has several, `?for=program` asks for the CSV of programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api import forms, looks, problems
from api.forms import MEDIA, OF_FILES, Form
from api.papers import Papers
from api.view import View
from infra.visible import visible
from ledger import adopted
from reports.document import Document
from reports.moment import Moment
from reports.pack import Pack, zipped
from reports.render import csv, sheets
from reports.render import forms as documents
from reports.render.extra import Unmade
from reports.render.sheets import TooManyRows
from reports.tables import Table

TABLE, READER = "table", "for"
PARAMETERS = (TABLE, READER)
"""What can be asked of a file."""
EXCEL, PROGRAM = csv.FORMS
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')
_LONGEST_TITLE = 60
_SAFE = "!#$&+-.^_`|~"
"""What RFC 8187 leaves as it is, beside letters and digits."""


@dataclass(frozen=True, slots=True)
class Files:
    """What a page can be taken along as."""

    name: str
    """Of its files, before the ending: a-z, 0-9 and -."""
    title: str
    tables: tuple[Table, ...]
    moment: Moment | None = None
    """That they are of, where the page itself has none."""

    @property
    def forms(self) -> frozenset[Form]:
        """Those that there are; a page without a table has none."""
        return OF_FILES if self.tables else frozenset()

    def said(self, about: Mapping[str, str]) -> Files:
        """The same with what must be known of each table."""
        told = (replace(table, about={**about, **table.about}) for table in self.tables)
        return replace(self, tables=tuple(told))


NONE = Files("", "", ())


class Link(NamedTuple):
    """A link to a file."""

    text: str
    href: str


async def response(view: View, files: Files, form: Form, moment: Moment | None) -> Response:
    """The file that is asked for. Raises Problem."""
    if form == "xlsx":
        try:
            body = await run_in_threadpool(sheets.render, files.title, files.tables)
        except TooManyRows as error:
            raise problems.not_acceptable(str(error)) from None
        headers = _disposition(view, files.name, files.title, moment, form)
        return Response(body, media_type=MEDIA[form][0], headers=headers)
    table = _table(files, view.question.get(TABLE, ""))
    reader = view.question.get(READER) or EXCEL
    if reader not in csv.FORMS:
        raise problems.bad_question(
            f"参数 {READER} 为 {' 或 '.join(csv.FORMS)}，不是 {reader[:40]}"
        )
    single = len(files.tables) == 1
    name = files.name if single else f"{files.name}-{table.name}"
    title = files.title if single else table.title
    name += f"-{PROGRAM}" * (reader == PROGRAM)
    title += "（程序用）" * (reader == PROGRAM)
    headers = _disposition(view, name, title, moment, form)
    return _sent(csv.FORMS[reader](table), "text/csv; charset=utf-8; header=present", headers)


async def packed(view: View, pack: Pack, files: Files, moment: Moment | None) -> Response:
    """The publish pack of a page: its body and labels, and its tables as attachments."""

    def made() -> bytes:
        attached = {
            f"attachments/{table.name}.csv": b"".join(csv.FORMS[EXCEL](table))
            for table in files.tables
        }
        with suppress(TooManyRows):  # then CSV has them
            if files.tables:
                book = sheets.render(files.title, files.tables)
                attached[f"attachments/{files.name}.xlsx"] = book
        return zipped(pack, attached)

    name = f"{files.name or 'page'}-pack"
    headers = _disposition(view, name, f"{pack.title}_发布包", moment, forms.PACK)
    return Response(await run_in_threadpool(made), media_type=MEDIA[forms.PACK][0], headers=headers)


async def saved(view: View, made: Document) -> Document:
    """A document for a file, which leads to where the pages were seen as of its moment.

    A folder that is adopted later changes no byte of it.
    """
    ledger, at = made.moment.ledger, made.moment.at
    bureau = await view.values.get(
        ("bureau", ledger, at), lambda connection: adopted.at(connection, ledger, at)
    )
    return replace(made, site=bureau.site.url)


async def office(request: Request, view: View, form: str, name: str, made: Document) -> Response:
    """A document in a form that offices pass on. Raises Problem where it cannot be made here."""
    try:
        body = await papers_of(request).get(form, made)
    except Unmade as error:
        raise problems.documents_missing(str(error)) from None
    mark = "-unpublished" if made.notice else ""
    headers = _disposition(view, f"{name}{mark}", made.title, made.moment, form)
    return Response(body, media_type=documents.FORMS[form].media_type, headers=headers)


def papers_of(request: Request) -> Papers:
    """The files for offices of this process."""
    papers: Papers = request.app.state.papers
    return papers


def _table(files: Files, name: str) -> Table:
    """The table of this name; the first where none is named. Raises Problem."""
    by_name = {table.name: table for table in files.tables}
    if name and name not in by_name:
        raise problems.bad_question(f"没有表 {name[:40]}；有 {'、'.join(by_name)}")
    return by_name[name] if name else files.tables[0]


def _sent(pieces: Iterator[bytes], media_type: str, headers: dict[str, str]) -> Response:
    """Piece by piece; where there is but one, with its length."""
    first, second = next(pieces, b""), next(pieces, None)
    if second is None:
        return Response(first, media_type=media_type, headers=headers)
    whole = chain((first, second), pieces)
    return StreamingResponse(whole, media_type=media_type, headers=headers)


def _disposition(
    view: View, name: str, title: str, moment: Moment | None, form: str
) -> dict[str, str]:
    """A name that says what is in the file, in Chinese, and one in ASCII for who reads no other."""
    marks = ["示例"] * view.ledger.sample
    parts = [*marks, view.bureau.name, title[:_LONGEST_TITLE]]
    plain = [*(["sample"] * view.ledger.sample), name, view.ledger.name]
    if moment is not None:
        day = f"{moment.end:%Y%m%d}"
        parts += [f"数据截至{day}", f"第{moment.at}号"]
        plain += [day, f"at-{moment.at}"]
    chinese = _NOT_IN_A_NAME.sub("", "_".join(map(visible, parts))).strip(".")
    return {
        "Content-Disposition": disposition(f"{chinese}.{form}", f"{'-'.join(plain)}.{form}"),
    }


def disposition(name: str, plain: str) -> str:
    """Content-Disposition of a file to be saved (RFC 6266, RFC 8187)."""
    ascii_name = re.sub(r"[^0-9A-Za-z._-]+", "-", plain)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe=_SAFE)}"


def links(request: Request, files: Files) -> dict[str, list[Link]]:
    """The files of a page by what they are called: Excel's, CSV for Excel, CSV for programs."""
    if not files.tables:
        return {}
    several = len(files.tables) > 1

    def csv_links(reader: str) -> list[Link]:
        asked = {READER: reader} if reader != EXCEL else {}
        made = []
        for table in files.tables:
            named = {TABLE: table.name} if several and table is not files.tables[0] else {}
            text = table.title if several else "下载"
            made.append(Link(text, address(request, "csv", **named, **asked)))
        return made

    return {
        "Excel（XLSX）": [Link("全部表" if several else "下载", address(request, "xlsx"))],
        "CSV（用 Excel 打开）": csv_links(EXCEL),
        "CSV（程序用）": csv_links(PROGRAM),
    }


def address(request: Request, form: Form, **asked: str) -> str:
    """Where this page is in another form."""
    path = "/index" if request.url.path == "/" else request.url.path
    dropped = (*PARAMETERS, looks.PARAMETER)
    given = [(n, v) for n, v in request.query_params.multi_items() if n not in dropped]
    query = urlencode([*given, *asked.items()])
    return f"{path}.{form}?{query}" if query else f"{path}.{form}"
