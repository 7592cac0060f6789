"""Which organisations are on the register and until when, how zombies ended, what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.organisations.events import (
    Deregistered,
    DisposalWay,
    EstablishmentApproved,
    OrganisationKind,
    OrganisationTakenOver,
    RegisterCounted,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieGround,
    ZombieIdentified,
)
from projections.read_model import ReadModel


class Organisation(NamedTuple):
    """A body is on the register at D when registered_on ≤ D and not (ended_on ≤ D).

    `registered_on` is the decision's date, `origin` established or taken-over, `ended_how`
    deregistered or revoked.
    """

    uscc: str
    kind: OrganisationKind
    name: str
    township: str
    registered_on: date
    origin: str
    ended_on: date | None
    ended_how: str | None


class ZombieDisposal(NamedTuple):
    """A step of 清理整治; a body may have several, the last one says how it ended."""

    uscc: str
    step: str
    """identified or disposed."""
    way: DisposalWay | None
    ground: ZombieGround | None
    on_date: date


class RegisterCount(NamedTuple):
    """The registrar's own count at the end of a day."""

    counted_on: date
    bodies: int


organisations = ReadModel(
    "organisation",
    Organisation,
    indexes=("registered_on", "uscc"),
    doc="social organisations on the register, by date",
)
zombies = ReadModel(
    "zombie_disposal",
    ZombieDisposal,
    indexes=("on_date", "uscc"),
    doc="zombie organisations identified and disposed, with the way",
)
register_counts = ReadModel(
    "register_count",
    RegisterCount,
    indexes=("counted_on",),
    doc="counts of the register by the registrar",
)


@organisations.folds
def registered(
    rows: Sequence[Organisation], entry: Entry[OrganisationTakenOver | EstablishmentApproved]
) -> Iterator[Organisation]:
    """One row per body: a second establishment under the same code adds no body."""
    data = entry.data
    if rows:
        yield from rows
        return
    yield Organisation(
        data.uscc,
        data.kind,
        data.name,
        data.township,
        data.decided_on,
        "taken-over" if entry.type == OrganisationTakenOver.TYPE else "established",
        None,
        None,
    )


@organisations.folds
def ended(
    rows: Sequence[Organisation], entry: Entry[Deregistered | RegistrationRevoked]
) -> Iterator[Organisation]:
    how = "revoked" if entry.type == RegistrationRevoked.TYPE else "deregistered"
    on = entry.data.occurred_on()
    for row in rows:
        earlier = row.ended_on is not None and row.ended_on <= on
        yield row if earlier else row._replace(ended_on=on, ended_how=how)


@zombies.adds
def identified(entry: Entry[ZombieIdentified]) -> Iterator[ZombieDisposal]:
    data = entry.data
    yield ZombieDisposal(data.uscc, "identified", None, data.ground, data.identified_on)


@zombies.adds
def disposed(entry: Entry[ZombieDisposed]) -> Iterator[ZombieDisposal]:
    data = entry.data
    yield ZombieDisposal(data.uscc, "disposed", data.way, None, data.disposed_on)


@register_counts.adds
def counted(entry: Entry[RegisterCounted]) -> Iterator[RegisterCount]:
    yield RegisterCount(entry.data.counted_on, entry.data.bodies)
