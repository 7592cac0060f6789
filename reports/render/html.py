"""A document as HTML: a self-contained page, or the article alone for the site's pages."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from operator import attrgetter

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import manifest
from reports.aside import MEANING
from reports.document import Document, Paragraph, Run, Table
from reports.shown import INTERNAL, INVENTED, SAMPLE_BANNER, json_value, seen


@lru_cache(maxsize=1)
def style() -> str:
    """The report's style sheet; the site serves the same text as a file."""
    return resources.files("reports.render").joinpath("report.css").read_text("utf-8")


def style_hash() -> str:
    """What a Content-Security-Policy names to allow exactly this inline style."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _kind(item: Run | Paragraph | Table) -> str:
    return type(item).__name__


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports.render"),
        autoescape=True,
        finalize=seen,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(kind=_kind, json_value=json_value)
    environment.globals.update(
        banner=SAMPLE_BANNER, internal=INTERNAL, invented=INVENTED, meaning=MEANING
    )
    return environment


def article(document: Document, *, saved: bool = False) -> Markup:
    """The document as one <article>, to stand in a page; or in a file, where links are whole."""
    made = _environment().get_template("article.html")
    link = document.link if saved else attrgetter("href")
    return Markup(made.render(document=document, link=link, mark=manifest.marker(document)))  # noqa: S704  rendered with autoescape


def render(document: Document) -> str:
    """A file of its own: style and manifest inside, nothing loaded from elsewhere."""
    return (
        _environment()
        .get_template("document.html")
        .render(
            document=document,
            article=article(document, saved=True),
            manifest=Markup(manifest.embedded(document)),  # noqa: S704  ends no element
            style=Markup(style()),  # noqa: S704  our own file
        )
    )
