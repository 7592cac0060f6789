"""站内搜索: what stands on registers and in releases; by name figures, statements, themes, columns.

Only what the face that is asked may show is looked at; the texts are those of its pages, each kept
in one spelling while what it rests on stays.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import furniture, problems
from api.answers import answer
from api.disclosure import HOME as CATALOGUE
from api.furniture import Place
from api.issued import address, shown
from api.paging import numbered, page_of, pages, reached
from api.question import Pages
from api.registers_asked import (
    LONGEST,
    Then,
    given_of,
    opened,
    query_of,
    then_of,
)
from api.registers_shown import address as address_of
from api.roles import EVERYBODY
from api.view import View
from reports import disclosure, recorded, registers, searching, themes
from reports import release as releases
from reports.aside import Aside
from reports.document import Paragraph
from reports.lacks import within
from reports.registers import asking
from reports.registers.asking import Query
from reports.registers.register import Register
from reports.registers.tabling import text_of
from reports.release import Release
from reports.searching import Text

router = Pages(opened, admits=EVERYBODY)
HOME = "/search"
FIRST = 5
"""Of each kind, where all are asked for."""
PAGE_HITS = 20


class Kind(NamedTuple):
    """A kind of things that can be found."""

    name: str
    """In the address, as `kind`."""
    title: str
    texts: list[Text]


@router.get(HOME)
async def search(request: Request, view: View) -> Response:
    """What holds all words of `q`, by kind; of one `kind` all, twenty a page."""
    asked = given_of(request, ("ledger", "q", "kind", "page"))
    looked_for = asked.get("q", "").strip()
    if len(looked_for) > LONGEST:
        raise problems.bad_choice("查找的字太多", f"最多 {LONGEST} 个字")
    kind, page, words = asked.get("kind", ""), page_of(asked), searching.words(looked_for)
    then = await then_of(view, {}, ())
    kinds = [each async for each in _kinds(view, then)]
    if kind and kind not in {each.name for each in kinds}:
        there = "、".join(f"{each.name} {each.title}" for each in kinds)
        raise problems.bad_choice(f"没有 {kind[:LONGEST]} 这一类", f"可选：{there}")
    groups = []
    for each in kinds:
        found = searching.find(each.texts, words) if words else []
        if found and kind in ("", each.name):
            last = pages(len(found), page, PAGE_HITS)["pages"]
            reached(len(found) if kind else 1, page, HOME, PAGE_HITS)  # of all kinds there is one
            first = (page - 1) * PAGE_HITS
            hits = found[first : first + PAGE_HITS] if kind else found[:FIRST]
            groups.append(
                {"kind": each.name, "title": each.title, "count": len(found), "pages": last}
                | {"hits": [_hit(item) for item in hits]}
            )
    data: dict[str, Any] = {
        "q": looked_for,
        "words": list(words),
        "kind": kind or None,
        "page": page,
        "count": sum(group["count"] for group in groups),
        "groups": groups,
    }
    again: dict[str, str] = {name: asked[name] for name in ("ledger", "q") if name in asked}
    own = again | ({"kind": kind} if kind else {}) | numbered(page)
    return await answer(
        request,
        "search.html",
        view,
        data,
        place=Place(canonical=HOME + query_of(own)),
        marked=lambda text: searching.marked(text, words),
        longest=LONGEST,
        of_kind=lambda name: HOME + query_of(again | {"kind": name}),
        everything=HOME + query_of(again),
        onward=query_of(again | ({"kind": kind} if kind else {})),
    )


def _hit(found: Text) -> dict[str, str]:
    return {"title": found.title, "address": found.address, "text": found.body}


async def _kinds(view: View, then: Then) -> AsyncIterator[Kind]:
    """All that can be found, in the order in which it is told."""
    texts: list[Text] = []
    for each in releases.standing(shown(view.releases, auditor=view.auditor)):
        texts += await _release(view, each)
    yield Kind("releases", "发布", texts)
    every = themes.of(view.bureau).values()
    texts = [searching.text(each.title, f"/{each.path}", each.content) for each in every]
    yield Kind("themes", "专题", texts)
    listed = registers.of(view.bureau)
    for register in listed.values():
        if register.connected and register.search:
            yield Kind(register.name, register.title, await _register(view, then, register))
    issued = view.publication(None)
    if issued is not None:
        says = await view.said(issued.release)
        names = {value.key: value.name for value in says.values}
        for path, title, known in (
            ("figures", "指标", view.defined.figures),
            ("statements", "表述", view.defined.statements),
        ):
            named = [(key, names[key]) for key in known if key in names]
            texts = [searching.text(f"{key} {name}", f"/{path}/{key}") for key, name in named]
            yield Kind(path, title, texts)
    rows = disclosure.of(view.bureau).values()
    texts = [searching.text(row.item, f"{CATALOGUE}/{row.name}", row.content) for row in rows]
    yield Kind("disclosure", "公开目录", texts)
    columns = [searching.text(c.name, c.path, c.publishes) for c in furniture.PUBLIC]
    columns += [
        searching.text(each.title, f"/{each.name}", each.content, each.item)
        for each in listed.values()
    ]
    yield Kind("columns", "栏目", columns)


async def _release(view: View, item: Release) -> list[Text]:
    """Its title, headings, sentences and the names of its tables and rows."""
    says = await view.said(item)

    async def work(_: asyncpg.Connection) -> list[Text]:
        document = recorded.document_of(item, says, Aside(), sample=view.ledger.sample)
        at = address(item).rpartition("/")[0]
        made = [searching.text(item.title, at)]
        for section in document.printed:
            said = _said(section.heading, section.blocks)
            made += [searching.text(item.title, at, each) for each in said]
        return [one._replace(folded=searching.folded(one.body or one.title)) for one in made]

    return await view.values.get(("search", item.moment.ledger, item.name, item.content), work)


def _said(heading: str, blocks: Any) -> Iterator[str]:
    if heading:
        yield heading
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield "，".join(filter(None, (block.title, *(row.heading for row in block.rows))))


async def _register(view: View, then: Then, register: Register) -> list[Text]:
    """Its rows of the day, by the columns that it can be searched by."""
    moment = within(view.reach, then.moment, register.models).moment
    first = next(iter(register.columns))

    async def work(connection: asyncpg.Connection) -> list[Text]:
        found = await asking.listing(connection, register, moment, Query(), today=then.today)
        made = []
        for record, row in zip(found.ids, found.rows, strict=True):
            held = [
                text_of(row[name], register.columns[name])
                for name in register.search
                if name != first and row[name] is not None
            ]
            title = text_of(row[first], register.columns[first]) or record
            where = address_of(register, record)
            if first in register.search:
                made.append(searching.text(title, where, "，".join(held)))
            else:
                made.append(Text(title, where, "，".join(held), searching.folded("\n".join(held))))
        return made

    rests_on = tuple(sorted((name, view.reach[name].changed) for name in register.models))
    key = ("search", view.ledger.name, register.name, moment.end, view.bureau.digest, rests_on)
    return await view.values.get(key, work)
