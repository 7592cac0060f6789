"""Study of law, 社工站 activities, publicity and training of the sample, and the office's acts.

Beside what the report counts stand the records that other readings would count too: sessions of
several kinds, one told twice, one cancelled, activities of other programmes, an issue in two
sittings, villages that came on both days.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from domain.event import Event
from domain.identifiers import TOWNSHIPS
from domain.outreach.events import (
    GUIDES,
    GuideIssued,
    LawListCompiled,
    NoticeBoardUpdated,
    PublicityHeld,
    StationActivityHeld,
    StudySessionCancelled,
    StudySessionHeld,
    StudySessionScheduled,
    TrainingAttended,
    TrainingHeld,
    WorkDeployed,
    WorkReportHeard,
)
from sample.feed import Feed, Truth, dice
from sample.outreach_year import (
    ACTIVITIES,
    CLASS,
    CLASS_SIZE,
    DIRECTORS,
    LECTURE,
    LECTURES,
    OUTLINE,
    PUBLICITY,
    RECOUNTED,
    SAME_ISSUE,
    STUDY,
    TOLD_TWICE,
    Course,
)
from sample.places import villages

SOURCE = "office"


class _Office:
    """The office of the sample, and its own counts by month."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.chance = dice("outreach", year)
        self.counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def on(self, month: int, day: int) -> date:
        return date(self.year, month, day)

    def tell(self, event_id: str, event: Event, received: date | None = None) -> str:
        return self.feed.send(SOURCE, f"{event_id}-{self.year}", event, received=received)

    def count(self, month: int, figure: str, number: int = 1) -> None:
        self.counts[month][figure] += number

    def training(
        self, code: str, course: Course, on: date, number: int, issue: int | None = None
    ) -> None:
        """One sitting of a course."""
        event = TrainingHeld(
            training=f"{code}-{self.year}",
            programme=course.programme,
            title=course.title if issue is None else f"{course.title}第{issue}期",
            kind=course.kind,
            mode=course.mode,
            issue_number=issue,
            participations=number,
            held_on=on,
        )
        self.tell(f"training-{code}", event)


def send(feed: Feed, year: int) -> Truth:
    """All outreach of the year."""
    office = _Office(feed, year)
    _study(office)
    _activities(office)
    _publicity(office)
    _lectures(office)
    _other_training(office)
    _children_directors(office)
    _acts(office)
    figures = ("F01", "F50", "F51", "F52", "F56", "F57", "F58")
    return {
        f"{year}-{month:02d}": {figure: office.counts[month][figure] for figure in figures}
        for month in range(1, 13)
    }


def _study(office: _Office) -> None:
    """Ten sessions, one of them told twice; one scheduled and cancelled; one of the next year."""
    for n, (month, day, title, kinds, laws) in enumerate(STUDY, 1):
        event = StudySessionHeld(
            session=f"XF-{office.year}-{n:02d}",
            title=title,
            kinds=kinds,
            laws=laws,
            documents=(OUTLINE,) if "centre-group" in kinds else (),
            chaired_by="ZF-01" if "party-group" in kinds else "ZF-02",
            participants=office.chance.randrange(8, 32),
            held_on=office.on(month, day),
        )
        office.tell(f"study-{n:02d}", event)
        office.count(month, "F01")
        if n == TOLD_TWICE:
            again = event.model_copy(update={"kinds": ("lecture",), "chaired_by": None})
            office.tell(f"study-{n:02d}-branch", again, received=office.on(month, day + 3))
    planned = StudySessionScheduled(
        session=f"XF-{office.year}-A",
        title="殡葬法规学习",
        planned_for=office.on(8, 16),
        scheduled_on=office.on(7, 30),
    )
    office.tell("study-a-scheduled", planned)
    cancelled = StudySessionCancelled(
        session=planned.session, reason="防汛值守,改为自学", cancelled_on=office.on(8, 15)
    )
    office.tell("study-a-cancelled", cancelled)
    next_year = StudySessionHeld(
        session=f"XF-{office.year + 1}-01",
        title="党组会议学法",
        kinds=("party-group",),
        laws=("婚姻登记条例",),
        participants=11,
        held_on=date(office.year + 1, 1, 10),
    )
    office.tell("study-next", next_year)


def _activities(office: _Office) -> None:
    townships = list(TOWNSHIPS)
    for n, (programme, title, month, day, number) in enumerate(ACTIVITIES):
        event = StationActivityHeld(
            activity=f"SG-{office.year}-{n + 1:02d}",
            programme=programme,
            title=title,
            station=f"SGZ-{n % len(townships) + 1}",
            township=townships[n % len(townships)],
            participations=number,
            held_on=office.on(month, day),
        )
        name = office.tell(f"activity-{n + 1:02d}", event)
        if n == RECOUNTED[0]:
            number = RECOUNTED[1]  # noqa: PLW2901  what is known in the end
            recounted = date(office.year + 1, 2, 20)
            office.feed.send(
                SOURCE,
                f"activity-{n + 1:02d}-recounted-{office.year}",
                event.model_copy(update={"participations": number}),
                received=recounted,
                corrects=name,
                kind="changed",
            )
            office.feed.planted.append(
                {
                    "what": "社工站一场活动的签到表重新清点",
                    "known_since": recounted.isoformat(),
                    "figures": "F50",
                }
            )
        if programme in {"warm-sunset", "sunflower-guard"}:
            office.count(month, "F50", number)


def _publicity(office: _Office) -> None:
    figures = {"growing-together": "F51", "assistance-month": "F52"}
    for n, (programme, title, place, month, day, number, laws) in enumerate(PUBLICITY, 1):
        event = PublicityHeld(
            publicity=f"PF-{office.year}-{n:02d}",
            programme=programme,
            title=title,
            place=place,
            laws=laws,
            participations=number,
            held_on=office.on(month, day),
        )
        office.tell(f"publicity-{n:02d}", event)
        if programme in figures:
            office.count(month, figures[programme], number)


def _lectures(office: _Office) -> None:
    """双百大讲堂: twenty issues online, one of them in two sittings; and the class on the spot."""
    issues: set[int] = set()
    for n, number in enumerate(LECTURES, 1):
        issue = n if n < SAME_ISSUE else n - 1
        on = office.on(2, 29) + timedelta(days=14 * (issue - 1) + (n == SAME_ISSUE))
        office.training(f"SB-{n:02d}", LECTURE, on, number, issue)
        if issue not in issues:
            office.count(on.month, "F56")
        issues.add(issue)
        office.count(on.month, "F57", number)
    on = office.on(11, 14)
    office.training("SW", CLASS, on, CLASS_SIZE)
    office.count(on.month, "F57", CLASS_SIZE)


def _other_training(office: _Office) -> None:
    """Trainings that no figure counts."""
    disclosure = Course("disclosure", "政务公开工作培训", "disclosure")
    enforcement = Course("enforcement", "行政执法业务培训", "enforcement")
    assistance = Course("assistance", "社会救助经办培训", "assistance")
    office.training("JZ", assistance, office.on(3, 28), 41)
    office.training("GK", disclosure, office.on(4, 18), 26)
    office.training("ZF", enforcement, office.on(6, 27), 15)


def _children_directors(office: _Office) -> None:
    """Streets on the first day, towns on the second; three villages came on both."""
    days = (("ET-1", office.on(10, 23)), ("ET-2", office.on(10, 24)))
    sheets: list[tuple[str, date, tuple[str, ...]]] = []
    for township in TOWNSHIPS:
        training, on = days[0 if township < "445102100" else 1]
        sheets.append((training, on, tuple(v for v in villages() if v.startswith(township))))
    sheets.append((*days[1], sheets[0][2][:3]))
    for code, on in days:
        mine = [(n, came) for n, (at, _, came) in enumerate(sheets, 1) if at == code]
        persons = [len(came) + office.chance.randrange(3) for _, came in mine]
        office.training(code, DIRECTORS, on, sum(persons))
        for (n, came), number in zip(mine, persons, strict=True):
            event = TrainingAttended(
                training=f"{code}-{office.year}",
                township=came[0][:9],
                villages=came,
                persons=number,
                attended_on=on,
            )
            office.tell(f"attended-{n:02d}", event)
    office.count(10, "F58", len({village for _, _, came in sheets for village in came}))


def _acts(office: _Office) -> None:
    """Guides, board, law list; what the first responsible person heard and deployed."""
    for (code, title), (month, day) in zip(GUIDES.items(), ((3, 25), (5, 8), (6, 18)), strict=True):
        office.tell(
            f"guide-{code}",
            GuideIssued(
                guide=code,
                title=title,
                edition=f"{office.year}年版",
                copies=2000,
                issued_on=office.on(month, day),
            ),
        )
    office.tell(
        "board",
        NoticeBoardUpdated(
            board="ZCFG",
            title="政策法规宣传栏",
            content="社会救助、婚姻登记、慈善法规",
            updated_on=office.on(9, 10),
        ),
    )
    laws = dict.fromkeys(law for _, _, _, _, studied in STUDY for law in studied)
    office.tell(
        "law-list",
        LawListCompiled(
            law_list=f"FL-{office.year}",
            title="民政领域应知应会法律法规清单",
            laws=tuple(laws),
            compiled_on=office.on(6, 5),
        ),
    )
    office.tell(
        "heard",
        WorkReportHeard(
            meeting=f"HY-{office.year}-01",
            title="听取法治政府建设工作汇报",
            first_responsible=True,
            heard_by="ZF-01",
            heard_on=office.on(3, 15),
        ),
    )
    for n, (month, day, by) in enumerate(((3, 15, "ZF-01"), (7, 5, "ZF-02")), 1):
        office.tell(
            f"deployed-{n}",
            WorkDeployed(
                meeting=f"HY-{office.year}-{n:02d}",
                title="部署法治政府建设工作",
                first_responsible=by == "ZF-01",
                task="落实执法公示、执法全过程记录和法制审核",
                deployed_by=by,
                deployed_on=office.on(month, day),
            ),
        )
