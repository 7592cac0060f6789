"""What must be there before anything can be lawful: standards, officers, places, public notices."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import disclosure, funeral, inspection, officers, standards
from sample.defects.plot import Plot, days_after

OFFICERS = ("ZF-03", "ZF-04", "ZF-05", "ZF-06")
RAISED = 7
"""From this month on the living subsidy is higher; payrolls know of it two months later."""
GO_LIVE = 9
BODIES = ("GH-01", "GH-02", "GH-03")
BEFORE = ("subject", "officers", "powers", "basis", "procedure", "remedies", "catalogue")
"""What is public before there is enforcement."""


def begin(plot: Plot) -> None:
    """Send it all."""
    _adopt_standards(plot)
    _take_over_officers(plot)
    _register_bodies(plot)
    _publish_before(plot)


def living_standard(plot: Plot) -> str:
    """The standard that is raised."""
    return plot.office.programmes["living-subsidy"].standard or ""


def _adopt_standards(plot: Plot) -> None:
    before, office = date(plot.year - 1, 1, 1), plot.office
    for number, kind in enumerate(plot.bureau.standards.values(), 1):
        for area in ("rural", "urban") if kind.by_area else (None,):
            old, new = office.amounts(kind.kind, area)
            raised = kind.kind == living_standard(plot)
            if new:
                adopt(plot, kind.kind, area, 100 * (old if raised else new), before, number)
            if raised:
                from_on = plot.day(RAISED, 1)
                adopt(plot, kind.kind, area, 100 * new, from_on, number, plot.day(6, 12))
    name = standards.StandardName.model_validate({"kind": living_standard(plot)})
    plot.say(
        "standards",
        f"TB-{plot.year}",
        standards.StandardRaiseImplemented,
        plot.working(GO_LIVE, 1),
        standards=(name,),
        effective_from=plot.day(RAISED, 1),
        go_live_month=plot.month(GO_LIVE),
        handlers=("JB-01", "JB-02"),
    )


def adopt(
    plot: Plot,
    kind: str,
    area: str | None,
    fen: int,
    effective_from: date,
    number: int,
    adopted_on: date | None = None,
) -> str:
    """A standard of the city or the province."""
    return plot.say(
        "standards",
        kind,
        standards.StandardAdopted,
        adopted_on or effective_from,
        area=area,
        amount_fen=fen,
        document_number=f"示例标〔{effective_from.year}〕{number}号",
        authority=f"{plot.bureau.city}人民政府",
        effective_from=effective_from,
    )


def _take_over_officers(plot: Plot) -> None:
    start = plot.day(1, 1)
    plot.say(
        "personnel",
        "ZZ",
        officers.DepartmentEstablished,
        date(plot.year - 5, 1, 1),
        title="社会组织管理股",
    )
    for officer in OFFICERS:
        post = f"G-{officer}"
        since = date(plot.year - 3, 3, 1)
        plot.say(
            "personnel",
            post,
            officers.PostLicenceRequired,
            since,
            department="ZZ",
            title="执法岗位",
        )
        plot.say(
            "personnel",
            officer,
            officers.OfficerTakenOver,
            start,
            person=plot.folk.person(date(plot.year - 40, 2, 3)),
            post=post,
            department="ZZ",
            in_post_since=since,
        )
        licence(plot, officer, f"示例{officer}01", since, date(plot.year + 2, 2, 28))


def licence(plot: Plot, officer: str, number: str, since: date, until: date) -> str:
    """An officer's licence as it was when the ledger began."""
    return plot.say(
        "personnel",
        officer,
        officers.LicenceTakenOver,
        plot.day(1, 1),
        licence_number=number,
        scope="民政行政执法",
        valid_from=since,
        valid_until=until,
    )


def _register_bodies(plot: Plot) -> None:
    township = plot.place()["township"]
    for body in BODIES:
        fields: dict[str, Any] = {"name": f"示例骨灰楼{body}", "kind": "columbarium"}
        plot.say(
            "funeral",
            body,
            funeral.KeepingBodyTakenOver,
            date(plot.year - 9, 6, 1),
            township=township,
            **fields,
        )


def _publish_before(plot: Plot) -> None:
    """执法公示 before the first act of enforcement."""
    for item, kind in public_before(plot).items():
        plot.say(
            "enforcement",
            item,
            inspection.EnforcementInformationPublished,
            plot.day(1, 2),
            stage="before",
            kinds=(kind,),
            title=f"执法公示 {item}",
            place=plot.office.site,
        )
    plot.say(
        "enforcement",
        "GS-90",
        inspection.EnforcementInformationPublished,
        plot.day(12, 20),
        stage="supervision",
        kinds=("supervision",),
        title="行政执法监督检查结果",
        place=plot.office.site,
    )


def public_before(plot: Plot) -> dict[str, str]:
    """Item → what it makes public before there is enforcement; one is lacking, perhaps."""
    kinds = enumerate(BEFORE, 1)
    lacking = "remedies" if plot.whole_year else ""
    return {f"GS-{number:02d}": kind for number, kind in kinds if kind != lacking}


def publish(plot: Plot, item: str, on: date, column: str = "work-news") -> str:
    """An item of the website, reviewed as it must be."""
    drafted = {"title": f"示例工作动态 {item}", "drafted_by": "BG-01"}
    plot.say("website", item, disclosure.ItemDrafted, days_after(on, -2), **drafted)
    by = {"first_by": "BG-02", "second_by": "BG-03", "third_by": "BG-04"}
    plot.say("website", item, disclosure.ItemReviewed, days_after(on, -1), **by)
    secrecy = {"reviewed_by": "BG-05", "may_be_published": True}
    plot.say("website", item, disclosure.SecrecyReviewed, days_after(on, -1), **secrecy)
    shown: dict[str, Any] = {"column": column, "topic": "other", "title": f"示例工作动态 {item}"}
    return plot.say("website", item, disclosure.ItemPublished, on, **shown)
