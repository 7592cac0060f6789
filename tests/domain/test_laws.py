"""How a basis is written, and how people read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS
from domain.laws import NO_LAW, Article, Basis, BasisWrong, Citation, basis, in_chinese, numeral
from infra.bureaus import load
from rules.rule import rules
from tests.support.bureau import FOLDER, SAMPLE

OTHER = load(FOLDER.parent / "439902")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("民法典 1077", "《民法典》第一千零七十七条"),
        ("社会救助暂行办法 13(2)", "《社会救助暂行办法》第十三条第二款"),
        ("社会救助暂行办法 11()(2)", "《社会救助暂行办法》第十一条第二项"),
        ("社会救助暂行办法 9(1)(3)", "《社会救助暂行办法》第九条第一款第三项"),
        ("行政处罚法 42, 55", "《行政处罚法》第四十二条、第五十五条"),
        ("地名管理条例 13-14", "《地名管理条例》第十三条至第十四条"),
        ("特困人员认定办法", "《特困人员认定办法》"),
        ("民发〔2017〕45号 5", "民发〔2017〕45号第五条"),
        ("婚姻登记条例（国令387号） 12", "《婚姻登记条例》（国令387号）第十二条"),
        ("慈善法（2016） 36-38", "《慈善法》（2016）第三十六条至第三十八条"),
        ("收养评估办法（试行）", "《收养评估办法（试行）》"),
        (
            "行政处罚法 61, 85; 国办发〔2018〕118号",
            "《行政处罚法》第六十一条、第八十五条；国办发〔2018〕118号",
        ),
        ("社会救助暂行办法 12：未要求取整", "《社会救助暂行办法》第十二条：未要求取整"),
        ("业务管理需要：期初接收", "业务管理需要：期初接收"),
    ],
)
def test_a_basis_is_read_in_chinese(written: str, read: str) -> None:
    assert str(basis(written)) == read
    assert in_chinese(written) == read


def test_a_basis_says_its_parts() -> None:
    assert basis("民法典 1077(1), 1078; 婚姻登记条例：两者") == Basis(
        (
            Citation("民法典", (Article(1077, paragraph=1), Article(1078))),
            Citation("婚姻登记条例", ()),
        ),
        "两者",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "民法典 art. 1077",
        "民法典 1077,1078",
        "民法典  1077",
        "民法典 0",
        "民法典 1077(0)",
        "民法典 1077()",
        "民法典 1077()()",
        "民法典 14-13",
        "民法典 13-13",
        "民法典 1077;婚姻登记条例",
        "民法典第一千零七十七条",
        "示例",
        "广东省执行口径",
        "民法典 1077 1078",
    ],
)
def test_what_is_not_written_so_is_no_basis(text: str) -> None:
    with pytest.raises(BasisWrong):
        basis(text)


def test_a_bureaus_own_words_stand_as_they_are() -> None:
    assert in_chinese("社会救助暂行办法第九条") == "社会救助暂行办法第九条"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (111, "一百一十一"),
        (1000, "一千"),
        (1005, "一千零五"),
        (1010, "一千零一十"),
        (1077, "一千零七十七"),
        (1100, "一千一百"),
        (1105, "一千一百零五"),
        (9999, "九千九百九十九"),
    ],
)
def test_articles_are_counted_as_laws_count_them(number: int, text: str) -> None:
    assert numeral(number) == text


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_no_article_has_such_a_number(number: int) -> None:
    with pytest.raises(ValueError, match="is not from 1 to 9999"):
        numeral(number)


_WORTH = {"千": 1000, "百": 100, "十": 10}


@given(st.integers(1, 9999))
def test_numerals_say_their_number(number: int) -> None:
    """Read back digit by digit; a bare 十 in front is 一十."""
    said, digit = 0, None
    for mark in numeral(number):
        if mark in _WORTH:
            said += (1 if digit is None else digit) * _WORTH[mark]
            digit = None
        elif mark != "零":
            digit = "零一二三四五六七八九".index(mark)
    assert said + (digit or 0) == number


NATIONAL = [
    *((event.TYPE, event.BASIS) for event in EVENTS.values()),
    *((rule.code, rule.basis) for rule in rules()),
]
"""What holds for every bureau: its laws are the country's, which each bureau has."""
FOLDERS = [
    (f"{bureau.division} {name}", text, bureau)
    for bureau in (SAMPLE, OTHER)
    for name, text in [
        *((p.code, p.basis) for p in bureau.programmes.values()),
        *((s.kind, s.at_least.basis) for s in bureau.standards.values() if s.at_least),
        *((name, d.basis) for name, dated in bureau.rules.by_name.items() for d in dated),
    ]
]


@pytest.mark.parametrize(("name", "text"), NATIONAL)
def test_what_all_bureaus_rest_on_names_laws_that_are_listed(name: str, text: str) -> None:
    for bureau in (SAMPLE, OTHER):
        assert all(bureau.laws.named(c.law) for c in basis(text).citations), name


@pytest.mark.parametrize(("name", "text", "bureau"), FOLDERS)
def test_what_a_folder_rests_on_names_laws_that_are_listed(
    name: str, text: str, bureau: Bureau
) -> None:
    assert all(bureau.laws.named(c.law) for c in basis(text).citations), name


def test_what_no_law_asks_for_says_so() -> None:
    assert all(basis(f"{word}：示例").citations == () for word in NO_LAW)
