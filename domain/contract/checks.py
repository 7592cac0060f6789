"""What the ledger tests that JSON Schema cannot say, each by name, and what it can say in patterns.

A schema passes exactly what the ledger's reading passes, but for these: where one of them applies,
the schema names it (`x-checked`). A test generates messages and holds both together.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from domain.attributes import DIGITS
from domain.faults import MAX_BYTES, MAX_DEPTH, MAX_INTEGER
from domain.identifiers import MARRIAGE_CERTIFICATE
from domain.wording import UNPRINTABLE


class Check(NamedTuple):
    """A test beside the schema: in Chinese, in English, and the reason codes of who fails it."""

    chinese: str
    english: str
    codes: frozenset[str]


def _check(chinese: str, english: str, *codes: str) -> Check:
    return Check(chinese, english, frozenset(codes))


INTEGER, RESIDENT, PERSON, ONCE = "integer-as-written", "no-resident-number", "person", "each-once"
FUTURE, DOCUMENT, NAME = "not-in-the-future", "document", "name-with-a-letter"
CHECKS: dict[str, Check] = {
    DOCUMENT: _check(
        f"整条来件为 UTF-8 编码，不超过 {MAX_BYTES} 字节，嵌套不超过 {MAX_DEPTH} 层，"
        "同一对象中键不重复，不含 U+0000 和孤立代理项",
        f"the whole message is UTF-8, at most {MAX_BYTES} bytes and {MAX_DEPTH} levels deep, has"
        " each key of an object once, no U+0000 and no lone surrogate",
        *("invalid_utf8", "too_deep", "oversize", "not_json", "duplicate_key", "not_a_number"),
        *("forbidden_character", "number_out_of_range"),
    ),
    INTEGER: _check(
        "整数按整数书写：不写小数点、指数和负零（65000.0 不是整数）",
        "an integer is written as one: no fraction, no exponent, no minus zero (65000.0 is none)",
        *("amount_not_integer", "malformed_value", "malformed_envelope", "number_out_of_range"),
    ),
    RESIDENT: _check(
        "不得含有效的居民身份证号，人员写在专用字段",
        "holds no valid resident number: persons have fields of their own",
        *("personal_data_misplaced", "malformed_envelope"),
    ),
    PERSON: _check(
        "证件号码的校验码、出生日期和形式须与证件种类相符；全角、空格、连字符和小写 x 不影响",
        "check digit, date of birth and form fit the kind of document; full width, blanks, hyphens"
        " and a small x make no difference",
        *("malformed_value", "wrong_check_digit", "no_such_date", "missing_field"),
    ),
    "stated-by-the-number": _check(
        "证件号码已载明的不填",
        "left out where the number of the document states it",
        "malformed_value",
    ),
    NAME: _check("姓名中有文字", "holds a letter, of whatever script", "malformed_value"),
    ONCE: _check(
        "同一人只列一次", "each person once, as told by their documents", "malformed_value"
    ),
    "uscc-check-digit": _check(
        "统一社会信用代码的校验码（GB 32100）",
        "the check character of GB 32100",
        "wrong_check_digit",
    ),
    "card-check-digit": _check(
        "残疾人证号所含居民身份证号的校验码和出生日期",
        "check digit and date of birth of the resident number in it",
        *("wrong_check_digit", "no_such_date"),
    ),
    "not-before-the-first": _check(
        "不小于起始编号", "not before the first number", "malformed_value"
    ),
    FUTURE: _check(
        "不得晚于账本所在时刻", "not later than now, by the ledger's clock", "wrong_clock"
    ),
}
"""By the names that stand in `x-checked`."""

# White space as the ledger means it (White_Space of Unicode), and as Python does in `str.isspace`:
# what \s means differs between the languages that schemas are read in.
WHITE_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PYTHON_SPACE = r"\x1c-\x1f" + WHITE_SPACE

_YEAR, _MONTH = "(?:19|20|21)[0-9]{2}", "(?:0[1-9]|1[0-2])"
_LEAP = "(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)"
_DATE = (
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    rf"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
DAY = f"^{_DATE}$"
"""Every date of the years 1900 to 2199 that exists, and nothing else."""
INSTANT = rf"^{_DATE}[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]{_CLOCK})$"
"""Every moment of those dates as RFC 3339 writes it, with its offset."""
PRINTABLE = f"^[^{UNPRINTABLE.pattern[1:-1]}]*$"
WITHOUT_NUL = "^[^\\u0000]*$"


def up_to(most: int) -> str:
    """A pattern, without ends, of the digits of 0 to `most`, perhaps with zeros before them."""
    text = str(most)
    below = [
        rf"{text[:place]}[0-{int(digit) - 1}][0-9]{{{len(text) - place - 1}}}"
        for place, digit in enumerate(text)
        if digit != "0"
    ]
    return f"0*(?:{'|'.join(below)}|{text}|[0-9]{{1,{len(text) - 1}}})"


SEQUENCE: dict[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_INTEGER, "x-checked": [INTEGER]},
        {
            "type": "string",
            "maxLength": int(DIGITS.split(",")[1].split("}")[0]),
            "pattern": f"^{up_to(MAX_INTEGER)}$",
        },
    ]
}

_ALNUM = "|[^0-9A-Za-z]"
"""What is not written in letters and digits alone is read in one spelling first: the check says."""
_EIGHTEEN = "[1-9][0-9]{16}[0-9Xx]"
NUMBERS = {
    "resident-id": f"^{_EIGHTEEN}$",
    "residence-permit": "^8[123]0000[0-9]{11}[0-9Xx]$",
    "permanent-residence": "^9[0-9]{16}[0-9Xx]$|^[A-Za-z]{3}[0-9]{12}$",
}
ARCHIVED = {"resident-id": "|^[1-9][0-9]{14}$", "resident-id-15": "^[1-9][0-9]{14}$"}


def number_pattern(kind: str, *, archived: bool) -> str:
    """What the number of a kind of document looks like; empty where anything may."""
    made = NUMBERS.get(kind, "") + (ARCHIVED.get(kind, "") if archived else "")
    return made and made + _ALNUM


_LETTERS = "0-9ABCDEFGHJKLMNPQRTUWXY"
VALIDATED: dict[str, dict[str, Any]] = {
    "_uscc": {
        "pattern": f"^[{_LETTERS}]{{2}}[0-9]{{6}}[{_LETTERS}]{{8}}[0-9X][{_LETTERS}]$",
        "x-checked": ["uscc-check-digit"],
    },
    "_card": {
        "pattern": "^[1-9][0-9]{16}[0-9X][1-7][1-4](?:[A-Z][0-9A-Z]?)?$",
        "x-checked": ["card-check-digit"],
    },
    "_certificate": {"pattern": f"^{re.sub('[?]P<[a-z]+>', '?:', MARRIAGE_CERTIFICATE.pattern)}$"},
    "check_name": {"x-checked": [NAME]},
}
VALIDATED["_archived_certificate"] = {
    "anyOf": [
        {"pattern": VALIDATED["_certificate"]["pattern"]},
        {
            "pattern": f"^[^{_PYTHON_SPACE}/]{{0,20}}字[^{_PYTHON_SPACE}/]{{1,30}}$",
            "allOf": [{"pattern": "[0-9]"}],
        },
    ]
}
"""What validators of texts ask for, by their names."""
