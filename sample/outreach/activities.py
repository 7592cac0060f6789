"""Study of law, 社工站 activities, publicity and training of the sample, and the office's acts.

Beside what the report counts stand the records that other readings would count too: sessions of
several kinds, one told twice, one cancelled, activities of other programmes, an issue in two
sittings, villages that came on both days.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from domain.outreach import activities as facts
from sample.feed import Feed, dice
from sample.outreach import tables
from sample.outreach.tables import Course
from sample.sender import Sender


def send_activities(feed: Feed, year: int) -> None:
    """Send them; counts F01, F50, F51, F52, F56, F57 and F58."""
    office, chance = Sender(feed, "office", year, "{name}-{year}"), dice("outreach", year)
    _study(office, chance)
    _activities(office)
    _publicity(office)
    _lectures(office)
    for code, month, day, number, course in tables.OTHER_TRAINING:
        _train(office, code, course, office.day(month, day), number)
    _children_directors(office, chance)
    _acts(office)


def _study(office: Sender, chance: Random) -> None:
    """Ten sessions, one of them told twice; one scheduled and cancelled; one of the next year."""
    for n, (month, day, title, kinds, laws) in enumerate(tables.STUDY, 1):
        on = office.day(month, day)
        event = office.about(f"XF-{office.year}-{n:02d}").make(
            facts.StudySessionHeld,
            on,
            title=title,
            kinds=kinds,
            laws=laws,
            documents=(tables.OUTLINE,) if "centre-group" in kinds else (),
            chaired_by="ZF-01" if "party-group" in kinds else "ZF-02",
            participants=chance.randrange(8, 32),
        )
        office.tell(event, f"study-{n:02d}")
        office.feed.count("F01", on)
        if n == tables.TOLD_TWICE:
            again = event.model_copy(update={"kinds": ("lecture",), "chaired_by": None})
            office.arriving(on + timedelta(days=3)).tell(again, f"study-{n:02d}-branch")
    session = office.about(f"XF-{office.year}-A")
    planned = {"title": "殡葬法规学习", "planned_for": office.day(8, 16)}
    session.send(facts.StudySessionScheduled, office.day(7, 30), "study-a-scheduled", **planned)
    why = {"reason": "防汛值守，改为自学"}
    session.send(facts.StudySessionCancelled, office.day(8, 15), "study-a-cancelled", **why)
    office.about(f"XF-{office.year + 1}-01").send(
        facts.StudySessionHeld,
        date(office.year + 1, 1, 10),
        "study-next",
        title="党组会议学法",
        kinds=("party-group",),
        laws=("婚姻登记条例",),
        participants=11,
    )


def _activities(office: Sender) -> None:
    townships = list(office.office.townships)
    for n, (programme, title, month, day, number) in enumerate(tables.ACTIVITIES):
        on, name = office.day(month, day), f"activity-{n + 1:02d}"
        event = office.about(f"SG-{office.year}-{n + 1:02d}").make(
            facts.StationActivityHeld,
            on,
            programme=programme,
            title=title,
            station=f"SGZ-{n % len(townships) + 1}",
            township=townships[n % len(townships)],
            participations=number,
        )
        told, known_number = office.tell(event, name), number
        if n == tables.RECOUNTED[0]:
            known_number, known = tables.RECOUNTED[1], date(office.year + 1, 2, 20)
            office.arriving(known).tell(
                event.model_copy(update={"participations": known_number}),
                f"{name}-recounted",
                corrects=told,
                kind="changed",
            )
            office.feed.plant("社工站一场活动的签到表重新清点", known, "F50")
        if programme in {"warm-sunset", "sunflower-guard"}:
            office.feed.count("F50", on, known_number)


def _publicity(office: Sender) -> None:
    figures = {"growing-together": "F51", "assistance-month": "F52"}
    street = office.office.word("street", next(iter(office.office.townships.values())))
    square = office.office.word("square", "示例广场")
    for n, (programme, title, place, month, day, number, laws) in enumerate(tables.PUBLICITY, 1):
        office.about(f"PF-{office.year}-{n:02d}").send(
            facts.PublicityHeld,
            office.day(month, day),
            f"publicity-{n:02d}",
            programme=programme,
            title=title,
            place=place.format(street=street, square=square),
            laws=laws,
            participations=number,
        )
        if programme in figures:
            office.feed.count(figures[programme], office.day(month, day), number)


def _train(
    office: Sender, code: str, course: Course, on: date, number: int, issue: int | None = None
) -> None:
    """One sitting of a course."""
    office.about(f"{code}-{office.year}").send(
        facts.TrainingHeld,
        on,
        f"training-{code}",
        programme=course.programme,
        title=course.title if issue is None else f"{course.title}第{issue}期",
        kind=course.kind,
        mode=course.mode,
        issue_number=issue,
        participations=number,
    )


def _lectures(office: Sender) -> None:
    """双百大讲堂: twenty issues online, one of them in two sittings; and the class on the spot."""
    issue = 0
    for n, number in enumerate(tables.LECTURES, 1):
        second_sitting = n == tables.SAME_ISSUE
        issue += not second_sitting
        on = office.day(3, 1) + timedelta(days=14 * (issue - 1) + second_sitting - 1)
        _train(office, f"SB-{n:02d}", tables.LECTURE, on, number, issue)
        office.feed.count("F56", on, int(not second_sitting))
        office.feed.count("F57", on, number)
    on = office.day(11, 14)
    whole = office.office.bureau.whole
    course = tables.CLASS._replace(title=f"{whole}{tables.CLASS.title}")
    _train(office, "SW", course, on, tables.CLASS_SIZE)
    office.feed.count("F57", on, tables.CLASS_SIZE)


def _children_directors(office: Sender, chance: Random) -> None:
    """Streets on the first day, towns on the second; three villages came on both."""
    days = {"ET-1": office.day(10, 23), "ET-2": office.day(10, 24)}
    sheets: list[tuple[str, tuple[str, ...]]] = []
    villages = office.office.villages
    for township in office.office.townships:
        training = "ET-1" if office.office.is_urban(township) else "ET-2"
        sheets.append((training, tuple(v for v in villages if v.startswith(township))))
    sheets.append(("ET-2", sheets[0][1][:3]))
    for code, on in days.items():
        mine = [(n, came) for n, (at, came) in enumerate(sheets, 1) if at == code]
        persons = [len(came) + chance.randrange(3) for _, came in mine]
        _train(office, code, tables.DIRECTORS, on, sum(persons))
        for (n, came), number in zip(mine, persons, strict=True):
            sheet = {"township": came[0][:9], "villages": came, "persons": number}
            at = office.about(f"{code}-{office.year}")
            at.send(facts.TrainingAttended, on, f"attended-{n:02d}", **sheet)
    reached = {village for _, came in sheets for village in came}
    office.feed.count("F58", days["ET-1"], len(reached))


def _acts(office: Sender) -> None:
    """Guides, board, law list; what the first responsible person heard and deployed."""
    year, guides = office.year, zip(facts.GUIDES.items(), tables.GUIDES_ISSUED, strict=True)
    for (code, title), issued_on in guides:
        guide = {"title": title, "edition": f"{year}年版", "copies": 2000}
        office.about(code).send(facts.GuideIssued, office.day(*issued_on), f"guide-{code}", **guide)
    board = {"title": "政策法规宣传栏", "content": "社会救助、婚姻登记、慈善法规"}
    office.about("ZCFG").send(facts.NoticeBoardUpdated, office.day(9, 10), "board", **board)
    laws = tuple(dict.fromkeys(law for *_, studied in tables.STUDY for law in studied))
    title = "民政领域应知应会法律法规清单"
    law_list = office.about(f"FL-{year}")
    law_list.send(facts.LawListCompiled, office.day(6, 5), "law-list", title=title, laws=laws)
    office.about(f"HY-{year}-01").send(
        facts.WorkReportHeard,
        office.day(3, 15),
        "heard",
        title="听取法治政府建设工作汇报",
        first_responsible=True,
        heard_by="ZF-01",
    )
    for n, (month, day, by) in enumerate(tables.DEPLOYED, 1):
        office.about(f"HY-{year}-{n:02d}").send(
            facts.WorkDeployed,
            office.day(month, day),
            f"deployed-{n}",
            title="部署法治政府建设工作",
            first_responsible=by == "ZF-01",
            task="落实执法公示、执法全过程记录和法制审核",
            deployed_by=by,
        )
