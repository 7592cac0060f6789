"""Charity drives: who took part, what was given, how many came, and the words of the summary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.outreach.charity import (
    DonationForm,
    DonationRecorded,
    DriveOpened,
    DriveReported,
    ParticipantJoined,
    ParticipantKind,
    TurnoutCounted,
    ValuationBasis,
)
from projections.read_model import ReadModel


class Drive(NamedTuple):
    """A drive and the programme it belongs to."""

    drive: str
    programme: str
    title: str
    opens_on: date
    closes_on: date


drives = ReadModel("charity_drive", Drive, indexes=("drive",), doc="charity drives")


@drives.adds
def opened(entry: Entry[DriveOpened]) -> Iterator[Drive]:
    data = entry.data
    yield Drive(
        data.drive,
        data.programme,
        data.title,
        data.opens_on,
        data.closes_on,
    )


class Participant(NamedTuple):
    """A body that took part on a day; one body may have several rows."""

    drive: str
    participant: str
    kind: ParticipantKind
    joined_on: date


participants = ReadModel(
    "charity_participant", Participant, indexes=("drive",), doc="who took part in a drive"
)


@participants.adds
def joined(entry: Entry[ParticipantJoined]) -> Iterator[Participant]:
    data = entry.data
    yield Participant(data.drive, data.participant, data.kind, data.joined_on)


class Donation(NamedTuple):
    """A donation at its stated value; it belongs to the charity, never to the bureau's payouts."""

    drive: str
    donation: str
    form: DonationForm
    value_fen: int
    valuation: ValuationBasis | None
    recipient: str
    donated_on: date


donations = ReadModel(
    "charity_donation", Donation, indexes=("drive",), doc="donations at stated value"
)


@donations.adds
def donated(entry: Entry[DonationRecorded]) -> Iterator[Donation]:
    data = entry.data
    yield Donation(
        drive=data.drive,
        donation=data.donation,
        form=data.form,
        value_fen=data.value_fen,
        valuation=data.valuation,
        recipient=data.recipient,
        donated_on=data.donated_on,
    )


class Turnout(NamedTuple):
    """人次 at one place on one day."""

    drive: str
    place: str
    township: str | None
    participations: int
    counted_on: date


turnouts = ReadModel("charity_turnout", Turnout, indexes=("drive",), doc="turnout of drives")


@turnouts.adds
def counted(entry: Entry[TurnoutCounted]) -> Iterator[Turnout]:
    data = entry.data
    yield Turnout(
        data.drive,
        data.place,
        data.township,
        data.participations,
        data.counted_on,
    )


class Summary(NamedTuple):
    """What the summary of a drive says in its own words."""

    drive: str
    enterprises_stated: str
    participations_stated: str
    goods_stated: str
    reported_on: date


summaries = ReadModel("charity_summary", Summary, indexes=("drive",), doc="rounded words as stated")


@summaries.adds
def reported(entry: Entry[DriveReported]) -> Iterator[Summary]:
    data = entry.data
    yield Summary(
        data.drive,
        data.enterprises_stated,
        data.participations_stated,
        data.goods_stated,
        data.reported_on,
    )
