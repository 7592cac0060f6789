"""Registers: acts, raises, announcements, sums of a thing, and how their lists are read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import asyncpg
import httpx
import pytest

from domain.organisations.events import ZombieDisposed, ZombieIdentified
from domain.outreach.activities import PublicityHeld, StudySessionHeld, TrainingHeld
from domain.outreach.charity import DonationRecorded, DriveOpened, ParticipantJoined
from domain.placename import NameAnnounced
from domain.standards import ArrearsBatchApproved
from tests.support import databases
from tests.support.enforcement import ASSOCIATION, SECOND, on
from tests.support.ledger import Bench
from tests.support.pages import json_of
from tests.support.registering import FIRST_VILLAGE, LAST_DAY, PERCENT, RURAL, VILLAGES, fill


def a_batch(programme: str, lines: int) -> ArrearsBatchApproved:
    return ArrearsBatchApproved(
        batch="TB-2024",
        programme=programme,
        months=("2024-01",),
        lines=lines,
        amount_fen=lines * 5_000,
        approved_on=on("04-18"),
        prepared_by="JB-01",
        approved_by="JB-02",
    )


def a_gift(drive: str, number: int, form: str = "goods") -> DonationRecorded:
    return DonationRecorded.model_validate(
        {
            "drive": drive,
            "donation": f"{drive}-{number}",
            "participant": f"P-{number}",
            "form": form,
            "value_fen": number * 100,
            "recipient": "示例慈善会",
            "donated_on": on("10-31"),
        }
    )


def came(drive: str, number: int) -> ParticipantJoined:
    return ParticipantJoined(
        drive=drive,
        participant=f"P-{number}",
        name=f"示例公司{number}",
        kind="enterprise",
        joined_on=on("10-31"),
    )


MORE = (
    ZombieIdentified(uscc=SECOND, ground="no-activity", identified_on=on("05-20")),
    ZombieDisposed(
        uscc=SECOND,
        way="deregistered",
        document_number="示例民社〔2024〕12号",
        disposed_on=on("06-18"),
    ),
    a_batch("dibao", 3),
    a_batch("tekun", 2),
    NameAnnounced(place="R1", announced_on=on("04-10"), location="东起示例街"),
    DriveOpened(
        drive="CS-2",
        programme="charity-week",
        title="示例慈善日",
        opens_on=LAST_DAY,
        closes_on=LAST_DAY,
    ),
    *(a_gift("CS-1", number, "money" if number == 1 else "goods") for number in (1, 2, 3, 4)),
    *(a_gift("CS-2", number) for number in (1, 2, 3)),
    *(came("CS-1", number) for number in (1, 2)),
    *(came("CS-2", number) for number in (1, 2, 3)),
    TrainingHeld(
        training="TR-1",
        programme="lectures",
        title="示例讲堂第1期",
        kind="social-work",
        mode="online",
        issue_number=1,
        participations=2,
        held_on=on("03-01"),
    ),
    PublicityHeld(
        publicity="PF-1",
        programme="law-week",
        title="示例普法",
        place="示例广场",
        laws=("民法典", "慈善法"),
        participations=1,
        held_on=on("05-02"),
    ),
    StudySessionHeld(
        session="XF-1",
        title="示例学法",
        kinds=("party-group", "first-agenda"),
        laws=("慈善法",),
        participants=1,
        held_on=on("05-30"),
    ),
)


async def _fill(connection: asyncpg.Connection) -> None:
    bench: Bench = await fill(connection)
    await bench.tell(*MORE, received=LAST_DAY)


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database of what stands on registers, and of more that was told of it."""
    with databases.filled(server_url, "register_pages", _fill) as url:
        yield url


async def rows(client: httpx.AsyncClient, path: str, *names: str) -> list[tuple[object, ...]]:
    """Columns of the rows that a page of a register has, in its order."""
    told = await json_of(client, path.replace("?", ".json?") if "?" in path else f"{path}.json")
    return [tuple(row[name] for name in names) for row in told["rows"]]


async def test_the_acts_of_a_body_stand_in_the_order_of_their_days(
    public: httpx.AsyncClient,
) -> None:
    """Of its legal representative only that another one was registered."""
    told = (await json_of(public, f"/organisations/{ASSOCIATION}.json"))["related"]
    acts = [
        (e["on_date"], e["act_name"], e["item_name"], e["old_value"], e["new_value"])
        for e in told["organisation-changes"]
    ]
    assert acts == [
        ("2024-07-01", "变更登记", "法定代表人", None, None),
        ("2024-06-10", "变更登记", "名称", "示例书画协会", "示例美术协会"),
        ("2015-05-20", "成立登记", None, None, None),
    ]
    page = (await public.get(f"/organisations/{ASSOCIATION}")).text
    assert "<td>名称</td><td>示例书画协会</td><td>示例美术协会</td>" in page


async def test_the_acts_of_a_month(public: httpx.AsyncClient) -> None:
    """A body that has ended is called as it was on its last day."""
    june = await rows(public, "/organisation-changes?on_date=2024-06", "called", "act_name")
    assert june == [(PERCENT, "注销登记"), ("示例美术协会", "变更登记")]
    assert len(await rows(public, "/organisation-changes?on_date=2024", "uscc")) == 5
    assert await rows(public, "/organisation-changes?on_date=2024-06&act=revoked", "uscc") == []
    assert await rows(public, "/organisation-changes?asof=2024-06-09", "act") == [
        ("established",),
        ("established",),
        ("established",),
    ]


async def test_the_disposal_of_a_zombie_has_its_ground_and_its_way(
    public: httpx.AsyncClient,
) -> None:
    found = await rows(
        public, "/organisation-disposals", "called", "on_date", "ground_name", "way_name"
    )
    assert found == [
        (PERCENT, "2024-06-18", None, "注销登记"),
        (PERCENT, "2024-05-20", "取得证书后一年未开展活动", None),
    ]


async def test_a_standard_and_the_one_that_it_raised(public: httpx.AsyncClient) -> None:
    """650 to 700 in the country; the raise is told from the day on which it was carried out."""
    columns = ("area", "before_fen", "amount_fen", "raised_fen", "replaced_on", "batch")
    assert await rows(public, "/standard-changes?kind=dibao&area=rural", *columns) == [
        ("rural", 65_000, 70_000, 5_000, None, "TB-2024"),
        ("rural", None, 65_000, None, "2024-01-01", None),
    ]
    early = await rows(public, "/standard-changes?area=rural&asof=2024-04-07", *columns)
    assert early[0] == ("rural", 65_000, 70_000, 5_000, None, None)
    page = (await public.get("/standards/dibao")).text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/arrears[^"]*)"', page)]
    assert await rows(public, links[0], "programme_name") == [
        ("最低生活保障",),
        ("特困人员救助供养",),
    ]


async def test_arrears_of_fewer_than_three_persons_have_no_amount(
    public: httpx.AsyncClient,
) -> None:
    assert await rows(public, "/arrears?sort=programme", "programme", "amount_fen") == [
        ("dibao", 15_000),
        ("tekun", None),
    ]


async def test_an_announced_name_stands_as_it_was_announced(public: httpx.AsyncClient) -> None:
    """The place is called otherwise since September."""
    columns = ("given_name", "announced_on", "batch", "location")
    told = await rows(public, "/placename-announcements?batch=1", *columns)
    assert told == [("示例路", "2024-04-10", 1, "东起示例街")]
    assert await rows(public, "/placename-announcements?batch=2", "place") == []
    assert await rows(public, "/placename-announcements?asof=2024-04-09", "place") == []
    page = (await public.get("/placenames/R1")).text
    assert "地名公告" in page
    assert "登记情况" in page  # what it was called before


async def test_a_drive_tells_sums_of_three_or_more_and_nobody(public: httpx.AsyncClient) -> None:
    """CS-1: 1.00 元 of money beside goods, two bodies. Goods alone would tell what one gave."""
    columns = ("drive", "bodies", "total_fen", "money_fen", "goods_fen", "recipients")
    assert sorted(await rows(public, "/charity-drives", *columns)) == [
        ("CS-1", None, 1_000, None, None, "示例慈善会"),
        ("CS-2", 3, 600, 0, 600, "示例慈善会"),
    ]
    page = (await public.get("/charity-drives/CS-2")).text
    assert "P-1" not in page
    assert "示例公司" not in page


async def test_a_calendar_of_what_was_held_counts_nobody(public: httpx.AsyncClient) -> None:
    columns = ("held_on", "line_name", "title", "place", "form", "laws")
    assert await rows(public, "/outreach", *columns) == [
        ("2024-05-30", "学法", "示例学法", None, "党组会议、第一议题", "《慈善法》"),
        ("2024-05-02", "普法宣传", "示例普法", "示例广场", None, "《民法典》、《慈善法》"),
        ("2024-03-01", "培训", "示例讲堂第1期", None, "线上", None),
    ]
    assert await rows(public, "/outreach?held_on=2024-05&line=study", "id") == [("study-XF-1",)]
    told = await json_of(public, "/outreach.json")
    assert not {c["name"] for c in told["columns"]} & {"participations", "participants"}
    assert (await public.get("/outreach/study-XF-1")).status_code == 200


async def test_neighbours_stand_beside_a_record_in_the_order_of_its_list(
    public: httpx.AsyncClient,
) -> None:
    """120 villages; the last one was abolished. The list that was asked for is kept."""
    first = await json_of(public, f"/villages/{FIRST_VILLAGE}.json")
    assert first["previous"] is None
    assert first["next"]["id"] == f"{RURAL}002"
    page = (await public.get("/villages?sort=-village&q=村&size=20&page=3")).text
    (link,) = re.findall(rf'href="(/villages/{RURAL}080[^"]*)"', page)
    assert "page=" not in link
    shown = (await public.get(link.replace("&amp;", "&"))).text
    near = re.findall(r'rel="(prev|next)" href="/villages/([0-9]+)\?([^"]*)">([^<]*)<', shown)
    assert [(way, village, text) for way, village, _, text in near] == [
        ("prev", f"{RURAL}081", "上一条：示例81村"),
        ("next", f"{RURAL}079", "下一条：示例79村"),
    ]
    assert all("at=" in query and "sort=-village" in query for _, _, query, _ in near)
    assert "返回村（居）民委员会名录" in shown


async def test_lists_have_sizes_numbers_and_a_form_to_go_to_a_page(
    public: httpx.AsyncClient,
) -> None:
    count = VILLAGES - 1
    for size in (20, 50, 100):
        told = await json_of(public, f"/villages.json?size={size}")
        assert (len(told["rows"]), told["pages"]) == (size, -(-count // size))
        assert told["size"] == size
    page = (await public.get("/villages?size=20&page=3")).text
    assert f"共 {count} 条" in page
    pager = page.rpartition('<nav class="pager"')[2]
    numbers = re.findall(r">(首页|尾页|[0-9]+|…)</(?:a|strong|span)>", pager.partition("<form")[0])
    assert numbers == ["首页", "1", "2", "3", "4", "5", "6", "尾页"]
    hidden = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', pager))
    assert hidden.keys() == {"asof", "at", "size"}  # what one goes on reading is pinned
    assert '<input name="page"' in pager
    first = (await public.get("/villages?size=20")).text.rpartition('<nav class="pager"')[2]
    assert ">…</span>" in first


async def test_a_record_is_taken_along_with_what_others_have_of_it(
    public: httpx.AsyncClient,
) -> None:
    text = (await public.get(f"/organisations/{ASSOCIATION}.csv?table=organisation-changes")).text
    assert "示例书画协会" in text
    assert (await public.get(f"/organisations/{ASSOCIATION}.xlsx")).status_code == 200
