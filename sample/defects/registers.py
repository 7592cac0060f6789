"""Planted: registers and what is public (A29, A33, A34, A42 to A44, A46)."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import funeral, inspection, placename
from domain.organisations import events as organisations
from sample.defects import base
from sample.defects.bodies import Bodies
from sample.defects.groups import Groups
from sample.defects.plot import days_after
from sample.feed import digest
from sample.organisations.bodies import Body

GROUPS = Groups()
of = GROUPS.of


@of("A29", "政府网站发展指引（国办发〔2017〕47号）")
def website_not_updated(bodies: Bodies) -> None:
    plot = bodies.plot
    on, items = plot.day(1, 5), 0
    gap_after = 12
    last = ""
    while on <= plot.last_day:
        items += 1
        name = base.publish(plot, f"XX-{items:03d}", on)
        if items == gap_after + 1:
            plot.unlawful("两条工作动态相隔15日", last, name, since=on)
        elif items == gap_after - 1:
            plot.lawful("两条工作动态相隔14日", name)
        last = name
        on = days_after(on, 15 if items == gap_after else 14)


@of("A33", "民发〔2017〕45号")
def drawn_and_inspected(bodies: Bodies) -> None:
    plot, acts = bodies.plot, bodies.acts
    one, two, three = (bodies.old() for _ in range(3))
    number = _draw(bodies, plot.day(3, 6), one, two)
    done = [
        acts.inspect(plot.day(3, 20), object=body.stream, mode="random", draw_number=number)
        for body in (one, two)
    ]
    plot.lawful("抽中两家，检查两家", f"draw/{number}", *done)
    number = _draw(bodies, plot.day(3, 6), three)
    same_day = acts.inspect(plot.day(3, 6), object=three.stream, mode="random", draw_number=number)
    plot.lawful("抽取当日检查", f"draw/{number}", same_day)
    early = bodies.old()
    number = _draw(bodies, plot.day(3, 6), early)
    before = acts.inspect(plot.day(3, 5), object=early.stream, mode="random", draw_number=number)
    plot.unlawful("抽取前一日已检查", f"draw/{number}", before)
    never, seen = bodies.old(), bodies.old()
    number = _draw(bodies, plot.day(3, 6), never, seen)
    acts.inspect(plot.day(3, 21), object=seen.stream, mode="random", draw_number=number)
    next_year = days_after(plot.last_day, 1)
    plot.unlawful("抽中一家全年未检查", f"draw/{number}", never.stream, since=next_year)
    ended = bodies.old()
    number = _draw(bodies, plot.day(3, 6), ended)
    bodies.liquidate(ended, plot.day(3, 8))
    bodies.deregister(ended, plot.day(3, 15))
    exempt: dict[str, Any] = {"object": ended.stream, "cause": "deregistered"}
    fact = inspection.DrawnObjectExempted
    plot.say("enforcement", number, fact, plot.day(3, 18), approved_by="SP-01", **exempt)
    plot.lawful("抽中后注销，免检有记录", f"draw/{number}")
    chosen, stranger = bodies.old(), bodies.old()
    number = _draw(bodies, plot.day(3, 6), chosen)
    acts.inspect(plot.day(3, 22), object=chosen.stream, mode="random", draw_number=number)
    other = acts.inspect(plot.day(3, 22), object=stranger.stream, mode="random", draw_number=number)
    plot.unlawful("检查了未抽中的一家", f"draw/{number}", other)
    for more, wrong in ((0, False), (1, True)):
        body = bodies.old()
        number = _draw(bodies, plot.day(6, 6), body, more=more)
        acts.inspect(plot.day(6, 20), object=body.stream, mode="random", draw_number=number)
        what = f"名录库快照比登记册{more:+d}家"
        plot.plant(wrong, what, f"draw/{number}")


def _draw(bodies: Bodies, on: date, *drawn: Body, more: int = 0) -> str:
    """A draw of these; how many are on the register is known when all is planted."""
    number = bodies.plot.number()
    bodies.draws.append((number, on, tuple(body.stream for body in drawn), more))
    return number


@of("A34", "民发〔2017〕45号 5")
def drawn_share(bodies: Bodies) -> None:
    """As many bodies as make those drawn just the share that is asked for, or one more."""
    plot = bodies.plot
    drawn = len({stream for _, _, streams, _ in bodies.draws for stream in streams})
    percent = plot.limit("inspection.draw-percent")
    while drawn * 100 % percent:
        body = bodies.old()
        number = _draw(bodies, plot.day(6, 6), body)
        bodies.acts.inspect(plot.day(6, 21), object=body.stream, mode="random", draw_number=number)
        drawn += 1
    bodies.wanted = drawn * 100 // percent + plot.whole_year
    what = f"登记{bodies.wanted}家，抽取{drawn}家"
    draws = [f"draw/{number}" for number, *_ in bodies.draws]
    about = [str(plot.year), *(draws if plot.whole_year else ())]
    plot.plant(plot.whole_year, what, *about, since=days_after(plot.last_day, 1))


@of("A42", "殡葬管理条例; 潮州市骨灰管理规定")
def ash_certificates(bodies: Bodies) -> None:
    plot, change = bodies.plot, bodies.plot.day(3, 15)
    day_before = days_after(change, -1)
    old, new = "promise-old", "promise-new"
    for form, first, last, activated in (
        (old, 101, 200, date(plot.year - 3, 4, 1)),
        (new, 1, 100, change),
    ):
        kind = {"kind": "promise"}
        numbers = {"first_number": first, "last_number": last}
        printed = days_after(min(activated, change), -20)
        plot.say("funeral", form, funeral.FormStockPrinted, printed, **kind, **numbers)
        replaces = old if form == new else None
        said = {"notice_number": f"示例殡〔{activated.year}〕4号", "replaces": replaces}
        plot.say("funeral", form, funeral.FormVersionActivated, activated, **kind, **said)
    for form, number, on, wrong, what in (
        (old, 101, day_before, False, "旧版证件，启用新版前一日开具"),
        (old, 102, change, True, "旧版证件，启用新版当日开具"),
        (new, 1, day_before, True, "新版证件，启用前一日开具"),
        (new, 2, change, False, "新版证件，启用当日开具"),
    ):
        deceased = plot.folk.person(date(plot.year - 80, 2, 3))
        issued = {"kind": "promise", "number": number, "deceased": deceased, "issuer": "BY-01"}
        name = plot.say("funeral", form, funeral.AshesCertificateIssued, on, **issued)
        plot.plant(wrong, what, name, since=on)
    sealed = {"kind": "promise", "first_number": 103, "last_number": 200, "count": 98}
    witnesses = ("BY-01", "JB-03")
    fact = funeral.FormStockSealed
    plot.say("funeral", old, fact, days_after(change, 1), **sealed, witnesses=witnesses)
    voided = {"kind": "promise", "number": 3, "reason": "填写错误"}
    plot.say("funeral", new, funeral.FormVoided, plot.day(4, 8), **voided)
    for month, blank, wrong in ((4, 97, False), (5, 96, True), (6, 97, False)):
        on = plot.working(month + 1, 1)
        counted = {"kind": "promise", "blank": blank}
        name = plot.say("funeral", new, funeral.FormStockCounted, on, **counted)
        what = f"{on}盘点空白{blank}份，应为97份"
        plot.plant(wrong, what, name, since=on)


@of("A43", "地名管理条例 9, 12, 13, 14")
def place_names(bodies: Bodies) -> None:
    plot = bodies.plot
    filing, announcing = (
        plot.limit(f"placename.{what}-days") for what in ("filing", "announcement")
    )
    for filed, announced, wrong, what in (
        (filing, announcing, False, "批准后第15日备案、公告"),
        (filing + 1, 5, True, "批准后第16日备案"),
        (5, announcing + 1, True, "批准后第16日公告"),
        (None, 5, True, "至今未备案"),
        (5, None, True, "至今未公告"),
    ):
        stream = _name(bodies, filed=filed, announced=announced)
        since = days_after(plot.day(5, 8), filing + 1)
        plot.plant(wrong, what, stream, since=since)
    recent = _name(bodies, on=plot.day(12, 24), filed=None, announced=None)
    plot.lawful("期限未满，尚未备案公告", recent)
    wrong_one = _name(bodies, authority=plot.bureau.name)
    plot.unlawful("由民政局而非人民政府批准", wrong_one, since=plot.day(5, 8))
    for named, same, what in (
        (("春晓路", "Chunxiao Lu"), ("春晓路", "Chunxiao Lu"), "重名"),
        (("秋实路", "Qiushi Lu"), ("秋石路", "Qiushi Lu"), "同音"),
    ):
        township = plot.place()["township"]
        _name(bodies, name=named, on=plot.day(5, 8), township=township)
        other = _name(bodies, name=same, on=plot.day(6, 12), township=township)
        plot.unlawful(f"与同一建成区内已有道路{what}", other, since=plot.day(6, 12))


NAMES = ("安 An", "柏 Bai", "朝 Chao", "德 De", "恩 En", "芳 Fang", "光 Guang", "和 He", "佳 Jia")


def _name(
    bodies: Bodies,
    *,
    on: date | None = None,
    filed: int | None = 5,
    announced: int | None = 6,
    authority: str | None = None,
    name: tuple[str, str] | None = None,
    township: str | None = None,
) -> str:
    """A road, from the proposal to the announcement; returns its stream."""
    plot, place = bodies.plot, bodies.plot.number()
    on = on or plot.day(5, 8)
    if name is None:
        first, sound = NAMES[plot.feed.number("names") - 1].split()
        name = (f"{first}宁路", f"{sound}ning Lu")
    township = township or plot.place()["township"]
    authority = authority or plot.office.word("naming_authority", "县级人民政府")
    where = "规划区内，东西走向，长500米"

    def say(fact: type[placename.NameEvent], day: date, **fields: Any) -> str:
        return plot.say("placenames", place, fact, day, **fields)

    batch = {"batch": 1, "township": township}
    proposed = {"proposed_name": name[0], "reason": "新建道路", "location": where}
    say(placename.NamingProposed, days_after(on, -60), **batch, **proposed)
    say(placename.AssessmentReported, days_after(on, -45), passed=True)
    say(placename.ExpertReviewHeld, days_after(on, -40), experts=5)
    opened = {"opened_on": days_after(on, -38), "opinions": 2}
    say(placename.OpinionsCollected, days_after(on, -20), **opened)
    decided = {"standard_name": name[0], "romanised_name": name[1], "authority": authority}
    number = {"document_number": f"示例府函〔{plot.year}〕{place}号"}
    say(placename.NameApproved, on, **batch, **decided, **number)
    if filed is not None:
        say(placename.NameFiled, days_after(on, filed), filed_with="市人民政府")
    if announced is not None:
        about = {"division": plot.office.division, "location": where, "approved_on": on}
        say(placename.NameAnnounced, days_after(on, announced), **decided, **about)
    return f"place-name/{place}"


@of("A44", "社会团体登记管理条例 12, 21; 民发〔2021〕63号")
def organisations_registered(bodies: Bodies) -> None:
    plot = bodies.plot
    limit = plot.limit("organisations.decide-days")
    accepted = plot.working(3, 5)
    for days, wrong in ((limit, False), (limit + 1, True), (None, True)):
        body, number = bodies.apply(accepted)
        streams = [f"organisation-application/{number}"]
        if days is not None:
            on = days_after(accepted, days)
            streams += [body.stream, bodies.establish(body, number, accepted, on)]
        what = f"受理后{days}日决定" if days else "受理后至今未决定"
        plot.plant(wrong, what, *streams, since=days_after(accepted, limit + 1))
    _, number = bodies.apply(plot.working(12, 10))
    plot.lawful("审查期限未满", f"organisation-application/{number}")
    for days, wrong in ((15, False), (16, True), (None, True)):
        body = bodies.old()
        bodies.liquidate(body, plot.day(8, 7))
        if days is not None:
            bodies.deregister(body, days_after(plot.day(8, 7), days))
        what = f"清算完结后{days}日注销" if days else "清算完结至今未注销"
        plot.plant(wrong, what, body.stream, since=plot.day(8, 23))
    for ended, wrong in ((True, False), (False, True)):
        body = bodies.old()
        found = {"ground": "no-activity"}
        zombie = organisations.ZombieIdentified
        plot.say("organisations", body.uscc, zombie, plot.day(5, 10), **found)
        if ended:
            bodies.liquidate(body, plot.day(6, 5))
            bodies.deregister(body, plot.day(6, 12))
        done: dict[str, Any] = {"way": "deregistered", "document_number": "示例民社注1号"}
        disposed = organisations.ZombieDisposed
        name = plot.say("organisations", body.uscc, disposed, plot.day(6, 12), **done)
        what = "僵尸组织注销" + ("" if ended else "，登记册上仍在")
        plot.plant(wrong, what, body.stream, name)


@of("A46", "电子签名法 5; 会计档案管理办法 8")
def sequence_of_a_source(bodies: Bodies) -> None:
    plot = bodies.plot
    on = plot.working(11, 14)
    name = base.publish(plot, "XX-901", on, "policies")
    plot.feed.skipped.add(name)
    plot.unlawful("来源的顺序号缺一号", name)
    again = base.publish(plot, "XX-902", plot.working(11, 15), "policies")
    plot.feed.send_again(again, plot.working(11, 16))
    plot.lawful("同一信息重复报送，顺序号相同", again)


def close(bodies: Bodies) -> None:
    """What can only be said when all bodies are known: the rest of them, draws and counts."""
    plot = bodies.plot
    while bodies.taken_over < bodies.wanted:
        bodies.old()
    listed = digest("名录库")
    baseline = date(plot.year - 1, 12, 31)
    for number, on, drawn, more in bodies.draws:
        population = bodies.count(baseline) + more
        counted = {"baseline_on": baseline, "bodies": population, "list_digest": listed}
        snapshot = inspection.PopulationSnapshotTaken
        plot.say("enforcement", number, snapshot, days_after(on, -1), **counted)
        plot.say(
            "enforcement",
            number,
            inspection.RandomDrawPerformed,
            on,
            population=population,
            list_digest=listed,
            algorithm="SHA-256升序",
            seed=f"seed-{number}",
            drawn_objects=drawn,
            drawn_officers=("ZF-03", "ZF-04"),
        )
    plot.begin(next(group for group in GROUPS if group.rule == "A44"))
    for month in range(1, 12):
        end = days_after(date(plot.year, month + 1, 1), -1)
        more = int(month == 7)
        name = plot.say(
            "organisations",
            plot.office.division,
            organisations.RegisterCounted,
            end,
            received=days_after(end, 3),
            bodies=bodies.count(end) + more,
        )
        if month in (6, 7):
            plot.plant(bool(more), f"{end}清点与登记册相差{more}家", name, since=end)
