"""Inspections of the sample year: 执法公示, 双随机, joint ash inspections, patrols."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.calendar import add_working_days, roll_to_working_day
from domain.inspection import (
    DrawnObjectExempted,
    EnforcementInformationPublished,
    EnforcementInformationWithdrawn,
    InspectionNotified,
    InspectionOutcome,
    InspectionResultPublished,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
    RectificationOrdered,
    RectificationVerified,
)
from sample.bodies import Body, digest, workday
from sample.desk import OWN_BOOKS, PLATFORM, SITE, Desk

DRAWN = 14
WITH_PROBLEMS = (2, 7, 11)
MISTYPED = 4
"""Places in the draw: told to rectify; recorded with a mistyped officer and corrected."""
FUNERAL_OFFICE = "区殡葬管理所"
ASH: tuple[tuple[int, int, str, str, InspectionOutcome], ...] = (
    (3, 28, "GH-03", PLATFORM, "rectification"),
    (7, 18, "GH-07", PLATFORM, "nothing-found"),
    (10, 24, "GH-09", OWN_BOOKS, "rectification"),
)
"""Joint inspections of ash-keeping bodies; the last is entered in the bureau's own books only."""


class Inspections:
    """What the inspectors did."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def publish(self, item: str, kinds: tuple[str, ...], on: date, stage: str = "before") -> None:
        self.desk.send(
            EnforcementInformationPublished.model_validate(
                {
                    "item_number": item,
                    "stage": stage,
                    "kinds": kinds,
                    "title": f"执法公示 {item}",
                    "place": SITE,
                    "published_on": on,
                }
            ),
            received=max(on, date(self.desk.year, 1, 2)),
        )

    def information(self) -> None:
        """Before the year began; the basis is replaced in June, the old item taken down in July."""
        year = self.desk.year
        before = workday(year - 1, 12, 15)
        self.publish("GS-01", ("subject", "officers", "powers"), before)
        self.publish("GS-02", ("basis",), before)
        self.publish("GS-03", ("procedure", "remedies"), before)
        self.publish("GS-04", ("catalogue",), workday(year, 3, 5))
        self.publish("GS-05", ("basis",), workday(year, 6, 28))
        self.desk.send(
            EnforcementInformationWithdrawn(
                item_number="GS-02", reason="已更新", withdrawn_on=workday(year, 7, 1)
            )
        )
        self.publish("GS-06", ("supervision",), workday(year, 12, 12), stage="supervision")

    def publish_result(self, number: str, on: date, source: str = PLATFORM) -> None:
        published = add_working_days(on, self.desk.chance.randrange(6, 16))
        self.desk.send(
            InspectionResultPublished(inspection_number=number, place=SITE, published_on=published),
            source,
        )

    def rectify(self, number: str, on: date, problems: str, source: str = PLATFORM) -> None:
        self.desk.send(
            RectificationOrdered(
                inspection_number=number,
                problems=problems,
                due_on=on + timedelta(days=30),
                document=digest(f"{number} 整改通知书"),
                ordered_on=on,
            ),
            source,
        )
        self.desk.send(
            RectificationVerified(
                inspection_number=number,
                outcome="passed",
                officers=("ZF-03", "ZF-04"),
                verified_on=roll_to_working_day(on + timedelta(days=27)),
            ),
            source,
        )

    def draw(self) -> tuple[list[Body], str]:
        """15 drawn out of the register of last year's end; one ends of itself before its turn."""
        year, plan = self.desk.year, self.desk.plan
        number = f"SSJ-{year}-01"
        listed = digest(f"名录库 {number}")
        self.desk.send(
            PopulationSnapshotTaken(
                draw_number=number,
                baseline_on=date(year - 1, 12, 31),
                bodies=len(plan.taken_over),
                list_digest=listed,
                taken_on=workday(year, 5, 13),
            )
        )
        drawn = self.desk.chance.sample(plan.ordinary, DRAWN)
        gone = plan.deregistered[1]
        self.desk.send(
            RandomDrawPerformed(
                draw_number=number,
                drawn_on=workday(year, 5, 15),
                population=len(plan.taken_over),
                list_digest=listed,
                algorithm="SHA-256(种子+序号)升序取前15",
                seed=f"seed-{self.desk.chance.randrange(10**9):09d}",
                drawn_objects=tuple(body.stream for body in (*drawn[:9], gone, *drawn[9:])),
                drawn_officers=("ZF-03", "ZF-04", "ZF-05", "ZF-06"),
            )
        )
        self.desk.send(
            DrawnObjectExempted(
                draw_number=number,
                object=gone.stream,
                cause="deregistered",
                approved_by="SP-01",
                exempted_on=workday(year, 5, 30),
            )
        )
        return drawn, number

    def random_inspections(self) -> None:
        drawn, draw_number = self.draw()
        day = workday(self.desk.year, 5, 23)
        for place, body in enumerate(drawn):
            number = self.desk.number()
            self.desk.send(
                InspectionNotified(
                    inspection_number=number,
                    object=body.stream,
                    draw_number=draw_number,
                    planned_on=day,
                    notified_on=roll_to_working_day(day - timedelta(days=6)),
                )
            )
            found = place in WITH_PROBLEMS
            more = {"township": body.township, "draw_number": draw_number}
            if place == MISTYPED:
                self.mistyped(number, body.stream, day, **more)
            else:
                outcome: InspectionOutcome = "rectification" if found else "nothing-found"
                self.desk.inspect(number, body.stream, day, "random", outcome=outcome, **more)
            self.publish_result(number, day)
            if found:
                self.rectify(number, day, "财务管理制度不健全")
            self.desk.count(day, "F28", "F29", "F31", "F36")
            day = add_working_days(day, 2)

    def mistyped(self, number: str, stream: str, on: date, **more: Any) -> None:
        """An officer's code is mistyped and corrected the next day."""
        right = ("ZF-03", "ZF-05")
        event = self.desk.inspect(number, stream, on, "random", officers=("ZF-03", "ZF-50"), **more)
        self.desk.send(
            event.model_copy(update={"officers": right}),
            received=on + timedelta(days=1),
            corrects=f"{PLATFORM}/yzf-{self.desk.year}-{self.desk.numbers[PLATFORM]:04d}",
            kind="changed",
        )

    def ash_inspections(self) -> None:
        for month, day, code, source, outcome in ASH:
            on = workday(self.desk.year, month, day)
            number = self.desk.number()
            self.desk.inspect(
                number,
                f"keeping-body/{code}",
                on,
                "joint",
                outcome=outcome,
                source=source,
                joint_with=FUNERAL_OFFICE,
            )
            self.publish_result(number, on, source)
            if outcome == "rectification":
                self.rectify(number, on, "骨灰安放登记不全,责任落实不到位", source)
            self.desk.count(on, "F28", "F29", *(["F31"] if source == PLATFORM else []))

    def patrols(self) -> None:
        bodies = self.desk.plan.ordinary
        for stream, (month, day) in (
            (bodies[5].stream, (2, 6)),
            ("keeping-body/GH-05", (4, 2)),
            (bodies[9].stream, (8, 14)),
        ):
            self.desk.inspect(
                self.desk.number(), stream, workday(self.desk.year, month, day), "patrol"
            )
