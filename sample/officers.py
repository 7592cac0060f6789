"""Departments, posts, officers with their licences and exams, and the legal advisers of a year."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from domain.event import Event, Person
from domain.officers import (
    AdviserEngaged,
    DepartmentAbolished,
    DepartmentEstablished,
    ExamPassed,
    LegalServiceRecorded,
    LicenceIssued,
    LicenceTakenOver,
    OfficerSeconded,
    OfficerTakenOver,
    OfficerTransferred,
    PostLicenceReleased,
    PostLicenceRequired,
    ServiceKind,
)
from sample.feed import Feed, Truth, dice
from sample.people import People

SOURCE = "personnel"
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


class Post(NamedTuple):
    """An officer, the post, its department (None: the bureau's leadership)."""

    officer: str
    post: str
    department: str | None


POSTS = (
    Post("ZF-01", "L-01", None),
    Post("ZF-02", "L-02", None),
    Post("ZF-03", "G-03", "ZZ"),
    Post("ZF-04", "G-04", "SW"),
    Post("ZF-05", "G-05", "YL"),
    Post("ZF-06", "G-06", "QH"),
    Post("ZF-07", "G-07", "JZ"),
    Post("ZF-08", "G-08", "BG"),
    Post("ZF-09", "G-09", "ET"),
)
SERVICES: tuple[tuple[str, int, int, ServiceKind, str], ...] = (
    ("A", 3, 14, "consultation", "社会组织注销清算问题咨询"),
    ("A", 5, 23, "document-review", "购买服务合同审查"),
    ("B", 7, 16, "consultation", "撤销登记程序咨询"),
    ("B", 8, 26, "major-affair", "参与撤销登记案件研究"),
    ("B", 10, 30, "major-affair", "参与第二宗撤销登记案件研究"),
    ("B", 12, 6, "document-review", "规范性文件审查"),
)
FIGURES = ("F27", "F37", "F38", "F59", "F60")


class _Personnel:
    """The personnel system of the sample."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.first = date(year, 1, 1)
        self.chance = dice("officers", year)
        self.people = People(self.chance, 9)
        self.number = 0

    def send(self, event: Event, received: date | None = None, **more: Any) -> str:
        self.number += 1
        name = f"rs-{self.year}-{self.number:04d}"
        on = received or max(event.occurred_on(), self.first)
        return self.feed.send(SOURCE, name, event, received=on, **more)

    def person(self) -> Person:
        born = date(self.year - self.chance.randrange(26, 56), self.chance.randrange(1, 13), 1)
        number = self.people.id_number(born, man=self.chance.choice((True, False)))
        return Person(id_kind="resident-id", id_number=number, name=self.people.name())

    def lawyer(self, serial: int) -> Person:
        """A lawyer, by the number of a practising licence that was never issued."""
        number = f"99999{self.year - 1}{serial:08d}"
        return Person(id_kind="other", id_number=number, name=self.people.name())

    def take_over(self) -> None:
        since = date(self.year - 5, 3, 1)
        for code, title in DEPARTMENTS.items():
            self.send(DepartmentEstablished(department=code, title=title, established_on=since))
        for officer, post, department in POSTS:
            self.send(
                PostLicenceRequired(
                    post=post, department=department, title="执法岗位", from_on=since
                )
            )
            self.send(
                OfficerTakenOver(
                    officer=officer,
                    person=self.person(),
                    post=post,
                    department=department,
                    leader=department is None,
                    in_post_since=date(self.year - 3, 7, 1),
                    taken_over_on=self.first,
                )
            )
        for officer in ("ZF-01", "ZF-02", "ZF-03", "ZF-05", "ZF-09"):
            until = date(self.year + 1, 2, 28) if officer == "ZF-03" else date(self.year + 2, 5, 31)
            self.send(self.licence(officer, f"{officer[-2:]}01", until))
        wrong = self.licence("ZF-04", "0410", date(self.year + 2, 5, 31))
        name = self.send(wrong)
        right = wrong.model_copy(update={"licence_number": "示例执法证445102-0401"})
        self.send(right, received=date(self.year, 2, 5), corrects=name, kind="changed")
        self.send(self.licence("ZF-08", "0801", date(self.year, 6, 30)))
        self.send(ExamPassed(officer="ZF-06", exam="2023-2", passed_on=date(self.year - 1, 11, 18)))

    def licence(self, officer: str, serial: str, until: date) -> LicenceTakenOver:
        return LicenceTakenOver(
            officer=officer,
            licence_number=f"示例执法证445102-{serial}",
            scope="民政行政执法",
            valid_from=date(self.year - 3, 6, 1),
            valid_until=until,
            taken_over_on=self.first,
        )

    def issue(self, officer: str, serial: str, on: date) -> None:
        self.send(
            LicenceIssued(
                officer=officer,
                licence_number=f"示例执法证445102-{serial}",
                scope="民政行政执法",
                valid_from=on,
                valid_until=date(on.year + 5, on.month, on.day),
                issued_on=on,
            )
        )

    def through_the_year(self) -> None:
        year = self.year
        self.issue("ZF-06", "0601", date(year, 3, 18))
        self.send(DepartmentAbolished(department="CS", abolished_on=date(year, 4, 1)))
        moved = date(year, 7, 1)
        self.send(
            OfficerTransferred(officer="ZF-08", post="B-01", department="BG", transferred_on=moved)
        )
        self.send(PostLicenceReleased(post="G-08", reason="岗位职责调整", released_on=moved))
        away = date(year, 9, 1)
        self.send(OfficerSeconded(officer="ZF-09", to="区政府办公室", seconded_on=away))
        self.send(PostLicenceReleased(post="G-09", reason="执法职责并入他岗", released_on=away))
        self.send(ExamPassed(officer="ZF-07", exam=f"{year}-2", passed_on=date(year, 11, 16)))
        # A renewal before the old licence ends: one holder, two valid licences at year end.
        self.issue("ZF-03", "0302", date(year, 12, 10))
        self.issue("ZF-07", "0701", date(year + 1, 2, 20))

    def late_exam(self) -> None:
        """The list of a December exam reaches the bureau in March of the next year."""
        known = date(self.year + 1, 3, 5)
        on = date(self.year, 12, 14)
        passed = ExamPassed(officer="ZF-08", exam=f"{self.year}-3", passed_on=on)
        self.send(passed, received=known)
        self.feed.planted.append(
            {
                "what": "12月执法资格考试合格名单迟到,补记1人",
                "known_since": known.isoformat(),
                "figures": "F37",
            }
        )

    def advisers(self) -> None:
        year = self.year
        firms = {
            "A": ("示例甲律师事务所", 3, date(year - 1, 7, 1), date(year, 6, 30)),
            "B": ("示例乙律师事务所", 2, date(year, 7, 1), date(year + 1, 6, 30)),
        }
        serial = 0
        for code, (firm, lawyers, since, until) in firms.items():
            self.send(
                AdviserEngaged(
                    engagement=f"FLGW-{code}-{year}",
                    firm=firm,
                    firm_code=f"FIRM-{code}",
                    lawyers=tuple(self.lawyer(serial + i) for i in range(lawyers)),
                    from_on=since,
                    until_on=until,
                )
            )
            serial += lawyers
        for code, month, day, service, subject in SERVICES:
            self.send(
                LegalServiceRecorded(
                    engagement=f"FLGW-{code}-{year}",
                    service=service,
                    subject=subject,
                    served_on=date(year, month, day),
                )
            )


def _truth(year: int) -> Truth:
    """Month ends by hand: seven holders, +ZF-06 in March, −ZF-08 in July, −ZF-09 in September."""
    holders = (7, 7, 8, 8, 8, 8, 7, 7, 6, 6, 6, 6)
    lawyers = (3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2)
    exams = {11: 1, 12: 1}
    return {
        f"{year}-{month:02d}": {
            "F27": lawyers[month - 1],
            "F37": exams.get(month, 0),
            "F38": held,
            "F59": held,
            "F60": 2,
        }
        for month, held in enumerate(holders, 1)
    }


def send(feed: Feed, year: int) -> Truth:
    """Send the year of the personnel system."""
    personnel = _Personnel(feed, year)
    personnel.take_over()
    personnel.through_the_year()
    personnel.advisers()
    personnel.late_exam()
    return _truth(year)
