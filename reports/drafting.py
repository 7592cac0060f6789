"""A draft of a release: what a plan says of a period, small cells merged, as it would be kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import asyncpg

from domain.bureau.bureau import Bureau
from domain.reporting.releases import (
    ReleaseBreakdown,
    ReleaseContent,
    ReleaseDefinition,
    ReleasePart,
)
from ledger import store
from projections.snapshot import snapshot
from reports import aside, evaluate, published, recorded, release
from reports.breakdown import month_label
from reports.cells import cell as cells
from reports.cells.cell import MERGED, months
from reports.dimensions import MONTH, TOWNSHIP
from reports.document import Document
from reports.evaluate import FigureValue, StatementValue
from reports.measure import Dimension, Figure, Statement
from reports.moment import Moment
from reports.plans import composing
from reports.plans.plan import Plan, Quantity
from reports.plans.values import Numbers
from reports.plans.wording import NOT_PUBLISHED, WITHHELD
from reports.publishing import Draft


async def earlier(connection: asyncpg.Connection, ledger: str) -> list[cells.Release]:
    """The public releases so far, those superseded among them: whoever read them knows them."""
    async with snapshot(connection):
        found = await release.released(connection, ledger)
    return [
        recorded.as_told(item, await release.content(connection, item))
        for item in reversed(found)
        if item.audience == "public"
    ]


async def document(
    connection: asyncpg.Connection,
    plan: Plan,
    bureau: Bureau,
    moment: Moment,
    *,
    details: bool = False,
    merged: bool = False,
) -> Document:
    """What staff are given of a plan: what was released, where that was of this very moment.

    Else it is whole, and marked as internal where a release would merge cells; or `merged` as that
    would.
    """
    async with snapshot(connection):
        found = await release.released(connection, moment.ledger)
        stands = [one for one in found if one.plan == plan.name and one.moment == moment]
        if stands and not details:
            ledger = await store.find_ledger(connection, moment.ledger)
            says = await release.content(connection, stands[0])
            waits = await aside.at(connection, moment)
            sample = ledger is not None and ledger.sample
            site = bureau.site.url
            return recorded.document_of(stands[0], says, waits, sample=sample, site=site)
        before = await earlier(connection, moment.ledger) if plan.audience == "public" else None
        numbers = Numbers.of(moment, bureau)
        made = await composing.build(
            connection,
            plan,
            bureau,
            moment,
            details=details,
            earlier=before if merged else None,
            numbers=numbers,
        )
        if merged or before is None:
            return made
        await numbers.merge(connection, moment, before)
        return replace(made, internal=made.internal or bool(numbers.pattern))


async def draft(
    connection: asyncpg.Connection, plan: Plan, bureau: Bureau, period: str, moment: Moment
) -> Draft:
    """What would be released of a plan for a period, as known at a moment.

    What is internal is whole; of what is public, small cells are merged. The figures and claims of
    an annual plan are all in it, with the months and places of the figures.
    """
    numbers = Numbers.of(moment, bureau)
    figures = [item.figure for item in plan.figures.values() if item.figure is not None]
    annual = plan.kind == "annual"
    if annual:
        for figure in figures:
            numbers.ask(_quantity(figure))
            for dimension in _cut_by(figure):
                numbers.ask(_quantity(figure), dimension.name)
    async with snapshot(connection):
        public = plan.audience == "public"
        before = await earlier(connection, moment.ledger) if public else None
        document = await composing.build(
            connection, plan, bureau, moment, earlier=before, numbers=numbers
        )
        lacks = [document.lacks]
        values = recorded.Values()
        breakdowns: list[ReleaseBreakdown] = []
        definitions: list[ReleaseDefinition] = []
        if annual:
            found = await evaluate.figures(connection, moment, figures)
            claims = await evaluate.statements(connection, moment, list(plan.statements.values()))
            invented = _invented(bureau, moment, found) if document.sample else ()
            lacks += [item.lacks for item in found] + [item.lacks for item in claims]
            _keep(values, numbers, found, claims, invented)
            breakdowns = [part for item in found for part in _breakdowns(numbers, bureau, item)]
            definitions = [*map(_defined, figures), *map(_claimed, plan.statements.values())]
    blocks = tuple(recorded.blocks(document, values))
    return Draft(
        plan=plan.name,
        period=period,
        kind=plan.kind,
        title=document.title.removesuffix(NOT_PUBLISHED),
        audience=plan.audience,
        moment=moment,
        says=ReleaseContent(
            blocks=blocks,
            values=tuple(values.kept.values()),
            breakdowns=tuple(breakdowns),
            definitions=tuple(definitions),
            told=recorded.told(document),
        ),
        merged=recorded.merged(document),
        signed=document.signed,
        dated=document.dated,
        bureau=bureau,
        lacks="；".join(dict.fromkeys(item.text for item in lacks if item)),
    )


def _quantity(figure: Figure) -> Quantity:
    return Quantity(figure.name, slice=figure.slice)


def _cut_by(figure: Figure) -> list[Dimension]:
    """How lists show the parts of a figure: by months, and by places."""
    measure = figure.measure
    if measure.derive is not None or measure.take != "sum":
        return []
    by = [item for item in (MONTH, TOWNSHIP) if item in measure.dimensions]
    if measure.kind == "stock" and MONTH not in by:
        by.insert(0, MONTH)
    return [item for item in by if item.name not in figure.slice.cut]


def _invented(bureau: Bureau, moment: Moment, found: Sequence[FigureValue]) -> set[str]:
    """Figures of a sample that no report of the year has."""
    values = {item.figure.id: item.value for item in found}
    return {name for name in values if published.invented(bureau, name, moment.start.year, values)}


def _keep(
    values: recorded.Values,
    numbers: Numbers,
    found: Sequence[FigureValue],
    claims: Sequence[StatementValue],
    invented: Collection[str],
) -> None:
    for item in found:
        figure = item.figure
        if numbers.hides(_quantity(figure)):
            values.keep(figure.id, figure.name, None, beside=WITHHELD)
        else:
            values.keep(
                figure.id,
                figure.name,
                item.value,
                item.exact,
                unit=figure.unit,
                beside=item.beside or "",
                invented=figure.id in invented,
            )
    for claim in claims:
        broken = sum(not ok for ok, _, _ in claim.conditions)
        values.keep(
            claim.statement.id,
            claim.statement.name,
            claim.holds,
            conditions=len(claim.conditions),
            broken=broken,
        )


def _breakdowns(numbers: Numbers, bureau: Bureau, item: FigureValue) -> list[ReleaseBreakdown]:
    """The parts of a figure that may be told, small ones together."""
    figure, made = item.figure, []
    if not isinstance(item.exact, int) or isinstance(item.exact, bool):
        return []
    quantity = _quantity(figure)
    for dimension in _cut_by(figure):
        found = numbers.codes([quantity], dimension.name)
        listed = [*dimension.labels(bureau)]
        if dimension is MONTH:
            listed = sorted(months(*numbers.span))
        codes = [*listed, *sorted(c for c in found if c and c not in listed)]
        every: list[str | None] = [*codes, *([None] if None in found else [])]
        hidden = {c for c in every if numbers.hides(quantity, dimension.name, c)}
        shown = [c for c in every if c not in hidden]
        parts = [
            _part(_label(dimension, bureau, c), numbers.exact(quantity, dimension.name, c), c)
            for c in shown
        ]
        if hidden:
            merged = frozenset(code or "" for code in hidden)
            parts.append(_part(MERGED, numbers.exact(quantity, dimension.name, merged)))
        if shown and len(parts) > 1 and parts[-1].exact is not None:
            adds_up = not (dimension is MONTH and figure.measure.kind == "stock")
            made.append(
                ReleaseBreakdown(
                    key=figure.id,
                    by=dimension.name,
                    parts=tuple(parts),
                    adds_up=adds_up,
                    merged=bool(hidden),
                )
            )
    return made


def _label(dimension: Dimension, bureau: Bureau, code: str | None) -> str:
    """What a row is called: 3月 within the year, 某街道."""
    if dimension is MONTH and code is not None:
        return month_label(code)
    return dimension.label(bureau, code)


def _part(name: str, exact: object, code: str | None = None) -> ReleasePart:
    return ReleasePart(code=code, name=name, exact=exact if isinstance(exact, int) else None)


def _defined(figure: Figure) -> ReleaseDefinition:
    text = figure.definition + (f"。{figure.reading}" if figure.reading else "")
    return ReleaseDefinition(key=figure.id, text=text, digest=figure.digest)


def _claimed(statement: Statement) -> ReleaseDefinition:
    return ReleaseDefinition(key=statement.id, text=statement.holds_when, digest=statement.digest)
