"""Values that nobody expects: extremes that contracts take, and spellings that they may not.

`of_pattern` and the lists of texts, dates, moments and numbers hold what a contract takes, at its
edges. `WRONG` is put anywhere, whatever stands there: most of it is refused, and that is as it
should be.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from domain.identifiers import body_code_check, resident_id_check, uscc_check

CODES = ("0", "A" * 80, "a.-_", "EX-0001", "EX-0002", "00", "9" * 80, "z..", "1e3", "NULL", "a--")
DOCUMENTS = (
    *("示例〔2024〕1号", "0", "大" * 80, "\U0001f600" * 80, "\u200b", "\ufeff", "<b>&amp;</b>"),
    *("[red]x[", "[nothing]", "{F16}", "%s%n", "\\", "'\";--", "\u202e号", "\x1b[2J", "\x01"),
)
_TWELVE = ("0" * 12, "9" * 12, "445102100001", "445102007001", "000000000001")
BY_PATTERN: dict[str, tuple[str, ...]] = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$": CODES,
    r"^[^\s/]+$": DOCUMENTS,
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$": ("1900-01", "2199-12", "2024-02", "2023-12"),
    r"^[0-9]{9}$": tuple(code[:9] for code in _TWELVE),
    r"^[0-9]{12}$": _TWELVE,
    r"^[0-9]{6}$": ("000000", "999999", "445102"),
    r"^[0-9a-f]{64}$": ("0" * 64, "f" * 64),
    r"^[0-9]{8,30}$": ("0" * 8, "9" * 30),
    r"^[0-9+-]{5,20}$": ("-----", "+" * 20, "00000"),
    r"^[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9._-]*$": (
        *("a/0", "case/EX-0001", "a-/a..", "z" * 100 + "/" + "Z" * 19, "organisation/x"),
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": ("00:00", "23:59"),
    r"^/[A-Za-z0-9._/-]{1,200}$": ("//", "/..", "/" + "a/" * 100, "/-", "/x.json"),
    r"^[^《》]+$": ("  ", "\n\n", "示" * 200, "[/b]", "\u202e\u2066", "{S01}"),
}
TEXTS = (
    *(" ", "\u3000", "\u200b", "\ufffd", "\x01", "\x1b[31m", "\x9b2J", "\u202e反\u202c", "\ufeff"),
    *("[/nothing]", "[red]", "[bold", "[link=x]", "<script>1</script>", "&lt;", "]]>", "'\"`"),
    *("{F16}", "{S01}", "{F99}", "{", "}", "{{ x }}", "{0}", "%s %(x)s", "$1", "\\u0000", "\\"),
    *("\r", "\r\n\r\n", "\n# 标题\n- 项\n|a|b|\n```", "\u2028\u2029\x85", "null", "NaN", "-0", "0"),
    *("=1+1", "e\u0301" * 250, "\U0001f600" * 500, "\U0010ffff", "\ud7ff\ue000\uffff", "大" * 500),
    *("\x7f" * 500, "a\u0300\u0301\u0302" * 100, "ﷺ" * 500, "ı İ ß ŉ ǰ", "\u2066\u2067\u2069"),
)
MARKUP = ("{F16}", "{S01}", "{F99}", "{", "}", "\n", "[b]", "**", "<p>", "|", "\U0001f600", "一")
DAYS = (
    *("1900-01-01", "1900-01-31", "1900-02-28", "1900-12-31", "1949-10-01", "1970-01-01"),
    *("2000-02-29", "2023-12-31", "2024-01-01", "2024-02-29", "2024-03-31", "2024-06-30"),
    *("2024-12-31", "2025-01-01", "2026-11-20", "2100-02-28", "2198-12-31", "2199-01-01"),
    *("2199-11-30", "2199-12-01", "2199-12-31"),
)
INSTANTS = (
    *("1900-01-01T00:00:00+08:00", "1900-01-01T00:00:00Z", "1900-01-01T00:00:00+14:00"),
    *("1900-01-01T00:00:00-23:59", "1900-01-01T00:00:00+23:59", "1900-12-31T23:59:59-12:00"),
    *("2199-12-31T23:59:59.999999999-12:00", "2199-12-31T23:59:59-23:59"),
    *("2199-12-31T23:59:59+23:59", "2199-12-31T16:00:00Z", "2023-12-31T16:00:00Z"),
    *("2024-12-31T23:59:59.999999+08:00", "2024-02-29t12:00:00z", "2024-06-01T00:00:00-00:00"),
    *("2025-01-17T16:52:00+08:00", "2024-12-31T15:59:59.9Z"),
)
BIRTHS = (
    *("00010101", "18991231", "19000101", "19491001", "19640101", "20000229", "20061231"),
    *("20080630", "20240229", "20991231", "99991231"),
)
NAMES = ("\u3000", "\u200b", "示" * 80, "\x01", "\U00020bb7野", "[red]", "A\u0301", "·", "\u202e甲")
NUMBERS = (
    *("    ", "A" * 40, "a b-c", "\U0001f600" * 40, "ｅ１２３４", "\u200be1234", "E1234\n"),
    *("ß" * 40, "ŉŉŉŉ", "İİİİ", "[/x]", "0000", "%00x"),
)
"""Of passports and the like, of which only the length is tested."""


def resident_id(dice: random.Random) -> str:
    """A number whose check digit is right, of a birth at the edge of what can be one."""
    division = dice.choice(("445199", "100000", "999999"))
    body = division + dice.choice(BIRTHS) + dice.choice(("000", "999", "102"))
    return body + resident_id_check(body)


def uscc(dice: random.Random) -> str:
    """A code whose both check digits are right."""
    body = dice.choice(("00000000", "ZZZZZZZZ", "MJ000001", "12345678"))
    body = body.replace("Z", "Y")
    first = dice.choice(("51", "52", "53", "YY", "00")) + "445102" + body + body_code_check(body)
    return first + uscc_check(first)


BY_VALIDATOR: dict[str, Callable[[random.Random], str]] = {
    "_uscc": uscc,
    "_certificate": lambda dice: dice.choice(
        ("J000000-0000-000000", "BL999999-9999-999999", "L445102-2024-000001")
    ),
    "_archived_certificate": lambda dice: dice.choice(
        ("J000000-0000-000000", "字0", "（2001）示婚字第１2号", f"{'示' * 20}字{'9' * 30}")
    ),
}

LITERALS = (
    *(b"1.0", b"1e3", b"1E+3", b"-0", b"-0.0", b"1e-7", b"65000.0", b"650.50", b"1e400", b"1e15"),
    *(b"9007199254740991", b"9007199254740992", b"-9007199254740991", b"1" + b"0" * 400),
    *(b"NaN", b"-Infinity", b"0x10", b"01", b"+1", b".5", b"1_000", b"'x'", b"", b"nul", b"TRUE"),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\x00"', b'"\xff"', b'"\xc0\x80"'),
    *(b'{"a":1,"a":2}', b"[" * 40 + b"]" * 40, b"[" * 70_000, b'"' + b"x" * 70_000 + b'"'),
)
"""Written where a value is expected, as they are: what no writer of JSON would make of a value."""
WRONG: tuple[Any, ...] = (
    *(None, "", " ", "\u3000", [], {}, [None], [[]], {"a": {}}, True, False, 0, -1, 1.5, 10**15),
    *("0", "1", "65000", "１２", "-1", "1e3", "1.0", " 1", "Infinity", "null", "true"),
    *("2024-1-1", "20240310", "2024-W10-1", "2024-02-30", "2023-02-29", "0000-00-00"),
    *("9999-12-31", "0001-01-01", "2024-03-01 ", "２０２４-03-01", "1700000000", "-86400", "0"),
    *("2024-03-01T00:00:00Z", "2024-03-01 00:00:00+08:00", "2024-03-01T24:00:00Z"),
    *("2024-06-30T23:59:60Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
    *("2024-03-01T00:00:00", "2024-03-01T00:00Z", "2024-03-01T00:00:00+24:00", "253402300799"),
    *("2024-03-01T00:00:00.1234567890Z", "2024-03-01T00:00:00,5Z", "+02024-03-01T00:00:00Z"),
    *("2024-3", "2024-13", "1899-12", "2200-01", "2024-00", "24-03", "2024-03-01T00:00:00+08"),
    *("x" * 501, "x" * 20_001, "\U0001f600" * 600, ["2024-03"] * 2, ["x"] * 3_000, "J-1\n"),
    *("44519920240229999x", "445199202402299", "payouts/e-0", "a/b[/nothing]", "marriage/e-1"),
)
ENVELOPE: dict[str, tuple[Any, ...]] = {
    "specversion": ("1.0", "1.0.2", "0.3", 1.0, 1, None),
    "id": ("A" * 120, "a:b", "0", "e-1", "[x]", "大", "", "a" * 121, "x/y", 7),
    "source": ("payouts", "office", "nobody", "PAYOUTS", "a" * 40, "", "/s", "https://x/y"),
    "type": ("cn.mingjian.assistance.payment-settled.v1", "cn.mingjian.x.v1", "", "x", "[red]"),
    "subject": ("x", "case/EX-0001", "大" * 200, " ", "\x01", "x" * 201, None),
    "time": INSTANTS,
    "datacontenttype": (
        *("application/json", "Application/JSON", "application/json; charset=utf-8", "text/json"),
        *("application/json;charset=UTF-8", "application/cloudevents+json", "", None),
    ),
    "division": ("445102", "445103", "445199", "44510", "４４５１０２", ""),
    "sequence": (0, 1, 2**53 - 1, 2**53, "0", "12", "012", "+1", "-1", "１", 1.0, 1e3, "", None),
    "corrects": ("payouts/e-0", "office/e-1", "x", "a/b/c", "", None, "nobody/n-1"),
    "correctionkind": ("changed", "revoked", "recovered", "CHANGED", "", None),
    "receivedat": (
        *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+08:00"),
        *("2204-03-04T00:00:00+08:00", "2199-12-31T23:59:59Z", "2024-12-30t02:00:00z", None),
        *("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+23:59", "1700000000", "", "2024-03-01"),
    ),
    "data": (None, [], {}, "x", 0),
    "dataschema": ("https://example.org/s.json", None, "", 7),
    "data_base64": ("eyJ9", None),
    "traceparent": ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "", None, "[red]"),
    "tracestate": ("a=1", "\x1b[31m", "\u202e", "大" * 3_000),
    "partitionkey": ("k", "445190200203150010", 1, True, 1.5, {}, None),
    "recordedtime": INSTANTS,
    "x": ("", "x" * 70_000, -(2**31), 2**53),
    "Bad-Name": ("x", None),
    "名": ("x",),
    "445190200203150010": ("x",),
    "": ("x", None),
}
"""Attributes with values that are taken, and such that are not."""
