"""Digits in the texts of others: in any width or script, as 汉字, perhaps with blanks between.

A vendor's mistake is found, and what a reader typed is kept out of a log, however it was spelled.
"""

from __future__ import annotations

import unicodedata

BLANK = "[\\s\u00ad\u034f\u180b-\u180f\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff]*"
"""What prints nothing, as a pattern. Hyphens do: running numbers have them."""
_HAN = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def folded(text: str) -> str:
    """A text with each digit, of whatever width or script, as 0 to 9."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def read(text: str) -> str:
    """A text as one looks for numbers in it: 汉字 that are digits are digits, too."""
    return text if text.isascii() else folded(text).translate(_HAN)
