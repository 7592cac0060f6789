"""A document as PDF: the paper of GB/T 9704-2012, every number found again, the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest
import typst
from pypdf import PdfReader

from infra.jars import ToolMissingError
from infra.settings import settings
from reports import manifest
from reports.document import Cell, Column, Paragraph, Row, Section, StatementRef, Table, Text
from reports.render import extra, faces, forms, official, pdf
from tests import verapdf
from tests.browser.paper import plain
from tests.support import fonts
from tests.support.letters import HREF, LONG, SITE, letter
from tests.support.sheets import Line, lines_of

PITCH = 28.95
"""Points: 225 mm of text in 22 lines, in whole twips."""
LEFT, RIGHT = 28 / 25.4 * 72, (210 - 26) / 25.4 * 72
HEIGHT = 297 / 25.4 * 72
TOP, FOOT = HEIGHT - 37 / 25.4 * 72, 35 / 25.4 * 72
"""The edges of the text, in points from the lower left corner."""
ASTRAL = "\U0003134b"
"""Of Unicode 15 (CJK extension H), which no font of the tests has."""
DRAFT = {"published": "", "notice": "这不是发布的报告", "content": "", "release": ""}


@pytest.fixture(autouse=True)
def _fonts() -> Iterator[None]:
    """Each test finds the faces anew."""
    fonts.there()
    yield
    settings.cache_clear()
    faces._found.cache_clear()


@pytest.fixture(scope="module")
def made() -> bytes:
    fonts.there()
    return pdf.render(letter())


def faults(file: Path, *standards: str) -> list[str]:
    """What veraPDF finds; the test is skipped, and says so, where there is no Java."""
    try:
        return verapdf.faults(file, *standards)
    except ToolMissingError as error:
        pytest.skip(f"NO JAVA: PDF was not validated: {error}")


def words(raw: bytes) -> str:
    """All that is said in a file, without spaces."""
    return plain("".join(page.extract_text() for page in PdfReader(BytesIO(raw)).pages))


def text_of(page: list[Line]) -> list[Line]:
    """The lines of a page between its margins."""
    return [line for line in page if TOP > line.y > FOOT]


def attached(raw: bytes, name: str) -> bytes:
    (content,) = PdfReader(BytesIO(raw)).attachments[name]
    return content


def saying(text: str, **other: object) -> bytes:
    """The file of a document of one paragraph."""
    section = Section(1, "一、姓名", (Paragraph((Text(text),), "staff"),))
    return pdf.render(letter(sections=(section,), **other))


# What the standards ask.


def test_it_is_an_archive_file_that_can_be_read_aloud(tmp_path: Path, made: bytes) -> None:
    """PDF/A-3a and PDF/UA-1, as veraPDF judges; of a draft with a mark across it, too."""
    wide = Table("", "镇街", (Column("金额"),), (Row("甲", (Cell("1"),), unit="元"),), note="注")
    deep = Section(3, "1.跳级的标题", (wide, wide))
    for name, raw in {
        "letter": made,
        "draft": pdf.render(letter(**DRAFT, sample=False, signed="", dated="", sections=(deep,))),
    }.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(raw)
        assert faults(file, "3a", "ua1") == []


def test_what_is_no_archive_file_is_found(tmp_path: Path) -> None:
    """The checker is one: it does not praise everything."""
    file = tmp_path / "plain.pdf"
    file.write_bytes(typst.compile(b"= A\n#set page(width: 9cm)\nB", pdf_tags=False))
    assert faults(file, "3a")


def test_a_page_has_22_lines_and_a_line_28_characters() -> None:
    long = Paragraph((Text(LONG * 2),), "staff")
    pages = lines_of(pdf.render(letter(sections=(Section(0, "", (long,)),))))
    for page in pages:
        text = text_of(page)
        assert len(text) <= 22
        apart = [above.y - below.y for above, below in pairwise(text)]
        assert all(abs(each / PITCH - round(each / PITCH)) < 0.02 for each in apart)
        assert all(line.x > LEFT - 1 for line in text)
    body = [line.text for page in pages for line in page if line.text and line.text in LONG * 2]
    first, *full, _ = body
    assert len(first) == 26  # two characters are left free
    assert {len(line) for line in full} == {28}
    second = text_of(pages[1])
    assert len(second) == 22
    assert second[0].y - second[-1].y == pytest.approx(21 * PITCH, abs=0.5)


def test_pages_with_tables_and_signatures_keep_to_the_paper(made: bytes) -> None:
    pages = lines_of(made)
    assert len(pages) > 5
    for page in pages:
        text = text_of(page)
        assert (text[0].y - text[-1].y) / PITCH < 22
        assert all(line.end < RIGHT + 1 for line in text)
    rows = sum(line.text.startswith("示例街道") for page in pages for line in page)
    assert rows == 30
    heads = [page for page in pages if any("示例街道" in line.text for line in page)]
    assert len(heads) > 1
    assert all(any("户数人数" in line.text for line in page) for page in heads)


def test_the_number_of_a_page_stands_outside_right_and_left(made: bytes) -> None:
    for number, page in enumerate(lines_of(made), 1):
        (foot,) = [line for line in page if line.y < FOOT]
        assert foot.text == f"—{number}—"
        assert (foot.x > (LEFT + RIGHT) / 2) == (number % 2 == 1)
        assert FOOT - foot.y > 7 / 25.4 * 72  # below the text


def test_a_long_title_is_parted_after_the_name_of_the_office() -> None:
    office, rest = "示例省示例市示例区民政局", "2024年法治政府建设年度报告"
    page = lines_of(pdf.render(letter(title=office + rest, signed=office)))[0]
    assert [line.text for line in page if line.size == 22] == [office, rest]


def test_the_date_stands_four_characters_from_the_edge(made: bytes) -> None:
    signed, dated = (
        line
        for page in lines_of(made)
        for line in page
        if line.text in ("示例区民政局", "2024年12月31日")
    )
    assert signed.y - dated.y == pytest.approx(PITCH, abs=0.1)
    wide = sum(1 if east_asian_width(sign) in "WF" else 0.55 for sign in dated.text)
    assert dated.x + wide * official.CHARACTER / 20 == pytest.approx(RIGHT - 4 * 15.8, abs=8)


# What it says.


def test_every_number_and_claim_is_found_again_where_it_stands(made: bytes) -> None:
    whole = words(made)
    at = 3
    for each in manifest.marked(letter()):
        before = "" if each.mark.startswith("cell") else plain(each.before[-3:])
        found = whole.find(before + plain(each.text), at - len(before))
        assert found >= 0, each.mark
        at = found + len(before + plain(each.text))
    for said in ("一、主要举措", "注：一户只计一次。", "单位：户、人、万元", "86%（6/7，虚构）"):
        assert plain(said) in whole


def test_the_manifest_and_the_faces_are_attached(made: bytes) -> None:
    assert attached(made, pdf.MANIFEST) == manifest.encoded(letter())
    told = json.loads(attached(made, pdf.FACES))
    assert {each["role"] for each in told} == {"title", "body", "hei", "kai", "song", "rare"}
    files = {each.family: each.file for each in faces.found().parts}
    for each in told:
        if each["role"] == "body":
            digest = hashlib.sha256(files[each["family"]].read_bytes()).hexdigest()
            assert each["sha256"] == digest
    assert set(PdfReader(BytesIO(made)).attachments) == {pdf.MANIFEST, pdf.FACES}


def links(raw: bytes) -> set[str]:
    return {
        note["/A"]["/URI"]
        for page in PdfReader(BytesIO(raw)).pages
        for note in page.get("/Annots", [])
    }


def test_numbers_lead_to_their_figures_or_nowhere(made: bytes) -> None:
    assert links(made) == {f"{SITE}{HREF}", f"{SITE}/figures/F39", f"{SITE}/statements/S12"}
    assert links(pdf.render(letter(site=""))) == set()


def test_a_sample_and_what_is_not_published_say_so_on_every_page() -> None:
    for page in lines_of(pdf.render(letter(**DRAFT))):
        above = "".join(line.text for line in page if line.y > TOP)
        assert "示例数据，非官方发布" in above
        assert "非发布文本" in above
    official_one = words(pdf.render(letter(sample=False)))
    assert "示例数据" not in official_one
    assert "非发布文本" not in official_one
    assert "〔未填写〕" not in official_one
    assert "数据截至2024年12月31日，内容校验码" + "ab" * 32 in official_one


def test_what_a_release_does_not_hold_is_told_apart_in_a_draft() -> None:
    fails = StatementRef("S1", "甲", "未见记载", "/statements/S1", holds=False)
    said = Section(1, "一、核对", (Paragraph((Text("经查"), fails), "ledger"),))
    assert "经查未见记载" in words(pdf.render(letter(sections=(said,), **DRAFT)))


HOSTILE = (
    '#panic("x")', '#import "/etc/passwd"', "$ x^2 $", "*粗* _斜_ `码` \\ \\u{41} ~ @f <l>",
    "= 标题", "- 项", "// 注释", "/* 注释 */", "#text(red)[红]", "]", "}", "\"引\" 'a' -- --- ...",
    "https://a.example/", "{{ x }} {% y %}", "<script>&amp;",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_markup(text: str) -> None:
    raw = saying(text, title=text, signed=text)
    assert words(raw).count(plain(text)) >= 3
    assert links(raw) == set()


def test_what_cannot_be_seen_is_written_out() -> None:
    """A name may turn the digits of an amount around."""
    raw = saying("金额\u202e12\u2066元\x07\ufffe")
    assert r"金额\u202e12\u2066元\u0007\ufffe" in words(raw)


def test_empty_parts_are_no_hindrance() -> None:
    empty = Section(1, "一、空", (Paragraph((), "staff"), Paragraph((Text(""),), "staff")))
    assert "一、空" in words(pdf.render(letter(sections=(empty,), dated="", signed="")))


# Characters and faces.


def test_rare_characters_are_drawn() -> None:
    """Of names and places, beyond GB 2312: 㵾 is of extension A, 𠮷 of extension B."""
    assert "喆堃㵾𠮷" in words(saying("喆堃㵾𠮷"))


def test_a_character_that_no_face_has_is_named_with_its_place() -> None:
    with pytest.raises(pdf.GlyphMissing) as refused:
        saying(f"王{ASTRAL}")
    assert f"“{ASTRAL}”（U+3134B，见“一、姓名”）" in str(refused.value)
    assert "MINGJIAN_FONTS" in str(refused.value)
    with pytest.raises(pdf.GlyphMissing, match=r"U\+3134B，见标题、落款或页眉"):
        pdf.render(letter(signed=ASTRAL))
    head = Table("表", "镇街", (Column(f"甲{ASTRAL}"),), (Row("乙", (Cell("1"),)),))
    with pytest.raises(pdf.GlyphMissing, match=r"U\+3134B，见“二、表”"):
        pdf.render(letter(sections=(Section(1, "二、表", (head,)),)))


def test_codes_of_private_use_are_refused_whatever_a_font_draws_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Names were written with them before Unicode had the character."""
    monkeypatch.setattr(faces, "RARE", (*faces.RARE, "OpenSymbol"))
    faces._found.cache_clear()
    with pytest.raises(pdf.GlyphMissing, match=r"U\+E080，见“一、姓名”）是自造字的代码"):
        saying("王\ue080")


def free_body() -> Any:
    """The font that stands in for 仿宋 here, as typst lists it."""
    free = faces.found().parts[1]
    return next(
        each
        for each in typst.Fonts(include_embedded_fonts=False).fonts()
        if each.path
        and Path(each.path).resolve() == free.file
        and (each.family, each.weight) == (free.family, free.weight)
    )


def test_official_faces_are_used_where_the_folder_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bytes
) -> None:
    """And what they lack is drawn by the others."""
    (tmp_path / "f.otf").write_bytes(fonts.renamed(free_body(), "仿宋"))
    monkeypatch.setenv("MINGJIAN_FONTS", str(tmp_path))
    settings.cache_clear()
    told = {each.role: each for each in faces.found().parts}
    assert (told["body"].family, told["body"].official) == ("仿宋", True)
    assert not told["hei"].official
    raw = pdf.render(letter())
    assert raw != made
    (body,) = (each for each in json.loads(attached(raw, pdf.FACES)) if each["role"] == "body")
    assert body["sha256"] == hashlib.sha256((tmp_path / "f.otf").read_bytes()).hexdigest()
    assert words(raw) == words(made)


def test_without_a_font_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    monkeypatch.setattr(typst, "Fonts", lambda **_: nothing)
    faces._found.cache_clear()
    with pytest.raises(faces.FontsMissing, match=r"fonts-noto-cjk.*MINGJIAN_FONTS"):
        pdf.render(letter())


def test_a_font_that_is_changed_is_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process told the digest of a file that had been replaced since."""
    font, file = free_body(), tmp_path / "f.otf"
    monkeypatch.setenv("MINGJIAN_FONTS", str(tmp_path))
    settings.cache_clear()
    for name in ("仿宋", "FangSong"):
        file.write_bytes(fonts.renamed(font, name))
        body = faces.found().parts[1]
        assert (body.family, body.official) == (name, True)
        assert body.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    file.unlink()
    assert not faces.found().parts[1].official


def test_a_folder_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the pen would set everything in faces that stand in."""
    monkeypatch.setenv("MINGJIAN_FONTS", "/nowhere/fonts")
    settings.cache_clear()
    with pytest.raises(faces.FontsMissing, match=r"目录不存在.*/nowhere/fonts"):
        pdf.render(letter())


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "installed", lambda _package: False)
    assert forms.offices() == []
    with pytest.raises(extra.DocumentsMissing, match="make setup"):
        pdf.render(letter())


# The same bytes.

_AGAIN = (
    "import hashlib, sys; from reports.render import pdf;"
    "from tests.support.letters import letter;"
    "sys.stdout.write(hashlib.sha256(pdf.render(letter())).hexdigest())"
)


def test_the_same_document_is_the_same_bytes(tmp_path: Path, made: bytes) -> None:
    """On another day, in another zone, with another seed of hashes, and in another process."""
    told = {
        subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-c", _AGAIN],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), "TMPDIR": str(tmp_path), **other},
        ).stdout
        for other in (
            {"TZ": "America/New_York", "PYTHONHASHSEED": "1"},
            {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1700000000"},
            {"RAYON_NUM_THREADS": "1"},
        )
    }
    assert told == {hashlib.sha256(made).hexdigest()}
    assert not re.search(rb"20(2[4-9]|3\d)-?\d\d-?\d\dT?\d\d", made.partition(b"stream")[0])
    assert list(tmp_path.iterdir()) == []
