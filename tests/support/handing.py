"""Documents that come back: a release with many numbers, and files as editors make them of it.

Files are put together here part by part, so that each can be as some editor leaves it: runs that
are split, bookmarks that are gone, words typed anew.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape

from domain.reporting.releases import (
    ReleaseBlock,
    ReleaseCell,
    ReleaseColumn,
    ReleaseContent,
    ReleaseRow,
    ReleaseRun,
    ReleaseTable,
    ReleaseValue,
)
from reports import manifest
from reports.document import Document, FigureRef, StatementRef, Table
from reports.moment import Moment
from reports.publishing import Act, Draft
from reports.release import Signature
from tests.support.ledger import LEDGER

SIGNED = Signature(date(2025, 1, 10), "ZF-01")
ACT = Act("BG-01", "年度公开", datetime.fromisoformat("2025-01-17T16:52:00+08:00"), SIGNED)
FEN = {"F16": 1_809_048_600, "F19": 43_215_050, "F20": 9_876_540}
COUNTS = {"F14": 1435, "F15": 2622, "F17": 318, "F28": 17, "F40": 1208, "F41": 566, "F42": 207}
NAMES = {
    "F04": ("农村低保标准", "元/人·月"),
    "F11": ("农村为城市标准的比例", "%"),
    "F14": ("低保户数", "户"),
    "F15": ("低保人数", "人"),
    "F16": ("发放低保金额", "万元"),
    "F17": ("特困人数", "人"),
    "F19": ("发放特困供养金额", "万元"),
    "F20": ("发放孤儿生活费金额", "万元"),
    "F28": ("执法宗数", "宗"),
    "F40": ("结婚登记对数", "对"),
    "F41": ("离婚登记对数", "对"),
    "F42": ("补领结婚证对数", "对"),
    "F64": ("成文日期", ""),
}
TOWNS = {
    "太平街道": (412, 761, 5_230_150),
    "磷溪镇": (388, 702, 4_871_990),
    "意溪镇": (93, 167, 1_204_480),
}


def wan(fen: int) -> str:
    """万元, as documents round it."""
    return str((Decimal(fen) / 1_000_000).quantize(Decimal("0.01")))


def printed(counts: dict[str, int], fen: dict[str, int]) -> dict[str, str]:
    """Figure → its number as it is printed, without its unit."""
    made = {name: str(number) for name, number in counts.items()}
    made |= {name: wan(amount) for name, amount in fen.items()}
    return made | {"F04": "700", "F11": "76.21", "F64": "2025年1月10日"}


def report(**changed: int) -> ReleaseContent:
    """A report with figures in sentences, a claim, prose of staff and a table."""
    counts = COUNTS | {name: number for name, number in changed.items() if name in COUNTS}
    fen = FEN | {name: number for name, number in changed.items() if name in FEN}
    numbers = printed(counts, fen)
    exact = {name: str(number) for name, number in (counts | fen).items()} | {"F04": "70000"}
    values = tuple(
        ReleaseValue(
            key=name,
            name=NAMES[name][0],
            type="date" if name == "F64" else "number",
            value="2025-01-10" if name == "F64" else numbers[name],
            exact=exact.get(name),
            unit=NAMES[name][1] or None,
        )
        for name in NAMES
    )

    def n(name: str) -> ReleaseRun:
        return ReleaseRun(text=numbers[name] + NAMES[name][1], kind="figure", key=name)

    def w(text: str) -> ReleaseRun:
        return ReleaseRun(text=text)

    claim = ReleaseRun(text="处罚决定均在期限内送达并有回证", kind="claim", key="S06")
    held = ReleaseValue(key="S06", name="处罚送达", type="yes-no", value="true")
    columns = tuple(
        ReleaseColumn(heading=head, unit=unit)
        for head, unit in (("户数", "户"), ("人数", "人"), ("金额", "万元"))
    )
    rows = tuple(
        ReleaseRow(
            heading=town,
            cells=(
                ReleaseCell(text=str(told[0]), value=str(told[0]), exact=str(told[0])),
                ReleaseCell(text=str(told[1]), value=str(told[1]), exact=str(told[1])),
                ReleaseCell(text=wan(told[2]), value=wan(told[2]), exact=str(told[2])),
            ),
        )
        for town, told in TOWNS.items()
    )
    table = ReleaseTable(
        title="各镇街低保", corner="镇街", columns=columns, rows=rows, units="户、人、万元"
    )
    sentences = (
        (
            "一是落实保障标准。截至12月底，农村低保标准",
            "F04",
            "，农村标准为城市标准的",
            "F11",
            "。",
        ),
        (
            *("二是实施救助保障。全区在保低保对象", "F14", "、", "F15", "，特困人员", "F17"),
            *(
                "。全年发放到账低保金",
                "F16",
                "、特困供养金",
                "F19",
                "、孤儿基本生活费",
                "F20",
                "。",
            ),
        ),
        (
            *("全年办理结婚登记", "F40", "、离婚登记", "F41", "，补领结婚证", "F42"),
            *("。本报告成文于", "F64", "。"),
        ),
    )
    standards, relief, register = (
        ReleaseBlock(runs=tuple(n(each) if each in NAMES else w(each) for each in parts))
        for parts in sentences
    )
    study = w("根据《社会救助暂行办法》第11条，3月12日局党组听取汇报，会议确定了下一步工作。")
    blocks = (
        ReleaseBlock(heading="一、困难群众基本生活保障", level=1),
        *(standards, relief, ReleaseBlock(table=table)),
        ReleaseBlock(heading="二、依法行政", level=1),
        ReleaseBlock(runs=(w("全年办理执法案件"), n("F28"), w("，"), claim, w("。"))),
        ReleaseBlock(runs=(study,), by_staff=True),
        ReleaseBlock(heading="三、登记管理", level=1),
        register,
    )
    return ReleaseContent(blocks=blocks, values=(*values, held))


def drafted(says: ReleaseContent, at: int = 1) -> Draft:
    """The report of 2024, as known at a position."""
    moment = Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), at)
    title = "示例区民政局2024年度工作报告"
    made = Draft("yearly", "2024", "bulletin", title, "public", moment, says)
    return replace(made, signed="示例区民政局", dated="2025年1月10日")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line; of a number or claim with its mark."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of pieces, or a row of a table, whose cells are its pieces."""

    pieces: tuple[Piece, ...]
    row: bool = False

    @property
    def text(self) -> str:
        return ("\t" if self.row else "").join(piece.text for piece in self.pieces)


def lines(document: Document) -> list[Line]:
    """All that a document says, line by line, as an editor shows it."""
    mark = (each.mark for each in manifest.marked(document))
    found = [_plain(document.title), _plain(f"发布时间：{document.published}")]
    for section in document.printed:
        if section.heading:
            found.append(_plain(section.heading))
        for block in section.blocks:
            if isinstance(block, Table):
                found += _rows(block, mark)
                continue
            found.append(
                Line(
                    tuple(
                        Piece(run.text, next(mark))
                        if isinstance(run, FigureRef | StatementRef)
                        else Piece(run.text)
                        for run in block.runs
                    )
                )
            )
    return [*found, *map(_plain, (document.signed, document.dated, document.origin))]


def _rows(table: Table, mark: Iterator[str]) -> Iterator[Line]:
    yield _plain(table.title)
    yield _plain(f"单位：{table.units}")
    yield Line(
        (Piece(table.corner), *(Piece(column.heading) for column in table.columns)), row=True
    )
    for row in table.rows:
        cells = (Piece(cell.text, next(mark)) for cell in row.cells)
        yield Line((Piece(row.heading), *cells), row=True)


def _plain(text: str) -> Line:
    return Line((Piece(text),))


# Files

Maker = Callable[[Sequence[Line], bytes], tuple[str, bytes]]
"""Lines, and a manifest that a maker may leave out → the name of a file and its bytes."""
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(
    said: Sequence[Line], told: bytes, *, marks: bool = True, split: int = 0
) -> tuple[str, bytes]:
    """As it was made; or without bookmarks, or with runs of so many characters."""
    numbers = iter(range(1, 10_000))

    def runs(piece: Piece) -> str:
        step = split or len(piece.text) or 1
        cut = (piece.text[n : n + step] for n in range(0, len(piece.text), step))
        made = "".join(f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' for text in cut)
        if not piece.mark or not marks:
            return made
        number = next(numbers)
        begin = f'<w:bookmarkStart w:id="{number}" w:name="{piece.mark}"/>'
        return f'{begin}{made}<w:bookmarkEnd w:id="{number}"/>'

    body = ""
    table = False
    for line in said:
        if line.row != table:
            body += "<w:tbl>" if line.row else "</w:tbl>"
            table = line.row
        if line.row:
            cells = "".join(f"<w:tc><w:p>{runs(piece)}</w:p></w:tc>" for piece in line.pieces)
            body += f"<w:tr>{cells}</w:tr>"
        else:
            body += f"<w:p>{''.join(map(runs, line.pieces))}</w:p>"
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations("officeDocument", "word/document.xml"),
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
    }
    if told:
        parts["word/_rels/document.xml.rels"] = _relations("customXml", "../customXml/item1.xml")
        parts["customXml/item1.xml"] = (
            f'<manifest xmlns="urn:mingjian:document">{escape(told.decode())}</manifest>'
        )
    return "报告.docx", zipped(parts)


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def _relations(kind: str, target: str) -> str:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
    )


def zipped(parts: dict[str, str]) -> bytes:
    """A package of parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return buffer.getvalue()


def edited(said: Sequence[Line], told: bytes) -> tuple[str, bytes]:
    """As WPS leaves it: runs of two characters."""
    return docx(said, told, split=2)


def pasted(said: Sequence[Line], _told: bytes) -> tuple[str, bytes]:
    """Pasted into a blank document: no bookmarks, no manifest."""
    return docx(said, b"", marks=False)


def retyped(said: Sequence[Line], _told: bytes) -> tuple[str, bytes]:
    """Typed anew as plain text, columns parted by spaces."""
    return "报告.txt", "\n".join(line.text.replace("\t", "   ") for line in said).encode()


def wrapped(said: Sequence[Line], _told: bytes) -> tuple[str, bytes]:
    """Plain text with a line end after every 28 characters of a paragraph."""
    made = []
    for line in said:
        step = 10_000 if line.row else 28
        made += [line.text[n : n + step] for n in range(0, len(line.text), step)]
    return "报告.txt", "\n".join(made).encode("gb18030")


def wide(said: Sequence[Line], _told: bytes) -> tuple[str, bytes]:
    """Every digit and point full-width, as an input method may leave them."""
    table = {
        ord(a): ord(b) for a, b in zip("0123456789.%", "０１２３４５６７８９．％", strict=True)
    }
    return pasted([_each(line, lambda text: text.translate(table)) for line in said], b"")


def separated(said: Sequence[Line], told: bytes) -> tuple[str, bytes]:
    """Thousands parted in all numbers that have a mark."""

    def part(piece: Piece) -> Piece:
        whole, point, decimals = piece.text.partition(".")
        digits = "".join(sign for sign in whole if sign.isdigit())
        if not piece.mark or len(digits) < 4 or not whole.startswith(digits) or "年" in whole:
            return piece
        grouped = whole.replace(digits, f"{int(digits):,}", 1)
        return replace(piece, text=f"{grouped}{point}{decimals}")

    return docx([replace(line, pieces=tuple(map(part, line.pieces))) for line in said], told)


def page(said: Sequence[Line], _told: bytes) -> tuple[str, bytes]:
    """A page of a portal, in GBK, spaces between its marks."""
    body = "".join(
        f"<tr>{''.join(f'<td> {escape(piece.text)} </td>' for piece in line.pieces)}</tr>"
        if line.row
        else f"<p>　　{''.join(f'<span>{escape(piece.text)}</span>' for piece in line.pieces)}</p>"
        for line in said
    )
    text = f"<html><head><meta charset=gbk><title>x</title></head><body>{body}</body></html>"
    return "post.html", text.encode("gb18030")


def _each(line: Line, change: Callable[[str], str]) -> Line:
    return replace(
        line, pieces=tuple(replace(piece, text=change(piece.text)) for piece in line.pieces)
    )


MAKERS: dict[str, Maker] = {
    "as it was made": docx,
    "edited in WPS": edited,
    "pasted into a blank document": pasted,
    "typed anew": retyped,
    "with lines of 28 characters": wrapped,
    "full-width digits": wide,
    "separators": separated,
    "a page of a portal": page,
}
