"""Planted: marriages, divorces, adoptions (A39 to A41), and what befalls the dead (A93, A94)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain import adoption
from domain.funeral import CremationRecorded
from domain.marriage import divorces, marriages
from domain.marriage.parties import Party
from sample.defects.bodies import Bodies
from sample.defects.groups import Groups
from sample.defects.plot import days_after

GROUPS = Groups()
of = GROUPS.of
SATURDAY = 5
CHILD_AGE = 3
REVIEWED_IN = 28
"""Days from the application for an adoption to its registration, the search apart."""


@of("A39", "民法典 1047, 1048, 1049; 婚姻登记条例 (2003) 4-7")
def marriages_registered(bodies: Bodies) -> None:
    """In the order of the days, as numbers are given."""
    plot = bodies.plot
    first = _couple(bodies)
    older, _ = _marry(bodies, plot.working(1, 1), *first)
    worked = _weekend_worked(bodies)
    stream, _ = _marry(bodies, worked, *_couple(bodies))
    plot.lawful(f"{worked}调休上班日登记", stream)
    void = _couple(bodies)
    voided, _ = _marry(bodies, plot.working(2, 7), *void)
    bound = _couple(bodies)
    _marry(bodies, plot.working(2, 8), *bound)
    on = plot.working(3, 1)
    _divorce(bodies, first, plot.working(1, 2), on)
    second, _ = _marry(bodies, on, first[0], _couple(bodies)[1])
    plot.lawful("离婚当日再婚", older, second)
    plot.say(
        "marriage",
        voided.partition("/")[2],
        marriages.CourtJudgmentFiled,
        plot.working(4, 8),
        outcome="void",
        ground="under-age",
        judgment_number=f"（{plot.year}）示例民初1号",
    )
    on = plot.working(5, 12)
    second, _ = _marry(bodies, on, void[0], _couple(bodies)[1])
    plot.lawful("前一婚姻已判无效", voided, second)
    second, name = _marry(bodies, on, bound[0], _couple(bodies)[1])
    plot.unlawful("前一婚姻未终止", second, name, since=on)
    for man, years in ((True, 22), (False, 20)):
        for days, wrong in ((0, False), (1, True)):
            born = days_after(on.replace(year=on.year - years), days)
            young = _party(bodies, born, man=man)
            other = _party(bodies, date(plot.year - 30, 2, 3), man=not man)
            pair = (young, other) if man else (other, young)
            stream, name = _marry(bodies, on, *pair)
            what = f"{'男' if man else '女'}方{'差一日满' if days else '当日满'}{years}周岁"
            plot.plant(wrong, what, stream, name, since=on)
    for told_age, right_age, wrong in ((19, 21, False), (21, 19, True)):
        husband, _ = _couple(bodies)
        told, right = (
            _party(bodies, date(plot.year - age, 2, 3), man=False) for age in (told_age, right_age)
        )
        stream, name = _marry(bodies, on, husband, told)
        parties = tuple(Party.model_validate(party) for party in (husband, right))
        plot.change(name, plot.day(7, 9), parties=parties)
        what = f"女方身份证号更正，由{told_age}周岁改为{right_age}周岁"
        plot.plant(wrong, what, stream, name, since=on)
    off = _holiday(bodies)
    stream, name = _marry(bodies, off, *_couple(bodies))
    plot.unlawful(f"{off}放假日登记，无开放通知", stream, name, since=off)
    stream, _ = _marry(bodies, off, *_couple(bodies), opening_notice="示例婚通1号")
    plot.lawful(f"{off}放假日登记，有开放通知", stream)


@of("A39", "民政部《婚姻登记工作规范》 32")
def certificate_numbers(bodies: Bodies) -> None:
    plot = bodies.plot
    voided = bodies.certificate()
    spoiled = {"reason": "填写错误"}
    on = plot.working(11, 5)
    plot.say("marriage", voided, marriages.CertificateVoided, on, **spoiled)
    stream, _ = _marry(bodies, on, *_couple(bodies))
    plot.lawful("缺号为作废的证件", stream)
    bodies.certificate()
    on = plot.working(11, 6)
    stream, name = _marry(bodies, on, *_couple(bodies))
    plot.unlawful("婚姻证字号缺一号，无作废记录", stream, name)
    used = stream.partition("/")[2]
    on = plot.working(11, 7)
    stream, name = _marry(bodies, on, *_couple(bodies), number=used)
    plot.unlawful("婚姻证字号重复使用", stream, name)


@of("A93", "民法典 13, 1049")
def married_after_death(bodies: Bodies) -> None:
    plot, on = bodies.plot, bodies.plot.working(11, 6)
    for days, wrong in ((0, False), (1, True)):
        man, woman = _couple(bodies)
        died_on = days_after(on, -days)
        record = _cremate(bodies, man, died_on)
        stream, name = _marry(bodies, on, man, woman)
        plot.plant(wrong, f"死亡后{days}日登记结婚", stream, name, record, since=on)


@of("A94", "殡葬管理条例; 民法典 1105")
def registered_twice(bodies: Bodies) -> None:
    plot, died_on = bodies.plot, bodies.plot.day(9, 2)
    man, woman = _couple(bodies)
    _cremate(bodies, man, died_on)
    again = _cremate(bodies, man, days_after(died_on, 1))
    plot.unlawful("同一人两次登记火化", again, since=days_after(died_on, 3))
    first = _cremate(bodies, woman, died_on)
    plot.revoke(first, days_after(died_on, 2))
    right = _cremate(bodies, woman, days_after(died_on, 1))
    plot.lawful("登记有误，已撤销重登", first, right)


def _cremate(bodies: Bodies, person: dict[str, Any], died_on: date) -> str:
    """Two days after the death; returns the event."""
    known = {name: person[name] for name in ("id_kind", "id_number", "name")}
    on, record = days_after(died_on, 2), f"HH-{bodies.plot.number()}"
    told = CremationRecorded
    return bodies.plot.say("funeral", record, told, on, deceased=known, died_on=died_on)


def _weekend_worked(bodies: Bodies) -> date:
    """A weekend day of the year on which people work."""
    plot = bodies.plot
    days = (plot.day(1, 1) + timedelta(days=n) for n in range(365))
    weekends = (day for day in days if day.weekday() >= SATURDAY)
    return next(day for day in weekends if plot.bureau.calendar.is_working_day(day))


def _holiday(bodies: Bodies) -> date:
    """A weekday of October on which nobody works."""
    plot = bodies.plot
    days = (plot.day(10, n) for n in range(1, 8))
    return next(day for day in days if day.weekday() < SATURDAY)


def _party(bodies: Bodies, born: date, *, man: bool) -> dict[str, Any]:
    person = bodies.plot.folk.person(born, man=man).model_dump()
    return {**person, "residence_division": bodies.plot.office.division}


def _couple(bodies: Bodies) -> tuple[dict[str, Any], dict[str, Any]]:
    year = bodies.plot.year
    return (
        _party(bodies, date(year - 31, 2, 3), man=True),
        _party(bodies, date(year - 30, 2, 3), man=False),
    )


def _marry(
    bodies: Bodies,
    on: date,
    man: dict[str, Any],
    woman: dict[str, Any],
    *,
    number: str | None = None,
    **fields: Any,
) -> tuple[str, str]:
    """A marriage; returns stream and event."""
    number = number or bodies.certificate()
    registered = {"parties": (man, woman), "registrars": ("HY-01",), **fields}
    name = bodies.plot.say("marriage", number, marriages.MarriageRegistered, on, **registered)
    return f"marriage/{number}", name


def _divorce(
    bodies: Bodies, couple: tuple[dict[str, Any], ...], applied_on: date, on: date
) -> tuple[str, str]:
    """An application and its registration."""
    plot, receipt = bodies.plot, bodies.plot.number()
    plot.say("marriage", receipt, divorces.DivorceApplied, applied_on, parties=couple)
    number = bodies.certificate("L")
    registered = {"parties": couple, "registrars": ("HY-01",), "certificate_number": number}
    name = plot.say("marriage", receipt, divorces.DivorceRegistered, on, **registered)
    return f"divorce/{receipt}", name


@of("A40", "民法典 1077; 民发〔2020〕116号")
def divorce_window(bodies: Bodies) -> None:
    plot, roll = bodies.plot, bodies.plot.bureau.calendar.roll_to_working_day
    cases: list[tuple[date, date, bool, str]] = []
    for applied in (plot.working(3, 6), plot.working(4, 2), plot.working(9, 1)):
        cooled = roll(days_after(applied, plot.limit("marriage.cooling-off-days")))
        closes = roll(days_after(cooled, plot.limit("marriage.certificate-days")))
        cases += [
            (roll(days_after(applied, 5)), applied, True, "申请后几日发证"),
            (cooled, applied, True, "冷静期最后一日发证"),
            (roll(days_after(cooled, 1)), applied, False, "冷静期满后发证"),
            (closes, applied, False, "申领期限最后一日发证"),
            (roll(days_after(closes, 1)), applied, True, "申领期限届满后发证"),
        ]
    for on, applied, wrong, what in sorted(cases):
        stream, name = _divorce(bodies, _couple(bodies), applied, on)
        plot.plant(wrong, f"{applied}申请，{on}发证：{what}", stream, name, since=on)


@of("A41", "民法典 1098, 1100, 1102; 中国公民收养子女登记办法 8; 收养评估办法（试行）")
def adoptions(bodies: Bodies) -> None:
    plot, on = bodies.plot, bodies.plot.working(6, 10)
    applied = days_after(on, -REVIEWED_IN)
    older = date(plot.year - CHILD_AGE - 40, 3, 4)
    for what, wrong, fields in (
        ("收养人登记当日满30周岁", False, {"born": on.replace(year=on.year - 30)}),
        ("收养人申请当日满30周岁", False, {"born": applied.replace(year=on.year - 30)}),
        (
            "收养人登记时差一日满30周岁",
            True,
            {"born": days_after(on.replace(year=on.year - 30), 1)},
        ),
        ("收养人已有一名子女", False, {"before": 1, "kind": "parents-unable"}),
        ("收养人已有两名子女", True, {"before": 2, "kind": "parents-unable"}),
        ("未经评估", True, {"assessed": False}),
        ("继子女不需评估", False, {"assessed": False, "kind": "step-child"}),
        ("公告60日", False, {"kind": "foundling", "search": 60}),
        ("公告59日", True, {"kind": "foundling", "search": 59}),
        ("未公告", True, {"kind": "foundling"}),
        ("无配偶男子收养女童，年龄相差40周岁", False, {"man": True, "born": older}),
        (
            "无配偶男子收养女童，年龄相差40周岁少一日",
            True,
            {"man": True, "born": days_after(older, 1)},
        ),
    ):
        stream, name = _adopt(bodies, on, **fields)
        plot.plant(wrong, what, stream, name, since=on)


def _adopt(
    bodies: Bodies,
    on: date,
    *,
    born: date | None = None,
    man: bool = False,
    before: int = 0,
    kind: str = "orphan",
    assessed: bool = True,
    search: int | None = None,
) -> tuple[str, str]:
    plot, key = bodies.plot, bodies.plot.number()
    adopter = plot.folk.person(born or date(plot.year - 41, 3, 4), man=man).model_dump()
    child = plot.folk.person(date(plot.year - CHILD_AGE, 3, 4), man=False).model_dump()
    applied = days_after(on, -REVIEWED_IN - (search or 0))
    plot.say(
        "adoption",
        key,
        adoption.AdoptionApplied,
        applied,
        child_kind=kind,
        adopters=({**adopter, "residence_division": plot.office.division},),
        child=child,
        children_before=before,
    )
    if search is not None:
        announced = days_after(on, -search - 1)
        plot.say("adoption", key, adoption.ParentsSearchAnnounced, announced)
        expired = days_after(announced, search)
        plot.say("adoption", key, adoption.ParentsSearchExpired, expired)
    if assessed:
        who = {"assessors": ("PG-01", "PG-02"), "suitable": True}
        plot.say("adoption", key, adoption.AssessmentCompleted, days_after(on, -6), **who)
    number = f"示例收〔{plot.year}〕{key}号"
    registered = {"certificate_number": number, "registrars": ("HY-01", "HY-02")}
    name = plot.say("adoption", key, adoption.AdoptionRegistered, on, **registered)
    return f"adoption/{key}", name
