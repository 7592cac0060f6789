"""Words and titles are data of the folder: the bureau's own before the country's."""

from __future__ import annotations

from dataclasses import replace

from domain.bureau.bureau import Bureau
from reports.prose import check, wording
from tests.support.bureau import SAMPLE


def with_words(text: str) -> Bureau:
    """The sample bureau with other words of its own."""
    return replace(SAMPLE, files={**SAMPLE.files, "wording.toml": text.encode()}, digest=text)


def codes(text: str, bureau: Bureau) -> list[str]:
    return [one.code for one in check([text], bureau=bureau)]


def test_nothing_is_wrong_with_the_words_that_ship() -> None:
    assert wording.check(SAMPLE) == []


def test_a_bureau_adds_phrases_and_titles_of_its_own() -> None:
    own = with_words('titles = ["民政条例"]\n[[phrase]]\nwrong = "民正"\nright = "民政"\n')

    assert codes("民正工作，学习《民政条例》。", own) == ["wrong_phrase"]
    assert codes("民正工作，学习《民政条例》。", SAMPLE) == ["law_unknown"]


def test_what_a_bureau_says_of_a_title_stands_before_the_country_s() -> None:
    own = with_words('[[misnamed]]\nwrong = "社会救助条例"\nright = ["某省条例"]\nread = "目录"\n')
    (said,) = check(["学习《社会救助条例》。"], bureau=own)
    (country,) = check(["学习《社会救助条例》。"], bureau=SAMPLE)

    assert (said.expected, country.expected) == ("《某省条例》", "《社会救助暂行办法》")


def test_a_pattern_that_is_none_is_told_with_its_line() -> None:
    (wrong,) = wording.check(with_words('[[phrase]]\nwrong = "民(正"\nright = "民政"\n'))

    assert (wrong.file, wrong.line) == ("wording.toml", 2)
    assert "no regular expression" in wrong.what


def test_a_folder_that_was_adopted_earlier_has_the_words_of_this_program() -> None:
    files = {name: raw for name, raw in SAMPLE.files.items() if name != "cn/wording.toml"}

    assert codes("双随机一抽查", replace(SAMPLE, files=files, digest="-")) == ["wrong_phrase"]
