"""What was forgotten fails by name: facts that nothing handles.

Everything registers by being there, so nothing complains when a piece is missing. These tests do.
"""

from __future__ import annotations

from domain.catalogue import AGGREGATES, EVENTS
from projections.catalogue import READ_MODELS


def handled() -> set[str]:
    """Event types that some state or read model does something with."""
    judged = {name for state in AGGREGATES.values() for name in (*state.judging, *state.evolvers)}
    return judged.union(*(model.types for model in READ_MODELS))


def test_a_fact_is_handled_or_says_that_it_is_record_only() -> None:
    """A fold was forgotten: the facts came in, and no figure moved."""
    silent = {event.TYPE for event in EVENTS.values() if not event.RECORD_ONLY}

    assert sorted(silent - handled()) == []


def test_a_fact_that_is_record_only_is_not_handled() -> None:
    """A fold was added, and the contract went on saying that nobody reads the fact."""
    recorded = {event.TYPE for event in EVENTS.values() if event.RECORD_ONLY}

    assert sorted(recorded & handled()) == []
