"""What of the read models may stand on a public register: a positive list, by model and column.

What is not listed here is refused in a definition, so a column that somebody adds to a read model
is shown to nobody until it has been thought about. No pseudonym, no number or name of an officer,
no count of persons and nothing of a case is listed; of a column that holds now this and now that
only the kinds of rows that name nobody are.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from domain.bureau.bureau import Bureau
from domain.codes import Labels, labels_of
from projections import funeral, officers, organisations, placename, standards, villages
from projections.inspection import draws
from projections.outreach import charity
from projections.read_model import ReadModel

Kind = Literal["text", "number", "money", "date"]
DAY = "$3::date"
"""SQL: the day that is asked about."""
State = Annotated[
    Literal["registered", "deregistered", "revoked", "certificate-revoked"],
    Labels("在册", "注销登记", "撤销登记", "吊销登记证书"),
]


@dataclass(frozen=True)
class Worked:
    """A column that is worked out: SQL over the row {row} on the day asked about, and its codes."""

    sql: str
    codes: Any


@dataclass(frozen=True)
class Public:
    """The columns of a read model that anybody may see, and when its rows hold.

    A row holds from the day in `since` on, up to the day before that in `until`; with `latest` only
    the last one of those that are alike in these columns does.
    """

    model: ReadModel
    key: tuple[str, ...]
    """What names the thing that a row is of; others find it by that."""
    columns: tuple[str, ...]
    since: str | None = "valid_from"
    until: str | None = "valid_to"
    latest: tuple[str, ...] = ()
    ended: str | None = None
    """The day from which what the row is of is no more, where the row stays: what is looked up of
    it is then as on its last day."""
    adopted: str | None = None
    """The day on which it was decided: of two that hold from one day on, the later decided does."""
    kinds: tuple[str, frozenset[str]] | None = None
    """A column that says what a row is, and the kinds of rows that name nobody."""
    told_on: Mapping[str, str] = field(default_factory=dict)
    """Column → the day of the step that told it: before that day it holds nothing."""
    ahead: frozenset[str] = frozenset()
    """Days that are known beforehand; any other day after the one asked about is not told."""
    worked: Mapping[str, Worked] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    """Column → the list of the bureau that has its codes, where its type does not say so."""

    @cached_property
    def types(self) -> Mapping[str, Any]:
        """Column → its type, with the names of its codes."""
        return typing.get_type_hints(self.model.row, include_extras=True)

    @cached_property
    def plain(self) -> Mapping[str, Any]:
        """Column → its type alone."""
        return typing.get_type_hints(self.model.row)

    def kind(self, column: str) -> Kind:
        """What a column holds, by its type."""
        if column in self.worked:
            return "text"
        plain = self.plain[column]
        held = {plain, *typing.get_args(plain)}
        if int in held:
            return "money" if column.endswith("_fen") else "number"
        return "date" if any(getattr(each, "__name__", "") == "date" for each in held) else "text"

    def is_optional(self, column: str) -> bool:
        """Whether it may hold nothing. An index finds what is equal, not what is no other."""
        return type(None) in typing.get_args(self.plain[column])

    def is_coded(self, column: str) -> bool:
        """Whether it holds codes that have names."""
        return column in self.worked or column in self.lists or _has_names(self.types[column])

    def names(self, column: str, bureau: Bureau) -> dict[str, str]:
        """Code → name of a column; empty where it holds no codes."""
        if column in self.worked:
            found = labels_of(self.worked[column].codes)
        elif column in self.lists:
            found = bureau.lists[self.lists[column]].names()
        else:
            found = labels_of(self.types[column], bureau)
        return {str(code): name for code, name in found.items()}

    def sql(self, column: str, row: str) -> str:
        """SQL: what a column of the row holds on the day asked about."""
        if column in self.worked:
            return f"({self.worked[column].sql.format(row=row, day=DAY)})"
        value = f"{row}.{column}"
        if column in self.told_on:
            return f"(CASE WHEN {row}.{self.told_on[column]} <= {DAY} THEN {value} END)"
        if self.kind(column) == "date" and column not in self.ahead:
            return f"(CASE WHEN {value} <= {DAY} THEN {value} END)"
        return value

    def begun(self, row: str, day: str = DAY) -> str:
        """SQL: whether the row is of a day or of one before it."""
        return "true" if self.since is None else f"{row}.{self.since} <= {day}"

    def holds(self, row: str, day: str = DAY) -> str:
        """SQL: whether the row holds on a day, `latest` apart."""
        begun = self.begun(row, day)
        if self.until is None:
            return begun
        return f"{begun} AND coalesce({row}.{self.until} > {day}, true)"

    def day_of(self, row: str) -> str:
        """SQL: the day asked about, or the last one on which there was what the row is of."""
        if self.ended is None:
            return DAY
        return f"(CASE WHEN {row}.{self.ended} <= {DAY} THEN {row}.{self.ended} - 1 ELSE {DAY} END)"

    def newest(self, row: str) -> str:
        """SQL: the order that puts the newest row first."""
        days = (day for day in (self.since, self.adopted) if day is not None)
        return ", ".join(f"{row}.{column} DESC" for column in (*days, "known_from", "n"))


def _has_names(annotation: Any) -> bool:
    marks = getattr(annotation, "__metadata__", ())
    inner = typing.get_args(annotation)
    return any(isinstance(mark, Labels) for mark in marks) or any(map(_has_names, inner))


_TOWNSHIP = MappingProxyType({"township": "township"})
_MODELS = (
    Public(
        organisations.organisations,
        key=("uscc",),
        columns=("uscc", "kind", "township", "registered_on", "ended_on"),
        since="registered_on",
        until=None,
        ended="ended_on",
        worked={
            "state": Worked(
                "CASE WHEN {row}.ended_on <= {day} THEN {row}.ended_how ELSE 'registered' END",
                State,
            )
        },
        lists=_TOWNSHIP,
    ),
    Public(
        organisations.registered_values,
        key=("uscc",),
        columns=("value",),
        kinds=(
            "item",  # a legal representative is a person
            frozenset({"name", "address", "scope", "capital", "sponsoring-authority"}),
        ),
    ),
    Public(placename.places_called, key=("place",), columns=("place", "name")),
    Public(
        placename.place_values,
        key=("place",),
        columns=("value",),
        kinds=("item", frozenset({"name", "romanised-name", "location"})),
    ),
    Public(
        placename.place_names,
        key=("place",),
        columns=(
            *("place", "given_name", "batch", "township", "approved_on", "authority"),
            *("filed_on", "announced_on", "signed_on", "changed_on"),
        ),
        since=None,
        until=None,
        told_on={
            "given_name": "approved_on",
            "batch": "approved_on",
            "township": "approved_on",
            "authority": "approved_on",
        },
        lists=_TOWNSHIP,
    ),
    Public(
        placename.planned_names,
        key=("place",),
        columns=("batch", "place", "adopted_on"),
        since="adopted_on",
        until=None,
    ),
    Public(
        villages.villages,
        key=("village",),
        columns=("village", "township", "name", "kind"),
        lists=_TOWNSHIP,
    ),
    Public(
        funeral.keeping_bodies,
        key=("body",),
        columns=("body", "name", "kind", "township"),
        lists=_TOWNSHIP,
    ),
    Public(
        funeral.versions,
        key=("form",),
        columns=("form", "kind", "activated_on", "replaces"),
        since="activated_on",
        until=None,
    ),
    Public(
        standards.standards,
        key=("kind", "area", "effective_from"),
        columns=(
            *("kind", "area", "amount_fen", "effective_from", "adopted_on"),
            *("document_number", "authority"),
        ),
        since="effective_from",
        until=None,
        latest=("kind", "area"),
        adopted="adopted_on",
        ahead=frozenset({"adopted_on"}),  # in force from before the day on which it was adopted
    ),
    Public(
        standards.raises,
        key=("kind", "area", "effective_from"),
        columns=("batch", "go_live_month", "implemented_on"),
        since="implemented_on",
        until=None,
    ),
    Public(officers.departments, key=("department",), columns=("department", "title")),
    Public(officers.licence_posts, key=("post",), columns=("post", "department", "title")),
    Public(
        draws.draws,
        key=("draw_number",),
        columns=("draw_number", "on_date", "baseline_on", "bodies", "list_digest", "drawn"),
        since="on_date",
        until=None,
        kinds=("step", frozenset({"snapshot", "draw"})),
    ),
    Public(
        draws.enforcement_information,
        key=("item_number",),
        columns=("item_number", "stage", "kind", "published_on"),
        since="published_on",
        until="withdrawn_on",
    ),
    Public(
        charity.drives,
        key=("drive",),
        columns=("drive", "title", "opens_on", "closes_on"),
        since="opens_on",
        until=None,
        ahead=frozenset({"closes_on"}),
    ),
)
PUBLIC: Mapping[str, Public] = MappingProxyType({each.model.name: each for each in _MODELS})
"""Name of a read model → what of it is public."""
