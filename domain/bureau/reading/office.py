"""Who the bureau is, and which systems report to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from domain.bureau.reading.tables import Table, listed
from domain.bureau.site import Site
from domain.bureau.sources import Source
from domain.catalogue import EVENTS, LINES

DIVISION = re.compile(r"[1-9][0-9]{5}")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KEBAB = "lower-case words joined by -"
_INDEX_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{4,16}[0-9A-Z]")
_PHONE = re.compile(r"0[0-9]{2,3}-[0-9]{7,8}|1[0-9]{4}")
_SITE_CODE = re.compile(r"[0-9A-Za-z]{10}")
_ICP = re.compile(r"[\u4e00-\u9fff]ICP备[0-9]{6,12}号-?[0-9]{0,3}")
_POLICE = re.compile(r"[\u4e00-\u9fff]公网安备[0-9]{14}号")
_URL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*[a-z0-9](:[0-9]{1,5})?(/[a-z0-9-]+)*")
_CLASSES = frozenset(name.rpartition(".")[0] for name in EVENTS)


class Names(NamedTuple):
    """What bureau.toml says."""

    division: str
    name: str
    short: str
    whole: str
    own: str
    province: str
    city: str
    sample: bool
    publisher: str
    complete_since: date | None
    site: Site


def names(top: Table, divisions: Mapping[str, str]) -> Names:
    """Who the bureau is."""
    division = top.code("division", DIVISION, "the 6 digits of a county or district (GB/T 2260)")
    if division and divisions and division not in divisions:
        known = "a code that cn/divisions.csv lists, or a divisions.csv beside this file"
        top.note("division", f"no division {division}", known)
    found = Names(
        division=division,
        name=top.text("name"),
        short=top.text("short"),
        whole=top.text("whole"),
        own=top.text("own"),
        province=top.text("province"),
        city=top.text("city", needed=False),
        sample=top.flag("sample"),
        publisher=top.text("publisher"),
        complete_since=top.day("complete_since"),
        site=_site(top.table("site")),
    )
    top.end()
    return found


def _site(table: Table | None) -> Site:
    """What pages say of who keeps them; a phone is a line of the office, not of a person."""
    if table is None:
        return Site()
    found = Site(
        index_code=table.code(
            "index_code", _INDEX_CODE, "an organisation code, 0-9 and A-Z", needed=False
        ),
        address=table.text("address", needed=False),
        phone=table.code(
            "phone", _PHONE, "a line of the office such as 0769-12345678, or 12345", needed=False
        ),
        site_code=table.code("site_code", _SITE_CODE, "its 10 digits or letters", needed=False),
        icp=table.code("icp", _ICP, "such as 粤ICP备12345678号-1", needed=False),
        url=table.code("url", _URL, "such as https://mz.example.gov.cn", needed=False),
        police=table.code("police", _POLICE, "such as 粤公网安备44010202000001号", needed=False),
    )
    table.end()
    return found


def sources(top: Table, division: str, divisions: Mapping[str, str]) -> dict[str, Source]:
    """Source name → source, in the order of the file."""
    found: dict[str, Source] = {}
    for table in top.tables("source", needed=True):
        name = table.code("name", NAME, KEBAB)
        lines = _known(table, "lines", LINES, "business line")
        except_ = _known(table, "except", _CLASSES, "class of events")
        source = Source(
            name=name,
            title=table.text("title"),
            lines=frozenset(lines),
            classes=frozenset(_known(table, "classes", _CLASSES, "class of events")),
            except_=frozenset(except_),
            divisions=frozenset(_known(table, "divisions", divisions, "division") or [division]),
            platform=table.flag("platform"),
            numbered=table.answer("numbered"),
        )
        table.end()
        if not table.texts("lines") and not table.texts("classes"):
            table.note(None, f"the source {name} may say nothing", "lines or classes")
        for number, class_ in enumerate(table.texts("except")):
            if class_ in except_ and class_.partition(".")[0] not in lines:
                what = f"except holds {class_}, but lines does not hold its line"
                table.document.note((*table.path, "except", number), what)
        if name in found:
            table.note("name", f"the source {name} stands here twice")
        elif name:
            found[name] = source
    top.end()
    return found


def _known(table: Table, key: str, known: Collection[str], kind: str) -> list[str]:
    """The names of a list that are known; the others are noted."""
    named = table.texts(key)
    for number, each in enumerate(named):
        if each not in known:
            near = [k for k in known if k.partition(".")[0] == each.partition(".")[0]]
            few = listed(sorted(near or known))
            table.document.note((*table.path, key, number), f"no {kind} {each!r}", f"one of {few}")
    return [each for each in named if each in known]
