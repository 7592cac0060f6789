r"""Text from outside on its way to people: what cannot be seen is written out.

A name may hold ESC and move the cursor of whoever lists it, a line end and write a line of a log, a
mark of direction and turn the digits of an amount around. Such characters are written as JSON
writes them, `\u001b`: so JSON stays JSON, and says the same.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff"  # halves of a character
    "\ufffe\uffff"  # no characters; XML has no way to write them
    # Marks of format: of direction, without width, and the like.
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def visible(text: str, *, lines: bool = False) -> str:
    """The text with all that cannot be seen written out; with `lines` its line ends stay."""
    if text.isprintable():
        return text
    if lines:
        return "\n".join(map(visible, text.split("\n")))
    return _UNSEEN.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    character = match[0]
    units = character.encode("utf-16-be", "surrogatepass").hex()
    escapes = "".join(rf"\u{units[n : n + 4]}" for n in range(0, len(units), 4))
    return _SHORT.get(character, escapes)
