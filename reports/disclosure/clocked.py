"""Which days of the read models a clock of the catalogue may name: a positive list.

What is not listed is refused in a definition. A thing is named by its number and, where it has
one that is no person's, its title. Parameters of the SQL: $1 ledger, $2 position, $3 the day,
$4 codes to be among or null for all, $5 the first day on which the ledger recorded anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from domain.bureau.bureau import Bureau
from domain.casework import Programme, StandardKind
from domain.codes import labels_of
from domain.enforcement import InformationKind
from projections import organisations, placename, reporting, standards
from projections.cases import steps
from projections.inspection import draws, inspections
from projections.penalties import cases as penalties
from projections.read_model import ReadModel

RECORDED = "recorded"
"""The day on which the ledger recorded that from which time runs: what a register shows is public
from then on."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a row {row}: SQL, and where the position stands that told it.

    Without `at` it is the first one at which the thing's rows said so.
    """

    sql: str
    at: str = ""


@dataclass(frozen=True)
class Clocked:
    """The days of a read model's rows, and what names a row."""

    model: ReadModel
    id: str
    days: Mapping[str, Day]
    title: str = "NULL::text"
    of: str = ""
    """The column of codes by which a clock may choose rows."""
    kinds: Any = None
    """The type of those codes."""
    called: Any = None
    """The type of the title, where that is a code."""
    rows: str = ""
    """SQL of the rows, where they are more than those that the read model holds."""
    excused: str = "NULL::date"
    """From which day on it need not be published any more, if it was not by then."""
    besides: tuple[str, ...] = ()
    """Other read models that the SQL reads."""
    public: bool = True
    """Whether anybody may know when something of it was published last."""

    @property
    def models(self) -> frozenset[str]:
        """The read models that it reads."""
        return frozenset({self.model.name, *self.besides})

    def codes(self, bureau: Bureau) -> dict[str, str]:
        """Code → name of what a clock may choose by; empty where it may not."""
        return {str(code): name for code, name in labels_of(self.kinds, bureau).items()}


_MADE = "r.known_from"
"""The position that made the row, where every row is a contribution."""


def _plain(*names: str) -> dict[str, Day]:
    return {name: Day(f"{{row}}.{name}") for name in names}


_NAME = """
    SELECT b.*, v.value AS name FROM organisation AS b
        LEFT JOIN LATERAL (
            SELECT o.value FROM registered_value AS o
            WHERE {known:o} AND o.uscc = b.uscc AND o.item = 'name'
            ORDER BY o.valid_from DESC LIMIT 1) AS v ON true
    WHERE {known:b}
"""
_STEPS = """
    SELECT s.*, g.programme AS of_programme, c.on_date AS closed_on, c.known_from AS closed_at,
        e.on_date AS end_posted_on, e.known_from AS end_posted_at
    FROM case_step AS s
        LEFT JOIN LATERAL (
            SELECT b.programme, b.on_date FROM case_step AS b
            WHERE {known:b} AND b.stream = s.stream AND b.on_date <= s.on_date
                AND b.step IN ('applied', 'taken-over', 'granted')
            ORDER BY b.on_date DESC, b.known_from DESC LIMIT 1) AS g ON true
        LEFT JOIN LATERAL (
            SELECT b.on_date, b.known_from FROM case_step AS b
            WHERE {known:b} AND b.stream = s.stream AND b.step = 'notice-closed'
                AND s.step = 'notice' AND b.on_date >= s.on_date
            ORDER BY b.on_date, b.known_from LIMIT 1) AS c ON true
        LEFT JOIN LATERAL (
            SELECT b.on_date, b.known_from FROM case_step AS b
            WHERE {known:b} AND b.stream = s.stream AND b.step = 'end-notice'
                AND s.step = 'ended' AND b.on_date >= g.on_date
            ORDER BY b.on_date, b.known_from LIMIT 1) AS e ON true
    WHERE {known:s} AND s.step IN ('notice', 'ended')
"""


def _year(day: str) -> str:
    """SQL: the year of a day, also of the first and the last one, which are infinite there."""
    return f"extract(year FROM greatest(least({day}::date, '9999-12-31'), '0001-01-01'))::int"


_YEARS = f"""
    SELECT r.stream, r.known_from, r.published_at, p.plan, y.year::text AS period,
        make_date(y.year, 12, 31) AS ended_on
    FROM generate_series({_year("$5")}, {_year("$3")})
        AS y (year)
        CROSS JOIN unnest($4::text[]) AS p (plan)
        LEFT JOIN LATERAL (
            SELECT b.* FROM release AS b
            WHERE {{known:b}} AND b.plan = p.plan AND b.period = y.year::text
                AND b.audience = 'public'
            ORDER BY b.edition LIMIT 1) AS r ON true
"""
_MODELS = (
    Clocked(
        inspections.inspections,
        id="r.inspection_number",
        days={
            # A patrol has no result, and that of a case that was transferred is the penalty.
            "inspected_on": Day(
                "CASE WHEN {row}.mode <> 'patrol' AND {row}.outcome <> 'transferred'"
                " THEN {row}.inspected_on END"
            ),
            **_plain("result_published_on"),
            "licences_shown_on": Day("CASE WHEN {row}.licences_shown THEN {row}.inspected_on END"),
        },
    ),
    Clocked(
        penalties.penalty_cases,
        id="r.case_number",
        days={
            # What is decided on the spot of a natural person need not be published (art. 48).
            "decided_on": Day(
                "CASE WHEN NOT ({row}.procedure = 'simple' AND {row}.party = 'person')"
                " THEN {row}.decided_on END"
            ),
            **_plain("published_on"),
        },
        excused="r.revoked_on",
    ),
    Clocked(
        placename.place_names,
        id="r.place",
        title="r.given_name",
        days=_plain("approved_on", "announced_on"),
    ),
    Clocked(
        organisations.organisations,
        id="r.uscc",
        title="r.name",
        days={
            "registered_on": Day(
                "CASE WHEN {row}.origin = 'established' THEN {row}.registered_on END"
            ),
            **_plain("ended_on"),
        },
        rows=_NAME,
        besides=(organisations.registered_values.name,),
    ),
    Clocked(
        standards.standards,
        id="r.document_number",
        title="r.kind",
        called=StandardKind,
        days={"adopted_on": Day("{row}.adopted_on", "r.known_from")},
    ),
    Clocked(
        draws.enforcement_information,
        id="r.item_number",
        title="r.kind",
        called=InformationKind,
        days=_plain("published_on"),
        of="kind",
        kinds=InformationKind,
    ),
    Clocked(
        steps.steps,
        id="r.case_number",
        days={
            "notice_on": Day("CASE WHEN {row}.step = 'notice' THEN {row}.on_date END", _MADE),
            "notice_until": Day("CASE WHEN {row}.step = 'notice' THEN {row}.until END", _MADE),
            "notice_closed_on": Day("{row}.closed_on", "r.closed_at"),
            "ended_on": Day("CASE WHEN {row}.step = 'ended' THEN {row}.on_date END", _MADE),
            "end_posted_on": Day("{row}.end_posted_on", "r.end_posted_at"),
        },
        of="of_programme",
        kinds=Programme,
        rows=_STEPS,
        public=False,
    ),
    Clocked(
        reporting.releases,
        id="r.plan || ' ' || r.period",
        days={
            "ended_on": Day("{row}.ended_on", "NULL::bigint"),
            "published_on": Day("left({row}.published_at, 10)::date", _MADE),
        },
        of="plan",
        rows=_YEARS,
    ),
)
CLOCKED: Mapping[str, Clocked] = MappingProxyType({each.model.name: each for each in _MODELS})
"""Name of a read model → the days of it."""
RELEASES = reporting.releases.name
"""Whose clocks are those of the plans that a row names."""
