"""Lists and fields: something twice, a field or an attachment with nothing in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.laws import short
from reports.prose.rule import Found, rule
from reports.prose.text import Text

_TITLES = re.compile(
    r"《[^《》]+》(?:(?:（[^（）]*）|\([^()]*\))?(?:[、，,]|和|及|以及|与|或)*\s*《[^《》]+》)+"
)
_TITLE = re.compile(r"《([^《》]+)》")
_SEGMENT = re.compile(r"[^，。；：！？,;:（）()“”《》]+")
_LEADS = re.compile(
    "(?:包括|包含|涉及|公布|公开|涵盖|分为|如|有|为|是|开展|加强|推进|做好|办理|落实|宣传|学习|及时|对|在|等|检查|走访|邀请|联合|围绕|聚焦|整治|排查|覆盖)$"
)
_ENDS = re.compile("等.*$|[0-9]+.*$|(?:的|各|三|四|五|六).*$")
_LEAST = 2
"""Characters of an item: shorter ones are parts of words."""
_EMPTY = re.compile(
    r"(浏览量|浏览次数|稿件作者|稿件来源|作者|来源|责任编辑|编辑|联系人|联系电话|咨询电话|联系方式|签发人|"
    r"审核人?|经办人|发文字号|文号|索引号|主送|抄送|填报人|制表人|单位负责人)[：:]\s*[-—－_/]*"
    r"(?=\s*(?:$|【|[^\s：:]{2,6}[：:]))"
)
_ATTACHMENT = re.compile(r"^\s*(附\s*件\s*[0-9一二三]*\s*[：:])\s*$")


@rule(
    "title_twice",
    "一处并列中书名、文件名重复",
    "a title stands twice in one list",
    "删去重复的一个，或改为本来要写的",
)
def titles(text: Text) -> Iterator[Found]:
    """《…》 of the same title twice in one list. In another sentence it may stand again."""
    for at, listed in text.matches(_TITLES):
        seen: set[str] = set()
        for title in _TITLE.finditer(listed[0]):
            name = short(title[1].strip())
            if name in seen:
                start = listed.start() + title.start()
                end = listed.start() + title.end()
                yield Found(at, start, end, "每个只列一次", "each once")
            seen.add(name)


@rule("item_twice", "一处并列中项目重复", "an item stands twice in one list", "删去重复的一项")
def items(text: Text) -> Iterator[Found]:
    """The same words twice between 、 of one list of three or more.

    Before the first and behind the last may stand what belongs to the sentence.
    """
    for at, segment in text.matches(_SEGMENT):
        words = segment[0].split("、")
        if len(words) <= _LEAST:
            continue
        seen: list[str] = []
        start = segment.start()
        for number, word in enumerate(words):
            said = _ENDS.sub("", word) if number == len(words) - 1 else word
            said = said.strip()
            if (
                len(said) >= _LEAST
                and not said[0].isdigit()
                and any(_same(one, said, first=not n) for n, one in enumerate(seen))
            ):
                yield Found(at, start, start + len(word), "每项只列一次", "each once")
            seen.append(said)
            start += len(word) + 1


def _same(one: str, other: str, *, first: bool) -> bool:
    """Whether two items are one; before the first of a list stands the verb."""
    if one == other:
        return True
    return first and one.endswith(other) and bool(_LEADS.search(one.removesuffix(other)))


@rule("empty_field", "栏目名后没有内容", "a field has nothing in it", "填写内容，或删去这一栏")
def fields(text: Text) -> Iterator[Found]:
    """作者：, 浏览量：- and the like, at the end of a line or before the next field."""
    for at, found in text.matches(_EMPTY):
        yield Found(at, found.start(), found.end(), "栏目有内容", "something in it")


@rule(
    "empty_attachment",
    "附件后没有内容",
    "附件 is followed by nothing",
    "列出附件名称；没有附件的，删去这一行",
)
def attachments(text: Text) -> Iterator[Found]:
    """附件： at the end of a text, or before a blank, without a name and without a list below."""
    for at, one in text.prose:
        found = _ATTACHMENT.match(one)
        below = next((said for n, said in text.prose if n > at), "")
        if found and not re.match(r"\s*[0-9一二三]+\s*[.．、]", below):
            yield Found(at, found.start(1), found.end(1), "附件名称", "names of attachments")
