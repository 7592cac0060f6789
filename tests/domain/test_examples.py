"""The product's own examples break no rule: each alone, or after what it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.event import Event
from tests.support.bureau import SAMPLE
from tests.support.rulebook import Book

DIBAO = tuple(
    f"assistance.{fact}.v1"
    for fact in (
        "application-received",
        "application-accepted",
        "economic-check-reported",
        "home-visit-recorded",
        "preliminary-opinion-given",
        "notice-posted",
        "notice-closed",
    )
)
ORGANISATION = "organisations.organisation-taken-over.v1"
MARRIAGE = "marriage.marriage-registered.v1"
DIVORCE = "marriage.divorce-applied.v1"
ITEM = tuple(
    f"disclosure.{fact}.v1" for fact in ("item-drafted", "item-reviewed", "secrecy-reviewed")
)
UPHELD = "rectification.finding-upheld.v1"
NAMED = ("placename.naming-proposed.v1", "placename.assessment-reported.v1")
AFTER: dict[str, tuple[str, ...]] = {
    "adoption.adoption-registered.v1": (
        "adoption.adoption-applied.v1",
        "adoption.assessment-completed.v1",
    ),
    "assistance.benefit-confirmed.v1": DIBAO,
    "assistance.relief-papers-completed.v1": (
        "assistance.relief-applied.v1",
        "assistance.relief-decided.v1",
    ),
    "assistance.relief-paid.v1": (
        "assistance.relief-applied.v1",
        "assistance.relief-decided.v1",
    ),
    "assistance.payment-returned.v1": (
        "assistance.case-taken-over.v1",
        "assistance.payment-settled.v1",
    ),
    "assistance.recovery-received.v1": (
        "assistance.case-taken-over.v1",
        "assistance.payment-settled.v1",
        "assistance.overpayment-found.v1",
    ),
    "assistance.overpayment-written-off.v1": (
        "assistance.case-taken-over.v1",
        "assistance.payment-settled.v1",
        "assistance.overpayment-found.v1",
    ),
    "children.support-confirmed.v1": (
        "children.application-received.v1",
        "children.parent-status-verified.v1",
    ),
    "disability.subsidy-approved.v1": (
        "disability.application-received.v1",
        "disability.first-review-done.v1",
        "disability.card-verified.v1",
    ),
    "disclosure.item-published.v1": ITEM,
    "disclosure.item-corrected.v1": (*ITEM, "disclosure.item-published.v1"),
    "disclosure.item-withdrawn.v1": (*ITEM, "disclosure.item-published.v1"),
    "funeral.ashes-certificate-issued.v1": (
        "funeral.form-stock-printed.v1",
        "funeral.form-version-activated.v1",
    ),
    "inspection.random-draw-performed.v1": (
        ORGANISATION,
        "inspection.population-snapshot-taken.v1",
    ),
    "inspection.drawn-object-exempted.v1": (
        ORGANISATION,
        "inspection.population-snapshot-taken.v1",
        "inspection.random-draw-performed.v1",
    ),
    "inspection.rectification-verified.v1": (
        ORGANISATION,
        "inspection.inspection-conducted.v1",
        "inspection.rectification-ordered.v1",
    ),
    "marriage.divorce-registration-revoked.v1": (DIVORCE, "marriage.divorce-registered.v1"),
    "officers.licence-issued.v1": ("officers.officer-taken-over.v1", "officers.exam-passed.v1"),
    "organisations.zombie-disposed.v1": (ORGANISATION, "organisations.zombie-identified.v1"),
    "organisations.deregistered.v1": (ORGANISATION, "organisations.liquidation-completed.v1"),
    "outreach.training-attended.v1": (
        "villages.village-taken-over.v1",
        "outreach.training-held.v1",
    ),
    "placename.name-approved.v1": NAMED,
    "placename.name-filed.v1": (*NAMED, "placename.name-approved.v1"),
    "placename.name-announced.v1": (*NAMED, "placename.name-approved.v1"),
    "rectification.finding-rectified.v1": (UPHELD,),
    "rectification.recovery-waived.v1": (UPHELD,),
    "reporting.report-signed.v1": (
        "reporting.report-section-written.v1",
        "reporting.report-drafted.v1",
    ),
    "reporting.report-published.v1": (
        "reporting.report-section-written.v1",
        "reporting.report-drafted.v1",
        "reporting.report-signed.v1",
    ),
    "reporting.released.v1": (
        "reporting.plan-signed.v1",
        "reporting.release-section-recorded.v1",
    ),
    "standards.raise-implemented.v1": ("standards.standard-adopted.v1",),
    "standards.arrears-batch-approved.v1": (
        "standards.standard-adopted.v1",
        "standards.raise-implemented.v1",
    ),
}
"""What must be told before: where this says nothing, what opens the stream, and the streams that
the fact names."""
OPENING = {
    "assistance": "assistance.case-taken-over.v1",
    "children": "children.case-taken-over.v1",
    "inspection": "inspection.inspection-conducted.v1",
    "penalties": "penalties.clue-registered.v1",
}
"""Which of several facts opens a stream of a line."""


def example(name: str) -> Event:
    event = EVENTS[name]
    return event.model_validate_json(json.dumps(examples.data(event, SAMPLE)))


def opening(name: str) -> str | None:
    event = EVENTS[name]
    line = name.partition(".")[0]
    able = [n for n, one in EVENTS.items() if one.OPENS and one.STREAM == event.STREAM]
    able.sort(key=lambda n: (n != OPENING.get(line), n.partition(".")[0] != line))
    return able[0] if able else None


def needed(name: str) -> Iterator[str]:
    """The facts to tell before, in order."""
    if name in AFTER:
        yield from AFTER[name]
        return
    streams = example(name).refers()
    for prefix, opener in (
        ("organisation/", ORGANISATION),
        ("marriage/", MARRIAGE),
        ("keeping-body/", "funeral.keeping-body-taken-over.v1"),
    ):
        if any(stream.startswith(prefix) for stream in streams):
            yield opener
    if not EVENTS[name].OPENS and (first := opening(name)) is not None:
        if first not in (ORGANISATION, MARRIAGE):
            yield from needed(first)
        if EVENTS[first].STREAM != "organisation" or ORGANISATION not in streams:
            yield first


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_breaks_no_rule(name: str) -> None:
    """Somebody who sends it as it is printed is told of no breach."""
    book = Book()
    told = {}
    for before in dict.fromkeys(needed(name)):
        told[before.split(".")[1]] = book.told
        book.tell(example(before))
    fact = example(name)
    if (payment := getattr(fact, "payment", None)) is not None:
        source, _, named = payment.partition("/example-")
        fact = fact.model_copy(update={"payment": f"{source}/e-{told[named]}"})

    assert book.when(fact) == []
    assert book.breaches == [[] for _ in book.breaches]
