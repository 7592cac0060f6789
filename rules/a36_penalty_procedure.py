"""处罚程序违法: a penalty without the steps that the law asks for, decided or served too late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.codes import labels_of
from domain.penalties.procedure import StepFault, Steps, faults, term
from domain.penalties.state import service_due
from rules.duties import ended, overdue
from rules.rule import Found, Row, Rule

_FAULTS = labels_of(StepFault)


def _against_the_law(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        found = list(_of_case(row, bureau))
        yield from (each._replace(township=row["township"]) for each in found)


def _of_case(row: Row, bureau: Bureau) -> Iterator[Found]:
    """By the simple procedure nothing is filed, notified, heard or served later."""
    if row["procedure"] == "simple":
        return
    due, position = term(row["filed_on"], bureau), row["position"]
    done_on = min((on for on in (row["decided_on"], row["ended_on"]) if on), default=None)
    yield from overdue("作出处理决定", due, done_on, key="decided-late", position=position)
    if row["decided_on"] is None:
        return
    steps = Steps(**{name: row[name] for name in Steps._fields})
    for fault, certain in faults(steps, bureau):
        if fault != "decided-late":
            what = _FAULTS[fault] if certain else f"无法判断：{_FAULTS[fault]}（工作日安排不明）"
            yield Found(fault, what, steps.decided_on, position, undecidable=not certain)
    yield from _service(row, bureau)


def _service(row: Row, bureau: Bureau) -> Iterator[Found]:
    """Until it is known of a public notice that it served, nothing did."""
    decided_on, served_on = row["decided_on"], row["served_on"]
    more = {"key": "served-late", "position": row["position"]}
    due = service_due(decided_on, bureau, public=False)
    if not row["served_by_notice"]:
        yield from overdue("送达", due, served_on, **more)
        return
    for found in overdue("送达", due, None, **more):
        if found.valid_from < served_on:
            yield ended(found, served_on)
    due = service_due(decided_on, bureau, public=True)
    late = overdue("公告送达", due, served_on, **more)
    yield from (found for found in late if found.valid_from == served_on)


RULE = Rule(
    code="A36",
    name="行政处罚程序违法",
    severity="unlawful",
    basis="行政处罚法 36, 44-45, 58, 60-64, 85",
    breaches=(
        "penalty/limitation-over",
        "penalty/decided-late",
        "penalty/no-prior-notice",
        "penalty/hearing-not-offered",
        "penalty/hearing-not-held",
        "penalty/hearing-term-not-over",
        "penalty/no-legal-review",
        "penalty/reviewer-is-handler",
        "penalty/reviewer-not-qualified",
        "penalty/served-late",
    ),
    needs={"penalty_case": "x.stream", "enforcement_act": "x.stream"},
    rows="""
        SELECT t.subject, t.at, p.township, p.procedure, p.breach_ended_on, p.grave, p.found_on,
            p.filed_on, p.handlers, p.noticed_on, p.hearing_offered_on, p.hearing_waived_on,
            p.hearing_requested_on, p.hearing_held_on, p.reviewed_on, p.reviewer, p.reviewer_fit,
            p.decided_on, coalesce(p.party = 'person', false) AS person, p.kinds, p.amount_fen,
            p.listed, p.served_by_notice, p.served_on, least(p.dropped_on, p.closed_on) AS ended_on,
            coalesce(
                (SELECT min(a.known_from) FROM enforcement_act AS a
                 WHERE {known:a} AND a.stream = p.stream AND a.kind = 'decision'),
                p.known_from) AS position
        FROM touched AS t JOIN penalty_case AS p ON p.stream = t.subject AND {known:p}
        WHERE coalesce(p.filed_on, p.decided_on) IS NOT NULL
    """,
    find=_against_the_law,
    since=date(2021, 7, 15),
)
