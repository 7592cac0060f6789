"""What registers show of several read models together: rows of SQL, each with what a row has.

Such a relation stands in place of a table. Each of its rows is known from the position that made it
known to the one that ended it, as `{known}` says; `$3` is the day that is asked about. Nothing here
says what of it is public: `public` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from domain.casework import Area, StandardKind
from domain.codes import Labels
from domain.organisations.events import DisposalWay, RegisteredItem, ZombieGround
from domain.outreach.activities import Mode, StudyKind
from projections.catalogue import READ_MODELS
from projections.read_model import MAX_POSITION
from reports import reads
from reports.cells.column import SMALLEST
from reports.measure import named

_OWN = "ledger, stream, known_from, known_to, n"
"""What every row has beside its values."""


def _own(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in _OWN.split(", "))


@dataclass(frozen=True, eq=False)
class Combined:
    """Rows of several read models; a name of its own, and the type of its rows."""

    name: str
    row: type[Any]
    sql: str
    doc: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Of its rows."""
        names: tuple[str, ...] = self.row._fields
        return names

    @cached_property
    def made_of(self) -> frozenset[str]:
        """The read models that it rests on."""
        return reads.named(self.sql)

    @cached_property
    def types(self) -> frozenset[str]:
        """Kinds of events that they take."""
        return frozenset(_types(self.made_of))


def _types(names: Iterable[str]) -> Iterable[str]:
    wanted = frozenset(names)
    return (kind for model in READ_MODELS if model.name in wanted for kind in model.types)


Act = Annotated[
    Literal["established", "changed", "deregistered", "revoked", "certificate-revoked"],
    Labels("成立登记", "变更登记", "注销登记", "撤销登记", "吊销登记证书"),
]
Step = Annotated[Literal["identified", "disposed"], Labels("认定", "处置")]
Line = Annotated[
    Literal["station-activity", "publicity", "training", "study"],
    Labels("社工站活动", "普法宣传", "培训", "学法"),
]


class OrganisationAct(NamedTuple):
    """What was registered of a body on a day; of a change, which item, from what to what.

    A legal representative is a person: of that item only that it was changed.
    """

    uscc: str
    called: str | None
    """The body, as it was called on that day or last before it."""
    act: Act
    item: RegisteredItem | None
    old_value: str | None
    new_value: str | None
    on_date: date


def _called(row: str, day: str) -> str:
    """SQL: what a body was called on a day, or last before it."""
    return (
        "(SELECT v.value FROM registered_value AS v WHERE {known:v}"
        f" AND v.uscc = {row}.uscc AND v.item = 'name' AND v.valid_from <= {row}.{day}"
        " ORDER BY v.valid_from DESC, v.known_from DESC LIMIT 1)"
    )


def _value(begun: str, over: str) -> str:
    """SQL: what stood under the item of a change, on the day of it or before."""
    return (
        "(SELECT v.value FROM registered_value AS v WHERE {known:v}"
        " AND v.uscc = f.uscc AND v.item = f.item AND v.item <> 'legal-representative'"
        f" AND v.valid_from {begun} f.on_date AND coalesce(v.valid_to {over} f.on_date, true)"
        " ORDER BY v.valid_from DESC, v.known_from DESC LIMIT 1)"
    )


organisation_acts = Combined(
    "organisation_act",
    OrganisationAct,
    f"""
SELECT {_own("o")}, o.uscc, {_called("o", "registered_on")} AS called, 'established' AS act,
       NULL::text AS item, NULL::text AS old_value, NULL::text AS new_value,
       o.registered_on AS on_date
FROM organisation AS o WHERE {{known:o}}
UNION ALL
SELECT {_own("o")}, o.uscc, {_called("o", "ended_on")}, o.ended_how, NULL, NULL, NULL, o.ended_on
FROM organisation AS o WHERE {{known:o}} AND o.ended_on IS NOT NULL
UNION ALL
SELECT {_own("f")}, f.uscc, {_called("f", "on_date")}, 'changed', f.item,
       {_value("<", ">=")}, {_value("<=", ">")}, f.on_date
FROM (
    SELECT DISTINCT ON (g.uscc, g.item, g.on_date) g.* FROM organisation_filing AS g
    WHERE {{known:g}} AND g.kind = 'change'
    ORDER BY g.uscc, g.item, g.on_date, g.known_from DESC, g.n DESC
) AS f
""",
    "what was registered of organisations, act by act",
)


class Disposal(NamedTuple):
    """A step of 清理整治 of a body; what it was for, or how it ended."""

    uscc: str
    called: str | None
    step: Step
    ground: ZombieGround | None
    way: DisposalWay | None
    on_date: date


disposals = Combined(
    "organisation_disposal",
    Disposal,
    f"""
SELECT {_own("z")}, z.uscc, {_called("z", "on_date")} AS called, z.step, z.ground, z.way, z.on_date
FROM zombie_disposal AS z WHERE {{known:z}}
""",
    "zombie organisations identified and disposed, by name",
)


class StandardStep(NamedTuple):
    """A standard as it was set, the one before it, and how the raise was carried out."""

    kind: StandardKind
    area: Area | None
    before_fen: int | None
    amount_fen: int
    raised_fen: int | None
    effective_from: date
    replaced_on: date | None
    """From when the next one is in force."""
    document_number: str
    authority: str
    adopted_on: date
    batch: str | None
    go_live_month: str | None
    implemented_on: date | None


standard_steps = Combined(
    "standard_step",
    StandardStep,
    f"""
SELECT {_own("s")}, s.kind, s.area, lag(s.amount_fen) OVER same AS before_fen, s.amount_fen,
       s.amount_fen - lag(s.amount_fen) OVER same AS raised_fen, s.effective_from,
       lead(s.effective_from) OVER same AS replaced_on, s.document_number, s.authority,
       s.adopted_on, r.batch, r.go_live_month, r.implemented_on
FROM (
    SELECT DISTINCT ON (a.kind, a.area, a.effective_from) a.* FROM standard AS a
    WHERE {{known:a}}
    ORDER BY a.kind, a.area, a.effective_from, a.adopted_on DESC, a.known_from DESC, a.n DESC
) AS s
LEFT JOIN LATERAL (
    SELECT x.* FROM raise_standard AS x
    WHERE {{known:x}} AND x.kind = s.kind AND x.area IS NOT DISTINCT FROM s.area
      AND x.effective_from = s.effective_from AND x.implemented_on <= $3::date
    ORDER BY x.implemented_on DESC, x.known_from DESC LIMIT 1
) AS r ON true
WINDOW same AS (PARTITION BY s.kind, s.area ORDER BY s.effective_from)
""",
    "standards one after the other, with the raise that paid them",
)


class Occasion(NamedTuple):
    """A sitting, a training or a study session on a day; nobody is counted."""

    occasion: str
    line: Line
    title: str
    held_on: date
    place: str | None
    township: str | None
    form: str | None
    laws: str | None


_LAWS = "'《' || nullif(array_to_string({0}.laws, '》、《'), '') || '》'"
_KINDS = f"(SELECT string_agg({named('kind', StudyKind)}, '、') FROM unnest(t.kinds) AS kind)"
occasions = Combined(
    "occasion",
    Occasion,
    f"""
SELECT {_own("s")}, s.line || '-' || s.sitting AS occasion, s.line, s.title, s.held_on, s.place,
       s.township, {named("s.mode", Mode)} AS form, {_LAWS.format("s")} AS laws
FROM outreach_sitting AS s WHERE {{known:s}}
UNION ALL
SELECT {_own("t")}, 'study-' || t.session, 'study', t.title, t.held_on, NULL, NULL, {_KINDS},
       {_LAWS.format("t")}
FROM study_session AS t WHERE {{known:t}}
""",
    "what was held for the public and for staff, day by day",
)


class Raised(NamedTuple):
    """What a charity drive raised up to the day: sums, and how many bodies took part.

    A sum of fewer than three donations is not told, nor the parts of one where a part is such.
    """

    drive: str
    total_fen: int | None
    money_fen: int | None
    goods_fen: int | None
    recipients: str
    """The charities that it belongs to."""


_PARTS = " AND ".join(
    f"count(*) FILTER (WHERE g.form = '{form}') NOT BETWEEN 1 AND {SMALLEST - 1}"
    for form in ("money", "goods")
)
_TOTAL = f"CASE WHEN count(*) >= {SMALLEST} THEN {{0}} END"
_PART = (
    f"CASE WHEN count(*) >= {SMALLEST} AND {_PARTS}"
    " THEN coalesce(sum(g.value_fen) FILTER (WHERE g.form = '{0}'), 0)::bigint END"
)


def _whole(row: str) -> str:
    """SQL: what every row has, of one that is made of many."""
    return (
        f"{row}.ledger, min({row}.stream) AS stream, max({row}.known_from) AS known_from,"
        f" {MAX_POSITION} AS known_to, 0 AS n"
    )


raised = Combined(
    "charity_raised",
    Raised,
    f"""
SELECT {_whole("g")}, g.drive, {_TOTAL.format("sum(g.value_fen)::bigint")} AS total_fen,
       {_PART.format("money")} AS money_fen, {_PART.format("goods")} AS goods_fen,
       string_agg(DISTINCT g.recipient, '、') AS recipients
FROM charity_donation AS g WHERE {{known:g}} AND g.donated_on <= $3::date
GROUP BY g.ledger, g.drive
""",
    "what charity drives raised",
)


class TookPart(NamedTuple):
    """How many bodies took part in a drive up to the day; fewer than three are not told."""

    drive: str
    bodies: int | None


took_part = Combined(
    "charity_bodies",
    TookPart,
    f"""
SELECT {_whole("p")}, p.drive,
       CASE WHEN count(DISTINCT p.participant) >= {SMALLEST}
            THEN count(DISTINCT p.participant) END AS bodies
FROM charity_participant AS p WHERE {{known:p}} AND p.joined_on <= $3::date
GROUP BY p.ledger, p.drive
""",
    "how many bodies took part in charity drives",
)


class Announcement(NamedTuple):
    """A name that was announced (公告), as it was approved."""

    place: str
    given_name: str
    batch: int | None
    township: str | None
    authority: str | None
    approved_on: date | None
    announced_on: date


announcements = Combined(
    "name_announcement",
    Announcement,
    f"""
SELECT {_own("p")}, p.place, p.given_name, p.batch, p.township, p.authority, p.approved_on,
       p.announced_on
FROM place_name AS p WHERE {{known:p}} AND p.approved_on <= p.announced_on
""",
    "names of places that were announced",
)
