"""Plain text, and telling it from HTML and Markdown."""

from __future__ import annotations

import re

from reports.handed.file import Block, Handed, NotReadable, handed
from reports.manifest import FORMAT

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_GB = ("gb2312", "gbk", "gb18030")
_HTML = re.compile(r"<(!doctype\s+html|html|head|body|article|p|div|table|h1)[\s>]", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(#{1,6} |\| .* \|$)|\]\(|^> ", re.MULTILINE)
_LOOKED_AT = 4_000


def decoded(raw: bytes) -> str:
    """Text in UTF-8, UTF-16 with a mark, or GB18030. Raises NotReadable."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        codecs = ["utf-16"]
    else:
        declared = _CHARSET.search(raw[:_LOOKED_AT])
        name = declared[1].decode("ascii").lower() if declared else ""
        codecs = ["gb18030"] if name in _GB else ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise NotReadable("既不是 UTF-8 也不是 GB18030 的文字 / neither UTF-8 nor GB18030")


def is_html(text: str, name: str) -> bool:
    """Whether it is a page: by its name, or by what it begins with."""
    if name.lower().endswith((".md", ".txt")):
        return False
    named = name.lower().endswith((".html", ".htm", ".xhtml"))
    return named or _HTML.search(text[:_LOOKED_AT]) is not None


def is_markdown(text: str, name: str) -> bool:
    """Whether it is Markdown: by its name, by a manifest in a comment, or by its marks."""
    if name.lower().endswith(".txt"):
        return False
    named = name.lower().endswith((".md", ".markdown"))
    return named or FORMAT in text or _MARKDOWN.search(text[:_LOOKED_AT]) is not None


def read(raw: bytes) -> Handed:
    """Its lines, a block each. Raises NotReadable."""
    return handed("text", (Block(line) for line in decoded(raw).splitlines()))
