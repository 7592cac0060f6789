"""What stands at the head and the foot of a document on paper, whatever it is written with."""

from __future__ import annotations

from collections.abc import Iterator

from infra.visible import visible
from reports.aside import MEANING
from reports.document import Document
from reports.render import columns, official
from reports.shown import INTERNAL, SAMPLE_BANNER


def notices(document: Document) -> Iterator[str]:
    """What is to be known of it before it is read: lines under its title."""
    if document.sample:
        yield f"（{SAMPLE_BANNER}。{document.invention}。）"
    if document.notice:
        yield f"（{document.notice}。）"
    elif document.published:
        yield f"发布时间：{document.published}"
    if document.internal:
        yield f"（{INTERNAL}。）"
    if document.lacks:
        yield f"（{document.lacks.text}。）"
    if document.aside and not document.is_public:
        yield f"（{document.aside.text}。{MEANING}）"


def banner(document: Document) -> str:
    """What stands above each page; empty where nothing does."""
    said = [SAMPLE_BANNER] if document.sample else []
    return "　".join([*said, *filter(None, [document.watermark])])


def signature(document: Document) -> Iterator[tuple[str, float]]:
    """Who signed and when, each so many characters from the right edge.

    The date four, the office in the middle above it; an office that is longer stands two from the
    edge, and the date in its middle.
    """
    signed, dated = columns.width(visible(document.signed)), columns.width(visible(document.dated))
    edge = max(4.0, 2.0 + max(0.0, signed - dated) / 2)
    if document.signed:
        yield document.signed, edge + (dated - signed) / 2
    if document.dated:
        yield document.dated, edge


def origin(document: Document) -> Iterator[str]:
    """At its foot: of its method, how far it runs, and by what it can be checked."""
    if document.aside and document.is_public:
        yield f"口径说明：{document.aside.footnote}。"
    yield document.origin


def title(document: Document) -> tuple[str, ...]:
    """In one line, or in two where it can be parted after the name of the office."""
    whole, office = document.title, document.signed
    if columns.width(visible(whole)) > official.TITLE_CHARACTERS and whole.startswith(office):
        return tuple(filter(None, (office, whole.removeprefix(office))))
    return (whole,)
