"""Text that says something: what a name or a sentence may be written with.

A field of blanks says nothing, and a control, direction or replacement character says that
something was damaged on the way. Stored text is never tested again.
"""

from __future__ import annotations

import codecs
import re

_DAMAGED = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turning the order of what stands around
    r"\u2028\u2029\ufffd\ufffe\uffff"  # ends of lines; what was or is no character
)
_LINES = r"\t\n\r"
_SILENT = (
    r"\s\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u206a-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
"""What prints nothing."""

LINE = rf"^[^{_LINES}{_DAMAGED}]*[^{_LINES}{_DAMAGED}{_SILENT}][^{_LINES}{_DAMAGED}]*$"
"""The pattern of a text of one line."""
LINES = rf"^[^{_DAMAGED}]*[^{_DAMAGED}{_SILENT}][^{_DAMAGED}]*$"
"""The pattern of prose, perhaps of several lines."""
UNPRINTABLE = re.compile(f"[{_LINES}{_DAMAGED}]")
_IDEOGRAPHS = range(0x20000, 0x40000)
"""Planes of Han characters, those included that Python's tables do not know yet."""
_HAN = re.compile("[〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def holds_letter(text: str) -> bool:
    """Whether a letter stands in a text, of whatever script."""
    return any(c.isalpha() or ord(c) in _IDEOGRAPHS for c in text)


def is_chinese(name: str) -> bool:
    """Whether a name is written in Chinese, and not in characters that a wrong encoding made."""
    return _HAN.search(name) is not None and not _misread(name)


def _misread(name: str) -> bool:
    """Whether it was written in UTF-8 and read as GBK: 寮犱笁 was 张三, 锟斤拷 nobody knows.

    Every third byte of what it was is the first of a character, which names in GBK never come to.
    What was left over at the end of an odd number of bytes became a question mark.
    """
    if "锟斤拷" in name:
        return True
    text = name.rstrip("?？")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        was = decoder.decode(text.encode("gbk"), final=text == name)
    except UnicodeError:
        return False
    return len(was) > 1 and all(_HAN.match(c) or c == "·" for c in was)
