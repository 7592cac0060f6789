"""`python -m tests.contract.agree [N] [SEED]`: contract and ledger on N generated messages."""

from __future__ import annotations

import sys
from collections import Counter

from tests.support import contracts


def main(count: int, seed: int) -> None:
    """Print how many both took and refused, and each on which they disagree."""
    dice, events = contracts.dice(seed), contracts.all_types()
    counts: Counter[str] = Counter()
    for number in range(count):
        event, replay = events[number % len(events)], dice.random() < 0.5
        message = next(contracts.messages(event, dice, replay=replay))
        taken = not contracts.refused(message, replay=replay)
        passed = contracts.validator(event, replay=replay).is_valid(message)
        counts[f"ledger {taken}, contract {passed}"] += 1
        if said := contracts.disagreement(event, message, replay=replay):
            counts["disagree"] += 1
            sys.stdout.write(f"{event.TYPE}: {said}\n")
    sys.stdout.write(f"{dict(counts)}\n")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [10_000, 1][len(given) :]))
