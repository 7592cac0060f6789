"""A document as DOCX, in the form of an official document (公文): what staff edit and sign.

Every number and claim is bookmarked by its mark and, where the site is known, leads to its figure;
it looks like any other text. The manifest stands in a customXml part. The same document gives the
same bytes: the package is packed anew, in order, without times and without compression, which is
not the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from infra.visible import visible
from reports import manifest
from reports.document import (
    Cell,
    Document,
    FigureRef,
    Gap,
    Paragraph,
    Row,
    Run,
    StatementRef,
    Table,
)
from reports.render import columns, extra, official, ooxml, paper
from reports.render.xlsx import MADE_AT
from reports.shown import INVENTED, SAMPLE_BANNER

PACKAGE = "docx"
NAMESPACE = "urn:mingjian:document"
"""Of the element of the customXml part that holds the manifest."""


def there() -> bool:
    """Whether DOCX can be made here."""
    return extra.installed(PACKAGE)


def render(document: Document) -> bytes:
    """The file. Raises DocumentsMissing."""
    extra.require(PACKAGE)
    return _Writer(document).file()


class _Writer:
    """Writes the body of one document."""

    def __init__(self, document: Document) -> None:
        import docx  # noqa: PLC0415  of an extra

        self.document = document
        self.made = docx.Document()
        self.mark = manifest.marker(document)
        self.ids = count(1)
        self.body = self.made.element.body
        for child in list(self.body):
            self.body.remove(child)

    def file(self) -> bytes:
        """All of it."""
        ooxml.put(self.made.styles.element, official.styles())
        ooxml.put(self.made.settings.element, official.settings())
        self._head()
        self._sections()
        self._foot()
        self.body.append(ooxml.parsed(official.section()))
        self._margins()
        self._properties()
        told = manifest.embedded(self.document)
        return ooxml.packed(
            self.made, NAMESPACE, f'<manifest xmlns="{NAMESPACE}">{told}</manifest>'
        )

    def _head(self) -> None:
        self.body.append(self._title())
        for text in paper.notices(self.document):
            self._add("Notice", text)
        self._add("Body", "")

    def _title(self) -> Any:
        first, *others = paper.title(self.document)
        made = self._line("Title", first)
        for line in others:
            made.extend([ooxml.element("w:r", ooxml.element("w:br")), ooxml.run(line)])
        return made

    def _sections(self) -> None:
        for section in self.document.printed:
            if section.heading:
                style = official.HEADINGS[min(max(section.level, 1), len(official.HEADINGS)) - 1]
                self._add(style, section.heading)
            for block in section.blocks:
                if isinstance(block, Table):
                    self._table(block)
                else:
                    self._paragraph(block)

    def _foot(self) -> None:
        document = self.document
        if document.signed or document.dated:
            self._add("Body", "", keep=True)
        for text, edge in paper.signature(document):
            self._add("Signature", text, keep=text != document.dated, edge=edge)
        self._add("Origin", "")
        for text in paper.origin(document):
            self._add("Origin", text)

    def _add(self, style: str, text: str, *, keep: bool = False, edge: float = 0) -> None:
        self.body.append(self._line(style, text, keep=keep, edge=edge))

    def _line(self, style: str, text: str = "", *, keep: bool = False, edge: float = 0) -> Any:
        """A paragraph; `keep` with the next, `edge` from the right one in characters."""
        own = [ooxml.element("w:pStyle", val=style)]
        own += [ooxml.element("w:keepNext")] if keep else []
        if edge:
            chars, twips = str(round(edge * 100)), str(round(edge * official.CHARACTER))
            own.append(ooxml.element("w:ind", rightChars=chars, right=twips))
        said = [ooxml.run(text)] if text else []
        return ooxml.element("w:p", ooxml.element("w:pPr", *own), *said)

    def _paragraph(self, paragraph: Paragraph) -> None:
        made = self._line("Body")
        for run in paragraph.runs:
            made.extend(self._runs(run))
        self.body.append(made)

    def _runs(self, run: Run) -> Iterator[Any]:
        draft = not self.document.is_public
        if isinstance(run, FigureRef):
            yield from self._marked(run, self.document.link(run))
            mark = f"（{INVENTED}）" if run.invented else ""
            if run.beside:
                mark += f"（{run.beside}{'，' + INVENTED if self.document.sample else ''}）"
            if mark:
                yield ooxml.run(mark)
        elif isinstance(run, StatementRef):
            bold = run.holds is False and draft
            yield from self._marked(run, self.document.link(run), bold=bold)
        elif run.text:
            yield ooxml.run(run.text, bold=isinstance(run, Gap) and draft)

    def _marked(
        self,
        said: FigureRef | StatementRef | Cell,
        link: str = "",
        *,
        bold: bool = False,
        size: float = 0,
    ) -> Iterator[Any]:
        """What is printed of it between the ends of its bookmark."""
        number = str(next(self.ids))
        yield ooxml.element("w:bookmarkStart", id=number, name=self.mark(said))
        printed = ooxml.run(said.text, bold=bold, size=size)
        yield ooxml.linked(self.made.part, link, printed) if link else printed
        yield ooxml.element("w:bookmarkEnd", id=number)

    def _table(self, table: Table) -> None:
        if len(self.body) and self.body[-1].tag == ooxml.name("w:tbl"):
            self._add("Note", "")  # two tables that meet would be one
        if table.title:
            self._add("Caption", table.title)
        if table.units:
            self._add("Units", f"单位：{table.units}")
        heads, rows, left = columns.lines(table)
        fit = columns.fit(
            [visible(head) for head in heads],
            [[visible(cell) for cell in row] for row in rows],
            left,
            official.WIDTH / 20,
        )
        wide = [round(share * official.WIDTH) for share in fit.shares]
        made = ooxml.element(
            "w:tbl",
            ooxml.parsed(_TABLE.format(width=sum(wide))),
            ooxml.element("w:tblGrid", *(ooxml.element("w:gridCol", w=str(each)) for each in wide)),
        )
        made.extend(self._heads(table, wide, fit.size))
        for row in table.rows:
            made.append(self._row(table, row, wide, fit.size))
        self.body.append(made)
        if table.note:
            self._add("Note", table.note)

    def _heads(self, table: Table, wide: Sequence[int], size: float) -> Iterator[Any]:
        """One row of headings, or two where columns stand in groups."""
        heads, _, left = columns.lines(table)
        if not any(column.group for column in table.columns):
            yield _tr([_head(*each, size) for each in zip(heads, wide, strict=True)], head=True)
            return
        alone = [True] * left + [not column.group for column in table.columns]
        upper = [_head(*each, size, "restart") for each in zip(heads[:left], wide, strict=False)]
        at = left
        for group, over in table.groups():
            span = sum(wide[at : at + over])
            text, merged = (heads[at], "restart") if alone[at] else (group, "")
            upper.append(_head(text, span, size, merged, over))
            at += over
        yield _tr(upper, head=True)
        yield _tr(
            [
                _head("" if single else text, each, size, "continue" if single else "")
                for text, each, single in zip(heads, wide, alone, strict=True)
            ],
            head=True,
        )

    def _row(self, table: Table, row: Row, wide: Sequence[int], size: float) -> Any:
        cells = [_cell("Cell", [ooxml.run(row.heading, bold=row.total, size=size)], wide[0])]
        if table.by_row:
            cells.append(_cell("Head", [ooxml.run(row.unit, bold=row.total, size=size)], wide[1]))
        first = len(cells)
        for cell, each in zip(row.cells, wide[first:], strict=True):
            cells.append(_cell("Number", list(self._marked(cell, bold=row.total, size=size)), each))
        return _tr(cells)

    def _margins(self) -> None:
        """The numbers of the pages, and what is to be known of every page."""
        section, document = self.made.sections[0], self.document
        for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            ooxml.put_in(foot, [ooxml.parsed(official.page_number(side))])
        said = paper.banner(document)
        for header in (section.header, section.even_page_header):
            lines = [self._line("Banner", said)] if said else []
            if document.watermark:
                mark = official.watermark(visible(document.watermark))
                lines.insert(0, ooxml.parsed(mark))
            ooxml.put_in(header, lines or [self._line("Banner", "")])

    def _properties(self) -> None:
        """Of the file, without who made it and when: that is no part of the document."""
        core = self.made.core_properties
        core.title, core.author = visible(self.document.title), visible(self.document.signed)
        core.comments = SAMPLE_BANNER if self.document.sample else ""
        core.last_modified_by, core.revision, core.language = "", 1, "zh-CN"
        core.created = core.modified = MADE_AT.replace(tzinfo=None)


_EDGE = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE = (
    '<w:tblPr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
    f'<w:tblBorders>{_EDGE}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
    '<w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr>'
)


def _cell(style: str, inside: Sequence[Any], wide: int, *, over: int = 1, merged: str = "") -> Any:
    own = [ooxml.element("w:tcW", w=str(wide), type="dxa")]
    own += [ooxml.element("w:gridSpan", val=str(over))] if over > 1 else []
    own += [ooxml.element("w:vMerge", val=merged)] if merged else []
    own.append(ooxml.element("w:vAlign", val="center"))
    line = ooxml.element(
        "w:p", ooxml.element("w:pPr", ooxml.element("w:pStyle", val=style)), *inside
    )
    return ooxml.element("w:tc", ooxml.element("w:tcPr", *own), line)


def _head(text: str, wide: int, size: float, merged: str = "", over: int = 1) -> Any:
    return _cell(
        "Head", [ooxml.run(text, size=size)] if text else [], wide, over=over, merged=merged
    )


def _tr(cells: Sequence[Any], *, head: bool = False) -> Any:
    own = [ooxml.element("w:cantSplit"), *([ooxml.element("w:tblHeader")] if head else [])]
    return ooxml.element("w:tr", ooxml.element("w:trPr", *own), *cells)
