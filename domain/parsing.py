"""Strict reading of JSON: what others read in two ways is not read at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from domain.faults import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, Unacceptable

_NOT_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[^\[\]{}"]+', re.DOTALL)


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for char in _NOT_STRUCTURE.sub(b"", raw):
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Unacceptable("duplicate_key", expected="each key once in an object")
            seen.add(key)
    return made


def _constant(_: str) -> Any:
    raise Unacceptable("not_a_number")


def integer(text: str) -> int | None:
    """The integer in a text; None of one that others would round."""
    if len(text) > len(f"-{MAX_INTEGER}"):
        return None
    value = int(text)
    return value if -MAX_INTEGER <= value <= MAX_INTEGER else None


def real(text: str) -> float | None:
    """The number in a text; None of one beyond all numbers."""
    value = float(text)
    return None if value in (float("inf"), float("-inf")) else value


def _integer(text: str) -> int:
    if (value := integer(text)) is None:
        raise Unacceptable("number_out_of_range")
    return value


def _real(text: str) -> float:
    if (value := real(text)) is None:
        raise Unacceptable("number_out_of_range")
    return value


def _written_integer(text: str) -> int | float:
    """The same, but for zero, which is written in one way: -0 is no integer."""
    return -0.0 if text == "-0" else _integer(text)


def _decoder(integer: Callable[[str], int | float]) -> Callable[[str], Any]:
    return json.JSONDecoder(
        object_pairs_hook=_pairs, parse_constant=_constant, parse_int=integer, parse_float=_real
    ).decode


_decode, _decode_as_written = _decoder(_integer), _decoder(_written_integer)


def has_forbidden(text: str) -> bool:
    """Whether a NUL or a lone surrogate stands in it."""
    return "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)


def _has_forbidden(value: Any) -> bool:
    """Whether a NUL or a lone surrogate stands in any string; neither can be stored as text."""
    if isinstance(value, str):
        return has_forbidden(value)
    if isinstance(value, dict):
        return any(_has_forbidden(k) or _has_forbidden(v) for k, v in value.items())
    return isinstance(value, list) and any(_has_forbidden(item) for item in value)


def parse(raw: bytes, *, as_written: bool = False) -> dict[str, Any]:
    """Strict JSON object: UTF-8, bounded size and depth, no double keys, NaN, NUL, surrogates.

    `as_written`: -0 is a number with a fraction, so that no contract takes it for an integer.
    Raises Unacceptable.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Unacceptable("invalid_utf8") from None
    head = raw[: MAX_BYTES + 1]
    if head.count(b"[") + head.count(b"{") > MAX_DEPTH and _depth(head) > MAX_DEPTH:
        raise Unacceptable("too_deep")
    if len(raw) > MAX_BYTES:
        raise Unacceptable("oversize")
    if text.startswith("\ufeff"):
        raise Unacceptable("not_json", expected="no byte order mark (EF BB BF) before the object")
    try:
        made = (_decode_as_written if as_written else _decode)(text)
    except ValueError:
        raise Unacceptable("not_json") from None
    if not isinstance(made, dict):
        raise Unacceptable("not_json", expected="a JSON object; of a list, each item by itself")
    if ("\x00" in text or "\\u" in text) and _has_forbidden(made):
        raise Unacceptable("forbidden_character")
    return made
