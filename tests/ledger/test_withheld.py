"""What a withheld text is known by: every spelling of a number, a name only among its words."""

from __future__ import annotations

import re

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import withheld
from ledger.withheld import CannotWithhold, Piece, pattern_of, piece_of

NUMBER = Piece("", "A10-2345678x", "")
NAME = piece_of("王梅", "王梅低保案")


def blanked(text: str, *pieces: Piece) -> str:
    return re.sub(pattern_of(pieces), "■", text)


@pytest.mark.parametrize(
    "spelled",
    ["A10-2345678x", "a102345678X", "Ａ１０２３４５６７８Ｘ", "A10 2345 678 x"],
)
def test_a_number_is_known_however_it_is_typed(spelled: str) -> None:
    assert blanked(f"档号{spelled}，已归档", NUMBER) == "档号■，已归档"


def test_a_name_is_blanked_among_its_words_and_nowhere_else() -> None:
    assert blanked("关于王梅低保案的答复", NAME) == "关于■低保案的答复"
    assert blanked("王梅村村民委员会", NAME) == "王梅村村民委员会"


@given(st.text(st.sampled_from("王梅村0123４５x-（）.*+?[]^$|"), min_size=1, max_size=12))
def test_whatever_a_piece_holds_it_fits_itself(text: str) -> None:
    assert blanked(f"前{text}后", Piece("前", text, "后")) == "前■后"


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("王梅", "王梅低保案，王梅村"),
        ("A10-2345678x", "档号 Ａ10 ２３４５678X。"),
        (".*[梅]?", "王.*[梅]?村"),
        ("13800138000", "电话１３８-0013-8000，或13800138001"),
    ],
)
async def test_python_and_postgresql_read_the_pattern_alike(
    connection: asyncpg.Connection, piece: str, text: str
) -> None:
    pattern = pattern_of([Piece("", piece, ""), Piece("王", piece, "村")])
    theirs = await connection.fetchval("SELECT regexp_replace($1, $2, '■', 'g')", text, pattern)
    assert theirs == re.sub(pattern, "■", text)
    assert "■" in theirs


@pytest.mark.parametrize(
    ("text", "within"), [("", ""), ("王梅", "李兰"), ('"', ""), ("王\\", ""), ("王\n梅", "")]
)
def test_what_cannot_be_withheld_is_said(text: str, within: str) -> None:
    with pytest.raises(CannotWithhold):
        piece_of(text, within)


def test_pointers_are_those_of_rfc_6901() -> None:
    value = {"a/b": ["x", {"c~d": "y"}], "n": 1}
    assert dict(withheld.texts(value, "/data")) == {"/data/a~1b/0": "x", "/data/a~1b/1/c~0d": "y"}
