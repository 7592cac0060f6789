"""Departments, posts, officers with their licences and exams, and the legal advisers of a year."""

from __future__ import annotations

from datetime import date

from domain import officers as facts
from domain.event import Event, Person
from sample.feed import Feed, dice
from sample.people import People
from sample.sender import Sender

DEPARTMENTS = {
    "BG": "办公室",
    "JZ": "社会救助股",
    "ZZ": "社会组织管理股",
    "SW": "社会事务股",
    "QH": "区划地名股",
    "YL": "养老服务股",
    "ET": "儿童福利股",
    "CS": "慈善社工股",
}
"""The last was merged into others in April."""
POSTS: tuple[tuple[str, str, str | None], ...] = (
    ("ZF-01", "L-01", None),
    ("ZF-02", "L-02", None),
    ("ZF-03", "G-03", "ZZ"),
    ("ZF-04", "G-04", "SW"),
    ("ZF-05", "G-05", "YL"),
    ("ZF-06", "G-06", "QH"),
    ("ZF-07", "G-07", "JZ"),
    ("ZF-08", "G-08", "BG"),
    ("ZF-09", "G-09", "ET"),
)
"""An officer, the post, its department (None: the bureau's leadership)."""
AGES = range(26, 56)
LICENCES = (
    ("ZF-01", "0101", (2, 5, 31)),
    ("ZF-02", "0201", (2, 5, 31)),
    ("ZF-03", "0301", (1, 2, 28)),
    ("ZF-05", "0501", (2, 5, 31)),
    ("ZF-09", "0901", (2, 5, 31)),
    ("ZF-04", "0410", (2, 5, 31)),
    ("ZF-08", "0801", (0, 6, 30)),
)
"""Officer, serial, last day (years after this one, month, day)."""
MISTYPED, RIGHT_SERIAL = "0410", "0401"
ADVISERS = (
    ("A", "示例甲律师事务所", 3, (-1, 7, 1), (0, 6, 30)),
    ("B", "示例乙律师事务所", 2, (0, 7, 1), (1, 6, 30)),
)
"""Firm, how many lawyers, first and last day."""
SERVICES = (
    ("A", 3, 14, "consultation", "社会组织注销清算问题咨询"),
    ("A", 5, 23, "document-review", "购买服务合同审查"),
    ("B", 7, 16, "consultation", "撤销登记程序咨询"),
    ("B", 8, 26, "major-affair", "参与撤销登记案件研究"),
    ("B", 10, 30, "major-affair", "参与第二宗撤销登记案件研究"),
    ("B", 12, 6, "document-review", "规范性文件审查"),
)
HOLDERS = (7, 7, 8, 8, 8, 8, 7, 7, 6, 6, 6, 6)
"""Month ends by hand: seven holders, +ZF-06 in March, −ZF-08 in July, −ZF-09 in September."""
LAWYERS = (3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2)


def send(feed: Feed, year: int) -> None:
    """Send the year of the personnel system; counts F27, F37, F38, F59 and F60."""
    sender = Sender(feed, "personnel", year, "rs-{year}-{number:04d}")
    people = People(dice("officers", year), 9)
    _take_over(sender, people)
    _through_the_year(sender)
    _advise(sender, people)
    on, known = sender.day(12, 14), date(year + 1, 3, 5)
    sender.about("ZF-08").arriving(known).send(facts.ExamPassed, on, exam=f"{year}-3")
    feed.plant("12月执法资格考试合格名单迟到，补记1人", known, "F37")
    feed.told_late(on, known, "officer/ZF-08")
    for month, (holders, lawyers) in enumerate(zip(HOLDERS, LAWYERS, strict=True), 1):
        exams = 1 if month in (11, 12) else 0
        counts = {"F27": lawyers, "F37": exams, "F38": holders, "F59": holders, "F60": 2}
        for figure, count in counts.items():
            feed.count(figure, sender.day(month, 1), count)


def _take_over(sender: Sender, people: People) -> None:
    year, first = sender.year, sender.day(1, 1)
    since = date(year - 5, 3, 1)
    for code, title in DEPARTMENTS.items():
        sender.about(code).send(facts.DepartmentEstablished, since, title=title)
    for officer, post, department in POSTS:
        required = {"department": department, "title": "执法岗位"}
        sender.about(post).send(facts.PostLicenceRequired, since, **required)
        sender.about(officer).send(
            facts.OfficerTakenOver,
            first,
            person=people.person(year, AGES),
            post=post,
            department=department,
            leader=department is None,
            in_post_since=date(year - 3, 7, 1),
        )
    for officer, serial, (years, month, day) in LICENCES:
        licence = _licence(sender, serial, date(year - 3, 6, 1), date(year + years, month, day))
        taken_over = sender.about(officer).make(facts.LicenceTakenOver, first, **licence)
        name = sender.tell(taken_over)
        if serial == MISTYPED:
            right = taken_over.model_copy(update={"licence_number": _number(sender, RIGHT_SERIAL)})
            corrected = sender.arriving(sender.day(2, 5))
            corrected.tell(right, corrects=name, kind="changed")
    sender.about("ZF-06").send(facts.ExamPassed, date(year - 1, 11, 18), exam=f"{year - 1}-2")


def _number(sender: Sender, serial: str) -> str:
    return f"示例执法证{sender.office.division}-{serial}"


def _licence(sender: Sender, serial: str, since: date, until: date) -> dict[str, str | date]:
    scope = {"licence_number": _number(sender, serial), "scope": "民政行政执法"}
    return scope | {"valid_from": since, "valid_until": until}


def _through_the_year(sender: Sender) -> None:
    year = sender.year

    def tell(key: str, fact: type[Event], on: date, **fields: str) -> None:
        sender.about(key).send(fact, on, **fields)

    def issue(officer: str, serial: str, on: date) -> None:
        licence = _licence(sender, serial, on, date(on.year + 5, on.month, on.day))
        sender.about(officer).send(facts.LicenceIssued, on, **licence)

    moved, away = sender.day(7, 1), sender.day(9, 1)
    issue("ZF-06", "0601", sender.day(3, 18))
    tell("CS", facts.DepartmentAbolished, sender.day(4, 1))
    tell("ZF-08", facts.OfficerTransferred, moved, post="B-01", department="BG")
    tell("G-08", facts.PostLicenceReleased, moved, reason="岗位职责调整")
    tell("ZF-09", facts.OfficerSeconded, away, to=f"{sender.office.bureau.short[-1]}政府办公室")
    tell("G-09", facts.PostLicenceReleased, away, reason="执法职责并入他岗")
    tell("ZF-07", facts.ExamPassed, sender.day(11, 16), exam=f"{year}-2")
    # A renewal before the old licence ends: one holder, two valid licences at year end.
    issue("ZF-03", "0302", sender.day(12, 10))
    issue("ZF-07", "0701", date(year + 1, 2, 20))


def _advise(sender: Sender, people: People) -> None:
    year, serial = sender.year, 0
    for code, firm, lawyers, (before, *since), (after, *until) in ADVISERS:
        sender.about(f"FLGW-{code}-{year}").send(
            facts.AdviserEngaged,
            date(year + before, *since),
            firm=firm,
            firm_code=f"FIRM-{code}",
            lawyers=tuple(_lawyer(people, year, serial + n) for n in range(lawyers)),
            until_on=date(year + after, *until),
        )
        serial += lawyers
    for code, month, day, service, subject in SERVICES:
        served = {"service": service, "subject": subject}
        engagement = sender.about(f"FLGW-{code}-{year}")
        engagement.send(facts.LegalServiceRecorded, sender.day(month, day), **served)


def _lawyer(people: People, year: int, serial: int) -> Person:
    """A lawyer, by the number of a practising licence that was never issued."""
    number = f"99999{year - 1}{serial:08d}"
    return Person(id_kind="other", id_number=number, name=people.name())
