"""Numbers that identify persons, bodies, places and certificates, and how to tell a wrong one.

Each `check_…` returns None for a well-formed number, else why it is not one; it never raises and
never looks anything up. A well-formed number need not exist.
"""

import re
from datetime import date
from operator import mul
from typing import Annotated, Literal

from domain import digits
from domain.codes import Labels

Fault = Literal["malformed_value", "no_such_date", "wrong_check_digit"]
"""Why a number is refused: its shape, its date, or its check character (a slip of the pen)."""

# 居民身份证号

_RESIDENT_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECK = "10X98765432"
_ASCII_ZEROS = ord("0") * sum(_RESIDENT_WEIGHTS)


def resident_id_check(first17: str) -> str:
    """Check character of a 居民身份证号, from its first 17 digits (GB 11643-1999, MOD 11-2)."""
    weighted = sum(map(mul, first17.encode(), _RESIDENT_WEIGHTS)) - _ASCII_ZEROS
    return _RESIDENT_CHECK[weighted % 11]


def check_resident_id(text: str) -> Fault | None:
    """居民身份证号, 18 characters (GB 11643-1999): division, birth date, sequence, check character.

    The birth date must exist; that it is not in the future is for the caller, who knows the
    business date. The division is that of the first registration, perhaps long abolished, so only
    its shape counts. A small x is malformed.
    """
    if _RESIDENT_ID.fullmatch(text) is None:
        return "malformed_value"
    if text[17] != resident_id_check(text[:17]):
        return "wrong_check_digit"
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return "no_such_date"
    return None


_OLD_RESIDENT_ID = re.compile(r"[1-9][0-9]{14}")


def check_old_resident_id(text: str) -> Fault | None:
    """居民身份证号 of 15 digits (GB 11643-1989): division, birth date, sequence.

    It has no check character, and its birth dates are of 19YY. Not valid since 2013-01-01, but all
    that older archives hold.
    """
    if _OLD_RESIDENT_ID.fullmatch(text) is None:
        return "malformed_value"
    try:
        date(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    except ValueError:
        return "no_such_date"
    return None


_MAY_BE_RESIDENT_ID = re.compile(
    r"(?=([1-9][0-9]{5}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]))"
)
"""Of somebody who may live; the quicker, since a stranger's text may be all digits."""
_BETWEEN_DIGITS = re.compile(rf"(?<=[0-9]){digits.BLANK}(?=[0-9Xx])")


def holds_resident_id(text: str) -> bool:
    """Whether a valid 居民身份证号 stands in a text, however spelled, also in a longer number."""
    text = _BETWEEN_DIGITS.sub("", digits.read(text))
    return any(
        check_resident_id(number.upper()) is None for number in _MAY_BE_RESIDENT_ID.findall(text)
    )


# 统一社会信用代码 and the 组织机构代码 inside it

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = bytes.maketrans(_USCC_ALPHABET.encode(), bytes(range(31)))
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC = re.compile(
    rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{8}}[0-9X][{_USCC_ALPHABET}]"
)
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_VALUES = bytes.maketrans(_BODY_ALPHABET.encode(), bytes(range(36)))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_CHECK = "0X987654321"


def body_code_check(first8: str) -> str:
    """Check character of a 组织机构代码, from its first 8 digits and capitals (GB 11714)."""
    values = first8.encode().translate(_BODY_VALUES)
    return _BODY_CHECK[sum(map(mul, values, _BODY_WEIGHTS)) % 11]


def uscc_check(first17: str) -> str:
    """Check character of a 统一社会信用代码, from its first 17 characters (GB 32100-2015)."""
    values = first17.encode().translate(_USCC_VALUES)
    return _USCC_ALPHABET[-sum(map(mul, values, _USCC_WEIGHTS)) % 31]


def check_uscc(text: str) -> Fault | None:
    """统一社会信用代码, 18 characters (GB 32100-2015): department, kind, division, body, check.

    Its last character tells a slip of the pen anywhere in it. That of the 组织机构代码 inside
    (`body_code_fits`) is wrong in some codes that were really issued, and a body cannot be recorded
    under another. Civil affairs give 51 (社会团体), 52 (民办非企业单位), 53 (基金会) and 59; bodies
    of other departments pass too.
    """
    if _USCC.fullmatch(text) is None:
        return "malformed_value"
    return None if text[17] == uscc_check(text[:17]) else "wrong_check_digit"


def body_code_fits(uscc: str) -> bool:
    """Whether the 组织机构代码 in a well-formed 统一社会信用代码 has the right check character."""
    return uscc[16] == body_code_check(uscc[8:16])


# 残疾人证

CardCategory = Annotated[
    Literal[1, 2, 3, 4, 5, 6, 7],
    Labels("视力", "听力", "言语", "肢体", "智力", "精神", "多重"),
]
"""残疾类别, the 19th character of the card number."""
CardGrade = Annotated[Literal[1, 2, 3, 4], Labels("一级", "二级", "三级", "四级")]
"""残疾等级, the 20th character; 一级 is the most severe."""

_DISABILITY_CARD_END = re.compile(r"[1-7][1-4](?:[A-Z][0-9A-Z]?)?")


def check_disability_card(text: str) -> Fault | None:
    """残疾人证号: the holder's 居民身份证号, category and grade; 20 characters.

    A re-issued card adds a letter, perhaps with one more character (practice; no rule found).
    """
    if _DISABILITY_CARD_END.fullmatch(text, 18) is None:
        return "malformed_value"
    return check_resident_id(text[:18])


# 婚姻登记证件

MarriageCertificateKind = Annotated[
    Literal["J", "L", "BJ", "BL"], Labels("结婚证", "离婚证", "补领结婚证", "补领离婚证")
]

MARRIAGE_CERTIFICATE = re.compile(
    r"(?P<kind>B?[JL])(?P<division>[0-9]{6})-(?P<year>[0-9]{4})-(?P<serial>[0-9]{6})"
)
"""字号 of a marriage certificate; to be used with `fullmatch`."""


def check_marriage_certificate(text: str) -> Fault | None:
    """婚姻登记证件字号: kind, division, year of issue, running number of that kind and year.

    The form in force in 2024 (婚姻登记工作规范, 民发〔2015〕230号); it has no check character.
    """
    return None if MARRIAGE_CERTIFICATE.fullmatch(text) else "malformed_value"


_ARCHIVED_CERTIFICATE = re.compile(r"(?=[^0-9]*[0-9])[^\s/]{0,20}字[^\s/]{1,30}")


def check_archived_certificate(text: str) -> Fault | None:
    """字号 as it stands in an archive: of today's form, or as it was printed before.

    From 2003 on that was, e.g., 示湘结字010400123 (婚姻登记工作暂行规范, 民发〔2003〕127号);
    before, each place had its own. So it holds 字 and a digit, no white space and no slash.
    """
    if check_marriage_certificate(text) is None or _ARCHIVED_CERTIFICATE.fullmatch(text):
        return None
    return "malformed_value"


def marriage_certificate(
    kind: MarriageCertificateKind, division: str, year: int, serial: int
) -> str:
    """The 字号, e.g. J110101-2010-000001."""
    return f"{kind}{division}-{year:04}-{serial:06}"
