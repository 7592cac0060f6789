"""Marks: 标点符号用法 (GB/T 15834-2011), 出版物上数字用法 (GB/T 15835-2011)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.prose.rule import Found, rule
from reports.prose.text import Text

_PAIRS = {
    "“": "”",
    "‘": "’",
    "（": "）",
    "《": "》",
    "〈": "〉",
    "「": "」",
    "【": "】",
    "〔": "〕",
    "［": "］",
}
_OPEN_OF = {close: opened for opened, close in _PAIRS.items()}
_ALIKE = str.maketrans("()[]", "（）［］")
_ITEM = re.compile(r"(?:^|(?<=[。；：，;:,]))\s*[0-9０-９一二三四五六七八九十a-zA-Z]{1,3}[）)]")
"""1） begins an item."""
_HAN = "[\u4e00-\u9fff]"
_WIDE = "，。；：！？、（）“”《》"
_HALF = re.compile(
    rf"(?<=[\u4e00-\u9fff”》）])[,;:?!](?!//)|[,;:?!](?=[\u4e00-\u9fff“《（])|"
    rf"(?<=[\u4e00-\u9fff”》）])\.(?![0-9A-Za-z.])|"
    rf"(?<=[\u4e00-\u9fff，。；：])\(|\((?=\s*[\u4e00-\u9fff“《])|"
    rf"(?<=[\u4e00-\u9fff”》])\)|\)(?=[\u4e00-\u9fff，。；：、“《])|"
    rf"(?<=[\u4e00-\u9fff{_WIDE}])[\"']|[\"'](?=[\u4e00-\u9fff{_WIDE}])"
)
_FULL = dict(zip(",;:?!.()\"'", "，；：？！。（）“‘", strict=True))
_ALLOWED = re.compile(r"[！？]+")
_DOUBLED = re.compile(r"[，、；：。！？](?:\s*[，、；：。！？])+|(?<![,;:.])([,;:])\1(?!\1)")
_WIDE_DIGITS = re.compile(r"[０-９Ａ-Ｚａ-ｚ％]+(?:．[０-９]+)?[％]?")
_SPAN_YEARS = re.compile(
    r"(?<![0-9０-９\-—])[12１２][0-9０-９]{3}\s*年?\s*([一\-–－ー―﹣]|——|--)\s*[12１２][0-9０-９]{3}\s*年"
)
_SPAN = re.compile(
    r"(?<![0-9０-９\-—/.年月A-Za-z])[0-9０-９]{1,4}\s*([一\-–－ー―﹣])\s*[0-9０-９]{1,4}\s*"
    r"(?:月|日|天|岁|周岁|人|元|万元|个|时|期|户|名|年|次|家|倍|%)(?!代码)"
)
_ONE = re.compile(r"(?<=[0-9０-９])\s*(一)\s*(?=[0-9０-９])")
_OLD_YEAR = "[一二][〇○零][〇○零一二三四五六七八九]{2}"
_OLD_YEARS = re.compile(rf"{_OLD_YEAR}(?P<dash>一){_OLD_YEAR}年")
_DASHES = re.compile(rf"(?<={_HAN})(--+|－－+|ーー)(?={_HAN})")


@rule(
    "unbalanced_mark",
    "引号、括号、书名号不成对",
    "a quote or bracket has no partner",
    "补上缺少的一半，或删去多余的一半",
)
def unbalanced(text: Text) -> Iterator[Found]:
    """An opening mark without its closing one in the paragraph, or the other way round.

    Half-width brackets pair with full-width ones (that is another fault); 1） before an item stands
    alone.
    """
    for at, one in text.prose:
        alone = {found.end() - 1 for found in _ITEM.finditer(one)}
        opened: list[int] = []
        stray: list[int] = []
        said = one.translate(_ALIKE)
        for place, mark in enumerate(said):
            if mark in _PAIRS:
                opened.append(place)
            elif mark in _OPEN_OF and place not in alone:
                within = [n for n in opened if said[n] == _OPEN_OF[mark]]
                if not within:
                    stray.append(place)
                    continue
                while opened[-1] != within[-1]:
                    stray.append(opened.pop())
                opened.pop()
        for place in sorted([*stray, *_turned(said, opened)]):
            mark = said[place]
            partner = _PAIRS.get(mark) or _OPEN_OF[mark]
            yield Found(at, place, place + 1, f"与“{partner}”成对", f"a pair with {partner}")


def _turned(said: str, opened: list[int]) -> list[int]:
    """Marks that nothing closes; of two quotes “…“ the second alone, which should have closed."""
    left: list[int] = []
    for place in opened:
        if left and said[place] == "“" == said[left[-1]]:
            left[-1] = place
        else:
            left.append(place)
    return left


@rule(
    "wrong_dash",
    "起止用的连接号写错",
    "a span is written with the wrong dash",
    "改用一字线（—）或浪纹线（～）",
)
def dashes(text: Text) -> Iterator[Found]:
    """A span of years or numbers with 一, a hyphen or a minus; 破折号 written as hyphens.

    Numbers of telephones, documents and dates such as 2024-03-15 keep their hyphens.
    """
    for at, one in text.prose:
        places = {
            found.span(1)
            for pattern in (_SPAN_YEARS, _OLD_YEARS, _SPAN, _ONE, _DASHES)
            for found in pattern.finditer(one)
        }
        for start, end in sorted(places):
            yield Found(at, start, end, "—", "—")


@rule("half_width_mark", "中文中用了半角标点", "half-width marks in Chinese text", "改为全角标点")
def half_width(text: Text) -> Iterator[Found]:
    """Marks of ASCII beside Chinese characters: one remark per paragraph, at the first.

    Marks within numbers, times and addresses stay as they are.
    """
    for at, one in text.prose:
        found = list(_HALF.finditer(one))
        if found:
            first, full = found[0], _FULL[found[0][0]]
            if "." in first[0] and first.end() < len(one) and one[first.end()] >= "\u4e00":
                full = "·"
            said = f"{full}（本段共{len(found)}处）" if len(found) > 1 else full
            english = f"{full} ({len(found)} in this paragraph)"
            yield Found(at, first.start(), first.end(), said, english)


@rule(
    "full_width_digit",
    "数字、字母、百分号用了全角",
    "full-width digits, letters or percent signs",
    "改为半角",
)
def full_width(text: Text) -> Iterator[Found]:
    """０-９, Ａ-Ｚ, ％: numbers and letters are half-width in Chinese text, too."""
    for at, one in enumerate(text.paragraphs):
        for found in _WIDE_DIGITS.finditer(one):
            half = "".join(chr(ord(c) - 0xFEE0) for c in found[0])
            yield Found(at, found.start(), found.end(), half, half)


@rule("doubled_mark", "标点重复", "marks stand twice", "保留一个")
def doubled(text: Text) -> Iterator[Found]:
    """，， 。。 、， and the like. ？！ and …… are no mistakes."""
    for at, found in text.matches(_DOUBLED):
        if not _ALLOWED.fullmatch(found[0]):
            yield Found(at, found.start(), found.end(), "一个标点", "one mark")
