"""Reading what staff hand in: a document of ours after it was in WPS, Word or a portal's editor.

Whatever the file is, what is read of it are blocks of text in order, the marks in them (bookmarks
of a DOCX, ids of an HTML page) and the manifest, if it still has one. Nothing of a file is run,
fetched or believed: it is bounded before it is unpacked, and what cannot be read is refused in
words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from reports.handed.file import MOST_BYTES, Handed, NotReadable

_OLE = b"\xd0\xcf\x11\xe0"
"""How .doc, .xls, .wps begin, and what has a password."""
_OFD = "OFD.xml"
_ZIPPED: Mapping[str, str] = {"word/": "docx", "xl/": "xlsx"}
_BINARY = ("\0", "\x01", "\x02")
_LOOKED_AT = 4_000


def read(raw: bytes, name: str = "") -> Handed:
    """What a file says; `name` tells Markdown from plain text. Raises NotReadable."""
    if len(raw) > MOST_BYTES:
        raise NotReadable(f"文件有 {len(raw):,} 字节，超过 {MOST_BYTES:,} / the file is too large")
    if not raw.strip():
        raise NotReadable("文件是空的 / the file is empty")
    # Each form is a module of its own; most need what only that form needs.
    module = import_module(f"reports.handed.{_form(raw, name)}")
    reader: Callable[[bytes], Handed] = module.read
    return reader(raw)


def _form(raw: bytes, name: str) -> str:
    if raw.startswith(_OLE):
        raise NotReadable(
            "这是旧格式（.doc、.wps、.xls）或者加了密码的文件：请另存为不加密码的 .docx 或 .xlsx"
            " / an old format, or a file with a password: save it as .docx or .xlsx without one"
        )
    if raw.startswith(b"PK"):
        return _zipped(raw)
    if raw.lstrip()[:5] == b"%PDF-":
        return "pdf"
    from reports.handed.text import decoded, is_html, is_markdown  # noqa: PLC0415  beside the above

    text = decoded(raw)
    if any(sign in text[:_LOOKED_AT] for sign in _BINARY):
        raise NotReadable(
            "认不出的文件：可以核对 DOCX、PDF、XLSX、HTML、Markdown 和纯文本"
            " / unknown: DOCX, PDF, XLSX, HTML, Markdown and plain text can be checked"
        )
    if is_html(text, name):
        return "html"
    return "markdown" if is_markdown(text, name) else "text"


def _zipped(raw: bytes) -> str:
    from reports.handed.archive import Archive  # noqa: PLC0415  not of a text

    names = Archive(raw).names
    for folder, form in _ZIPPED.items():
        if any(each.startswith(folder) for each in names):
            return form
    if _OFD in names:
        raise NotReadable("OFD 版式文件读不出文字：请交 DOCX 或者 PDF / OFD: give the DOCX or PDF")
    raise NotReadable(
        "压缩文件里没有文稿：可以核对 DOCX 和 XLSX（.odt 请另存为 .docx）"
        " / no document in it: DOCX and XLSX can be checked; save an .odt as .docx"
    )
