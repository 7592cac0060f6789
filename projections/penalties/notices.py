"""What the public is told of penalties: that one was decided, and why it was taken down again.

Apart from the cases, since it holds nothing that may not be told: no officer, no pseudonym, and
nothing at all of a natural person who is not known to be of age. A decision is up from the day on
which it was published. What was varied, revoked, held unlawful or void is down from that very day,
whatever may be left of the three working days to take it down (行政处罚法 art. 48); as varied it is
up again once it was published so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from domain.aggregate import Entry
from domain.codes import Labels
from domain.penalties.events import (
    PenaltyDecided,
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyRevoked,
    PenaltyVaried,
)
from domain.penalties.kinds import PenaltyKind
from projections.penalties.cases import PartyKind, party_of
from projections.read_model import ReadModel

Undoing = Annotated[
    Literal["varied", "revoked", "held-unlawful", "void", "taken-down"],
    Labels("变更", "撤销", "确认违法", "确认无效", "仅撤下公示"),
]


class PenaltyNotice(NamedTuple):
    """A decision as published: up from `published_on` until the day of `down_on` (None = still).

    `subject` is who is on a register, by stream, `body` what an unregistered body calls itself; of
    a natural person there is neither, and no cause. `late` counts the working days between the last
    day for its publication and the day of it (None = not known).
    """

    decision_number: str
    party: PartyKind
    subject: str | None
    body: str | None
    cause: str | None
    legal_basis: str
    kinds: list[PenaltyKind]
    amount_fen: int
    decided_on: date
    due_on: date | None
    published_on: date
    late: int | None
    down_on: date | None


class PenaltyWithdrawal(NamedTuple):
    """A decision that is down, or has to be: what became of it, and the reason as told.

    `due_on` is the last day to take it down; `since` the day on which it was undone, or taken down
    though nobody said that it was undone.
    """

    decision_number: str
    party: PartyKind
    decided_on: date
    undone: Undoing
    since: date
    due_on: date | None
    withdrawn_on: date | None
    reason: str | None


class _File(NamedTuple):
    """What the facts of a case leave: the decision as it stands, and what was published of it."""

    decision: PenaltyNotice | None = None
    void: bool = False
    """Whether it was revoked or held unlawful: nothing of it is published again."""
    early_on: date | None = None
    """When it is said to have been published before it was made."""
    published: tuple[PenaltyNotice, ...] = ()
    withdrawn: tuple[PenaltyWithdrawal, ...] = ()


def _shown(kept: Sequence[_File]) -> Iterator[PenaltyNotice]:
    return (notice for file in kept for notice in file.published)


notices = ReadModel("penalty_notice", PenaltyNotice, doc="penalties as they were published")
notices.shows(_shown)


def _file(kept: Sequence[_File]) -> _File:
    return kept[0] if kept else _File()


@notices.folds
def decided(kept: Sequence[_File], entry: Entry[PenaltyDecided]) -> Iterator[_File]:
    """The first decision; who is punished without being known to be of age has no notice."""
    data, file = entry.data, _file(kept)
    if file.decision is not None or (data.person is not None and not data.person.adult):
        yield file
        return
    told = party_of(data)
    is_body = told["party"] != "person"
    on = data.decided_on
    decision = PenaltyNotice(
        decision_number=data.decision_number,
        party=told["party"],
        subject=data.subject,
        body=data.unregistered_body,
        cause=data.cause if is_body else None,
        legal_basis=data.legal_basis,
        kinds=sorted(set(data.kinds)),
        amount_fen=data.amount_fen,
        decided_on=on,
        due_on=entry.bureau.due_on("penalties.publish-working-days", on),
        published_on=on,
        late=None,
        down_on=None,
    )
    file = file._replace(decision=decision)
    yield file if file.early_on is None else _up(file, entry, on)


@notices.folds
def published(kept: Sequence[_File], entry: Entry[PenaltyPublished]) -> Iterator[_File]:
    """What is up stays as it is; what is void does not go up again."""
    file, on = _file(kept), entry.data.published_on
    if file.decision is None:
        yield file._replace(early_on=file.early_on or on)
    elif file.void or (file.published and file.published[-1].down_on is None):
        yield file
    else:
        yield _up(file, entry, on)


def _up(file: _File, entry: Entry, on: date) -> _File:
    assert file.decision is not None  # noqa: S101  both callers looked
    due_on = None if file.published else file.decision.due_on
    late = None if due_on is None else entry.bureau.calendar.working_days_after(due_on, on)
    notice = file.decision._replace(due_on=due_on, published_on=on, late=late)
    return file._replace(published=(*file.published, notice))


@notices.folds
def varied(kept: Sequence[_File], entry: Entry[PenaltyVaried]) -> Iterator[_File]:
    data, file = entry.data, _file(kept)
    if file.decision is not None:
        kinds = sorted(set(data.kinds))
        decision = file.decision._replace(kinds=kinds, amount_fen=data.amount_fen)
        file = _undone(file, entry, "varied", data.varied_on)._replace(decision=decision)
    yield file


@notices.folds
def revoked(kept: Sequence[_File], entry: Entry[PenaltyRevoked]) -> Iterator[_File]:
    data = entry.data
    yield _undone(_file(kept), entry, data.how, data.revoked_on)._replace(void=True)


def _undone(file: _File, entry: Entry, undone: Undoing, on: date) -> _File:
    """What is up goes down, and has to be taken down by a day."""
    if not file.published or file.published[-1].down_on is not None:
        return file
    due_on = entry.bureau.due_on("penalties.withdraw-working-days", on)
    return _down(file, on, undone=undone, due_on=due_on)


def _down(file: _File, on: date, **more: Any) -> _File:
    """What is up goes down on a day."""
    *before, last = file.published
    told = {"due_on": None, "withdrawn_on": None, "reason": None, **more}
    gone = PenaltyWithdrawal(last.decision_number, last.party, last.decided_on, since=on, **told)
    return file._replace(
        published=(*before, last._replace(down_on=on)), withdrawn=(*file.withdrawn, gone)
    )


@notices.folds
def taken_down(kept: Sequence[_File], entry: Entry[PenaltyPublicationWithdrawn]) -> Iterator[_File]:
    """The reason belongs to the last undoing that nobody gave one for."""
    data, file = entry.data, _file(kept)
    said: dict[str, Any] = {"withdrawn_on": data.withdrawn_on, "reason": data.reason}
    if file.published and file.published[-1].down_on is None:
        yield _down(file, data.withdrawn_on, undone="taken-down", **said)
    elif file.withdrawn and file.withdrawn[-1].withdrawn_on is None:
        last = file.withdrawn[-1]._replace(**said)
        yield file._replace(withdrawn=(*file.withdrawn[:-1], last))
    else:
        yield file


withdrawals = notices.beside(
    "penalty_withdrawal",
    PenaltyWithdrawal,
    lambda kept: (gone for file in kept for gone in file.withdrawn),
    doc="penalties that were taken down, or have to be, with the reason",
)
