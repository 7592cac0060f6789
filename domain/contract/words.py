"""What fields and types are called in Chinese, and what a publisher should know of them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from domain.contract.english import ENGLISH
from domain.contract.labels import LABELS
from domain.contract.labels_of_days import LABELS_OF_DAYS


class Kind(NamedTuple):
    """What a type of the domain is, in Chinese and English, and its unit."""

    chinese: str
    english: str
    unit: str = ""


KINDS: dict[str, Kind] = {
    "Text": Kind("一行文字，不空，不含控制字符", "one line of text"),
    "LongText": Kind("正文，可以分行", "prose, perhaps of several lines"),
    "Code": Kind("字母、数字和 . _ -，至多 80 位", "an identifier"),
    "DocumentNumber": Kind("文号，照印出的填写，不含空格和斜杠", "a number as printed"),
    "Month": Kind("写作 YYYY-MM", "a month, YYYY-MM", "月"),
    "Day": Kind("写作 YYYY-MM-DD，北京时间", "a date, YYYY-MM-DD, Asia/Shanghai", "日"),
    "MonthlyFen": Kind("整数，单位为分（1/100 元）", "money a month, in fen, 1/100 yuan", "分"),
    "Fen": Kind("整数，单位为分（1/100 元）", "money, an integer number of fen, 1/100 yuan", "分"),
    "Count": Kind("整数", "a number of things, an integer", "个"),
    "Township": Kind("9 位（GB/T 10114），为本局所列", "a township of the bureau, 9 digits"),
    "Village": Kind("12 位，前 9 位为镇街代码", "a village, 12 digits"),
    "Division": Kind("6 位（GB/T 2260）", "a county or district, 6 digits"),
    "Digest": Kind("文件的 SHA-256，64 位小写十六进制", "SHA-256 of a file, 64 hex digits"),
    "Name": Kind("其中有文字", "a name, with a letter in it"),
    "Uscc": Kind("GB 32100", "18 characters, GB 32100"),
}
"""By the names of their definitions; of code lists, the codes say what they are."""


LINES = {
    "adoption": "收养",
    "assistance": "低保、特困和资金发放",
    "children": "孤儿和困境儿童",
    "disability": "残疾人两项补贴",
    "disclosure": "信息公开",
    "elderly": "老年人补贴",
    "funeral": "殡葬",
    "inspection": "行政检查",
    "marriage": "婚姻登记",
    "officers": "执法人员和法律顾问",
    "organisations": "社会组织登记",
    "outreach": "普法、培训和慈善",
    "penalties": "行政处罚",
    "placename": "地名",
    "rectification": "疑点核查和整改",
    "reporting": "报告和发布",
    "standards": "保障标准管理",
    "villages": "村（社区）名册",
}
"""Business lines by the first word of their types, as the glossary calls them."""


class Word(NamedTuple):
    """What a field is called, and a note; the note may be empty."""

    label: str
    note: str


class NoWord(LookupError):
    """A field has no Chinese label; the message names it."""


@cache
def _words() -> dict[str, Word]:
    lines = (line.partition(" ") for line in f"{LABELS}{LABELS_OF_DAYS}".split("\n") if line)
    said = ((name, text.partition("：")) for name, _, text in lines)
    return {name: Word(label, note) for name, (label, _, note) in said}


def word(field: str, *owners: str) -> Word:
    """What a field is called, perhaps by one of its owners. Raises NoWord."""
    words = _words()
    for name in (*(f"{owner}.{field}" for owner in owners), field):
        if name in words:
            return words[name]
    raise NoWord(
        f"{owners[0] if owners else ''}.{field} has no Chinese label: add it to {__name__}"
    )


@cache
def _english() -> dict[str, str]:
    lines = (line.partition(" ") for line in ENGLISH.split("\n") if line)
    return {name: text for name, _, text in lines}


def english(field: str) -> str:
    """What a field is in English, where no class says it; empty where that is not said either."""
    return _english().get(field, "")


def known() -> frozenset[str]:
    """Every name that is explained."""
    return frozenset(_words())
