"""A text as it is compared: sign by sign, each number one sign, whatever its form.

Width, spaces, line breaks, separators of thousands and the shape of quotes and dashes are the
editor's, and tell nothing. A number is aligned by the words around it and compared by its value.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reports.handed.file import Handed
from reports.shown import INVENTED

NUMBER, DATE, DIGEST = "\x00", "\x01", "\x02"
"""Signs of a number, of a date or a time, of a SHA-256."""
SOFT, HARD = " ", "\n"
"""A space, and what parts more: a line end, the border of a cell, several spaces."""
_AS = str.maketrans(
    {
        **dict.fromkeys("“”„‟「」『』〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛＇", "'"),
        **dict.fromkeys("—–―─‐‑‒−－﹣", "-"),
        **dict.fromkeys("～〜∼", "~"),
        **dict.fromkeys("·•・‧", "·"),
    }
)
_YEAR, _MONTH, _DAY = "年月日"
_GAP = "[ \\n]?"
_TOKEN = re.compile(
    r"(?P<digest>(?<![0-9a-f])[0-9a-f](?:[ \n]?[0-9a-f]){63}(?![0-9a-f]))"
    rf"|(?P<date>(?P<y>\d{{4}}){_GAP}{_YEAR}{_GAP}(?P<m>\d{{1,2}}){_GAP}{_MONTH}{_GAP}"
    rf"(?P<d>\d{{1,2}}){_GAP}{_DAY}(?:{_GAP}(?P<h>\d{{1,2}}):(?P<n>\d{{2}}))?)"
    r"|(?P<number>(?<![A-Za-z0-9])(?:\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?))"
    r"|(?P<sign>[^ \n])"
)
_BROKEN = _GAP.join(INVENTED)
_NOISE = re.compile(rf"\({_GAP}{_BROKEN}{_GAP}\)|,?{_GAP}{_BROKEN}")
"""What a renderer adds to values of a sample, each in its way; a line may end within it."""
LONGEST_NUMBER = 30


@dataclass(frozen=True, slots=True)
class Token:
    """A sign of a text: what it is aligned by, its value, and where it stands."""

    sign: str
    line: int
    start: int
    end: int
    value: Decimal | str | None = None
    """Of a number; of a date its ISO text."""

    @property
    def is_number(self) -> bool:
        """Whether it is a number or a date."""
        return self.sign in (NUMBER, DATE)


def folded(text: str) -> tuple[str, list[int]]:
    """A text in one form, and where each of its characters stood."""
    made: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char.isspace():
            hard = char in "\t\n\r\v\f\u2028\u2029"
            if made and made[-1] in (SOFT, HARD):
                made[-1] = HARD
            else:
                made.append(HARD if hard else SOFT)
                places.append(place)
            continue
        category = unicodedata.category(char)
        if category in ("Cf", "Cc", "Co", "Cs"):
            continue  # nobody sees them
        plain = char if category == "No" else unicodedata.normalize("NFKC", char)
        for one in plain.translate(_AS):
            if not one.isspace():
                made.append(one)
                places.append(place)
    whole = "".join(made)
    gone = {n for match in _NOISE.finditer(whole) for n in range(*match.span())}
    if gone:
        places = [place for n, place in enumerate(places) if n not in gone]
        whole = "".join(sign for n, sign in enumerate(whole) if n not in gone)
    return whole, places


def tokens(text: str, line: int = 0) -> list[Token]:
    """The signs of a text; `line` is its number among others."""
    whole, places = folded(text)
    found: list[Token] = []
    for match in _TOKEN.finditer(whole):
        start, end = places[match.start()], places[match.end() - 1] + 1
        if match["date"]:
            found.append(Token(DATE, line, start, end, _date(match)))
        elif match["digest"]:
            found.append(Token(DIGEST, line, start, end, "".join(match[0].split())))
        elif match["number"] and len(match[0]) <= LONGEST_NUMBER:
            found.append(Token(NUMBER, line, start, end, Decimal(match[0].replace(",", ""))))
        else:
            found += [
                Token(sign, line, places[n], places[n] + 1)
                for n, sign in enumerate(match[0], match.start())
            ]
    return found


def of_blocks(handed: Handed) -> list[list[Token]]:
    """The signs of each block of a file.

    Plain text and PDF have lines and no paragraphs: there a date may go on in the next one.
    """
    texts = [block.text for block in handed.blocks]
    if handed.form not in ("text", "pdf"):
        return [tokens(text, n) for n, text in enumerate(texts)]
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    found: list[list[Token]] = [[] for _ in texts]
    for token in tokens("\n".join(texts)):
        line = bisect_right(starts, token.start) - 1
        start, end = token.start - starts[line], min(token.end - starts[line], len(texts[line]))
        found[line].append(replace(token, line=line, start=start, end=end))
    return found


def signs(found: Sequence[Token]) -> str:
    """Tokens as a text of as many characters."""
    return "".join(token.sign for token in found)


def _date(match: re.Match[str]) -> str:
    day = f"{match['y']}-{int(match['m']):02}-{int(match['d']):02}"
    return day if match["h"] is None else f"{day}T{int(match['h']):02}:{match['n']}"


_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1_000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}


def numeral(text: str) -> Decimal | None:
    """The value of a Chinese numeral: 十二, 一千八百零九点零五; None where it is none."""
    whole, _, part = text.partition("点")
    if not whole or any(sign not in _DIGITS for sign in part):
        return None
    total = group = digit = 0
    for sign in whole:
        if sign in _DIGITS:
            # 二〇二四 is read digit by digit.
            digit = digit * 10 + _DIGITS[sign] if digit else _DIGITS[sign]
        elif sign in _POWERS:
            group += (digit or 1) * _POWERS[sign]
            digit = 0
        elif sign in _GROUPS:
            total = (total + group + digit) * _GROUPS[sign]
            group = digit = 0
        else:
            return None
    decimals = "".join(str(_DIGITS[sign]) for sign in part)
    return Decimal(f"{total + group + digit}.{decimals or 0}")
