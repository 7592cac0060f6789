"""Reading what is handed in: as readers see it, whatever an editor left in the file; or refused."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from reports import handed
from reports.handed.docx import TRACKED
from reports.handed.file import MOST_BYTES, Handed, NotReadable
from tests.support.handing import zipped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
SHOWN = '<w:vanish w:val="0"/>'
MANIFEST = '{"format": "mingjian-document/1", "ledger": "445102"}'


def docx(body: str, **parts: str) -> bytes:
    """A DOCX of these paragraphs, and other parts by their names."""
    named = {f"word/{name}.xml": f"<w:x {W}>{text}</w:x>" for name, text in parts.items()}
    document = f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **named})


def run(text: str, looks: str = "") -> str:
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


def texts(read: Handed) -> list[str]:
    return [block.text for block in read.blocks]


def test_runs_that_an_editor_split_are_one_text_and_its_bookmark_spans_them() -> None:
    body = (
        '<w:p><w:r><w:t>到账</w:t></w:r><w:bookmarkStart w:id="7" w:name="fig_1"/>'
        f'{run("18")}<w:proofErr w:type="spellStart"/>{run("09.05")}{run("万元")}'
        '<w:bookmarkEnd w:id="7"/><w:r><w:t>。</w:t></w:r></w:p>'
    )
    (block,) = handed.read(docx(body)).blocks
    assert block.text == "到账1809.05万元。"
    (mark,) = block.marks
    assert (mark.name, block.text[mark.start : mark.end]) == ("fig_1", "1809.05万元")


def test_what_is_struck_out_or_hidden_is_not_read_and_what_is_inserted_is() -> None:
    body = (
        f"<w:p>{run('在保')}<w:del><w:r><w:delText>17</w:delText></w:r></w:del>"
        f"<w:ins>{run('18')}</w:ins>{run('99', '<w:vanish/>')}"
        f"{run('户', SHOWN)}</w:p>"
    )
    read = handed.read(docx(body))
    assert texts(read) == ["在保18户"]
    assert read.notes == (TRACKED,)


def test_a_text_box_is_a_paragraph_of_its_own_and_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框内12户</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f"<w:p>{run('前')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>{run('后')}</w:p>"
    )
    assert sorted(texts(handed.read(docx(body)))) == ["前后", "框内12户"]


def test_a_field_says_what_it_shows_and_not_what_it_asks() -> None:
    body = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        "<w:r><w:instrText>REF fig_1</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("17户")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    assert texts(handed.read(docx(body))) == ["17户"]


def test_rows_of_tables_notes_and_margins_are_read_in_order() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p><w:p/></w:tc>"
    row = f"<w:tr>{cell.format('某镇')}{cell.format('12')}{cell.format('3.4')}</w:tr>"
    read = handed.read(
        docx(
            f"<w:tbl>{row}</w:tbl><w:p>{run('正文')}</w:p>",
            footnotes=f"<w:p>{run('脚注')}</w:p>",
            header1=f"<w:p>{run('页眉')}</w:p>",
        )
    )
    assert texts(read) == ["某镇\t12\t3.4", "正文", "脚注", "页眉"]
    assert [block.margin for block in read.blocks] == [False, False, False, True]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.md", f"# 题\n\n<!-- {MANIFEST} -->\n".encode()),
        (
            "a.html",
            f'<p>题</p><script type="application/json" id="manifest">{MANIFEST}</script>'.encode(),
        ),
        (
            "a.docx",
            zipped(
                {
                    "word/document.xml": f"<w:d {W}><w:p>{run('题')}</w:p></w:d>",
                    "customXml/item2.xml": f"<m xmlns='urn:mingjian:document'>{MANIFEST}</m>",
                }
            ),
        ),
    ],
)
def test_the_manifest_is_found_and_is_no_text(name: str, raw: bytes) -> None:
    read = handed.read(raw, name)
    assert texts(read) == ["题"]
    assert read.manifest == {"format": "mingjian-document/1", "ledger": "445102"}


def test_a_page_is_read_as_its_readers_see_it() -> None:
    page = (
        "<html><head><title>不读</title><style>p{}</style></head><body><h1>题</h1>"
        "<p>在保<a id='fig_1' href='/x'>17户</a><b>。</b><br>次行</p><p hidden>藏</p>"
        "<p style='DISPLAY: none'>藏</p><ul><li>一<li>二</ul>"
        "<table><tr><th>镇</th><td>1</td></tr><tr><td>乙<td>2</table></body></html>"
    )
    read = handed.read(page.encode(), "a.html")
    assert texts(read) == ["题", "在保17户。\n次行", "一", "二", "镇\t1", "乙\t2"]
    (mark,) = read.blocks[1].marks
    assert (mark.name, read.blocks[1].text[mark.start : mark.end]) == ("fig_1", "17户")


def test_markdown_is_read_without_its_marks() -> None:
    text = "# 题\n\n> **横幅**\n\n到账[18\\.05万元](/figures/F16?at=1)，\\*星\\*。\n"
    text += "\n| 镇 | 1\\|2 |\n| --- | ---: |\n"
    assert texts(handed.read(text.encode(), "a.md")) == [
        "题",
        "横幅",
        "到账18.05万元，*星*。",
        "镇\t1|2",
    ]


def test_text_of_any_coding_is_read() -> None:
    for codec in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert texts(handed.read("在保１７户\r\n次行".encode(codec), "a.txt")) == [
            "在保１７户",
            "次行",
        ]


def bomb() -> bytes:
    """A hundred thousand times smaller than what it holds."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("word/document.xml", "w") as part,
    ):
        for _ in range(200):
            part.write(b" " * 2**20)
    return buffer.getvalue()


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    f"<w:document {W}><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


REFUSED = {
    "nothing": (b"", "空的"),
    "blank": (b"  \n ", "空的"),
    "an old format": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "旧格式"),
    "no archive": (b"PK\x03\x04 no archive at all", "不完好"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "认不出|UTF-8"),
    "no text": (b"\xff\xff\xff\xff\x00", "UTF-8|认不出"),
    "a damaged PDF": (b"%PDF-1.7 nothing more", "PDF 读不出来"),
    "another archive": (zipped({"a.txt": "x"}), "没有文稿"),
    "OFD": (zipped({"OFD.xml": "<x/>"}), "OFD"),
    "no body": (zipped({"word/other.xml": "<x/>"}), "没有正文"),
    "no XML": (zipped({"word/document.xml": "<x><y></x>"}), "不完好"),
    "entities": (zipped({"word/document.xml": ENTITIES}), "实体"),
    "a file from outside": (zipped({"word/document.xml": OUTSIDE}), "实体"),
    "depth": (zipped({"word/document.xml": "<a>" * 5_000 + "</a>" * 5_000}), "嵌套过深"),
    "no words": (zipped({"word/document.xml": f"<w:document {W}/>"}), "没有文字"),
    "entities of a workbook": (zipped({"xl/workbook.xml": OUTSIDE}), "实体"),
    "no workbook": (zipped({"xl/workbook.xml": "<x/>"}), "不是完好的 XLSX"),
    "many parts": (zipped({f"word/{n}.xml": "" for n in range(6_000)}), "超过"),
    "many bytes": (b"x" * (MOST_BYTES + 1), "超过"),
    "much text": ("字".encode() * 500_000, "文字超过"),
    "an empty paragraph": (docx("<w:p/>"), "没有文字"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_in_words(what: str) -> None:
    raw, why = REFUSED[what]
    with pytest.raises(NotReadable, match=why):
        handed.read(raw)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    made = bomb()
    assert len(made) < 400_000
    with pytest.raises(NotReadable, match="解压后"):
        handed.read(made)


def test_a_damaged_file_of_any_kind_never_fails_otherwise() -> None:
    """Every tenth byte of a good file is another one, one at a time."""
    good = docx(f"<w:p>{run('在保17户')}</w:p>", footnotes=f"<w:p>{run('注')}</w:p>")
    for at in range(0, len(good), 10):
        bad = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        try:
            handed.read(bad)
        except NotReadable:
            continue
