"""The whole sample year: every part sends its records, then all go out in order of receipt."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from sample.feed import Feed, Truth, add_truth

PARTS = (
    "standards",
    "assistance",
    "children",
    "disability",
    "payouts",
    "organisations",
    "officers",
    "enforcement",
    "villages",
    "disclosure",
    "outreach",
    "charity",
    "reporting",
    "marriage",
    "funeral",
    "placenames",
    "adoption",
)
"""Modules of sample, each with `def send(feed, year) -> Truth`. Order does not matter to the
ledger; it only breaks ties between events received in the same second."""


@dataclass(frozen=True, slots=True)
class Year:
    """A sample year: what is sent, and the generator's own month-end counts."""

    feed: Feed
    truth: Truth


def build(year: int) -> Year:
    """Make the sample year; the same year gives the same bytes."""
    feed = Feed()
    truth: Truth = {}
    for part in PARTS:
        module = importlib.import_module(f"sample.{part}")
        add_truth(truth, [module.send(feed, year)])
    return Year(feed, truth)
