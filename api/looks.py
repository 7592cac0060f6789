"""How a page looks: as most read it, in small or large letters, for elders (长者版), on paper.

One parameter says so, and every link of a page hands it on: what is shown lies in the address, and
nothing is kept on a reader's machine. The same page in two looks is two addresses and one canonical
link.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import escape
from starlette.requests import Request

from api import problems
from api.forms import ENDINGS

PARAMETER = "view"
PRINT = "print"
LOOKS = {"small": "小", "": "中", "large": "大", "elder": "长者版", PRINT: "打印"}
"""Each with its name, in the order in which they are offered; empty = as most read it."""
_LINK = re.compile(r'<a (?![^>]*\bdata-look\b)([^>]*?)href="(/[^"#]*)')
_FORM = re.compile(r'<form\b[^>]*\bmethod="get"[^>]*>')
_FILES = (*(f".{ending}" for ending in ENDINGS), ".html", ".md", ".atom")


class Look(NamedTuple):
    """A link to the same page in a look."""

    name: str
    href: str
    current: bool


def of(request: Request) -> str:
    """The look that is asked for. Raises Problem."""
    look = request.query_params.get(PARAMETER, "")
    if look not in LOOKS:
        there = "、".join(f"{code} {name}" for code, name in LOOKS.items() if code)
        raise problems.bad_choice(f"没有 {look[:20]} 这种显示方式", f"可选：{there}")
    return look


def links(request: Request, look: str) -> list[Look]:
    """The same page in each look."""
    asked = [(n, v) for n, v in request.query_params.multi_items() if n != PARAMETER]
    found = []
    for code, name in LOOKS.items():
        query = urlencode([*asked, *([(PARAMETER, code)] if code else [])])
        path = request.url.path
        found.append(Look(name, f"{path}?{query}" if query else path, code == look))
    return found


def handed_on(page: str, look: str) -> str:
    """A page whose links and forms lead to others in its look; to print is asked of one page."""
    if look in ("", PRINT):
        return page
    asked = urlencode({PARAMETER: look})

    def link(found: re.Match[str]) -> str:
        path, _, query = found[2].partition("?")
        if path.startswith("/static/") or path.endswith(_FILES):
            return found[0]
        return f'<a {found[1]}href="{path}?{f"{query}&amp;" if query else ""}{asked}'

    hidden = f'<input type="hidden" name="{PARAMETER}" value="{escape(look)}">'
    return _FORM.sub(lambda found: found[0] + hidden, _LINK.sub(link, page))
