"""A text is found however its letters are spelled, and by all the words that are looked for."""

from __future__ import annotations

from reports import searching
from reports.searching import LONGEST_SNIPPET, Piece


def titles(asked: str) -> list[str]:
    texts = [
        searching.text("意溪镇示例社区", "/1", "河内路3号"),
        searching.text("河内村", "/2", "意溪镇"),
        searching.text("ＡＢＣ幼儿园", "/3"),
        searching.text("百分%之_社", "/4", "", "备用名"),
    ]
    return [found.title for found in searching.find(texts, searching.words(asked))]


def test_a_word_is_found_within_a_sentence_and_titles_come_first() -> None:
    assert titles("河内") == ["河内村", "意溪镇示例社区"]
    assert titles("溪镇") == ["意溪镇示例社区", "河内村"]
    assert titles("内溪") == []


def test_of_several_words_all_must_be_there_in_any_order() -> None:
    assert titles("河内 意溪") == titles("意溪　河内") == ["意溪镇示例社区", "河内村"]
    assert titles("河内 社区 3号") == ["意溪镇示例社区"]
    assert titles("河内 幼儿园") == []


def test_width_and_case_make_no_difference_and_signs_mean_themselves() -> None:
    assert titles("abc") == titles("ＡＢＣ") == ["ＡＢＣ幼儿园"]
    assert titles("３号") == ["意溪镇示例社区"]
    assert titles("%") == titles("％") == titles("_") == ["百分%之_社"]
    assert titles("备用名") == ["百分%之_社"]


def test_what_was_found_is_marked_in_the_text_as_it_stands() -> None:
    assert searching.marked("一ＡＢ二㎡", ("ab", "m2")) == [
        Piece("一", found=False),
        Piece("ＡＢ", found=True),
        Piece("二", found=False),
        Piece("㎡", found=True),
    ]
    assert searching.marked("低保", ()) == [Piece("低保", found=False)]
    assert searching.marked("", ("低保",)) == []


def test_of_a_long_text_a_part_is_shown_with_what_was_found_in_it() -> None:
    pieces = searching.marked("甲" * 500 + "低保" + "乙" * 500, ("低保",))
    assert pieces[0] == pieces[-1] == Piece("…", found=False)
    assert Piece("低保", found=True) in pieces
    assert sum(len(piece.text) for piece in pieces) == LONGEST_SNIPPET + 2
