"""A document for Word and WPS: the paper of GB/T 9704-2012, every number marked, the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

import docx as library
import pytest
from docx.document import Document as Opened
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports import manifest
from reports.document import Cell, Column, Document, Paragraph, Row, Section, Table, Text
from reports.render import docx, extra
from tests.browser.paper import plain
from tests.support import office
from tests.support.letters import HREF, LONG, SITE, letter
from tests.support.sheets import Line, lines_of

PITCH = 28.95
"""Points: 225 mm of text in 22 lines, in whole twips."""
LEFT, RIGHT = 28 / 25.4 * 72, (210 - 26) / 25.4 * 72
HEIGHT = 297 / 25.4 * 72
TOP, FOOT = HEIGHT - 37 / 25.4 * 72, 35 / 25.4 * 72
"""The edges of the text, in points from the lower left corner."""


def opened(raw: bytes) -> Opened:
    return library.Document(BytesIO(raw))


def bookmarks(made: Opened) -> dict[str, str]:
    """Name of each bookmark → the text between its ends."""
    found: dict[str, str] = {}
    inside: dict[str, str] = {}
    for element in made.element.body.iter():
        if element.tag == qn("w:bookmarkStart"):
            inside[element.get(qn("w:id"))] = element.get(qn("w:name"))
            found[element.get(qn("w:name"))] = ""
        elif element.tag == qn("w:bookmarkEnd"):
            inside.pop(element.get(qn("w:id")), None)
        elif element.tag == qn("w:t"):
            for name in inside.values():
                found[name] += element.text
    return {name: text for name, text in found.items() if not name.startswith("_")}


def told(raw: bytes) -> dict[str, object]:
    """The manifest that a file carries."""
    with zipfile.ZipFile(BytesIO(raw)) as package:
        for name in package.namelist():
            if re.fullmatch(r"customXml/item\d+\.xml", name):
                root = ET.fromstring(package.read(name))  # noqa: S314  our own
                if root.tag == f"{{{docx.NAMESPACE}}}manifest":
                    read: dict[str, object] = json.loads(root.text or "")
                    return read
    raise AssertionError("no manifest")


def room(section: Any) -> float:
    """The width of the text in points."""
    whole: float = section.page_width - section.left_margin - section.right_margin
    return whole / Pt(1)


def printed(tmp_path: Path, document: Document) -> list[list[Line]]:
    """The lines of each page, as LibreOffice prints it."""
    (tmp_path / "d.docx").write_bytes(docx.render(document))
    return lines_of(office.printed(tmp_path, "d.docx"))


def wide(text: str) -> float:
    return sum(1 if east_asian_width(sign) in "WF" else 0.5 for sign in text)


# The paper.


def test_a_page_has_22_lines_and_a_line_28_characters(tmp_path: Path) -> None:
    """27 stood in a line where 16 points are 16 points wide: 28 × 16 is more than 156 mm."""
    long = Paragraph((Text(LONG * 2),), "staff")
    pages = printed(tmp_path, letter(sections=(Section(0, "", (long,)),)))
    for page in pages:
        text = [line for line in page if TOP > line.y > FOOT]
        assert len(text) <= 22
        apart = [above.y - below.y for above, below in pairwise(text)]
        assert all(abs(each / PITCH - round(each / PITCH)) < 0.05 for each in apart)
        assert all(line.x > LEFT - 1 for line in text)
    body = [line.text for page in pages for line in page if line.text and line.text in LONG * 2]
    first, *full, _ = body
    assert len(first) == 26  # two characters are left free
    assert {len(line) for line in full} == {28}
    second = [line for line in pages[1] if TOP > line.y > FOOT]
    assert len(second) == 22
    assert second[0].y - second[-1].y == pytest.approx(21 * PITCH, abs=0.5)


def test_pages_with_tables_and_signatures_keep_to_the_paper(tmp_path: Path) -> None:
    pages = printed(tmp_path, letter())
    assert len(pages) > 5
    for page in pages:
        text = [line for line in page if TOP > line.y > FOOT]
        assert (text[0].y - text[-1].y) / PITCH < 22
        assert all(line.end < RIGHT + 1 for line in text)
    assert all(wide(line.text) <= 28 for page in pages for line in page if line.size == 16)
    whole = [line.text for page in pages for line in page]
    assert sum("示例街道" in line for line in whole) == 30
    heads = [page for page in pages if any("示例街道" in line.text for line in page)]
    assert all(any("户数人数" in line.text for line in page) for page in heads)


def test_the_number_of_a_page_stands_outside_right_and_left(tmp_path: Path) -> None:
    for number, page in enumerate(printed(tmp_path, letter()), 1):
        (foot,) = [line for line in page if line.y < FOOT]
        assert foot.text == f"—{number}—"
        assert (foot.x > (LEFT + RIGHT) / 2) == (number % 2 == 1)


def test_margins_grid_and_faces_are_those_of_the_standard() -> None:
    made = opened(docx.render(letter()))
    section: Any = made.sections[0]
    assert (section.page_width, section.page_height) == (
        pytest.approx(Mm(210), abs=700),
        pytest.approx(Mm(297), abs=700),
    )
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert margins == tuple(pytest.approx(Mm(n), abs=700) for n in (37, 35, 28, 26))
    (grid,) = section._sectPr.iter(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    pitch, space = int(grid.get(qn("w:linePitch"))), int(grid.get(qn("w:charSpace")))
    height = section.page_height - section.top_margin - section.bottom_margin
    assert height / Pt(1) // (pitch / 20) == 22  # as Word counts them
    assert room(section) // (16 + space / 4096) == 28
    styles = {style.name: style for style in made.styles}
    for name, face, size in (
        ("Normal", "仿宋", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", None),
        ("Heading 2", "楷体", None),
        ("PageNumber", "宋体", 14),
    ):
        faces = styles[name].element.rPr.rFonts
        assert faces.get(qn("w:eastAsia")) == face, name
        assert styles[name].font.size == (size and Pt(size)), name
        assert not styles[name].font.bold


def test_a_wide_table_fits_in_small_letters() -> None:
    """Fifteen columns of eight digits ran off the paper."""
    columns = tuple(Column(f"{month}月金额") for month in range(1, 14))
    row = Row("示例街道的很长的名称", tuple(Cell("123456.78") for _ in columns))
    table = Table("金额", "镇街", columns, (row,))
    made = opened(docx.render(letter(sections=(Section(1, "一、表", (table,)),))))
    (widths,) = [
        [int(each.get(qn("w:w"))) for each in grid]
        for grid in made.element.body.iter(qn("w:tblGrid"))
    ]
    assert sum(widths) / 20 == pytest.approx(room(made.sections[0]), abs=1)
    sizes = {float(each.get(qn("w:val"))) / 2 for each in made.element.body.iter(qn("w:sz"))}
    assert len(sizes) == 1
    assert min(widths[1:]) / 20 >= 4.5 * sizes.pop()  # nine half characters stand in each


def test_a_title_of_two_lines_is_parted_after_the_office(tmp_path: Path) -> None:
    """“…法治政府建设年” stood above “度报告”."""
    office_of = "示例市示例区民政局"
    long = letter(title=f"{office_of}2024年法治政府建设年度报告", signed=office_of)
    first, second, *_ = [line.text for line in printed(tmp_path, long)[0] if line.y < TOP]
    assert (first, second) == (office_of, "2024年法治政府建设年度报告")


def test_no_mark_stands_in_the_margin(tmp_path: Path) -> None:
    long = Paragraph((Text("依法行政，" * 100),), "staff")
    lines = printed(tmp_path, letter(sections=(Section(0, "", (long,)),)))[0]
    assert max(len(line.text) for line in lines if "依法行政" in line.text) <= 28


# What it says.


def test_every_number_and_claim_is_found_by_its_bookmark() -> None:
    raw = docx.render(letter())
    marks = {each.mark: each.text for each in manifest.marked(letter())}
    assert bookmarks(opened(raw)) == marks
    assert marks["fig_1"] == "1808.90万元"
    assert marks["cell_1_2_3"] == "202"
    assert marks["claim_1"] == "各场学法均有记载"
    assert told(raw) == json.loads(manifest.encoded(letter()))


def test_bookmarks_and_manifest_outlive_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "d.docx").write_bytes(docx.render(letter()))
    again = office.saved_again(tmp_path, "d.docx")
    assert bookmarks(opened(again)) == {e.mark: e.text for e in manifest.marked(letter())}
    assert told(again) == json.loads(manifest.encoded(letter()))


def test_numbers_lead_to_their_figures_and_look_like_other_words() -> None:
    made = opened(docx.render(letter()))
    links = {
        made.part.rels[link.get(qn("r:id"))].target_ref: link
        for link in made.element.body.iter(qn("w:hyperlink"))
    }
    assert set(links) == {f"{SITE}{HREF}", f"{SITE}/figures/F39", f"{SITE}/statements/S12"}
    assert not any(list(link.iter(qn("w:rPr"))) for link in links.values())
    nowhere = opened(docx.render(letter(site="")))
    assert not list(nowhere.element.body.iter(qn("w:hyperlink")))
    assert "1808.90万元（虚构）" in "".join(p.text for p in nowhere.paragraphs)


def test_a_sample_and_what_is_not_published_say_so_on_every_page(tmp_path: Path) -> None:
    draft = letter(published="", notice="这不是发布的报告", content="", release="")
    for page in printed(tmp_path, draft):
        above = "".join(line.text for line in page if line.y > TOP)
        assert "示例数据，非官方发布" in above
        assert "非发布文本" in above
    raw = docx.render(draft)
    text = "".join(paragraph.text for paragraph in opened(raw).paragraphs)
    assert "〔未填写〕" in text
    assert text.count("这不是发布的报告") == 1
    with zipfile.ZipFile(BytesIO(raw)) as package:
        assert 'string="非发布文本"' in package.read("word/header1.xml").decode()
    official = docx.render(letter(sample=False))
    with zipfile.ZipFile(BytesIO(official)) as package:
        whole = "".join(package.read(name).decode() for name in package.namelist())
    assert "示例数据" not in whole
    assert "非发布文本" not in whole
    assert "〔未填写〕" not in whole


def test_what_cannot_be_seen_is_written_out() -> None:
    """A name may turn the digits of an amount around; a sign that XML lacks broke the file."""
    hostile = "甲\u202e乙\x07丙\ufffe<w:t>&"
    section = Section(1, hostile, (Paragraph((Text(hostile),), "staff"),))
    raw = docx.render(letter(title=hostile, signed=hostile, sections=(section,)))
    text = "\n".join(paragraph.text for paragraph in opened(raw).paragraphs)
    assert text.count(r"甲\u202e乙\u0007丙\ufffe<w:t>&") == 4
    assert told(raw)["title"] == hostile


# The same bytes.

_AGAIN = (
    "import hashlib, sys; from reports.render import docx;"
    "from tests.support.letters import letter;"
    "sys.stdout.write(hashlib.sha256(docx.render(letter())).hexdigest())"
)


def test_the_same_document_is_the_same_bytes() -> None:
    """On another day, in another zone, with another seed of hashes, and in another process."""
    raw = docx.render(letter())
    assert raw == docx.render(letter())
    told = {
        subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-c", _AGAIN],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
        ).stdout
        for zone, seed in (("America/New_York", "1"), ("Asia/Shanghai", "2"))
    }
    assert told == {hashlib.sha256(raw).hexdigest()}
    with zipfile.ZipFile(BytesIO(raw)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in package.infolist()} == {zipfile.ZIP_STORED}


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "installed", lambda _package: False)
    assert not docx.there()
    with pytest.raises(extra.DocumentsMissing, match="make setup"):
        docx.render(letter())


def test_nothing_of_the_extra_is_loaded_before_a_document_is_made() -> None:
    """Pages and commands start as fast, and run as well, without it."""
    code = "import sys, api.app, cli.report, cli.demo;"
    code += "print({'docx', 'lxml', 'typst'} & {*sys.modules})"
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert done.stdout == "set()\n"


def test_every_word_of_the_document_stands_in_the_file(tmp_path: Path) -> None:
    whole = "".join(line.text for page in printed(tmp_path, letter()) for line in page)
    for said in (
        "一、主要举措",
        "（一）保障",
        "注：一户只计一次。",
        "单位：户、人、万元",
        "86%（6/7，虚构）",
    ):
        assert plain(said) in whole, said
