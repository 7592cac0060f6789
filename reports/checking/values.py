"""Whether a number that somebody wrote is a value of the ledger: the same, rounded, converted.

Amounts are compared in 元 and rounded half up, as documents round them; what was rounded by hand is
right as long as it is the unrounded value, rounded to the places that it is written with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from reports.checking.expected import called, label
from reports.checking.tokens import DATE, NUMBER, Token, tokens
from reports.document import StatementRef
from reports.manifest import Marked

_SCALES = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "亿": 100_000_000}
_YUAN = "元"
_LONGEST_FIRST = "|".join(sorted(filter(None, _SCALES), key=len, reverse=True))
_UNIT = re.compile(rf"(?P<scale>{_LONGEST_FIRST})?(?P<yuan>{_YUAN})?")
_MANY = 3
"""Digits of a number that is hardly the same as another by chance."""
MOST_NAMED = 3


def scale_of(text: str) -> tuple[Decimal, bool]:
    """What a number is multiplied by that stands before this text, and whether it is of money."""
    match = _UNIT.match(text)
    if match is None:
        return Decimal(1), False
    return Decimal(_SCALES[match["scale"] or ""]), match["yuan"] is not None


def rounds_to(each: Marked, number: Decimal, after: str) -> bool:
    """Whether a number, with what stands after it, is the value of a figure, rounded by hand."""
    exact = _exact(each)
    ours, money = scale_of(each.unit)
    scale, yuan = scale_of(after)
    if exact is None or money != yuan or (money and not after):
        return False
    if not money and scale == ours and not isinstance(each.said.value, Decimal):  # type: ignore[union-attr]  # no claim has an exact value
        return False
    return (exact / scale).quantize(_places(number), ROUND_HALF_UP) == number and (
        number != 0 or exact == 0
    )


def _places(number: Decimal) -> Decimal:
    return Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))


def _exact(each: Marked) -> Decimal | None:
    """Unrounded, in 元, persons and the like; of a rounded share as it is printed."""
    said = each.said
    if isinstance(said, StatementRef) or isinstance(said.value, bool | str | None):
        return None
    scale, money = scale_of(each.unit)
    printed = Decimal(said.value) * scale
    exact = said.exact
    if not money or isinstance(exact, bool) or not isinstance(exact, int | Decimal):
        return printed
    yuan = Decimal(exact) / 100
    # An average has no 分 behind it: then what is printed is all there is.
    fits = (yuan / scale).quantize(_places(Decimal(said.value)), ROUND_HALF_UP)
    return yuan if fits == Decimal(said.value) else printed


def value_of(each: Marked) -> Decimal | str | None:
    """The number, or the date, that a figure prints first; None where it prints none."""
    return next((token.value for token in tokens(each.text) if token.is_number), None)


def of_others(
    marks: Iterable[Marked], found: Token, after: str, but: Marked | None = None
) -> tuple[list[str], bool]:
    """Which figures, other than one, have the value of a number that is written somewhere.

    And whether that is hardly by chance: of the same unit, or long.
    """
    own = called(but) if but is not None else None
    same: dict[str, None] = {}
    alike: dict[str, None] = {}
    for each in marks:
        if isinstance(each.said, StatementRef) or called(each) == own:
            continue
        if value_of(each) == found.value:
            unit = but.unit if but is not None else ""
            fits = each.unit == unit if but is not None else not each.unit
            if fits or (each.unit and after.startswith(each.unit)):
                same[label(each)] = None
            else:
                alike[label(each)] = None
        elif but is None and _is_long(found) and rounds_to(each, Decimal(found.value or 0), after):
            same[label(each)] = None
    return list(same or alike)[:MOST_NAMED], bool(same) or found.sign == DATE or _is_long(found)


def _is_long(found: Token) -> bool:
    return isinstance(found.value, Decimal) and len(found.value.as_tuple().digits) >= _MANY


_BEFORE = ("第", "[A-Za-z][A-Za-z./-]*", "〔", r"\[", f"{NUMBER}:")
_AFTER = (
    *("年", "月", "日", "号", "时", "点", "世纪", "周年", "热线", "电话", "平台", "专线", "网"),
    *("[A-Za-z]", f"[:/]{NUMBER}", "〕", r"\]"),
)
_ORDINAL = re.compile(f"(?:{'|'.join(_BEFORE)})$")
_FOLLOWED = re.compile("|".join(_AFTER))
_LISTED = re.compile(r"\.|、|\)")
_PHONE = 7
_AREA = re.compile("0[0-9]{2,3}")
_YEARS = range(1900, 2200)


def is_no_figure(found: Token, written: str, before: str, after: str, *, first: bool) -> bool:
    """Whether a number in prose is a date, an ordinal, a law's or a list's number, a telephone.

    `before` and `after` are the signs around it, `first` says whether it begins its paragraph.
    """
    if found.sign == DATE or _ORDINAL.search(before) or _FOLLOWED.match(after):
        return True
    if (first or before.endswith("(")) and _LISTED.match(after):
        return True
    if after.startswith(f"-{NUMBER}") and (_AREA.fullmatch(written) or found.value in _YEARS):
        return True  # a telephone, a date, a period
    if before.endswith(f"{NUMBER}-") and (len(written) >= _PHONE or written.startswith("0")):
        return True
    return len(written) >= _PHONE and written.isdigit() and not re.match("[万亿元户人件]", after)
