"""A parked event (待关联) in the course of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.outcomes import Item


@dataclass(slots=True)
class ParkedEvent:
    """A parked event that this batch put there, or may wake."""

    name: tuple[str, str]
    """(source, id)."""
    number: int
    item: Item
    prerequisite: str
    this_run: bool = True
    """Whether it was given to this Intake, in this batch or before."""
    row: tuple[Any, ...] | None = None
    """What is stored of it once for all; None where an earlier batch did that."""
    stored: bool = True
    moved: bool = False
    """Whether what is stored of it is to be renewed."""
    woken: bool = False
    come_again: bool = False
    """Whether an earlier batch parked it, and its bytes, lost meanwhile, came with this one."""
    settled_at: int | None = None
    """Position of the ledger when it was parked no more: accepted there, or refused."""
    journal_to: int | None = None
    """Number of the journal record that says so."""
