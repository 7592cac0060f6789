"""Text from outside: nothing in it moves a cursor, ends a line or turns digits around."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.visible import visible

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode; Cn is what this Python does not know yet."""


def test_whatever_unicode_calls_a_control_a_format_or_a_line_end_is_written_out() -> None:
    for code in range(sys.maxunicode + 1):
        written = visible(chr(code))
        category = unicodedata.category(chr(code))
        assert (written.isascii() and written != chr(code)) or category not in UNSEEN, hex(code)
        assert written == chr(code) or category in UNSEEN | {"Cn"}, hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[31m", r"\u001b[2J\u001b[31m"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x9b2J\x7f\x00", r"\u009b2J\u007f\u0000"),
        ("1\u202e23\u2066", r"1\u202e23\u2066"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\U000e0041\ud800", r"\udb40\udc41\ud800"),
        ("低保\u3000户 [red]·𠮷", "低保\u3000户 [red]·𠮷"),
    ],
)
def test_it_is_written_as_json_writes_it(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_ends_stay_where_lines_are_ours() -> None:
    assert visible("a\x1b\nb\u2028", lines=True) == "a\\u001b\nb\\u2028"


@given(st.text())
def test_json_says_the_same(text: str) -> None:
    written = json.dumps({"text": text}, ensure_ascii=False, indent=1)
    assert json.loads(visible(written, lines=True)) == {"text": text}
