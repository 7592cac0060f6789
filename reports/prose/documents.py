"""What our own documents know of the numbers and claims in them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from reports.document import Document, Gap, Paragraph, StatementRef
from reports.prose.text import Known


class Line(NamedTuple):
    """A paragraph of a document as a saved file has it: a heading, sentences, a row of a table."""

    text: str
    written: bool = False
    """Whether staff wrote it; the others are the plan's and the ledger's."""


def lines_of(document: Document) -> list[Line]:
    """The paragraphs of a document, from its title to its date."""
    found = [Line(document.title)]
    for section in document.printed:
        found += [Line(section.heading)] if section.heading else []
        for block in section.blocks:
            if isinstance(block, Paragraph):
                gap = any(isinstance(run, Gap) for run in block.runs)
                found.append(Line(block.text, block.by == "staff" and not gap))
                continue
            found.append(Line("\t".join([block.corner, *(c.heading for c in block.columns)])))
            for row in block.rows:
                found.append(Line("\t".join([row.heading, *(cell.text for cell in row.cells)])))
    return [*found, Line(document.signed), Line(document.dated)]


def known_of(document: Document) -> tuple[list[Known], list[str]]:
    """Its numbers with their names, and the claims in it that hold, in its words."""
    figures = [
        Known(ref.name, ref.value, ref.unit, ref.id)
        for ref in document.figures()
        if isinstance(ref.value, int | Decimal) and not isinstance(ref.value, bool)
    ]
    claims = [
        run.text
        for section in document.sections
        for paragraph in section.paragraphs
        for run in paragraph.runs
        if isinstance(run, StatementRef) and run.holds is not False
    ]
    return figures, claims
