"""Checking the prose of a report (文稿审校): what people write by hand, and no ledger answers for.

Numbering, lists, amounts, shares and sums, marks, titles of laws, set phrases, claims and dates.
Each rule is a function in `rules`, with its code, name and what to do beside it; words and titles
are data of the country and the bureau (`wording.toml`, `laws.toml`). Whether numbers are those of
the ledger is asked elsewhere: here a text is measured by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.catalogue import modules
from reports.document import Document
from reports.prose import wording
from reports.prose.documents import known_of, lines_of
from reports.prose.rule import RULES, Remark, Rule
from reports.prose.text import Known, Text
from reports.prose.text import read as paragraphs

modules("reports.prose.rules")
CODES: Mapping[str, Rule] = RULES
"""All rules by their codes, by module and place in it."""

__all__ = ["CODES", "Known", "Remark", "Rule", "check", "known_of", "of_staff", "paragraphs"]


def check(
    paragraphs: Sequence[str],
    *,
    bureau: Bureau,
    figures: Sequence[Known] = (),
    statements: Sequence[str] = (),
    dated: date | None = None,
) -> list[Remark]:
    """What is to be said of a text, in the order of its places.

    A row of a table is a paragraph with its cells parted by tabs or |. `figures` are numbers whose
    exact value is known, `statements` claims that hold, in the words of the text. `dated` is the
    date of the text; without it the date that stands under it counts, and where there is none,
    nothing is measured by it.
    """
    text = Text(
        paragraphs=tuple(paragraphs),
        laws=bureau.laws,
        wording=wording.of(bureau),
        calendar=bureau.calendar,
        figures=tuple(figures),
        statements=tuple(statements),
        given=dated,
    )
    found = (remark for rule in CODES.values() for remark in rule.remarks(text))
    return sorted(found, key=lambda remark: (remark.paragraph, remark.start, remark.code))


def of_staff(document: Document, bureau: Bureau) -> list[Remark]:
    """What is to be said of what staff wrote in a document of a plan (report-section-written)."""
    lines = lines_of(document)
    figures, statements = known_of(document)
    paragraphs = [line.text for line in lines]
    said = check(paragraphs, bureau=bureau, figures=figures, statements=statements)
    return [remark for remark in said if lines[remark.paragraph - 1].written]
