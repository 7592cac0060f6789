"""Documents that say who somebody is: each number in one spelling, and whose it is.

One person has one pseudonym, so a number is read in one spelling however it was typed: width,
blanks, zero-width characters, hyphens where the document has none, and small letters make no
difference. A number of 18 digits by GB 11643 is one person's under whatever document it is given,
and the one of 15 digits that an old archive holds is the longer one of the same person.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.codes import Labels
from domain.digits import folded
from domain.faults import Words
from domain.identifiers import check_old_resident_id, check_resident_id, resident_id_check
from domain.wording import UNPRINTABLE

IdKind = Annotated[
    Literal[
        "resident-id",
        "resident-id-15",
        "passport",
        "hk-macao-permit",
        "taiwan-permit",
        "other",
        "none",
        "residence-permit",
        "permanent-residence",
    ],
    Labels(
        "居民身份证",
        "居民身份证（15 位旧号）",
        "护照",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "其他证件",
        "无证件",
        "港澳台居民居住证",
        "外国人永久居留身份证",
    ),
]
FIRST_BIRTH, LAST_BIRTH = 1900, 2199
"""Years of birth; outside them a number holds a slip of the pen, as any date does (`Day`)."""
_OWN_AREAS = ("810000", "820000", "830000")
"""In the place of a division, those of 港澳台居民居住证: 香港, 澳门, 台湾 (国办发〔2018〕81号)."""
_FOREIGN = "9"
"""The first digit of a 外国人永久居留身份证 of 2023 and later."""
_OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{4}([0-9]{6})[0-9]{2}")
"""The one before: country, place, birth (YYMMDD), running number, check character.

How the check character is worked out is nowhere published, so it is not tested.
"""
_AS_PRINTED = re.compile(r"[A-Z0-9]{4,}")
_SAYS = re.compile(r"\w", re.UNICODE)
_FOLDED = str.maketrans(
    dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e", "")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-")
)
_BLANKS = re.compile(r"\s+")


class Identity(NamedTuple):
    """Whom a document stands for: the kind and number that every mention of them comes to."""

    kind: str
    number: str

    @property
    def states(self) -> str:
        """Birth date and sequence, 11 digits, of a number of 18; nothing of other numbers."""
        return self.number[6:17] if self.kind == "resident-id" else ""

    @property
    def is_citizen(self) -> bool:
        """Whether it is the number of a 居民身份证, which states a Chinese name."""
        return self.kind == "resident-id" and not self.number.startswith((_FOREIGN, *_OWN_AREAS))


class Wrong(NamedTuple):
    """What is wrong with a document: reason code, field, what was expected there."""

    code: str
    field: str
    expected: str


def spelled(kind: str, number: str) -> str:
    """A number as every spelling of it is read."""
    if number.isascii() and number.isalnum():
        return number.upper()
    text = folded(number).translate(_FOLDED)
    text = _BLANKS.sub("", text).upper()
    # Of other documents nobody knows whether a hyphen is printed on them.
    return unicodedata.normalize("NFKC", text if kind == "other" else text.replace("-", ""))


def identity_of(kind: str, number: str) -> Identity:
    """Whom a number stands for, also one that would be refused today."""
    number = spelled(kind, number)
    if check_resident_id(number) is None:
        return Identity("resident-id", number)
    old = kind in ("resident-id", "resident-id-15", "other")
    if old and check_old_resident_id(number) is None:
        return Identity("resident-id", longer(number))
    return Identity(kind, number)


def longer(number: str) -> str:
    """The number of 18 characters of who had one of 15 digits: 19YY, and the check character."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + resident_id_check(first17)


def wrong_with(
    kind: str, number: str | None, no_id_reason: str | None, *, archived: bool
) -> Wrong | None:
    """What is wrong with a document, if anything; `archived`: an old archive names it."""
    if number is None and kind != "none":
        return Wrong("missing_field", "id_number", "the number of this id_kind")
    if number is None:
        why = Wrong("missing_field", "no_id_reason", "why, where id_kind is none")
        return why if no_id_reason is None else None
    if kind == "none":
        return Wrong("malformed_value", "id_number", "none where id_kind is none")
    return _wrong_with_number(kind, number, archived=archived)


def _wrong_with_number(kind: str, number: str, *, archived: bool) -> Wrong | None:
    if UNPRINTABLE.search(number):
        return Wrong("malformed_value", "id_number", "letters and digits, no control characters")
    number = spelled(kind, number)
    if kind in _EIGHTEEN:
        return _wrong_with_eighteen(kind, number, archived=archived)
    resident, old = check_resident_id(number), check_old_resident_id(number)
    if kind == "resident-id-15" and archived:
        return old and Wrong(old, "id_number", "15 digits with a date of birth that exists")
    if kind == "resident-id-15" or resident is None or (kind == "other" and old is None):
        return Wrong("malformed_value", "id_kind", "resident-id, with the 18 characters of today")
    fits = _SAYS.search(number) if kind == "other" else _AS_PRINTED.fullmatch(number)
    return None if fits else Wrong("malformed_value", "id_number", "the number as printed")


def _wrong_with_eighteen(kind: str, number: str, *, archived: bool) -> Wrong | None:
    found = check_resident_id(number)
    if kind == "resident-id" and archived and check_old_resident_id(number) is None:
        return None
    if kind == "permanent-residence" and (printed := _OLD_FOREIGN.fullmatch(number)):
        found = None if _is_day(printed[1]) else "no_such_date"
    elif found is None and not _is_of(kind, number):
        found = "malformed_value"
    elif found is None and not FIRST_BIRTH <= int(number[6:10]) <= LAST_BIRTH:
        found = "no_such_date"
    return found and Wrong(found, "id_number", _EIGHTEEN[kind].en + _EXPECTED[found].en)


_EIGHTEEN = {
    "resident-id": Words("居民身份证号（GB 11643）", "a resident identity number (GB 11643)"),
    "residence-permit": Words(
        "港澳台居民居住证号（GB 11643），以 810000、820000 或者 830000 开头",
        "the number of a residence permit of Hong Kong, Macao or Taiwan residents (GB 11643),"
        " from 810000, 820000 or 830000 on",
    ),
    "permanent-residence": Words(
        "外国人永久居留身份证号（GB 11643），以 9 开头，或者 2023 年以前的旧号",
        "the number of a permanent residence card of foreigners (GB 11643), from 9 on or as"
        " before 2023",
    ),
}
_EXPECTED = {
    "malformed_value": Words(
        "，17 位数字加 1 位数字或者 X；"
        "15 位号码自 2013-01-01 起停用，请填 18 位号码（GB 11643-1999）；"
        "档案中只有 15 位的，id_kind 写 resident-id-15",
        ", of 17 digits and a digit or an X. One of 15 digits is not valid since"
        " 2013-01-01: give that of 18 (GB 11643-1999); an archive that holds no other says"
        " resident-id-15",
    ),
    "wrong_check_digit": Words(
        "，末位校验码须与前 17 位相符", ", whose last character fits the others"
    ),
    "no_such_date": Words(
        f"，其中的出生日期须确有，{FIRST_BIRTH}-01-01 至 {LAST_BIRTH}-12-31",
        f", with a date of birth that exists, from {FIRST_BIRTH}-01-01 to {LAST_BIRTH}-12-31",
    ),
}
IN_CHINESE = {
    number.en + end.en: number.zh + end.zh
    for number in _EIGHTEEN.values()
    for end in _EXPECTED.values()
}
"""What is expected of a number of 18 characters, in English → in Chinese."""


def _is_of(kind: str, number: str) -> bool:
    if kind == "residence-permit":
        return number.startswith(_OWN_AREAS)
    return kind == "resident-id" or number.startswith(_FOREIGN)


def _is_day(yymmdd: str) -> bool:
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
