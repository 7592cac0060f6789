"""Outreach: study sessions, sittings with their turnout, attendance by village, single acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.outreach.events import (
    GuideIssued,
    LawListCompiled,
    NoticeBoardUpdated,
    PublicityHeld,
    StationActivityHeld,
    StudySessionHeld,
    TrainingAttended,
    TrainingHeld,
    WorkDeployed,
    WorkReportHeard,
)
from projections.read_model import ReadModel, day


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


@study_sessions.folds(StudySessionHeld)
def held(rows: Sequence[StudySession], entry: Entry) -> Iterator[StudySession]:
    """A second report of the session adds its kinds and laws; date and title stay."""
    data = entry.data
    kinds, laws = data["kinds"], data.get("laws", [])
    documents = data.get("documents", [])
    if not rows:
        yield StudySession(
            session=data["session"],
            title=data["title"],
            kinds=list(dict.fromkeys(kinds)),
            laws=list(dict.fromkeys(laws)),
            documents=list(dict.fromkeys(documents)),
            participants=data["participants"],
            held_on=day(data["held_on"]),
        )
    for row in rows:
        yield row._replace(
            kinds=list(dict.fromkeys([*row.kinds, *kinds])),
            laws=list(dict.fromkeys([*row.laws, *laws])),
            documents=list(dict.fromkeys([*row.documents, *documents])),
            participants=max(row.participants, data["participants"]),
        )


class Sitting(NamedTuple):
    """One sitting of a station activity, a publicity campaign or a training, and its 人次.

    `line` is station-activity, publicity or training; `kind`, `mode` and `issue_number` (期次)
    belong to trainings.
    """

    sitting: str
    line: str
    programme: str
    title: str
    kind: str | None
    mode: str | None
    issue_number: int | None
    township: str | None
    participations: int
    held_on: date


sittings = ReadModel(
    "outreach_sitting",
    Sitting,
    indexes=("programme, held_on",),
    doc="station activities, publicity and trainings: one row per sitting",
)


@sittings.adds(StationActivityHeld, PublicityHeld, TrainingHeld)
def sitting(entry: Entry) -> Iterator[Sitting]:
    data = entry.data
    line, _, code = entry.stream.partition("/")
    yield Sitting(
        sitting=code,
        line=line,
        programme=data["programme"],
        title=data["title"],
        kind=data.get("kind"),
        mode=data.get("mode"),
        issue_number=data.get("issue_number"),
        township=data.get("township"),
        participations=data["participations"],
        held_on=day(data["held_on"]),
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


@attendances.adds(TrainingAttended)
def attended(entry: Entry) -> Iterator[Attendance]:
    data = entry.data
    for village in data["villages"]:
        yield Attendance(
            data["training"],
            village,
            data["township"],
            data["persons"],
            day(data["attended_on"]),
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
    GuideIssued.TYPE: ("guide", "issued_on"),
    NoticeBoardUpdated.TYPE: ("notice-board", "updated_on"),
    LawListCompiled.TYPE: ("law-list", "compiled_on"),
    WorkReportHeard.TYPE: ("hearing", "heard_on"),
    WorkDeployed.TYPE: ("deployment", "deployed_on"),
}


@office_acts.adds(GuideIssued, NoticeBoardUpdated, LawListCompiled, WorkReportHeard, WorkDeployed)
def office_act(entry: Entry) -> Iterator[OfficeAct]:
    act, on = _ACTS[entry.type]
    data = entry.data
    code = entry.stream.partition("/")[2]
    yield OfficeAct(act, code, data["title"], day(data[on]), data.get("first_responsible"))
