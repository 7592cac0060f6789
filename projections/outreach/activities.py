"""Outreach: study sessions, sittings with their turnout, attendance by village, single acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.outreach.activities import (
    GuideIssued,
    LawListCompiled,
    Mode,
    NoticeBoardUpdated,
    PublicityHeld,
    StationActivityHeld,
    StudySessionHeld,
    TrainingAttended,
    TrainingHeld,
    TrainingKind,
    WorkDeployed,
    WorkReportHeard,
)
from projections.read_model import ReadModel


class StudySession(NamedTuple):
    """A session held (学法), once, with all kinds and laws any report of it names."""

    session: str
    title: str
    kinds: list[str]
    laws: list[str]
    documents: list[str]
    participants: int
    held_on: date


study_sessions = ReadModel(
    "study_session", StudySession, indexes=("held_on",), doc="study sessions held, each once"
)


@study_sessions.folds
def held(rows: Sequence[StudySession], entry: Entry[StudySessionHeld]) -> Iterator[StudySession]:
    """A second report of a day adds its kinds and laws; the title stays.

    One of another day has a row of its own: what was studied later was not studied then.
    """
    data = entry.data
    told = False
    for row in rows:
        if row.held_on != data.held_on:
            yield row
            continue
        told = True
        yield row._replace(
            kinds=list(dict.fromkeys([*row.kinds, *data.kinds])),
            laws=list(dict.fromkeys([*row.laws, *data.laws])),
            documents=list(dict.fromkeys([*row.documents, *data.documents])),
            participants=max(row.participants, data.participants),
        )
    if not told:
        yield StudySession(
            session=data.session,
            title=data.title,
            kinds=list(dict.fromkeys(data.kinds)),
            laws=list(dict.fromkeys(data.laws)),
            documents=list(dict.fromkeys(data.documents)),
            participants=data.participants,
            held_on=data.held_on,
        )


class Sitting(NamedTuple):
    """One sitting of a station activity, a publicity campaign or a training, and its 人次.

    `line` is station-activity, publicity or training; `kind`, `mode` and `issue_number` (期次)
    belong to trainings, `place` and `laws` to publicity.
    """

    sitting: str
    line: str
    programme: str
    title: str
    kind: TrainingKind | None
    mode: Mode | None
    issue_number: int | None
    township: str | None
    participations: int
    held_on: date
    place: str | None
    laws: list[str]


sittings = ReadModel(
    "outreach_sitting",
    Sitting,
    indexes=("programme, held_on",),
    doc="station activities, publicity and trainings: one row per sitting",
)


@sittings.adds
def station_activity(entry: Entry[StationActivityHeld]) -> Iterator[Sitting]:
    yield _sitting(entry)._replace(township=entry.data.township)


@sittings.adds
def publicity(entry: Entry[PublicityHeld]) -> Iterator[Sitting]:
    held = entry.data
    laws = list(dict.fromkeys(held.laws))
    yield _sitting(entry)._replace(township=held.township, place=held.place, laws=laws)


@sittings.adds
def training(entry: Entry[TrainingHeld]) -> Iterator[Sitting]:
    held = entry.data
    yield _sitting(entry)._replace(kind=held.kind, mode=held.mode, issue_number=held.issue_number)


def _sitting(entry: Entry[StationActivityHeld | PublicityHeld | TrainingHeld]) -> Sitting:
    held = entry.data
    return Sitting(
        sitting=entry.key,
        line=held.STREAM,
        programme=held.programme,
        title=held.title,
        kind=None,
        mode=None,
        issue_number=None,
        township=None,
        participations=held.participations,
        held_on=held.held_on,
        place=None,
        laws=[],
    )


class Attendance(NamedTuple):
    """A village that sent somebody to a training; `persons` came from the whole township."""

    training: str
    village: str
    township: str
    township_persons: int
    attended_on: date


attendances = ReadModel(
    "training_attendance", Attendance, indexes=("training",), doc="villages at trainings"
)


@attendances.adds
def attended(entry: Entry[TrainingAttended]) -> Iterator[Attendance]:
    data = entry.data
    for village in data.villages:
        yield Attendance(
            data.training,
            village,
            data.township,
            data.persons,
            data.attended_on,
        )


class OfficeAct(NamedTuple):
    """Something the office did once: a guide, a board, a law list, a hearing, a deployment.

    `first_responsible` (第一责任人 in person) belongs to hearings and deployments.
    """

    act: str
    code: str
    title: str
    done_on: date
    first_responsible: bool | None


office_acts = ReadModel(
    "office_act", OfficeAct, indexes=("act, done_on",), doc="guides, boards, law lists, meetings"
)

_ACTS = {
    GuideIssued.TYPE: "guide",
    NoticeBoardUpdated.TYPE: "notice-board",
    LawListCompiled.TYPE: "law-list",
    WorkReportHeard.TYPE: "hearing",
    WorkDeployed.TYPE: "deployment",
}


@office_acts.adds
def office_act(
    entry: Entry[GuideIssued | NoticeBoardUpdated | LawListCompiled],
) -> Iterator[OfficeAct]:
    yield _act(entry, None)


@office_acts.adds
def office_meeting(entry: Entry[WorkReportHeard | WorkDeployed]) -> Iterator[OfficeAct]:
    yield _act(entry, entry.data.first_responsible)


def _act(
    entry: Entry[
        GuideIssued | NoticeBoardUpdated | LawListCompiled | WorkReportHeard | WorkDeployed
    ],
    first_responsible: bool | None,  # noqa: FBT001  a column
) -> OfficeAct:
    code = entry.key
    done = entry.data
    return OfficeAct(_ACTS[entry.type], code, done.title, done.occurred_on(), first_responsible)
