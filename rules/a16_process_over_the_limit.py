"""超过办理期限: not decided in the working days from the acceptance, or from a child's application.

The longer time of a difficult case counts from the day on which it was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.calendar import Due
from rules.duties import overdue
from rules.rule import Found, Row, Rule, Touch

_LINES = {
    "assistance": ("accepted", "assistance.decide-working-days", "受理"),
    "children": ("applied", "children.decide-working-days", "申请"),
}
"""Line → the step from which the time runs, the limit, and what the step is called."""
_LONGER = "assistance.deferred-working-days"
_ENDS = ("granted", "refused", "ended")


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    steps = sorted(rows, key=lambda row: (row["on_date"], row["position"]))
    line, township = "", None
    for number, row in enumerate(steps):
        programme = bureau.programmes.get(row["programme"] or "")
        line = programme.line if programme is not None else line
        township = row["township"] or township
        if line not in _LINES or row["step"] != _LINES[line][0]:
            continue
        _, limit, called = _LINES[line]
        after = steps[number + 1 :]
        again = [each["step"] for each in after].index(row["step"]) if _again(row, after) else None
        days = {each["step"]: each["on_date"] for each in reversed(after[:again])}
        decided = min((days[step] for step in _ENDS if step in days), default=None)
        on, deferred = row["on_date"], days.get("deferred")
        about = {"position": row["position"], "on_date": on, "township": township}
        due = bureau.due(limit, on)
        if deferred is not None and (decided is None or deferred <= decided):
            yield from _deferred_late(due, deferred, key=f"defer {on}", **about)
            due = bureau.due(_LONGER, on)
        for found in overdue("作出决定", due, decided, key=f"decide {on}", **about):
            yield found._replace(what=f"{on}{called}，{found.what}")


def _again(row: Row, after: Sequence[Row]) -> bool:
    """Whether it begins once more."""
    return any(each["step"] == row["step"] for each in after)


def _deferred_late(due: Due | None, deferred: date, **about: Any) -> Iterator[Found]:
    """The longer time was given after the time was over: it was until then."""
    for found in overdue("作出决定", due, deferred, **about):
        if found.valid_to is not None:
            yield found


RULE = Rule(
    code="A16",
    name="超过审核确认期限",
    severity="unlawful",
    basis="民发〔2021〕57号; 民发〔2020〕125号",
    breaches=("case/decided-late",),
    needs={
        "case_step": Touch(
            "x.stream",
            "x.step IN ('applied', 'accepted', 'deferred', 'granted', 'refused', 'ended')",
        )
    },
    rows="""
        SELECT t.subject, t.at, s.step, s.on_date, s.programme, s.township,
            s.known_from AS position
        FROM touched AS t JOIN case_step AS s ON s.stream = t.subject AND {known:s}
        WHERE s.step IN ('applied', 'accepted', 'deferred', 'granted', 'refused', 'ended')
            AND EXISTS (
                SELECT FROM case_step AS a
                WHERE {known:a} AND a.stream = t.subject AND a.step IN ('applied', 'accepted')
            )
    """,
    find=_find,
)
