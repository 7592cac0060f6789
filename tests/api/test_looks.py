"""How a page looks is asked in its address and handed on by its links: no cookie, no script."""

from __future__ import annotations

from http import HTTPStatus

import httpx
import pytest

from tests.support.markup import Element, read

PAGES = ("/", "/figures", "/figures/F16", "/reports/2024", "/releases", "/registers", "/villages")


async def look(client: httpx.AsyncClient, path: str) -> Element:
    answer = await client.get(path)
    assert answer.status_code == HTTPStatus.OK, path
    assert "set-cookie" not in answer.headers
    return read(answer.text)


def ways(page: Element) -> list[str]:
    """The links of a page to other pages, without those to its other looks and its files."""
    links = [one.attributes for one in page.all("a") if "data-look" not in one.attributes]
    hrefs = [link["href"] for link in links if "download" not in link]
    files = (".json", ".csv", ".xlsx", ".html", ".md")
    pages = [href for href in hrefs if not href.partition("?")[0].endswith(files)]
    return [href for href in pages if href.startswith("/")]


@pytest.mark.parametrize("code", ["small", "large", "elder"])
async def test_links_and_forms_hand_a_look_on(public: httpx.AsyncClient, code: str) -> None:
    seen: set[str] = set()
    for path in PAGES:
        page = await look(public, f"{path}?view={code}")
        (html,) = page.all("html")
        assert html.attributes["class"] == code, path
        assert ways(page), path
        for href in ways(page):
            assert href.count(f"view={code}") == 1, (path, href)
            seen.add(href)
        for form in page.all("form"):
            given = [(i.attributes["name"], i.attributes.get("value")) for i in form.all("input")]
            assert ("view", code) in given, path
    if code == "elder":
        for href in sorted(seen)[::9]:
            assert (await public.get(href)).status_code == HTTPStatus.OK, href


async def test_a_page_has_one_canonical_address_and_an_address_for_each_look(
    public: httpx.AsyncClient,
) -> None:
    """So that who keeps answers keeps each look under its own address."""
    plain = await public.get("/figures?period=2024")
    elder = await public.get("/figures?period=2024&view=elder")
    assert plain.headers["etag"] != elder.headers["etag"]
    canonical = 'rel="canonical" href="/figures"'
    assert canonical in plain.text
    assert canonical in elder.text
    assert "view=" not in "".join(ways(read(plain.text)))
    links = [one for one in read(elder.text).all("a") if "data-look" in one.attributes]
    assert [(one.text, one.attributes["href"]) for one in links] == [
        ("小", "/figures?period=2024&view=small"),
        ("中", "/figures?period=2024"),
        ("大", "/figures?period=2024&view=large"),
        ("长者版", "/figures?period=2024&view=elder"),
        ("打印", "/figures?period=2024&view=print"),
    ]
    assert [one.text for one in links if "aria-current" in one.attributes] == ["长者版"]
    for link in read(elder.text).all("link"):
        assert "view=" not in link.attributes["href"]


async def test_a_page_to_be_printed_has_the_style_of_paper_and_a_way_back(
    public: httpx.AsyncClient,
) -> None:
    page = await look(public, "/reports/2024?view=print")
    media = {
        one.attributes["href"]: one.attributes.get("media", "all")
        for one in page.all("link")
        if one.attributes["rel"] == "stylesheet"
    }
    assert media["/static/print.css"] == "all"
    (how,) = (one for one in page.all("p") if one.attributes.get("class") == "how")
    assert [one.attributes["href"] for one in how.all("a")] == ["/reports/2024"]
    assert not any("view=" in href for href in ways(page)), "other pages are no paper"
    assert 'href="/static/print.css" media="print"' in (await public.get("/reports/2024")).text
    (address,) = (one for one in page.all("p") if one.attributes.get("class") == "address")
    assert address.text == "本页地址：/reports/2024"


async def test_a_look_that_there_is_not_is_refused_and_files_have_none(
    public: httpx.AsyncClient,
) -> None:
    for path in ("/figures", "/villages", "/search"):
        answer = await public.get(f"{path}?view=neon")
        assert answer.status_code == HTTPStatus.BAD_REQUEST, path
        assert "large 大" in read(answer.text).text, path
    plain = await public.get("/figures.csv")
    assert (await public.get("/figures.csv?view=elder")).content == plain.content
