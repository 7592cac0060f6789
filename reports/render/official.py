"""The paper of an official document (公文) in the words of OOXML: GB/T 9704-2012.

A4, margins of 37, 28, 35 and 26 mm, and on what they leave 22 lines of 28 characters of 3号 (16
points): a line is 28.95 points high, a character 15.79 wide, a little less than 3号 is by itself.
The section says so as a grid (w:docGrid), for who looks at the page setup. Programs keep to it each
in its own way, LibreOffice gives a character that is wider than its cell two of them; so styles do
not snap to it and say themselves how high a line is and how close characters stand.
Lengths are in twips, a twentieth of a point, but where it is said.
"""

from __future__ import annotations

LINES, CHARACTERS = 22, 28
"""Of a page, and of a line."""


def _twips(mm: float) -> int:
    return round(mm / 25.4 * 1440)


PAGE = (_twips(210), _twips(297))
TOP, LEFT, BOTTOM, RIGHT = map(_twips, (37, 28, 35, 26))
WIDTH = PAGE[0] - LEFT - RIGHT
BODY = 16.0
"""3号 in points."""
LINE = (PAGE[1] - TOP - BOTTOM) // LINES
"""579: 22 of 580 are higher than the page, and Word would set 21."""
CHARACTER_SPACE = int((WIDTH / 20 / CHARACTERS - BODY) * 4096) - 1
"""By how much a character is wider than 3号, in 4096ths of a point (w:charSpace): it is less."""
CHARACTER = (BODY + CHARACTER_SPACE / 4096) * 20
CLOSER = -6
"""Between characters: 28 of 15.7 points fit into a line, which is spread to its end."""
FOOTER = _twips(24.5)
"""From the foot of the paper: the number of the page stands 7 mm below the text."""

TITLE_CHARACTERS = 20
"""Of 2号 (22 points) in a line."""

SONG, HEI, KAI, FANG, TITLE = "宋体", "黑体", "楷体", "仿宋", "方正小标宋简体"
"""Faces as the standard names them; 仿宋_GB2312 would lack rare characters of names."""

_BLACK = '<w:color w:val="000000"/>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _face(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def size(points: float) -> str:
    """A size of letters: of half points."""
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


_STRICT = (
    '<w:widowControl w:val="0"/><w:overflowPunct w:val="1"/>'
    '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
)
"""No line is left free, no space is made around digits. LibreOffice reads overflowPunct the other
way round: so it sets no mark into the margin, and Word does what it does by itself.
"""


def _style(
    name: str,
    *,
    called: str = "",
    face: str = "",
    points: float = 0,
    align: str = "",
    indent: float = 0,
    keep: bool = False,
    level: int | None = None,
    line: int = 0,
) -> str:
    """A style of paragraphs; `indent` of the first line, in characters."""
    own = ("<w:keepNext/>" if keep else "") + (_STRICT if name == "Normal" else "")
    own += f'<w:spacing w:line="{line}" w:lineRule="exact"/>' if line else ""
    chars, twips = round(indent * 100), round(indent * CHARACTER)
    own += f'<w:ind w:firstLineChars="{chars}" w:firstLine="{twips}"/>'
    own += f'<w:jc w:val="{align}"/>' if align else ""
    own += f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    letters = (_face(face) if face else "") + (size(points) if points else "")
    normal = name == "Normal"
    based = "" if normal else '<w:basedOn w:val="Normal"/>'
    default = ' w:default="1"' if normal else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{name}">'
        f'<w:name w:val="{called or name}"/>{based}<w:qFormat/>'
        f"<w:pPr>{own}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


HEADINGS = ("Heading1", "Heading2", "Heading3")


def styles() -> str:
    """styles.xml: every line of the text, whatever its style, is one of the 22."""
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_face(FANG)}{_BLACK}"
        f'<w:spacing w:val="{CLOSER}"/>{size(BODY)}'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr>"
        f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
        '<w:jc w:val="both"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    small = 12.0
    return (
        f"<w:styles {_W}>{defaults}"
        + "".join(
            (
                _style("Normal", called="Normal", face=FANG, points=BODY),
                _style("Body", called="Body Text", indent=2),
                _style("Title", face=TITLE, points=22, align="center"),
                _style("Heading1", called="heading 1", face=HEI, keep=True, level=0, indent=2),
                _style("Heading2", called="heading 2", face=KAI, keep=True, level=1, indent=2),
                _style("Heading3", called="heading 3", keep=True, level=2, indent=2),
                _style("Notice", face=KAI, points=14, align="center"),
                _style("Signature", align="right"),
                _style("Origin", points=10.5, align="left"),
                _style("Caption", called="caption", face=HEI, points=14, align="center", keep=True),
                _style("Units", points=small, align="right", keep=True),
                _style("Cell", points=small, align="left"),
                _style("Number", points=small, align="right"),
                _style("Head", face=HEI, points=small, align="center"),
                _style("Note", points=small, align="left"),
                _style("PageNumber", face=SONG, points=14, line=400),
                _style("Banner", face=HEI, points=14, align="center", line=400),
            )
        )
        + (
            '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
            '<w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr>'
            "</w:style></w:styles>"
        )
    )


def section() -> str:
    """The paper: its size, margins and grid (w:sectPr), without the references to its feet."""
    return (
        f'<w:sectPr {_W}><w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}"/>'
        f'<w:pgMar w:top="{TOP}" w:right="{RIGHT}" w:bottom="{BOTTOM}" w:left="{LEFT}"'
        f' w:header="{_twips(20)}" w:footer="{FOOTER}" w:gutter="0"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE}"'
        f' w:charSpace="{CHARACTER_SPACE}"/></w:sectPr>'
    )


def page_number(side: str) -> str:
    """— 1 — on the outer side of a page, a character from its edge."""
    edge = f'w:{side}Chars="100" w:{side}="280"'
    field = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return (
        f'<w:p {_W}><w:pPr><w:pStyle w:val="PageNumber"/><w:ind {edge}/>'
        f'<w:jc w:val="{side}"/></w:pPr>{field}</w:p>'
    )


def watermark(text: str) -> str:
    """A text across each page, behind what stands on it: a paragraph of a header."""
    broad = 110 * len(text)
    return (
        f'<w:p {_W} xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<w:pPr><w:pStyle w:val="Banner"/></w:pPr><w:r><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136"'
        ' adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
        '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
        '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
        '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>'
        '</v:shapetype><v:shape id="Watermark" type="#_x0000_t136" stroked="f"'
        f' style="position:absolute;width:{broad}pt;height:90pt;rotation:315;z-index:-251658752;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d0d0d0">'
        f'<v:textpath style="font-family:&quot;{HEI}&quot;;font-size:1pt" string="{text}"/>'
        "</v:shape></w:pict></w:r></w:p>"
    )


def settings() -> str:
    """settings.xml: pages of two sides, and letters as wide as the grid has them."""
    return (
        f'<w:settings {_W}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
    )
