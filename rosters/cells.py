"""Reading one cell: what a person wrote there, as the field of a contract has it.

Read is what has one meaning only. What has two, or has lost something on its way through a
spreadsheet, is wrong and named: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.identifiers import check_resident_id
from rosters.sheets import Value

UNITS = {"元": 100, "万元": 1_000_000, "分": 1}
"""分 in one of each."""
YES = frozenset({"是", "有", "√", "✓", "Y", "TRUE", "1"})
NO = frozenset({"否", "无", "×", "N", "FALSE", "0"})
BLANK = frozenset({"-", "--", "—", "——", "/", "\\", "无", "N/A", "#N/A"})
"""What stands for nothing, where a field may be left out."""
MOST_WORDS = 12
"""So many words of a list are named where another stands."""
EXACT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number."""
_EXPONENT = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{1,2}")
_ROUNDED = re.compile(r"[0-9]{15}000")
_DAY = re.compile(
    r"([0-9]{4})[-./\u5e74]([0-9]{1,2})[-./\u6708]([0-9]{1,2})\u65e5?(?:[ T]0{1,2}:00(?::00)?)?"
)
_DAY_IN_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})(?:[-./\u5e74])([0-9]{1,2})(?:\u6708\u4efd?)?")
_MAY_HAVE_LOST_ZERO = re.compile(r"([0-9]{4})\.1")
"""A month that was a number once, 2024.10: in a CSV it stands as text."""
_MONTH_IN_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})")
_AMOUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?")
_SERIALS = range(10_000, 80_000)
"""Dates of 1927 to 2119 as a spreadsheet counts them; no year and month is such a number."""
_ERRORS = re.compile(r"#(REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_WRAPPED = re.compile(r'^="([^"]*)"$')
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


class CellWrong(ValueError):
    """A cell cannot be read; the message says what was expected, in Chinese and English."""


def narrow(text: str) -> str:
    """A text with letters, digits and marks of full width in half width."""
    return text.translate(_WIDE)


def folded(text: str) -> str:
    """A heading or a word of a code list, as it is compared: without blanks, in half width."""
    return re.sub(r"\s+", "", narrow(text))


def text_of(value: Value) -> str:
    """A cell as text, without what spreadsheets put before a number to keep it text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.{EXACT_DIGITS}g}"
    text = str(value).replace("\u00a0", " ").strip().strip("\t")
    if wrapped := _WRAPPED.match(text):
        text = wrapped[1]
    return text.removeprefix("'").strip()


def words(value: Value) -> str:
    """A line of text; blanks between Chinese characters only fill a column."""
    if isinstance(value, str) and _ERRORS.match(value.strip()):
        raise CellWrong("公式出错，没有值 / an error of a formula")
    text = re.sub(r"[\r\n\t ]+", " ", text_of(value))
    return _BETWEEN_HAN.sub("", text)


def number(value: Value, *, resident: bool = False) -> str:
    """The digits of a document, an account or a place, which are text.

    `resident`: of a 居民身份证; one that ends in 000 with a wrong check digit was a quantity once.
    """
    damaged = CellWrong(
        "号码被表格软件当成了数，末几位已经丢失：请从原系统按文本格式重新导出，不要补写"
        " / the spreadsheet took it for a quantity and lost its last digits: export it as text"
    )
    if isinstance(value, bool | datetime | date | time):
        raise CellWrong("应为号码，按文本填写 / a number, as text")
    if isinstance(value, int | float):
        if value < 0 or value != int(value):
            raise CellWrong("应为号码，按文本填写 / a number, as text")
        if len(str(int(value))) > EXACT_DIGITS:
            raise damaged
        return str(int(value))
    text = folded(text_of(value))
    rounded = resident and _ROUNDED.fullmatch(text) and check_resident_id(text) is not None
    if _EXPONENT.fullmatch(text) or rounded:
        raise damaged
    return text.upper() if re.fullmatch(r"[0-9]{17}x", text) else text


def money(value: Value, unit: str) -> int:
    """分, exactly. A number of a spreadsheet has 15 digits, as it shows them."""
    expected = CellWrong(
        f"应为金额，单位{unit}，精确到分，如 1234.50 / an amount in {unit}, to the 分"
    )
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise expected
    text = folded(text_of(value))
    if isinstance(value, float):
        text = format(Decimal(text), "f")
    text = text.removeprefix("¥").removeprefix("￥").removeprefix("RMB")
    for other in sorted(UNITS, key=len, reverse=True):
        if text.endswith(other):
            if other != unit:
                raise expected
            text = text.removesuffix(other)
            break
    if not _AMOUNT.fullmatch(text):
        raise expected
    try:
        fen = Decimal(text.replace(",", "")) * UNITS[unit]
    except InvalidOperation:
        raise expected from None
    if fen != fen.to_integral_value():
        raise expected
    return int(fen)


def day(value: Value, epoch: date) -> str:
    """A date, YYYY-MM-DD."""
    expected = CellWrong(
        "应为日期，如 2024-05-01、2024年5月1日、20240501 / a date such as 2024-05-01"
    )
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | time):
        raise expected
    if isinstance(value, int | float) and value == int(value) and int(value) in _SERIALS:
        return (epoch + timedelta(days=int(value))).isoformat()
    text = folded(text_of(value)) if not isinstance(value, str) else narrow(text_of(value))
    text = text.replace(" ", "") if "年" in text else text
    found = _DAY.fullmatch(text) or _DAY_IN_DIGITS.fullmatch(text)
    if found is None:
        if re.fullmatch(r"[0-9]{5}", text) and int(text) in _SERIALS:
            return (epoch + timedelta(days=int(text))).isoformat()
        raise expected
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise CellWrong("应为实际存在的日期 / a date that exists") from None


def month(value: Value, epoch: date) -> str:
    """A month, YYYY-MM."""
    expected = CellWrong("应为月份，如 2024-05、2024年5月、202405 / a month such as 2024-05")
    if (lost := _MAY_HAVE_LOST_ZERO.fullmatch(folded(text_of(value)))) is not None:
        year = lost[1]
        raise CellWrong(
            f"月份：{year}.1 分不清是1月还是10月（表格软件把 {year}.10 存成 {year}.1），"
            f"请写 {year}-01 或者 {year}-10"
            f" / {year}.1 may be January or October, which a spreadsheet saves without its zero:"
            f" write {year}-01 or {year}-10"
        )
    if not isinstance(value, str | float) or (isinstance(value, float) and value.is_integer()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            digits = str(int(value))
            if (found := _MONTH_IN_DIGITS.fullmatch(digits)) is not None:
                return _month(found, expected)
        return day(value, epoch)[:7]
    text = folded(text_of(value))
    found = _MONTH.fullmatch(text) or _MONTH_IN_DIGITS.fullmatch(text)
    if found is not None:
        return _month(found, expected)
    try:
        return day(value, epoch)[:7]
    except CellWrong:
        raise expected from None


def _month(found: re.Match[str], expected: CellWrong) -> str:
    if not 1 <= int(found[2]) <= 12:  # noqa: PLR2004  months
        raise expected
    return f"{found[1]}-{int(found[2]):02d}"


def count(value: Value) -> int:
    """A whole number."""
    text = folded(text_of(value)).rstrip("人户个件次名")
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text):
        raise CellWrong("应为整数 / a whole number")
    return int(text)


def flag(value: Value, yes: Collection[str]) -> bool:
    """Yes or no."""
    text = folded(text_of(value))
    if yes:
        return text in yes
    if text.upper() in YES or text.upper() in NO:
        return text.upper() in YES
    raise CellWrong("应为是或者否 / yes or no")


def code(value: Value, translated: Mapping[str, str], names: Mapping[str, Any]) -> str:
    """A code, by the source's word for it, by ours, or as it is. `names`: code → what it is called.

    Where several have one name, that is for the caller to see: raises CellWrong.
    """
    text = folded(text_of(value))
    if text in translated:
        return translated[text]
    if text in names:
        return text
    found = [code for code, name in names.items() if folded(str(name)) == text]
    if len(found) == 1:
        return found[0]
    if found:
        raise CellWrong(f"写代码：{'、'.join(found)} 都叫这个名称 / several have this name")
    words = list(dict.fromkeys([*translated, *map(str, names.values())]))
    if not words:
        raise CellWrong("本局没有列出这类代码，请与本局联系 / the bureau lists no codes of it")
    more = f" …（共 {len(words)} 个 / in all）" if len(words) > MOST_WORDS else ""
    raise CellWrong(f"应为下列之一 / one of: {'、'.join(words[:MOST_WORDS])}{more}")
