"""The product's own examples break no rule: each story told in its order, by itself."""

from __future__ import annotations

import json

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.contract.lives import LIVES
from domain.event import Event
from tests.support.bureau import SAMPLE
from tests.support.rulebook import Book


def example(name: str) -> Event:
    event = EVENTS[name]
    return event.model_validate_json(json.dumps(examples.data(event, SAMPLE)))


@pytest.mark.parametrize("life", LIVES, ids=lambda life: str(life[-1]))
def test_a_story_breaks_no_rule(life: tuple[str, ...]) -> None:
    """Somebody who sends it as it is printed is told of no breach."""
    book = Book()
    told: dict[str, int] = {}
    for name in life:
        fact = example(f"{name}.v1")
        if (payment := getattr(fact, "payment", None)) is not None:
            source, _, named = payment.partition("/example-")
            fact = fact.model_copy(update={"payment": f"{source}/e-{told[named]}"})
        told[name.partition(".")[2]] = book.told
        book.tell(fact)

    assert book.breaches == [[] for _ in life]


def test_every_fact_is_told_in_some_story() -> None:
    assert {f"{name}.v1" for life in LIVES for name in life} == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_with_all_its_fields_is_one_too(name: str) -> None:
    event = EVENTS[name]
    event.model_validate_json(json.dumps(examples.full(event, SAMPLE)))
