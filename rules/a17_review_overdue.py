"""逾期未核查: a running case of 低保 or 特困 that nobody reviewed in its months (R-DB-07).

The time runs from the last review, else from the decision. Of a case that was decided so long ago
that its review was due before the ledger began, it runs from the day on which it was taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.calendar import Due, months_after
from rules.duties import overdue
from rules.rule import Found, Row, Rule, Touch

_RESTS = ("suspended", "ended")


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    programme, township, months, base = None, None, None, None
    for row in sorted(rows, key=lambda row: (row["on_date"], row["position"])):
        programme = bureau.programmes.get(row["programme"] or "") or programme
        if programme is None or programme.line != "assistance" or programme.pays == "none":
            continue
        if base is not None:
            yield from _overdue(base, row, bureau)
        months = row["review_months"] or months
        township = row["township"] or township
        known = {"review_months": months, "township": township}
        base = None if row["step"] in _RESTS else {**row, **known}
    if base is not None:
        yield from _overdue(base, None, bureau)


def _overdue(base: Row, after: Row | None, bureau: Bureau) -> Iterator[Found]:
    """The review that is due after a decision or the review before, held against what came next."""
    on: date = base["on_date"]
    every = base["review_months"] or bureau.rules.number("assistance.review-months", on)
    if every is None:
        return
    decided = base["decided_on"] if base["step"] == "taken-over" else None
    since = on if decided is None or months_after(decided, every) < on else decided
    due = months_after(since, every)
    for found in overdue(
        "核查",
        Due(due, due),
        None if after is None else after["on_date"],
        key=f"review {since}",
        position=base["position"],
        on_date=due,
        township=base["township"],
    ):
        done_late = after is not None and found.valid_to is None
        if not done_late or (after is not None and after["step"] == "reviewed"):
            yield found


RULE = Rule(
    code="A17",
    name="逾期未定期核查",
    severity="incomplete",
    basis="社会救助暂行办法 13; 民发〔2021〕57号",
    needs={
        "case_step": Touch(
            "x.stream",
            "x.step IN ('taken-over', 'granted', 'resumed', 'reviewed', 'suspended', 'ended')",
        )
    },
    rows="""
        SELECT t.subject, t.at, s.step, s.on_date, s.decided_on, s.review_months, s.programme,
            s.township, s.known_from AS position
        FROM touched AS t JOIN case_step AS s ON s.stream = t.subject AND {known:s}
        WHERE s.step IN ('taken-over', 'granted', 'resumed', 'reviewed', 'suspended', 'ended')
    """,
    find=_find,
)
