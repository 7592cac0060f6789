"""A document as a release keeps it, and the document that a release gives back: the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.reporting.releases import (
    CutCodes,
    MergedCells,
    ReleaseBlock,
    ReleaseCell,
    ReleaseColumn,
    ReleaseContent,
    ReleaseRow,
    ReleaseRun,
    ReleaseTable,
    ReleaseValue,
    RunKind,
    ToldNumber,
)
from reports.aside import Aside
from reports.cells import cell as cells
from reports.document import (
    Cell,
    Column,
    Document,
    FigureRef,
    Gap,
    Paragraph,
    Row,
    Run,
    Section,
    StatementRef,
    Table,
    Text,
)
from reports.measure import Exact, Value
from reports.release import Release, read, written
from reports.shown import written as shown


@dataclass
class Values:
    """Values of a release, each under a name of its own."""

    kept: dict[str, ReleaseValue] = field(default_factory=dict)

    def keep(
        self,
        key: str,
        name: str,
        value: Value,
        exact: Exact = None,
        *,
        unit: str = "",
        beside: str = "",
        invented: bool = False,
        conditions: int | None = None,
        broken: int | None = None,
    ) -> str:
        """Keep a value; of two that are called the same the second gets another name."""
        kind, text = written(value)
        made = ReleaseValue(
            key=key,
            name=name or key,
            type=kind,
            value=text or None,
            exact=written(exact)[1] or None,
            unit=unit or None,
            beside=beside or None,
            invented=invented,
            conditions=conditions,
            broken=broken,
        )
        number = 1
        while not _same(self.kept.setdefault(made.key, made), made):
            number += 1
            made = made.model_copy(update={"key": f"{key} #{number}"})
        return made.key


def _same(one: ReleaseValue, other: ReleaseValue) -> bool:
    """Whether they say the same; what stands beside a value is not said with every mention."""
    return (one.type, one.value, one.exact, one.unit) == (
        other.type,
        other.value,
        other.exact,
        other.unit,
    )


def blocks(document: Document, values: Values) -> Iterator[ReleaseBlock]:
    """What a document says, in order; its values are kept."""
    for section in document.sections:
        if section.heading or section.code:
            yield ReleaseBlock(
                heading=section.heading or None,
                level=section.level or None,
                code=section.code or None,
            )
        for block in section.blocks:
            if isinstance(block, Table):
                yield ReleaseBlock(table=_kept_table(block))
            else:
                runs = tuple(_kept_run(run, values) for run in block.runs if run.text)
                yield ReleaseBlock(runs=runs, by_staff=block.by == "staff")


def _kept_run(run: Run, values: Values) -> ReleaseRun:
    kind: RunKind = "words"
    key = None
    if isinstance(run, FigureRef):
        kind = "figure"
        key = values.keep(
            run.id or run.name,
            run.name,
            run.value,
            run.exact,
            unit=run.unit,
            beside=run.beside,
            invented=run.invented,
        )
    elif isinstance(run, StatementRef):
        kind, key = "claim", values.keep(run.id, run.name, run.holds)
    elif isinstance(run, Gap):
        kind = "gap"
    beside = run.beside if isinstance(run, FigureRef) else ""
    return ReleaseRun(text=run.text, kind=kind, key=key, beside=beside or None)


def _kept_table(table: Table) -> ReleaseTable:
    return ReleaseTable(
        title=table.title or "表",
        corner=table.corner or None,
        columns=tuple(
            ReleaseColumn(heading=c.heading or None, group=c.group or None, unit=c.unit or None)
            for c in table.columns
        ),
        rows=tuple(
            ReleaseRow(
                heading=row.heading or None,
                cells=tuple(map(_kept_cell, row.cells)),
                unit=row.unit or None,
                total=row.total,
            )
            for row in table.rows
        ),
        note=table.note or None,
        units=table.units or None,
    )


def _kept_cell(cell: Cell) -> ReleaseCell:
    kind, value = written(cell.value)
    return ReleaseCell(
        text=cell.text or None,
        type=None if value is None or kind == "number" else kind,
        value=value or None,
        exact=written(cell.exact)[1] or None,
    )


def told(document: Document) -> tuple[ToldNumber, ...]:
    """What a document tells, number by number: of persons also what follows from it."""
    return tuple(
        ToldNumber(
            measure=cell.measure,
            subjects=tuple(sorted(cell.subjects)),
            since=cell.since,
            until=cell.until,
            cut=tuple(CutCodes(dimension=n, codes=tuple(sorted(codes))) for n, codes in cell.cut),
            exact=cell.exact,
            behind=cell.behind,
            money=cell.money,
            policy=cell.policy,
        )
        for cell in document.told
    )


def merged(document: Document) -> tuple[MergedCells, ...]:
    """What is merged in a document."""
    return tuple(
        MergedCells(
            subjects=tuple(sorted(one.of)),
            dimension=one.dimension,
            codes=tuple(sorted(one.codes)),
            measure=one.measure or None,
            sum_told=one.sum_told,
        )
        for one in document.merged
    )


def as_told(release: Release, says: ReleaseContent) -> cells.Release:
    """A release as the next one must know it, so that nobody is recognised by both."""
    return cells.Release(
        tuple(
            cells.Merged(
                frozenset(one.subjects),
                one.dimension,
                frozenset(one.codes),
                one.measure or "",
                one.sum_told,
            )
            for one in release.merged
        ),
        tuple(
            cells.Cell(
                measure=number.measure,
                subjects=frozenset(number.subjects),
                until=number.until,
                since=number.since,
                cut=cells.cut_of({part.dimension: part.codes for part in number.cut}),
                exact=number.exact,
                behind=number.behind,
                money=number.money,
                policy=number.policy,
            )
            for number in says.told
            if number.policy != "open"  # nobody stands behind it
        ),
    )


def document_of(
    release: Release, says: ReleaseContent, waits: Aside, *, sample: bool, site: str = ""
) -> Document:
    """The document that was released, for every form in which documents are shown."""
    values = {value.key: value for value in says.values}
    gaps = [run.text for block in says.blocks for run in block.runs if run.kind == "gap"]
    return Document(
        plan=release.plan,
        kind=release.kind,
        audience=release.audience,
        title=release.title,
        moment=release.moment,
        sample=sample,
        signed=release.signed,
        dated=release.dated,
        published=shown(release.published_at),
        sections=tuple(_sections(release, says, values)),
        aside=waits,
        internal=release.audience == "internal",
        content=release.content,
        release=release.name,
        site=site,
        gaps=tuple(dict.fromkeys(gaps)),
    )


def _sections(
    release: Release, says: ReleaseContent, values: Mapping[str, ReleaseValue]
) -> Iterator[Section]:
    head = ReleaseBlock()
    inside: list[Paragraph | Table] = []
    for block in says.blocks:
        if block.heading is not None or block.code is not None:
            if head != ReleaseBlock() or inside:
                yield _section(head, inside)
            head, inside = block, []
        elif block.table is not None:
            inside.append(_table(block.table))
        else:
            runs = tuple(_run(release, run, values) for run in block.runs)
            inside.append(Paragraph(runs, "staff" if block.by_staff else "ledger"))
    if head != ReleaseBlock() or inside:
        yield _section(head, inside)


def _section(head: ReleaseBlock, inside: list[Paragraph | Table]) -> Section:
    return Section(head.level or 0, head.heading or "", tuple(inside), head.code or "")


def _run(release: Release, run: ReleaseRun, values: Mapping[str, ReleaseValue]) -> Run:
    value = values.get(run.key or "")
    if run.kind == "gap":
        return Gap(run.text)
    if value is None or run.kind == "words":
        return Text(run.text)
    if run.kind == "claim":
        holds = read(value.type, value.value)
        href = _href(release, "statements", value.key)
        return StatementRef(value.key, value.name, run.text, href, holds=_truth(holds))
    return FigureRef(
        id=value.key,
        name=value.name,
        text=run.text,
        href=_href(release, "figures", value.key),
        unit=value.unit or "",
        value=read(value.type, value.value),
        exact=read(value.type, value.exact),
        beside=run.beside or "",
        invented=value.invented,
    )


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _href(release: Release, page: str, key: str) -> str:
    """Only the figures of the annual report have pages of their own."""
    if release.kind != "annual" or not key.isalnum():
        return ""
    return f"/{page}/{key}?period={release.period}&at={release.moment.at}"


def _table(table: ReleaseTable) -> Table:
    return Table(
        title=table.title,
        corner=table.corner or "",
        columns=tuple(Column(c.heading or "", c.group or "", c.unit or "") for c in table.columns),
        rows=tuple(
            Row(row.heading or "", tuple(map(_cell, row.cells)), row.unit or "", row.total)
            for row in table.rows
        ),
        note=table.note or "",
        units=table.units or "",
    )


def _cell(cell: ReleaseCell) -> Cell:
    kind = cell.type or "number"
    return Cell(cell.text or "", read(kind, cell.value), read(kind, cell.exact))
