"""Saved files: links that are whole, and a manifest by which programs find each number."""

from __future__ import annotations

import json
import re
from io import BytesIO

import html5lib
import openpyxl

from reports import manifest
from reports.document import Document, Paragraph, Section, Text
from reports.render import html, markdown, xlsx
from tests.support.letters import HREF, SITE, letter

HOSTILE = "甲--><!--</script><script>alert(1)</script>]](javascript:1)\u202e"


def told(document: Document) -> object:
    return json.loads(manifest.encoded(document))


def of_html(text: str) -> object:
    (found,) = [
        script.text
        for script in html5lib.parse(text, namespaceHTMLElements=False).iter("script")
        if script.get("type") == "application/json"
    ]
    return json.loads(found)


def of_markdown(text: str) -> object:
    return json.loads(text.rpartition("<!-- ")[2].removesuffix(" -->\n"))


def test_every_link_of_a_saved_page_is_whole_and_every_mark_in_its_manifest() -> None:
    """From a USB stick or a mail, every number was a dead link."""
    page = html.render(letter())
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    links = [each.get("href") for each in tree.iter("a")]
    assert links == [f"{SITE}{HREF}", f"{SITE}/figures/F39", f"{SITE}/statements/S12"]
    marks = {each.mark: each.text for each in manifest.marked(letter())}
    there = {each.get("id"): "".join(each.itertext()) for each in tree.iter() if each.get("id")}
    del there["manifest"]
    assert there == marks
    assert of_html(page) == told(letter())


def test_links_of_markdown_are_whole() -> None:
    page = markdown.render(letter())
    assert re.findall(r"\]\(([^)]*)\)", page) == [
        f"{SITE}{HREF}",
        f"{SITE}/figures/F39",
        f"{SITE}/statements/S12",
    ]
    assert of_markdown(page) == told(letter())


def test_where_no_site_is_known_there_are_words_without_links() -> None:
    for page in (html.render(letter(site="")), markdown.render(letter(site=""))):
        assert "](" not in page
        assert "href=" not in page
        assert "1808.90万元" in page
        assert "各场学法均有记载" in page


def test_pages_of_the_site_keep_their_own_links_and_carry_no_manifest() -> None:
    article = html.article(letter())
    assert re.findall('href="([^"]*)"', article) == [
        HREF.replace("&", "&amp;"),
        "/figures/F39",
        "/statements/S12",
    ]
    assert "<script" not in article


def test_no_text_ends_the_manifest() -> None:
    section = Section(1, HOSTILE, (Paragraph((Text(HOSTILE),), "staff"),))
    made = letter(title=HOSTILE, sections=(section,))
    page, text = html.render(made), markdown.render(made)
    assert of_html(page) == of_markdown(text) == told(made)
    assert len(re.findall("<script", page)) == 1
    assert len(re.findall(r"(?<!\\)<!--", text)) == 1
    assert "\u202e" not in page + text


def test_a_workbook_names_its_cells_and_carries_the_manifest() -> None:
    raw = xlsx.render(letter())
    book = openpyxl.load_workbook(BytesIO(raw))
    hidden = book["manifest"]
    assert hidden.sheet_state == "veryHidden"
    pieces = [row[0] for row in hidden.iter_rows(values_only=True)]
    assert json.loads("".join(map(str, pieces))) == told(letter())
    properties = {each.name: each.value for each in book.custom_doc_props.props}
    assert properties == {"ledger": "445102", "ledger_position": 11}

    def value(name: str) -> object:
        ((sheet, place),) = book.defined_names[name].destinations
        return book[sheet][place].value

    assert (value("FIG_F16"), value("fig_1")) == (1808.9, 1808.9)
    assert value("cell_1_2_3") == 202
    assert value("claim_1") == "成立"
    marks = {each.mark for each in manifest.marked(letter())}
    assert marks <= set(book.defined_names)
    assert raw == xlsx.render(letter())
