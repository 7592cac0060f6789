"""Which organisations are on the register, and what it holds of them by date; zombies; counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.codes import Labels
from domain.money import format_yuan
from domain.organisations.events import (
    AnnualReportFiled,
    CharterApproved,
    Deregistered,
    DisposalWay,
    EstablishmentAccepted,
    EstablishmentApplied,
    EstablishmentApproved,
    EstablishmentRefused,
    LiquidationCompleted,
    OrganisationKind,
    OrganisationTakenOver,
    RegisterCounted,
    Registered,
    RegisteredItem,
    RegisteredItemChanged,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieGround,
    ZombieIdentified,
)
from domain.organisations.leadership import CertificateReplaced, CouncilElected, PrincipalsFiled
from projections.read_model import ReadModel
from projections.stretches import Change, decided, found, stretches

FilingKind = Annotated[
    Literal["change", "charter", "election", "principals", "certificate", "annual-report"],
    Labels("变更登记", "章程核准", "换届", "负责人备案", "换发登记证书", "年度报告"),
]


class Organisation(NamedTuple):
    """A body is on the register at D when registered_on ≤ D and not (ended_on ≤ D).

    `registered_on` is the decision's date, `origin` established or taken-over, `ended_how`
    deregistered, revoked or certificate-revoked.
    """

    uscc: str
    kind: OrganisationKind
    township: str
    registered_on: date
    origin: str
    ended_on: date | None = None
    ended_how: str | None = None
    capital_fen: int | None = None
    application: str | None = None
    """Number of the application that it was established on."""
    accepted_on: date | None = None
    """When its papers were complete, where it was established here."""
    liquidated_on: date | None = None


class Application(NamedTuple):
    """An application to establish a body, until it is refused; what is established says so."""

    application: str
    accepted_on: date | None = None
    refused_on: date | None = None


class RegisteredValue(NamedTuple):
    """What the register holds of a body under an item, from valid_from to the day before valid_to.

    Nothing of a body that has ended. A legal representative is a pseudonym; capital is in 元.
    """

    uscc: str
    item: RegisteredItem
    value: str
    valid_from: date
    valid_to: date | None


class Filing(NamedTuple):
    """What a body brought to the registrar in its life: a flow of what was handled.

    `item` is what a change was of; `until` the last day of a term or of a certificate.
    """

    uscc: str
    kind: FilingKind
    on_date: date
    item: RegisteredItem | None = None
    until: date | None = None


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
    indexes=("registered_on", "uscc", "application", "stream"),
    doc="social organisations on the register, by date",
)
applications = ReadModel(
    "organisation_application",
    Application,
    indexes=("stream",),
    doc="applications to establish organisations, accepted and refused",
    private="applications that are not decided yet, or were refused",
)
registered_values = ReadModel(
    "registered_value",
    RegisteredValue,
    indexes=("uscc, item", "value"),
    doc="what the register holds of organisations, by item and date",
)
filings = ReadModel(
    "organisation_filing",
    Filing,
    indexes=("kind, on_date", "uscc"),
    doc="changes, charters, elections, principals, certificates and annual reports that were filed",
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


class _End(NamedTuple):
    """The end of a body; it may be told before the body is."""

    on: date
    how: str


class _Liquidated(NamedTuple):
    """So may its liquidation."""

    on: date


@organisations.shows
def on_register(kept: Sequence[Organisation | _End | _Liquidated]) -> Iterator[Organisation]:
    end = next((each for each in kept if isinstance(each, _End)), None)
    liquidated = next((each.on for each in kept if isinstance(each, _Liquidated)), None)
    for body in kept:
        if isinstance(body, Organisation):
            row = body._replace(liquidated_on=liquidated)
            yield row if end is None else row._replace(ended_on=end.on, ended_how=end.how)


@organisations.folds
def registered(
    kept: Sequence[Organisation | _End | _Liquidated],
    entry: Entry[OrganisationTakenOver | EstablishmentApproved],
) -> Iterator[Organisation | _End | _Liquidated]:
    """One row per body: a second establishment under the same code adds no body."""
    yield from kept
    data = entry.data
    if not any(isinstance(each, Organisation) for each in kept):
        established = entry.type == EstablishmentApproved.TYPE
        origin = "established" if established else "taken-over"
        yield Organisation(
            data.uscc,
            data.kind,
            data.township,
            data.decided_on,
            origin,
            capital_fen=data.capital_fen,
            application=getattr(data, "application_number", None),
            accepted_on=getattr(data, "accepted_on", None),
        )


@organisations.folds
def liquidated(
    kept: Sequence[Organisation | _End | _Liquidated], entry: Entry[LiquidationCompleted]
) -> Iterator[Organisation | _End | _Liquidated]:
    """The last one told of is the one that its end follows."""
    yield from (each for each in kept if not isinstance(each, _Liquidated))
    yield _Liquidated(entry.data.completed_on)


@organisations.folds
def ended(
    kept: Sequence[Organisation | _End | _Liquidated],
    entry: Entry[Deregistered | RegistrationRevoked],
) -> Iterator[Organisation | _End | _Liquidated]:
    """The first end is the one that took effect."""
    yield from kept
    if not any(isinstance(each, _End) for each in kept):
        how = getattr(entry.data, "way", "deregistered")
        yield _End(entry.data.occurred_on(), how)


@applications.folds
def applied(
    kept: Sequence[Application], entry: Entry[EstablishmentApplied]
) -> Iterator[Application]:
    yield from kept
    if not kept:
        yield Application(entry.data.application_number)


@applications.folds
def accepted(
    kept: Sequence[Application], entry: Entry[EstablishmentAccepted]
) -> Iterator[Application]:
    one = kept[0] if kept else Application(entry.key)
    yield one._replace(accepted_on=one.accepted_on or entry.data.accepted_on)


@applications.folds
def refused(
    kept: Sequence[Application], entry: Entry[EstablishmentRefused]
) -> Iterator[Application]:
    one = kept[0] if kept else Application(entry.key)
    yield one._replace(refused_on=one.refused_on or entry.data.decided_on)


_REGISTERED, _ENDED = "registered", "ended"
"""What changes of no value are of: they mark that a body was registered, that it ended."""


@registered_values.shows
def shown_values(kept: Sequence[Change]) -> Iterator[RegisteredValue]:
    end = next((change.on for change in kept if change.of == _ENDED), None)
    for row in itertools.starmap(RegisteredValue, stretches(kept)):
        if end is None:
            yield row
        elif row.valid_from < end:
            yield row._replace(valid_to=min(row.valid_to or end, end))


@registered_values.folds
def values_taken_over(
    kept: Sequence[Change], entry: Entry[OrganisationTakenOver]
) -> Iterator[Change]:
    return found(kept, entry.data.taken_over_on, *_registered(entry.data))


@registered_values.folds
def values_established(
    kept: Sequence[Change], entry: Entry[EstablishmentApproved]
) -> Iterator[Change]:
    """A second establishment under the same code registers nothing."""
    if any(change.of == _REGISTERED for change in kept):
        return iter(kept)
    return decided(kept, *_registered(entry.data))


def _registered(body: Registered) -> list[Change]:
    items: dict[RegisteredItem, str | None] = {
        "name": body.name,
        "address": body.address,
        "legal-representative": body.legal_representative.ref,
        "capital": f"{format_yuan(body.capital_fen)}元",
        "sponsoring-authority": body.sponsoring_authority,
    }
    return [
        Change(_REGISTERED, body.decided_on, None),
        *(
            Change(item, body.decided_on, (body.uscc, item, value))
            for item, value in items.items()
            if value is not None
        ),
    ]


@registered_values.folds
def value_changed(kept: Sequence[Change], entry: Entry[RegisteredItemChanged]) -> Iterator[Change]:
    """Where the new value was not told, the old one holds no more all the same."""
    data = entry.data
    person = data.legal_representative
    value = data.new_value if person is None else person.ref
    row = None if value is None else (data.uscc, data.item, value)
    return decided(kept, Change(data.item, data.decided_on, row))


@registered_values.folds
def values_ended(
    kept: Sequence[Change], entry: Entry[Deregistered | RegistrationRevoked]
) -> Iterator[Change]:
    yield from kept
    yield Change(_ENDED, entry.data.occurred_on(), None)


_FILED: dict[str, FilingKind] = {
    RegisteredItemChanged.TYPE: "change",
    CharterApproved.TYPE: "charter",
    PrincipalsFiled.TYPE: "principals",
    AnnualReportFiled.TYPE: "annual-report",
}


@filings.adds
def filed(
    entry: Entry[RegisteredItemChanged | CharterApproved | PrincipalsFiled | AnnualReportFiled],
) -> Iterator[Filing]:
    data = entry.data
    item = getattr(data, "item", None)
    yield Filing(data.uscc, _FILED[entry.type], data.occurred_on(), item)


@filings.adds
def elected(entry: Entry[CouncilElected]) -> Iterator[Filing]:
    data = entry.data
    yield Filing(data.uscc, "election", data.elected_on, until=data.term_until)


@filings.adds
def certificate(entry: Entry[CertificateReplaced]) -> Iterator[Filing]:
    data = entry.data
    yield Filing(data.uscc, "certificate", data.issued_on, until=data.valid_until)


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
