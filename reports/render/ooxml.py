"""What python-docx has no words for: elements of WordprocessingML, and the same bytes again."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from infra.visible import visible
from reports.render.package import stored

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_UNUSED = ("/docProps/thumbnail.jpeg", "/word/numbering.xml", "/word/stylesWithEffects.xml")
"""Parts of the library's template that are of no use here; its `/customXml/` is another one."""
_ITEM = "/customXml/item1.xml"
_PROPERTIES = "/customXml/itemProps1.xml"
_OF_PROPERTIES = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_STORE = "{6D696E67-6A69-616E-2D64-6F63756D656E}"
"""Names the customXml part within the document."""


def name(short: str) -> str:
    """A name with its namespace in full: w:p."""
    from docx.oxml.ns import qn  # noqa: PLC0415  of an extra

    made: str = qn(short)
    return made


def element(tag: str, /, *children: Any, **attributes: str) -> Any:
    """An element of `w`, with attributes of `w`."""
    from docx.oxml import OxmlElement  # noqa: PLC0415  of an extra

    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(name(f"w:{key}"), value)
    made.extend(children)
    return made


def parsed(text: str) -> Any:
    """An element that is written out."""
    from docx.oxml import parse_xml  # noqa: PLC0415  of an extra

    return parse_xml(text)


def run(text: str, *, bold: bool = False, size: float = 0) -> Any:
    """Words; `size` in points where it is not their style's. What is unseen is written out."""
    looks = [element("w:b")] if bold else []
    if size:
        looks += [element(tag, val=str(round(size * 2))) for tag in ("w:sz", "w:szCs")]
    words = element("w:t")
    words.text = visible(text)
    words.set(_SPACE, "preserve")
    return element("w:r", *([element("w:rPr", *looks)] if looks else []), words)


def linked(part: Any, address: str, inside: Any) -> Any:
    """A run that leads to an address, and looks like any other."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  of an extra

    made = element("w:hyperlink", inside, history="1")
    key = part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    made.set(name("r:id"), key)
    return made


def put(template: Any, text: str) -> None:
    """Have an element of the template say this instead."""
    for child in list(template):
        template.remove(child)
    template.extend(list(parsed(text)))


def put_in(margin: Any, paragraphs: list[Any]) -> None:
    """Make a header or a footer of these paragraphs alone."""
    margin.is_linked_to_previous = False
    inside = margin._element  # noqa: SLF001  the library has no other way
    for child in list(inside):
        inside.remove(child)
    inside.extend(paragraphs)


def packed(made: Any, namespace: str, told: str) -> bytes:
    """The file, with an element of a namespace in a customXml part; the same bytes again."""
    _drop(made)
    _attach(made, namespace, told)
    buffer = BytesIO()
    made.save(buffer)
    return stored(buffer.getvalue())


def _drop(made: Any) -> None:
    """Leave out the parts of the template that say nothing."""
    for relations in (made.part.rels, made.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.is_external:
                continue
            part = str(relation.target_part.partname)
            if part in _UNUSED or part.startswith("/customXml/"):
                del relations[key]


def _attach(made: Any, namespace: str, told: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  of an extra
    from docx.opc.packuri import PackURI  # noqa: PLC0415
    from docx.opc.part import Part  # noqa: PLC0415

    package = made.part.package
    said = (
        f"{_XML}<ds:datastoreItem"
        ' xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"'
        f' ds:itemID="{_STORE}"><ds:schemaRefs><ds:schemaRef ds:uri="{namespace}"/>'
        "</ds:schemaRefs></ds:datastoreItem>"
    )
    item = Part(PackURI(_ITEM), "application/xml", f"{_XML}{told}".encode(), package)
    about = Part(PackURI(_PROPERTIES), _OF_PROPERTIES, said.encode(), package)
    item.relate_to(about, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    made.part.relate_to(item, RELATIONSHIP_TYPE.CUSTOM_XML)
