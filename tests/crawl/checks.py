"""What must hold of every page and file of a site; each check names the addresses that fail it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import html5lib
import openpyxl

from tests.crawl.walk import Answer, Site, shape
from tests.support.markup import Element, landmarks
from tests.tidy.test_tidy import half_width
from tests.tidy.test_words import WORDS

MOST_BYTES = 60_000
"""Of a page, before it is packed."""
SUM = re.compile(r"\([0-9., +−×/÷-]+\)")
"""Brackets of arithmetic are no punctuation."""
GAPS = ("gap", "statement broken")
FOREIGN = re.compile(r"[A-Za-z][a-z_.-]{2,}")
MADE_UP = re.compile(r"\bex\.3_|x{9,}")
"""Codes and texts of invented facts: they stand in sentences as their source wrote them."""
ELSEWHERE = re.compile(r"(?:https?:)?//[A-Za-z0-9][\w.-]*\.[a-z]{2,}|https?://", re.IGNORECASE)
UNSAFE = re.compile(r"<script\b|\sstyle=|<style\b|\son[a-z]+=|javascript:", re.IGNORECASE)
SAYS = ("p", "li", "td", "th", "dd", "dt", "caption", "h1", "h2", "h3", "h4", "label", "summary",
        "title", "figcaption", "option", "a", "button")  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_FILE = {"", None, "mingjian", "明鉴"}


def dead_links(site: Site) -> list[str]:
    """Nothing leads to an address that does not answer."""
    return [
        f"{each.by} → {each.address}: {each.status}"
        for each in site.answers.values()
        if each.status != 200 and each.by
    ]


def dead_places(site: Site) -> list[str]:
    """A link into a page finds its place there."""
    found = []
    for each in site.pages:
        ids = {one.attributes["id"] for one in each.page.all() if "id" in one.attributes}
        for link in each.page.all("a"):
            address, _, place = link.attributes.get("href", "").partition("#")
            if place and not address and place not in ids:
                found.append(f"{each.address}: #{place}")
    return found


def elsewhere(site: Site) -> list[str]:
    """Nothing is loaded from, and nothing leads to, another host; no page, no style names one."""
    return site.outside + [
        f"{each.address}: {seen[0]}"
        for each in site.answers.values()
        if each.is_page or each.kind == "text/css"
        if (seen := ELSEWHERE.search(each.text))
    ]


def unsafe(site: Site) -> list[str]:
    """Our policy forbids scripts and styles within a page, and no public answer sets a cookie."""
    found = [
        f"{each.address}: {seen[0]}"
        for each in site.answers.values()
        if each.is_page and not is_document(each) and (seen := UNSAFE.search(each.text))
    ]
    for each in site.answers.values():
        if not each.headers.get("content-security-policy", "").startswith("default-src '"):
            found.append(f"{each.address}: no policy")
        if each.headers.get("x-content-type-options") != "nosniff":
            found.append(f"{each.address}: its kind may be guessed")
        if "set-cookie" in each.headers:
            found.append(f"{each.address}: sets a cookie")
    return found


def too_long(site: Site) -> list[str]:
    return [
        f"{each.address}: {len(each.body)} bytes"
        for each in site.pages
        if len(each.body) > MOST_BYTES
    ]


def misshapen(site: Site) -> list[str]:
    """Faults that a strict parser of HTML finds, in one page of each kind: it takes its time."""
    found = []
    for each in site.some(lambda answer: answer.is_page):
        parser = html5lib.HTMLParser()
        parser.parse(each.text)
        found += [f"{each.address}: {place}: {code} {more}" for place, code, more in parser.errors]
    return found


def of_pages(check: Callable[[Element], Iterator[str]]) -> Callable[[Site], list[str]]:
    """A check of one page, made of all, refusals too; a fault that many share is told once."""

    @wraps(check)
    def every(site: Site) -> list[str]:
        found: dict[str, list[str]] = defaultdict(list)
        for each in site.answers.values():
            if each.is_page:
                for fault in check(each.page):
                    found[fault].append(each.address)
        return [
            f"{fault}: {addresses[0]}" + (f" and {n} more" if (n := len(addresses) - 1) else "")
            for fault, addresses in found.items()
        ]

    return every


@of_pages
def unnamed(page: Element) -> Iterator[str]:
    """One heading, one main part, a title, a language; a caption for each table; ids once."""
    head = next(page.all("head"))  # a drawing has a title of its own
    for tag, within in (("h1", page), ("main", page), ("title", head)):
        if (count := sum(1 for _ in within.all(tag))) != 1:
            yield f"{count} × <{tag}>"
    html = next(page.all("html"))
    if html.attributes.get("lang") != "zh-CN":
        yield "no lang=zh-CN"
    if not any(one.attributes.get("name") == "viewport" for one in page.all("meta")):
        yield "no viewport"
    for table in page.all("table"):
        first = table.children[0] if table.children else None
        if first is None or first.tag != "caption" or not first.text:
            yield "a table without a caption"
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    yield from (f"id {one} twice" for one in {one for one in ids if ids.count(one) > 1})
    found = landmarks(page)
    yield from (f"landmark {one} twice" for one in {one for one in found if found.count(one) > 1})


@of_pages
def english(page: Element) -> Iterator[str]:
    """What is not Chinese says so: a voice would spell it as Chinese."""
    for text in _said(page):
        if seen := FOREIGN.search(MADE_UP.sub("", text)):
            yield f"“{seen[0]}” in “{text.strip()[:40]}”"


@of_pages
def half_wide(page: Element) -> Iterator[str]:
    """Marks at Chinese characters are those of Chinese (GB/T 15834)."""
    for one in page.all():
        if one.tag in SAYS and one.lang != "en" and half_width(SUM.sub("0", one.text)):
            yield f"“{one.text[:60]}”"


@of_pages
def no_words_of_an_office(page: Element) -> Iterator[str]:
    """Words of the list in tests/tidy/words.toml."""
    text = next(page.all("body")).text
    for word in WORDS:
        right = re.compile("|".join(map(re.escape, word.get("but", ()))) or "(?!)")
        if word["wrong"] in right.sub("", text):
            yield f"“{word['wrong']}” is {word['right']}"


def _said(page: Element) -> Iterator[str]:
    """The Chinese texts of a page's body, and of its attributes that are read out.

    What a draft lacks is told to who writes it, in the names of the plan's own checks; a choice
    holds no element that could say its language.
    """
    for one in next(page.all("body")).all():
        if one.lang != "en" and one.tag != "option" and one.attributes.get("class") not in GAPS:
            yield from (text for text in one.inside if isinstance(text, str))
            yield from (
                one.attributes[name]
                for name in ("aria-label", "alt", "title")
                if name in one.attributes
            )


def not_canonical(site: Site) -> list[str]:
    """Each page names its one address, which answers and names itself."""
    found = []
    for each in site.pages:
        named = sum(one.attributes.get("rel") == "canonical" for one in each.page.all("link"))
        own = site.answers.get(each.canonical)
        if named != (0 if is_document(each) else 1):
            found.append(f"{each.address}: {named} canonical addresses")
        elif own is not None and (own.status != 200 or own.canonical != each.canonical):
            found.append(f"{each.address}: {each.canonical} is {own.status}, {own.canonical}")
    return found


def is_document(answer: Answer) -> bool:
    """Whether it is no page of the site but a file to keep, in HTML."""
    return answer.address.partition("?")[0].endswith(".html")


def same_titles(site: Site) -> list[str]:
    """Pages that are not the same are not called the same.

    A list is the same however it is filtered; two records of one register may have one name;
    the annual report stands among the reports and among all releases.
    """
    called: dict[str, set[str]] = defaultdict(set)
    registers = _registers(site)
    for each in site.pages:
        if each.canonical:
            path, _, query = each.canonical.partition("?")
            number = re.search(r"\bpage=[0-9]+", query)
            path = path.replace("/releases/annual/", "/reports/")
            title = next(each.page.all("title")).text
            records = path.startswith(registers) and path.count("/") > 1
            path = shape(path).rpartition("/")[0] + "/…" if records else path
            called[title].add(f"{path} {number[0] if number else ''}")
    return [f"{title}: {sorted(at)[:4]}" for title, at in called.items() if len(at) > 1]


def _registers(site: Site) -> tuple[str, ...]:
    """The addresses of the registers, as their list has them."""
    found = set()
    for each in site.pages:
        if each.address.partition("?")[0] == "/registers":
            links = [one for table in each.page.all("tbody") for one in table.all("a")]
            found |= {one.attributes["href"].partition("?")[0] + "/" for one in links}
    return tuple(found)


def hidden_in_workbooks(site: Site) -> list[str]:
    """A workbook has nothing that is not seen: no hidden cell, no remark, no trace of its maker."""
    found = []
    for each in site.some(lambda answer: answer.status == 200 and answer.kind == XLSX):
        found += [f"{each.address}: {fault}" for fault in hidden_in(each)]
    return found


def hidden_in(answer: Answer) -> Iterator[str]:
    with ZipFile(BytesIO(answer.body)) as archive:
        yield from (
            f"has {name}"
            for name in archive.namelist()
            if re.search("comment|custom|externalLink|connection|vba|printerSettings|media", name)
        )
    book = openpyxl.load_workbook(BytesIO(answer.body))
    about = book.properties
    for name in ("creator", "lastModifiedBy", "description", "keywords", "category", "identifier"):
        if getattr(about, name) not in NO_FILE:
            yield f"{name} is {getattr(about, name)}"
    for name, defined in book.defined_names.items():
        if not _stands_in(book, str(defined.attr_text)):
            yield f"the name {name} is of {defined.attr_text}"
    for sheet in book.worksheets:
        yield from (f"{sheet.title} {what}" for what in _hidden(sheet))


def _stands_in(book: Any, place: str) -> bool:
    sheet, _, cell = place.rpartition("!")
    return sheet.strip("'").replace("''", "'") in book.sheetnames and "[" not in cell


def _hidden(sheet: Any) -> Iterator[str]:
    if sheet.sheet_state != "visible":
        yield f"is {sheet.sheet_state}"
    for kind, lines in (("row", sheet.row_dimensions), ("column", sheet.column_dimensions)):
        for name, line in lines.items():
            if line.hidden or (kind == "column" and line.width is not None and line.width < 1):
                yield f"hides {kind} {name}"
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None:
                yield f"has a remark at {cell.coordinate}"
            if cell.data_type == "f":
                yield f"has a formula at {cell.coordinate}"
            if cell.number_format == ";;;" or (
                cell.value not in (None, "")
                and cell.font.color is not None
                and cell.font.color.rgb == "FFFFFFFF"
                and cell.fill.fill_type is None
            ):
                yield f"hides {cell.coordinate}"


def unserved(site: Site) -> list[str]:
    """Addresses that are asked wrongly are refused, and nothing fails on our side."""
    return [
        f"{each.address}: {each.status}" for each in site.answers.values() if each.status >= 500
    ]


ALL: tuple[Callable[[Site], list[str]], ...] = (
    dead_links,
    dead_places,
    unserved,
    elsewhere,
    unsafe,
    too_long,
    misshapen,
    unnamed,
    english,
    half_wide,
    no_words_of_an_office,
    not_canonical,
    same_titles,
    hidden_in_workbooks,
)
