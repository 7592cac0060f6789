"""The forms that a document is given out in: one table for commands, pages and sign-off.

A form is a module of this room with `render(document)`; one that needs a package that is not
installed cannot be made on this machine, and everything else goes on without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from reports.document import Document


class Form(NamedTuple):
    """Where a form is made, what it is called on the web, and the package that it needs."""

    module: str
    media_type: str
    package: str = ""


FORMS: Mapping[str, Form] = {
    "docx": Form(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
    ),
    "html": Form("html", "text/html; charset=utf-8"),
    "md": Form("markdown", "text/markdown; charset=utf-8"),
    "xlsx": Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By the ending of the file's name."""


def there(form: str) -> bool:
    """Whether a form can be made on this machine."""
    return form in FORMS and (not FORMS[form].package or find_spec(FORMS[form].package) is not None)


def render(form: str, document: Document) -> bytes:
    """The bytes of a document in a form."""
    made: str | bytes = import_module(f"reports.render.{FORMS[form].module}").render(document)
    return made.encode() if isinstance(made, str) else made
