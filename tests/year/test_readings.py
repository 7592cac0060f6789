"""What a figure means was settled; the sample tells it apart from what else it could have meant."""

from __future__ import annotations

import pytest

from projections.read_model import SCHEMA
from tests.support.defined import FIGURES
from tests.support.ledger import Bench
from tests.year.conftest import KNOWN

YEAR = "BETWEEN '2024-01-01' AND '2024-12-31'"
DECEMBER = "first_month <= '2024-12' AND (last_month IS NULL OR last_month >= '2024-12')"
FEN = "sum(CASE kind WHEN 'recovered' THEN -amount_fen ELSE amount_fen END)"
SETTLED = f"kind IN ('settled', 'returned', 'arrears') AND paid_on {YEAR}"
SENT_OUT = f"item = 'basic' AND kind IN ('settled', 'arrears') AND paid_on {YEAR}"
LESS_RECOVERED = f"item = 'basic' AND paid_on {YEAR}"
BY_MONTH = "item = 'basic' AND kind <> 'recovered' AND left(months, 4) = '2024'"
MARRIED = f"kind = 'marriage' AND registered_on {YEAR}"
VALID = "valid_from <= '2024-12-31' AND valid_to > '2024-12-31'"
LECTURES = "programme = 'shuangbai-lectures'"

READINGS: tuple[tuple[str, str, str, str, str], ...] = (
    ("F01", "sessions by kind", "sum(cardinality(kinds))", "study_session", f"held_on {YEAR}"),
    ("F03", "items of every column", "count(*)", "disclosure_item",
     f"published_on {YEAR} AND withdrawn_on IS NULL"),
    ("F03", "withdrawn items too", "count(*)", "disclosure_item",
     f"published_on {YEAR} AND column_code = 'work-news'"),
    ("F15", "members without 保障 status too", "sum(members)", "case_entitlement",
     f"programme = 'dibao' AND {DECEMBER}"),
    ("F16", "by month of entitlement", FEN, "payment", f"programme = 'dibao' AND {BY_MONTH}"),
    ("F16", "less what was recovered", FEN, "payment", f"programme = 'dibao' AND {LESS_RECOVERED}"),
    ("F16", "returned money too", FEN, "payment", f"programme = 'dibao' AND {SENT_OUT}"),
    ("F18", "care and funerals too", FEN, "payment", f"programme = 'tekun' AND {SETTLED}"),
    ("F18", "less what was recovered", FEN, "payment", f"programme = 'tekun' AND {LESS_RECOVERED}"),
    ("F18", "returned money too", FEN, "payment", f"programme = 'tekun' AND {SENT_OUT}"),
    ("F19", "orphans in the institution too", "count(*)", "case_entitlement",
     f"programme = 'orphan' AND {DECEMBER}"),
    ("F20", "orphans in the institution too", FEN, "payment",
     f"programme = 'orphan' AND {SETTLED}"),
    ("F20", "returned money too", FEN, "payment", f"case_number LIKE 'GE-%' AND {SENT_OUT}"),
    ("F22", "returned money too", FEN, "payment", f"programme = 'unattended-child' AND {SENT_OUT}"),
    ("F24", "less what was recovered", FEN, "payment",
     f"programme = 'nursing-subsidy' AND {LESS_RECOVERED}"),
    ("F24", "returned money too", FEN, "payment", f"programme = 'nursing-subsidy' AND {SENT_OUT}"),
    ("F26", "less what was recovered", FEN, "payment",
     f"programme = 'living-subsidy' AND {LESS_RECOVERED}"),
    ("F26", "returned money too", FEN, "payment", f"programme = 'living-subsidy' AND {SENT_OUT}"),
    ("F27", "lawyers of the firm before too", "count(*)", "adviser_lawyer", "true"),
    ("F29", "patrols too", "count(*)", "inspection", f"inspected_on {YEAR}"),
    ("F29", "inspections absorbed by a penalty too", "count(*)", "inspection",
     f"inspected_on {YEAR} AND mode <> 'patrol'"),
    ("F30", "kinds of penalty", "sum(cardinality(kinds))", "penalty_case", "true"),
    ("F30", "cases", "count(*)", "penalty_case", "true"),
    ("F35", "disposals", "count(*)", "zombie_disposal", "step = 'disposed'"),
    ("F35", "bodies identified", "count(*)", "zombie_disposal", "step = 'identified'"),
    ("F36", "bodies drawn", "count(DISTINCT object)", "drawn_object", "step = 'drawn'"),
    ("F38", "expired licences too", "count(DISTINCT officer)", "licence",
     "valid_from <= '2024-12-31'"),
    ("F38", "officers seconded away too", "count(DISTINCT officer)", "licence", VALID),
    ("F38", "licences", "count(*)", "licence", VALID),
    ("F40", "marriages that stand", "count(*)", "marriage_registration",
     f"{MARRIED} AND revoked_on IS NULL"),
    ("F40", "re-issues too", "count(*)", "marriage_registration",
     f"kind IN ('marriage', 'marriage-reissue') AND registered_on {YEAR}"),
    ("F42", "certificates", "sum(copies)", "marriage_registration", "kind = 'marriage-reissue'"),
    ("F43", "certificates", "sum(copies)", "marriage_registration", "kind = 'divorce-reissue'"),
    ("F44", "one of the couple lives elsewhere", "count(*)", "marriage_registration",
     f"registered_on {YEAR} AND residents < 2"),
    ("F44", "marriages only", "count(*)", "marriage_registration", f"{MARRIED} AND residents = 0"),
    ("F45", "day of printing", "min(on_date)::text", "form_movement",
     "step = 'printed' AND form LIKE '%-new'"),
    ("F46", "every batch", "count(*)", "place_name", f"approved_on {YEAR}"),
    ("F46", "roads renamed and extended too", "count(*)", "place_name",
     f"(batch = 1 AND approved_on {YEAR} OR changed_on {YEAR})"),
    ("F46", "roads announced", "count(*)", "place_name", f"batch = 1 AND announced_on {YEAR}"),
    ("F46", "roads with signs", "count(*)", "place_name", f"batch = 1 AND signed_on {YEAR}"),
    ("F47", "applications", "count(*)", "adoption", f"applied_on {YEAR}"),
    ("F47", "less relations dissolved", "4 - count(*)", "adoption",
     f"ended_how = 'dissolved' AND ended_on {YEAR}"),
    ("F48", "all couples of the day", "count(*)", "marriage_registration",
     "kind = 'marriage' AND registered_on = '2024-05-20'"),
    ("F50", "all activities", "sum(participations)", "outreach_sitting",
     "line = 'station-activity'"),
    ("F53", "participants of every kind", "count(DISTINCT participant)", "charity_participant",
     "true"),
    ("F53", "enterprises by day", "count(*)", "charity_participant", "kind = 'enterprise'"),
    ("F55", "money too", "sum(value_fen)", "charity_donation", "true"),
    ("F56", "sittings", "count(*)", "outreach_sitting", LECTURES),
    ("F57", "online only", "sum(participations)", "outreach_sitting", LECTURES),
    ("F58", "persons who came", "sum(participations)", "outreach_sitting",
     "kind = 'children-directors'"),
    ("F58", "villages by day", "count(*)", "training_attendance", "true"),
    ("F58", "every village ever on the register", "count(DISTINCT village)", "village", "true"),
)  # fmt: skip
"""Figure, the reading that was not taken, and as a query: what, of which read model, where."""


@pytest.mark.parametrize(
    ("figure_id", "what", "table", "where"),
    [pytest.param(figure, *query, id=f"{figure} {name}") for figure, name, *query in READINGS],
)
async def test_another_reading_would_print_another_number(
    bench: Bench, figure_id: str, what: str, table: str, where: str
) -> None:
    """As known when the report was published."""
    at = (await bench.moment(known=KNOWN)).at
    known = "known_from <= $1 AND known_to > $1"
    other = await bench.connection.fetchval(
        f"SELECT {what} FROM {SCHEMA}.{table} WHERE {known} AND {where}", at
    )
    shown = other if isinstance(other, str) else FIGURES[figure_id].measure.shown(int(other))

    assert shown != (await bench.figure(figure_id, known=KNOWN)).value


@pytest.mark.parametrize(
    ("figure_id", "fact"),
    [
        ("F01", "outreach.study-session-held.v1"),
        ("F32", "organisations.establishment-approved.v1"),
    ],
)
async def test_the_same_thing_told_twice_counts_once(
    bench: Bench, figure_id: str, fact: str
) -> None:
    """A session reported by two; an approval under a wrong code, and revoked."""
    told = await bench.connection.fetchval(
        "SELECT count(*) FROM ledger.entry WHERE type = $1 AND recorded_at < '2025-01-01'",
        fact,
    )
    assert told > (await bench.figure(figure_id, known=KNOWN)).value
