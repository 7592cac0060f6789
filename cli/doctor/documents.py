"""What the doctor says of documents: can DOCX and PDF be made here, and in whose faces."""

from __future__ import annotations

from collections.abc import Iterator

from cli.doctor.finding import Finding, fine, look, off
from reports.render import extra, faces, forms

FACES = {
    "title": "标题 / title",
    "body": "正文 / body",
    "hei": "一级标题 / headings",
    "kai": "二级标题 / subheadings",
    "song": "页码 / page numbers",
}
"""What each part of a document is called."""
PACKAGES = {"docx": "python-docx", "pdf": "typst"}
"""What makes each form."""


def documents_findings() -> Iterator[Finding]:
    """The parts of the extra, then the faces of PDF: official ones, and what stands in for them."""
    for form in forms.OFFICES:
        text = f"{form.upper()}（{PACKAGES[form]}）"
        if extra.installed(forms.FORMS[form].package):
            yield fine(f"documents.{form}", f"组件已安装 / installed: {text}")
        else:
            yield off(f"documents.{form}", f"组件未安装 / not installed: {text}；{extra.HOW}")
    if extra.installed(faces.PACKAGE):
        yield _faces()


def _faces() -> Finding:
    try:
        found = faces.found()
    except faces.FontsMissing as error:
        return look("documents.fonts", "PDF 没有字体 / no font for PDF", str(error))
    told = [f"{FACES[part.role]} {part.family}" for part in found.parts]
    free = [
        f"{FACES[part.role]} {faces.WANTED[part.role].official[0]} → {part.family}"
        for part in found.parts
        if not part.official
    ]
    if not free:
        return fine("documents.fonts", f"PDF 用规定字体 / official faces: {'、'.join(told)}")
    text = f"PDF 以替代字体排版 / faces that stand in for official ones: {'，'.join(free)}"
    remedy = "有授权的字体文件放入一个目录，以 MINGJIAN_FONTS 指明 / a folder of licensed faces"
    return look("documents.fonts", text, remedy)
