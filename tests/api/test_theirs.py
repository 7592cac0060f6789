"""What staff find of their lines and townships: findings, what waits, what was refused, duties.

DB-1 and DB-2 are of one township, DB-3 of another; each was paid beyond its last month. The system
of social assistance may speak of the first township only, since it was registered so.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import date
from html import unescape
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from domain.assistance.benefits import BenefitTerminated
from domain.standing import Grant
from infra import postgres
from infra.postgres import with_user
from infra.roles import Role
from ledger import access, looks, register, scope
from ledger.register import Register
from ledger.scope import Scope
from rules import working
from tests.support import published
from tests.support.bureau import SAMPLE
from tests.support.inside import BY_SECURITY, TOKENS, admit_all, bearing, browser, inside, sealer
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import TOWN, a_household, a_payment
from tests.support.procedure import posted
from tests.support.published import STREET

OFFICE, BANK = "social-assistance", "payouts"
JSON = {"accept": "application/json"}
EVERY = ("auditor-a", "staff-a", "staff-b", "staff-c")


def an_end(number: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number, last_month="2024-03", reason="withdrawn", decided_on=date(2024, 3, 20)
    )


async def filled(url: str) -> None:
    async with postgres.connect(url) as connection:
        bench = await Bench.open(connection)
        for number in ("DB-1", "DB-2", "DB-3"):
            case = a_household(number, last="2024-03")
            township = STREET if number == "DB-3" else TOWN
            place = {"township": township, "village": f"{township}001"}
            paid = a_payment(number, 50_000, "2024-05", on="2024-05-10")
            paid = paid.model_copy(update={"township": township})
            await bench.take(
                event(OFFICE, f"c-{number}", case.model_copy(update=place)),
                event(OFFICE, f"n-{number}", posted(number, "2024-01-05", "2024-01-12")),
                event(BANK, f"p-{number}", paid),
            )
        # Before it is registered nobody can say of which township it speaks.
        await bench.take(event(OFFICE, "early", an_end("DB-90")))
        grant = Grant(townships=frozenset({TOWN}))
        await register.add(connection, sealer(), LEDGER, OFFICE, grant, BY_SECURITY)
        elsewhere = a_household("DB-4").model_copy(
            update={"township": STREET, "village": f"{STREET}001"}
        )
        wrong = {"reason": "no-such-reason"}
        tally = await bench.take(
            event(OFFICE, "late", an_end("DB-91")),
            event(OFFICE, "wrong", an_end("DB-92"), data=wrong),
            event(OFFICE, "elsewhere", elsewhere),
            event(BANK, "p-92", a_payment("DB-92", 1, "2024-03")),
            event(BANK, "wrong-sum", a_payment("DB-1", 1, "2024-03"), data={"amount_fen": -1}),
        )
        assert (tally.parked, tally.quarantined) == (2, 3)
        await working.follow(connection, LEDGER)
        TOKENS[url] = await admit_all(connection)


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with published.database(server_url, "theirs", filling=filled) as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(with_user(url, Role.AUDITOR)) as made:
        yield made


async def get(app: Starlette, url: str, who: str, path: str) -> httpx.Response:
    async with browser(app) as client:
        return await client.get(path, headers=JSON | bearing(TOKENS[url][who]))


async def html(app: Starlette, url: str, who: str, path: str) -> str:
    async with browser(app) as client:
        shown = await client.get(path, headers=bearing(TOKENS[url][who]))
    assert shown.status_code == 200, path
    return shown.text


async def said(app: Starlette, url: str, who: str, path: str) -> Any:
    answer = await get(app, url, who, path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def found_by(app: Starlette, url: str, who: str) -> dict[str, str]:
    """Name of each finding of the rule → what it is about."""
    listed = (await said(app, url, who, "/findings/rules/A53"))["findings"]
    return {each["id"]: each["subject"] for each in listed}


async def test_staff_find_the_findings_of_their_records_and_no_count_of_others(
    app: Starlette, url: str
) -> None:
    about = {who: await found_by(app, url, who) for who in EVERY}
    assert {who: sorted(found.values()) for who, found in about.items()} == {
        "auditor-a": ["case/DB-1", "case/DB-2", "case/DB-3"],
        "staff-a": ["case/DB-1", "case/DB-2"],
        "staff-b": ["case/DB-3"],
        "staff-c": [],
    }
    for who, count in (("staff-a", 2), ("staff-b", 1), ("staff-c", 0)):
        of_rule = await said(app, url, who, "/findings/rules/A53")
        assert (of_rule["count"], of_rule["hits"], of_rule["checked"]) == (count, count, None)
        every = await said(app, url, who, "/findings")
        rules = {each["rule"]: each for each in every["rules"]}
        assert {each["checked"] for each in rules.values()} <= {None}
        assert rules.get("A53", {"hits": 0})["hits"] == count
        mine = [await said(app, url, who, f"/findings/rules/{rule}") for rule in rules]
        assert sum(each["findings"] for each in every["totals"]) == sum(m["count"] for m in mine)


async def test_a_finding_of_others_is_as_one_that_is_not_there_and_leaves_a_trace(
    app: Starlette, url: str
) -> None:
    of_all = await found_by(app, url, "auditor-a")
    nowhere = await get(app, url, "staff-b", "/findings/A53-000000000000")
    for name, subject in of_all.items():
        theirs = subject == "case/DB-3"
        answer = await get(app, url, "staff-b", f"/findings/{name}")
        assert answer.status_code == (200 if theirs else 404)
        if not theirs:
            assert answer.text.replace(name, "A53-000000000000") == nowhere.text
    await app.state.noting.stop(app.state.pool)  # lines on their way are written
    async with postgres.connect(url) as connection:
        lines = await access.read(connection, LEDGER, who="staff-b", remark="out-of-scope")
        seen = await looks.read(connection, LEDGER)
    others = {name for name, subject in of_all.items() if subject != "case/DB-3"}
    assert {line.path.rpartition("/")[2] for line in lines} == others
    looked = {each.subject.partition("/")[2] for each in seen if each.who == "staff-b"}
    assert looked & of_all.keys() == of_all.keys() - others


async def test_staff_find_what_waits_and_what_was_refused_of_theirs(
    app: Starlette, url: str
) -> None:
    """Of a township only where its sender may speak of no other, and did not try to."""
    wanted = {
        "auditor-a": ({"early", "late", "p-92"}, {"wrong", "elsewhere", "wrong-sum"}),
        "staff-a": ({"late"}, {"wrong"}),
        "staff-b": (set(), set()),
        "staff-c": (set(), set()),
    }
    for who, both in wanted.items():
        for path, events in zip(("/parked", "/quarantine"), both, strict=True):
            told = await said(app, url, who, path)
            assert {row["event_id"] for row in told["rows"]} == events, (who, path)
            assert told["count"] == sum(c["count"] for c in told["counts"]) == len(events)
            if who == "staff-c":
                assert told["counts"] == []


async def test_staff_of_a_line_without_townships_find_all_of_the_line() -> None:
    """By the folder: the bureau's own system speaks of several lines, so it is nobody's wholly."""
    of = scope.sending(Scope(frozenset({"assistance"})), SAMPLE, Register())
    assert {source for source, _, _ in of.types} == {OFFICE, BANK, "rosters"}
    assert {source for source, _ in of.whole} == {OFFICE, BANK}
    assert not of.placed
    everything = scope.sending(Scope(), SAMPLE, Register())
    assert {source for source, _ in everything.whole} == SAMPLE.sources.keys()
    nothing = scope.sending(Scope(townships=frozenset({TOWN})), SAMPLE, Register())
    assert (nothing.types, nothing.whole) == (frozenset(), frozenset())


async def test_the_desk_of_a_township_has_its_duties_only(app: Starlette, url: str) -> None:
    for who, ids in (("staff-a", {"DB-1", "DB-2"}), ("staff-b", {"DB-3"}), ("staff-c", set())):
        told = await said(app, url, who, "/desk")
        rows = {each["row"]: each for each in told["rows"]}
        if who == "staff-c":
            assert "dibao-notice" not in rows
            continue
        assert rows["dibao-notice"]["count"] == len(ids)
        assert told["columns"] == [], "columns of the website are of no township"
        listed = await said(app, url, who, "/desk/dibao-notice")
        assert {each["id"] for each in listed["duties"]} == ids


async def test_what_was_refused_is_told_in_chinese(app: Starlette, url: str) -> None:
    text = await html(app, url, "auditor-a", "/quarantine")
    rows = text.partition("<tbody>")[2]
    assert "请改用退款或者更正" in rows
    assert " / " not in unescape(re.sub("<[^>]+>", "", rows)), "without its English"


async def test_no_link_leads_staff_to_where_they_may_not(app: Starlette, url: str) -> None:
    """Pages of staff's records lead neither to records of others nor to pages of other roles."""
    paths = ("/desk?asof=2024-12-31", "/desk/dibao-notice?asof=2024-12-31", "/quarantine")
    seen = set()
    for path in (*paths, "/entries/1", "/streams/case/DB-1"):
        main = (await html(app, url, "staff-a", path)).partition("<main")[2].partition("</main>")[0]
        seen |= set(re.findall(r'href="(/(?:entries|streams|sources|desk)[^"#]*)"', main))
    assert len(seen) > len(paths)
    for link in seen:
        assert (await get(app, url, "staff-a", unescape(link))).status_code == 200, link
    assert 'name="known"' not in await html(app, url, "staff-a", "/desk"), "they may not ask for it"
    assert 'name="known"' in await html(app, url, "auditor-a", "/desk")
    for path in ("/work", "/findings", "/parked", "/streams/case/DB-1", "/withheld"):
        told = await get(app, url, "staff-a", f"{path}?at=1")
        assert (told.status_code, told.json()["code"]) == (403, "present-only"), path


async def test_signing_in_leads_staff_to_what_is_theirs(app: Starlette, url: str) -> None:
    for who, to, there in (
        ("staff-a", "/", "/work"),
        ("staff-a", "/findings", "/findings"),
        ("auditor-a", "/", "/"),
    ):
        async with browser(app) as client:
            form = {"token": TOKENS[url][who], "next": to}
            led = await client.post("/sign-in", data=form)
            assert (led.status_code, led.headers["location"]) == (303, there)
            page = await client.get(there)
            assert page.status_code == 200
    told = await said(app, url, "staff-a", "/work")
    assert (told["parked"], told["quarantine"]) == (1, 1)
    assert sum(told["findings"].values()) == len(
        [each for rule in await codes(app, url) for each in await of_rule(app, url, rule)]
    )
    assert told["lines"] == ["assistance"]
    assert "低保、特困和资金发放" in await html(app, url, "staff-a", "/work")
    users = await html(app, url, "sec", "/users")
    assert "低保、特困和资金发放" in users
    assert "意溪镇" in users, "which a clerk calls by its name"
    async with browser(app) as client:
        page = await client.get("/work", headers=bearing(TOKENS[url]["staff-a"]))
    links: list[str] = re.findall(r'<th scope="row"><a href="([^"]+)"', page.text)
    assert {"/findings", "/parked", "/quarantine", "/desk"} <= set(links)
    for path in links:
        assert (await get(app, url, "staff-a", path)).status_code == 200, path


async def codes(app: Starlette, url: str) -> list[str]:
    return [each["rule"] for each in (await said(app, url, "staff-a", "/findings"))["rules"]]


async def of_rule(app: Starlette, url: str, rule: str) -> list[Any]:
    found: list[Any] = (await said(app, url, "staff-a", f"/findings/rules/{rule}"))["findings"]
    return found


async def test_however_many_streams_are_asked_about_it_is_one_query(url: str) -> None:
    async with postgres.connect(url) as connection:
        asked: list[Any] = []
        connection.add_query_logger(asked.append)
        names = {f"case/DB-{number}" for number in range(1, 100)} | {"person", "report/2024"}
        of = Scope(frozenset({"assistance"}), frozenset({TOWN}))
        assert await scope.among(connection, LEDGER, of, names, 1_000) == {"case/DB-1", "case/DB-2"}
        await asyncio.sleep(0)  # what was asked is told a turn later
        assert len(asked) == 1
