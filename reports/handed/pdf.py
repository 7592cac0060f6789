"""A PDF as far as its text can be read: lines, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from reports.handed.file import Block, Handed, NotReadable, handed, manifest_in

MOST_PAGES = 500


def read(raw: bytes) -> Handed:
    """Its lines, and the manifest among its attachments. Raises NotReadable."""
    try:
        import pypdf  # noqa: PLC0415  an optional part, and of this form only
    except ImportError:
        raise NotReadable(
            "核对 PDF 需要文稿组件：pip install 'mingjian[documents]'；或者改交 DOCX"
            " / PDF needs the document parts: pip install 'mingjian[documents]'; or give the DOCX"
        ) from None
    try:
        reader = pypdf.PdfReader(BytesIO(raw))
        _bounded(reader)
        pages = [page.extract_text() for page in reader.pages]
        found = next(_manifests(reader), None)
    except NotReadable:
        raise
    except Exception as error:  # noqa: BLE001  a damaged file makes the library raise anything
        raise NotReadable(f"PDF 读不出来 / a damaged PDF: {type(error).__name__}") from None
    return handed("pdf", (Block(line) for page in pages for line in page.splitlines()), found)


def _bounded(reader: Any) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotReadable("文件加了密码：请去掉后再交 / it has a password: take it off")
    if len(reader.pages) > MOST_PAGES:
        raise NotReadable(f"超过 {MOST_PAGES} 页，不像一份文稿 / too many pages")


def _manifests(reader: Any) -> Iterator[dict[str, Any]]:
    for contents in reader.attachments.values():
        for content in contents:
            found = manifest_in(content.decode("utf-8", errors="replace"))
            if found is not None:
                yield found
