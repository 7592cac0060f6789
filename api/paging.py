"""Lists page by page: how many rows a page has, which one is asked for, whether it is there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from api import problems
from api.registers_asked import LONGEST

PAGE_ROWS = 50
"""Rows of a page where nobody asks for others."""
SIZES = (20, PAGE_ROWS, 100)
"""Rows of a page that can be asked for."""
_PAGE = re.compile(r"[1-9][0-9]{0,6}")


def pages(count: int, page: int, size: int = PAGE_ROWS) -> dict[str, int]:
    """How many rows and pages there are, and which page this is."""
    return {"count": count, "page": page, "pages": max(1, -(-count // size))}


def reached(count: int, page: int, home: str, size: int = PAGE_ROWS) -> dict[str, int]:
    """The same of a page that is there; `home` is the address of the first. Raises Problem."""
    found = pages(count, page, size)
    if page > found["pages"]:
        raise problems.not_found(f"共 {found['pages']} 页，没有第 {page} 页", f"首页：{home}")
    return found


def page_of(asked: Mapping[str, str]) -> int:
    """Which page is asked for. Raises Problem."""
    page = asked.get("page", "1")
    if not _PAGE.fullmatch(page):
        raise problems.bad_choice(f"没有第 {page[:LONGEST]} 页", "page 为从 1 起的整数")
    return int(page)


def size_of(asked: Mapping[str, str]) -> int:
    """How many rows a page is to have. Raises Problem."""
    size = asked.get("size", str(PAGE_ROWS))
    if size not in map(str, SIZES):
        there = "、".join(map(str, SIZES))
        raise problems.bad_choice(f"每页没有 {size[:LONGEST]} 条", f"size 为 {there}")
    return int(size)


def numbered(page: int) -> dict[str, str]:
    """What an address says of the page; nothing of the first."""
    return {"page": str(page)} if page > 1 else {}


def sized(size: int) -> dict[str, str]:
    """What an address says of the rows of a page; nothing where they are as many as usual."""
    return {"size": str(size)} if size != PAGE_ROWS else {}
