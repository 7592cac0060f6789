"""What of the read models may stand on a public register: a positive list, by model and column.

What is not listed here is refused in a definition, so a column that somebody adds to a read model
is shown to nobody until it has been thought about. No pseudonym, no number or name of an officer,
no count of persons and nothing of a case is listed but what was published of it; of a column that
holds now this and now that only the kinds of rows that name nobody are.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from domain.codes import Labels
from domain.funeral import FormKind
from projections import funeral, officers, organisations, placename, standards, villages
from projections.inspection import draws
from projections.outreach import charity
from reports.cells.column import SMALLEST
from reports.measure import named
from reports.registers import combined
from reports.registers.enforcement import ENFORCEMENT
from reports.registers.model import Public, Worked

State = Annotated[
    Literal["registered", "deregistered", "revoked", "certificate-revoked"],
    Labels("在册", "注销登记", "撤销登记", "吊销登记证书"),
]
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
    Public(
        combined.organisation_acts,
        key=("uscc",),
        columns=("uscc", "called", "act", "item", "old_value", "new_value", "on_date"),
        since="on_date",
        until=None,
    ),
    Public(
        combined.disposals,
        key=("uscc",),
        columns=("uscc", "called", "step", "ground", "way", "on_date"),
        since="on_date",
        until=None,
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
        combined.announcements,
        key=("place",),
        columns=(
            *("place", "given_name", "batch", "township", "authority", "approved_on"),
            "announced_on",
        ),
        since="announced_on",
        until=None,
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
        worked={
            "called": Worked(
                f"{named('{row}.kind', FormKind)}"
                ' || to_char({row}.activated_on, \'（YYYY"年"FMMM"月"FMDD"日启用）"\')'
            )
        },
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
    Public(
        combined.standard_steps,
        key=("kind",),
        columns=(
            *("kind", "area", "before_fen", "amount_fen", "raised_fen", "effective_from"),
            *("replaced_on", "document_number", "authority", "adopted_on"),
            *("batch", "go_live_month", "implemented_on"),
        ),
        since="effective_from",
        until=None,
        ahead=frozenset({"adopted_on"}),
    ),
    Public(
        standards.arrears_batches,
        key=("batch",),
        columns=("batch", "programme", "amount_fen", "approved_on"),
        since="approved_on",
        until=None,
        told_if={"amount_fen": f"{{row}}.lines >= {SMALLEST}"},  # a line is a person
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
    Public(
        combined.raised,
        key=("drive",),
        columns=("total_fen", "money_fen", "goods_fen", "recipients"),
        since=None,
        until=None,
    ),
    Public(combined.took_part, key=("drive",), columns=("bodies",), since=None, until=None),
    Public(
        combined.occasions,
        key=("occasion",),
        columns=(*("occasion", "line", "title", "held_on", "place", "township", "form", "laws"),),
        since="held_on",
        until=None,
        lists=_TOWNSHIP,
    ),
    *ENFORCEMENT,
)
PUBLIC: Mapping[str, Public] = MappingProxyType({each.model.name: each for each in _MODELS})
"""Name of a read model → what of it is public."""
