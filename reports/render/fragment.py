"""The body of a page for another site: plain elements, no style, no class, no script, no link.

Where a number has a page of its own, `data-path` says so; whose site it is, the portal knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.document import Document, Paragraph, Run
from reports.document import Table as DocumentTable
from reports.shown import INVENTED, SAMPLE_BANNER, json_value, seen
from reports.tables import Column


def _kind(item: Run | Paragraph | DocumentTable) -> str:
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
    environment.globals.update(banner=SAMPLE_BANNER, invented=INVENTED)
    return environment


def of_document(document: Document) -> str:
    """A document without its title, which the portal sets."""
    return _environment().get_template("fragment.html").render(document=document)


def of_rows(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    paths: Sequence[str],
    notes: Sequence[str],
    *,
    sample: bool,
) -> str:
    """A list: rows as they are read, and where each has a page of its own."""
    return (
        _environment()
        .get_template("fragment_rows.html")
        .render(title=title, columns=columns, rows=rows, paths=paths, notes=notes, sample=sample)
    )
