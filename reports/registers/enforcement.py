"""What of enforcement, and of those who enforce, may stand on a public register.

Inspections are there from the day on which their result was published, penalties only while they
are published and their term runs, officers and advisers only while they hold their place. So on no
day that is asked about anything comes back that a reader of today may not see. Whom it is about is
told by name where that is on a register; a natural person is 自然人, and nothing else.
"""

from __future__ import annotations

from typing import Annotated, Literal

from domain.codes import Labels
from domain.enforcement import OBJECTS
from projections import officers
from projections.inspection import draws, inspections
from projections.penalties import notices
from reports.registers.model import Public, Worked

UNREGISTERED = {**OBJECTS, "unregistered": "未登记的对象"}
Timeliness = Annotated[Literal["in-time", "late"], Labels("按期", "逾期")]


def _name(stream: str, day: str) -> str:
    """SQL: what is on a register under this stream, as it was called on a day."""
    code = f"split_part({stream}, '/', 2)"
    return f"""CASE split_part({stream}, '/', 1)
    WHEN 'organisation' THEN (
        SELECT called.value FROM registered_value AS called
        WHERE {{known:called}} AND called.uscc = {code} AND called.item = 'name'
            AND called.valid_from <= {day}
        ORDER BY called.valid_from DESC, called.known_from DESC, called.n LIMIT 1)
    WHEN 'keeping-body' THEN (
        SELECT keeping.name FROM keeping_body AS keeping
        WHERE {{known:keeping}} AND keeping.body = {code} AND keeping.valid_from <= {day}
        ORDER BY keeping.valid_from DESC, keeping.known_from DESC, keeping.n LIMIT 1)
    WHEN 'inspected-object' THEN (
        SELECT listed.name FROM inspected_object AS listed
        WHERE {{known:listed}} AND listed.object = {stream} AND listed.registered_on <= {day}
        ORDER BY listed.registered_on DESC, listed.known_from DESC, listed.n LIMIT 1)
    END"""


def _kind(stream: str, day: str) -> str:
    """SQL: what kind of thing that is."""
    return f"""CASE split_part({stream}, '/', 1)
    WHEN 'organisation' THEN 'organisation'
    WHEN 'keeping-body' THEN 'keeping-body'
    ELSE coalesce((
        SELECT listed.kind FROM inspected_object AS listed
        WHERE {{known:listed}} AND listed.object = {stream} AND listed.registered_on <= {day}
        ORDER BY listed.registered_on DESC, listed.known_from DESC, listed.n LIMIT 1),
        'unregistered')
    END"""


def _in_time(due: str, done: str) -> Worked:
    """Whether something was done by its last day; nothing while that is open, or not known."""
    on, last = f"{{row}}.{done}", f"{{row}}.{due}"
    return Worked(
        f"CASE WHEN {on} <= least({last}, {{day}}) AND {last} IS NOT NULL THEN 'in-time'"
        f" WHEN {last} < least({on}, {{day}}) THEN 'late' END",
        Timeliness,
    )


_TERM_OVER = (
    "({row}.decided_on + make_interval(years => (CASE WHEN {row}.party = 'person'"
    " THEN {parameter:penalties.shown-person-years}"
    " ELSE {parameter:penalties.shown-body-years} END)::int))::date"
)
"""SQL: the first day on which a decision is shown no more; null where no term is known, and then
it is never shown."""
_HELD_TODAY = "{row}.valid_from <= {today} AND coalesce({row}.valid_to > {today}, true)"
_LAST_DAY = Worked("{row}.valid_to - 1", kind="date")
"""Of what holds to this day: as far ahead as it was said to."""


def _post(wanted: str, read: str) -> Worked:
    """What is called so of the post in which the officer is on the day."""
    return Worked(
        f"SELECT {wanted} FROM officer_post AS held {read}"
        " WHERE {known:held} AND held.officer = {row}.officer AND held.valid_from <= {day}"
        " AND coalesce(held.valid_to > {day}, true)"
        " ORDER BY held.valid_from DESC, held.known_from DESC, held.n LIMIT 1"
    )


def _on(alias: str) -> str:
    return (
        f"{{known:{alias}}} AND {alias}.valid_from <= {{day}}"
        f" AND coalesce({alias}.valid_to > {{day}}, true)"
    )


ENFORCEMENT = (
    Public(
        inspections.inspections,
        key=("draw_number", "object"),
        columns=(
            *("inspection_number", "township", "mode", "draw_number", "inspected_on", "outcome"),
            *("result_due_on", "result_published_on"),
        ),
        links=("object",),
        since="result_published_on",
        until=None,
        only_while="{row}.result_published_on <= {today}",
        ahead=frozenset({"result_due_on"}),
        worked={
            "object_name": Worked(_name("{row}.object", "{row}.inspected_on")),
            "object_kind": Worked(_kind("{row}.object", "{row}.inspected_on"), UNREGISTERED),
            "timeliness": _in_time("result_due_on", "result_published_on"),
        },
        lists={"township": "township"},
    ),
    Public(
        draws.drawn_objects,
        key=("draw_number", "object"),
        columns=("draw_number", "on_date", "cause"),
        links=("object",),
        since="on_date",
        until=None,
        kinds=("step", frozenset({"drawn", "exempted"})),
        worked={
            "object_name": Worked(_name("{row}.object", "{row}.on_date")),
            "object_kind": Worked(_kind("{row}.object", "{row}.on_date"), UNREGISTERED),
        },
    ),
    Public(
        notices.notices,
        key=("decision_number",),
        columns=(
            *("decision_number", "party", "cause", "legal_basis", "kinds", "amount_fen"),
            *("decided_on", "due_on", "published_on", "late"),
        ),
        links=("subject", "body"),
        since="published_on",
        until="down_on",
        only_while="{row}.published_on <= {today} AND coalesce({row}.down_on > {today}, true)"
        f" AND greatest({{today}}, {{day}}) < {_TERM_OVER}",
        ahead=frozenset({"due_on"}),
        worked={
            "party_name": Worked(
                "CASE {row}.party WHEN 'person' THEN '自然人' WHEN 'unregistered-body'"
                f" THEN {{row}}.body ELSE {_name('{row}.subject', '{row}.decided_on')} END"
            ),
            "timeliness": _in_time("due_on", "published_on"),
            "last_day": Worked(f"{_TERM_OVER} - 1", kind="date"),
        },
    ),
    Public(
        notices.withdrawals,
        key=("decision_number",),
        columns=("decision_number", "undone", "since", "due_on", "withdrawn_on", "reason"),
        since="since",
        until=None,
        only_while=f"{{row}}.since <= {{today}} AND greatest({{today}}, {{day}}) < {_TERM_OVER}",
        told_on={"reason": "withdrawn_on"},
        ahead=frozenset({"due_on"}),
        worked={"timeliness": _in_time("due_on", "withdrawn_on")},
    ),
    Public(
        officers.licences,
        key=("licence_number",),
        columns=("licence_number", "scope", "valid_from"),
        links=("officer",),
        only_while=_HELD_TODAY + " AND EXISTS (SELECT FROM officer_post AS held"
        " WHERE {known:held} AND held.officer = {row}.officer AND held.valid_from <= {today}"
        " AND coalesce(held.valid_to > {today}, true))",
        worked={
            "post": _post(
                "sat.title",
                f"LEFT JOIN licence_post AS sat ON sat.post = held.post AND {_on('sat')}",
            ),
            "department": _post(
                "part.title",
                f"LEFT JOIN department AS part ON part.department = held.department"
                f" AND {_on('part')}",
            ),
            "last_day": _LAST_DAY,
        },
    ),
    Public(
        officers.adviser_lawyers,
        key=("engagement",),
        columns=("engagement", "firm", "valid_from"),
        latest=("engagement",),
        only_while=_HELD_TODAY,
        worked={"last_day": _LAST_DAY},
    ),
)
