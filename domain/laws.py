"""Laws and regulations by date (法律版本), and how a basis (依据) names them.

Events are judged by the text in force on their business date, so a law stands once per edition in
the tables of bureaus/. `until` is the last day in force, None = still in force. `checked` says that
the dates were read in the law's own text; the others are from practice and must be verified before
a rule rests on them.

A basis is written as "社会救助暂行办法 13(2); 行政处罚法 42, 55-57": laws, parted by "; ", each by
its short title, or its 文号, or by title and edition ("婚姻登记条例（国令387号） 12"); then a blank
and articles. 13(2) is 第十三条第二款, 9(1)(3) is 第九条第一款第三项, and 11()(2) is 第十一条第二项,
of an article of one 款. A note may follow after "：". What no law asks for says so with one of the
words of NO_LAW. People are shown it in Chinese (`in_chinese`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Law(NamedTuple):
    """One edition of a law, regulation or document of general application."""

    title: str
    document: str
    """文号 or edition."""
    since: date
    until: date | None = None
    checked: bool = True
    note: str = ""
    read: str = ""
    """Where its dates were read, in words."""


COUNTRY = "中华人民共和国"
NO_LAW = ("业务管理需要", "工作惯例", "本地执行口径")
"""What stands in place of a law: kept because the register needs it (what was there before it);
because offices do so; because this bureau applies the law so."""


def short(title: str) -> str:
    """A title as people say it, without the country's name."""
    return title.removeprefix(COUNTRY)


class Laws:
    """All editions that are known, in the order in which they were listed."""

    def __init__(self, editions: Iterable[Law]) -> None:
        self.all = tuple(editions)

    def editions(self, title: str) -> tuple[Law, ...]:
        """All known editions of a law, by its full or short title."""
        return tuple(law for law in self.all if short(law.title) == short(title))

    def in_force(self, title: str, on: date) -> Law | None:
        """The edition in force on a day."""
        standing = (
            law
            for law in self.editions(title)
            if law.since <= on and (law.until is None or on <= law.until)
        )
        return next(standing, None)

    def named(self, name: str) -> tuple[Law, ...]:
        """The editions that a basis means: of this title, of this 文号, or the one of both."""
        title, edition = _parted(name)
        return tuple(
            law
            for law in self.all
            if name in (short(law.title), law.document)
            or (title, edition) == (short(law.title), law.document)
        )


class Article(NamedTuple):
    """第…条, perhaps its 款 and 项, or 第…条至第…条."""

    number: int
    last: int | None = None
    paragraph: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        text = f"第{numeral(self.number)}条"
        if self.last is not None:
            return f"{text}至第{numeral(self.last)}条"
        if self.paragraph is not None:
            text += f"第{numeral(self.paragraph)}款"
        return text if self.item is None else f"{text}第{numeral(self.item)}项"


class Citation(NamedTuple):
    """A law as a basis names it, and its articles."""

    law: str
    articles: tuple[Article, ...]

    def __str__(self) -> str:
        title, edition = _parted(self.law)
        named = title if _NUMBERED.search(title) else f"《{title}》"
        return named + (edition and f"（{edition}）") + "、".join(map(str, self.articles))


class Basis(NamedTuple):
    """What a fact, rule or parameter rests on."""

    citations: tuple[Citation, ...]
    """None where no law asks for it; then the note begins with a word of NO_LAW."""
    note: str = ""

    def __str__(self) -> str:
        return "：".join(filter(None, ("；".join(map(str, self.citations)), self.note)))


class BasisWrong(ValueError):
    """A basis is not written as bases are; the message says where."""


_NUMBERED = re.compile(r"号$")
_ENDS = "法|典|条例|办法|规定|规范|细则|意见|通知|决定|规则|标准|文本|号"
_LAW = re.compile(rf"[^\s;；：]+?(?:{_ENDS})(?:[（][^（）]+[）])?")
_EDITION = re.compile(r"(.+?)[（]([^（）]*号|[0-9]{4}[^（）]*)[）]")
_N = "([1-9][0-9]*)"
_ARTICLE = re.compile(rf"{_N}(?:-{_N}|\({_N}\)(?:\({_N}\))?|\(\)\({_N}\))?")


def basis(text: str) -> Basis:
    """A basis as it is written. Raises BasisWrong."""
    laws, _, note = text.partition("：")
    if laws in NO_LAW:
        return Basis((), text)
    return Basis(tuple(map(_citation, laws.split("; "))), note)


def in_chinese(text: str) -> str:
    """A basis as people read it: 《民法典》第一千零七十七条.

    A bureau's folder may say it in its own words; then they stand as they are.
    """
    try:
        return str(basis(text))
    except BasisWrong:
        return text


def _citation(text: str) -> Citation:
    law, _, articles = text.partition(" ")
    if not _LAW.fullmatch(law):
        raise BasisWrong(f"{law!r} is no title of a law and no 文号")
    return Citation(law, tuple(map(_article, articles.split(", "))) if articles else ())


def _article(text: str) -> Article:
    found = _ARTICLE.fullmatch(text)
    if found is None:
        raise BasisWrong(f"{text!r} is no article, such as 11, 11(2), 9(1)(3), 11()(2) or 13-14")
    number = int(found[1])
    last, paragraph, item, sole = (int(part) if part else None for part in found.groups()[1:])
    if last is not None and last <= number:
        raise BasisWrong(f"{text!r} ends before it begins")
    return Article(number, last, paragraph, item or sole)


def _parted(name: str) -> tuple[str, str]:
    """A name's title and, where it says one, edition."""
    found = _EDITION.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


_DIGITS = "零一二三四五六七八九"
_PLACES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_MOST = 9999


def numeral(number: int) -> str:
    """A number of 1 to 9999 as laws count their articles: 一千零七十七."""
    if not 0 < number <= _MOST:
        raise ValueError(f"{number} is not from 1 to {_MOST}")
    text, gap = "", False
    for worth, name in _PLACES:
        digit = number // worth % 10
        if digit:
            text += ("零" if gap else "") + _DIGITS[digit] + name
        gap = bool(text) and not digit
    return text.removeprefix("一") if text.startswith("一十") else text
