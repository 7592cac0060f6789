"""A walk over a site: every address that its pages, style sheets and forms lead to."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

import httpx

from tests.support.markup import Element, read

ADDRESSED = ("href", "src", "action", "poster", "data")
IN_STYLE = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
IN_HEADER = re.compile(r"<([^>]+)>")
FILES = ("csv", "xlsx", "docx", "pdf", "json", "md", "html")
NUMBERED = re.compile(r"[0-9]+")
NAMED = re.compile(r"[^\x21-\x7e]|[0-9A-Z]{18}|^[a-z]+\.[a-z-]+\.v[0-9]+$")


@dataclass(frozen=True)
class Answer:
    """What one address answered, and which page led there."""

    address: str
    by: str
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def kind(self) -> str:
        """Its media type."""
        return str(self.headers.get("content-type", "")).partition(";")[0]

    @property
    def is_page(self) -> bool:
        return self.kind == "text/html"

    @cached_property
    def text(self) -> str:
        return self.body.decode()

    @cached_property
    def page(self) -> Element:
        return read(self.text)

    @cached_property
    def canonical(self) -> str:
        """What a page calls its one address; empty where it has none."""
        links = [one.attributes for one in self.page.all("link")]
        return next((one["href"] for one in links if one.get("rel") == "canonical"), "")


@dataclass
class Site:
    """What was reached, and what was left out since enough of its kind had been seen."""

    host: str
    answers: dict[str, Answer] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    outside: list[str] = field(default_factory=list)
    """Addresses of other hosts, each with the page that has it."""

    @property
    def pages(self) -> list[Answer]:
        """All pages that were found, and are no refusal."""
        return [each for each in self.answers.values() if each.is_page and each.status == 200]

    def some(self, of: Callable[[Answer], bool]) -> list[Answer]:
        """The first of each kind of address."""
        found: dict[str, Answer] = {}
        for each in self.answers.values():
            if of(each):
                found.setdefault(shape(each.address), each)
        return list(found.values())


def shape(address: str) -> str:
    """What an address has in common with those of the same kind: no number, no name, no value."""
    parts = urlsplit(address)
    plain = parts.path.rpartition(".")[2] not in FILES
    segments = [
        "*" if NAMED.search(each) else NUMBERED.sub("#", each)
        for each in unquote(parts.path).split("/")
    ]
    names = sorted({name for name, _ in parse_qsl(parts.query)})  # none without a value
    # Each parameter of a page by itself, and any together; a file is asked for as its page is.
    asked = "".join(names) if len(names) == 1 and plain else "…" * bool(names)
    return "/".join(segments) + (f"?{asked}" if asked else "")


async def walk(
    client: httpx.AsyncClient,
    starts: Iterable[str] = ("/",),
    most: int = 10,
    *,
    bare: bool = False,
) -> Site:
    """Follow all that leads on, from these addresses; of each kind of address the first so many.

    Addresses are asked in the order in which they are met, so that a walk over the same pages is
    the same walk. A `bare` one asks for pages only, without what their addresses ask for.
    """
    site = Site(str(client.base_url).rstrip("/"))
    waiting = deque((start, "") for start in starts)
    met, seen = {*starts}, Counter[str]()
    while waiting:
        address, by = waiting.popleft()
        if seen[kind := shape(address)] >= most:
            site.left_out[kind] += 1
            continue
        seen[kind] += 1
        answer = site.answers[address] = await _ask(client, address, by)
        for link in leads_to(answer):
            whole = urlsplit(urljoin(f"{site.host}{address}", link))
            if f"{whole.scheme}://{whole.netloc}" != site.host:
                site.outside.append(f"{address}: {link}")
            else:
                path = whole.path + (f"?{whole.query}" if whole.query and not bare else "")
                if bare and path.rpartition(".")[2] in FILES:
                    continue
                if path not in met:
                    met.add(path)
                    waiting.append((path, address))
    for page in site.pages:  # however many of a kind there are, what a page calls its own is asked
        if page.canonical and page.canonical not in site.answers:
            site.answers[page.canonical] = await _ask(client, page.canonical, page.address)
    return site


async def _ask(client: httpx.AsyncClient, address: str, by: str) -> Answer:
    given = await client.get(address, headers={"accept": "text/html,*/*"})
    return Answer(address, by, given.status_code, given.headers, given.content)


def leads_to(answer: Answer) -> Iterator[str]:
    """Every address that an answer names for its reader or for a browser."""
    for header in ("location", "content-location"):
        if header in answer.headers:
            yield answer.headers[header]
    yield from IN_HEADER.findall(answer.headers.get("link", ""))
    if answer.kind == "text/css":
        yield from in_style(answer.text)
    elif answer.is_page:
        page = answer.page
        for each in page.all():
            if each.tag == "form":
                if each.attributes.get("method", "get").lower() == "get":
                    yield from asked_with(each)
                continue
            yield from (each.attributes[name] for name in ADDRESSED if each.attributes.get(name))
            if "srcset" in each.attributes:
                yield from (part.split()[0] for part in each.attributes["srcset"].split(","))
            if each.tag == "style":
                yield from in_style(each.text)


def in_style(text: str) -> Iterator[str]:
    """The addresses of a style sheet, but for what stands in it itself."""
    for found in IN_STYLE.findall(text):
        address = next(filter(None, found))
        if not address.startswith("data:"):
            yield address


def asked_with(form: Element) -> Iterator[str]:
    """The addresses that a form leads to: as it stands, and with each choice that it offers."""
    stands: list[tuple[str, str]] = []
    choices: list[tuple[str, str]] = []
    for each in form.all():
        name, value = each.attributes.get("name", ""), each.attributes.get("value", "")
        if each.tag == "select":
            options = list(each.all("option"))
            values = [one.attributes.get("value", one.text) for one in options]
            chosen = [
                v for v, one in zip(values, options, strict=True) if "selected" in one.attributes
            ]
            stands.append((name, (chosen or values or [""])[0]))
            choices += [(name, value) for value in values]
        elif name and each.tag in ("input", "textarea"):
            if each.attributes.get("type") in ("radio", "checkbox"):
                choices.append((name, value or "on"))
                if "checked" not in each.attributes:
                    continue
            stands.append((name, value))
    action = form.attributes.get("action", "").partition("?")[0]
    yield f"{action}?{urlencode(stands)}"
    for name, value in choices:
        kept = [pair for pair in stands if pair[0] != name]
        yield f"{action}?{urlencode([*kept, (name, value)])}"
