"""Histories told in any order: what they come to must not depend on it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain.event import Event
from projections.read_model import ReadModel

History = tuple[ReadModel, tuple[Event, ...], list[Any]]
"""A read model, facts of one stream in the order of their dates, the rows they come to."""


def in_any_order(history: tuple[Event, ...]) -> st.SearchStrategy[list[Event]]:
    """The facts in any order, but for one that opens the stream and so is told before the others.

    No two may have one date: of such, the one told first comes first.
    """
    days = [fact.occurred_on() for fact in history]
    assert days == sorted(set(days)), "in the order of their dates, each its own"

    def opened(told: list[Event]) -> list[Event]:
        first = next(fact for fact in told if fact.OPENS)
        return [first, *(fact for fact in told if fact is not first)]

    return st.permutations(history).map(opened)
