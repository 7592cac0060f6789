"""The forms that a document is given out in: one table for commands, pages and sign-off.

A form is a module of this room with `render(document)`; one that needs a package that is not
installed cannot be made on this machine, and everything else goes on without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import NamedTuple

from reports.document import Document
from reports.render import extra, faces


class Form(NamedTuple):
    """Where a form is made, what it is called on the web, and the package that it needs."""

    module: str
    media_type: str
    package: str = ""


FORMS: Mapping[str, Form] = {
    "docx": Form(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
    ),
    "pdf": Form("pdf", "application/pdf", "typst"),
    "html": Form("html", "text/html; charset=utf-8"),
    "md": Form("markdown", "text/markdown; charset=utf-8"),
    "xlsx": Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By the ending of the file's name."""
OFFICES = ("docx", "pdf")
"""Those in the form of an official document (公文)."""
FONTS = frozenset(("pdf",))
"""Those whose bytes follow from the fonts of the machine, too."""


def require(form: str) -> None:
    """Raises extra.Unmade where a form can be made of no document on this machine."""
    if package := FORMS[form].package:
        extra.require(package)
    if form in FONTS:
        faces.found()


def there(form: str) -> bool:
    """Whether a form can be made on this machine; to look for fonts takes a moment once."""
    with suppress(extra.Unmade, KeyError):
        require(form)
        return True
    return False


def offices() -> list[str]:
    """The forms that offices pass on, of those that can be made on this machine."""
    return [form for form in OFFICES if there(form)]


def render(form: str, document: Document) -> bytes:
    """The bytes of a document in a form. Raises extra.Unmade where it cannot be made here."""
    made: str | bytes = import_module(f"reports.render.{FORMS[form].module}").render(document)
    return made.encode() if isinstance(made, str) else made
