"""The loop of staff: a draft is edited, comes back, and is held against the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from infra import postgres
from ledger import adopted
from reports import checking, drafting, handed, manifest, plans
from reports.checking import Asked, Checked
from reports.document import Document
from reports.moment import Moment
from reports.render import text
from tests.support import handing
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_payment
from tests.support.published import fill, last_of

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
PAID = "0.20万元"
"""1,900.00 元 that were published, and 100.00 元 told later."""


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A ledger of its own, whose annual report was published before its last payment."""
    await fill(database_url)
    async with postgres.connect(database_url) as made:
        yield made


async def draft(connection: asyncpg.Connection, plan: str = plans.ANNUAL) -> Document:
    """What a plan says of 2024, as known now."""
    at = await last_of(connection)
    bureau = await adopted.at(connection, LEDGER, at)
    moment = Moment(LEDGER, *YEAR, at)
    return await drafting.document(connection, plans.of(bureau)[plan], bureau, moment)


async def check(
    connection: asyncpg.Connection, said: str, name: str = "x.txt", asked: Asked | None = None
) -> Checked:
    raw = said.encode()
    return await checking.check(connection, LEDGER, raw, handed.read(raw, name), asked)


def faults(checked: Checked) -> list[tuple[str, str]]:
    return [(each.kind, each.about) for each in checked.findings if each.is_fault]


def remarks(checked: Checked) -> list[tuple[str, str]]:
    return [(each.kind, each.about) for each in checked.findings if not each.is_fault]


async def test_a_draft_that_nobody_touched_is_fine(connection: asyncpg.Connection) -> None:
    made = await draft(connection)
    checked = await check(connection, text.render(made))
    assert (checked.fine, checked.findings) == (True, ())
    assert (checked.plan, checked.period, checked.release) == ("annual", "2024", None)
    assert checked.at == made.moment.at


async def test_prose_that_staff_write_anew_is_no_alarm(connection: asyncpg.Connection) -> None:
    """Dates, ordinals, numbers of laws, lists and telephones are no figures."""
    said = text.render(await draft(connection))
    new = (
        "2024年5月20日，局党组第3次会议学习《社会救助暂行办法》第11条和国办发〔2017〕47号文件，"
        "明确以下事项。\n1. 落实责任。\n2. 规范程序，咨询电话0768-2211234。\n3. 3月底前完成。"
    )
    checked = await check(connection, said.replace("第二段。", new))
    assert checked.fine, checked.findings
    assert {kind for kind, _ in remarks(checked)} == {"edited"}


async def test_a_number_changed_by_hand_is_named_with_both(connection: asyncpg.Connection) -> None:
    said = text.render(await draft(connection))
    checked = await check(connection, said.replace(f"低保金{PAID}", "低保金0.53万元"))
    (one,) = (each for each in checked.findings if each.is_fault)
    assert (one.kind, one.about) == ("changed", "F16 发放低保金额")
    assert (one.before, one.after) == (PAID, "0.53万元")
    assert "低保金0.53万元" in one.around.replace(" ", "")


async def test_a_number_that_nobody_counted_is_told(connection: asyncpg.Connection) -> None:
    said = text.render(await draft(connection))
    checked = await check(connection, said.replace("第二段。", "第二段。走访困难群众385户次。"))
    (one,) = (each for each in checked.findings if each.is_fault)
    assert (one.kind, one.after) == ("unknown", "385")


async def test_a_number_that_is_a_figure_may_be_said_again(connection: asyncpg.Connection) -> None:
    said = text.render(await draft(connection))
    again = "发放2,000.00元。"
    checked = await check(connection, said.replace("第二段。", f"第二段。{again}"))
    assert faults(checked) == []
    assert ("equal", "") in remarks(checked)
    assert "F16 发放低保金额" in next(f.why for f in checked.findings if f.kind == "equal")


async def test_a_figure_that_the_ledger_no_longer_says_is_stale(
    connection: asyncpg.Connection,
) -> None:
    """Drafted, then a payment comes; the draft says its position at its foot."""
    made = await draft(connection)
    said = text.render(made)
    bench = await Bench.join(connection)
    await bench.tell(a_payment("DB-1", 30_000, "2024-12", on="2024-12-31"))
    checked = await check(connection, said)
    assert {about for kind, about in faults(checked) if kind == "stale"} == {"F16 发放低保金额"}
    one = checked.findings[0]
    assert (one.before, one.after) == ("0.23万元", PAID)
    assert f"起草时（位置 {made.moment.at}）" in one.why

    # Whoever puts the new value in by hand has done right.
    again = await check(connection, said.replace(PAID, "0.23万元"))
    assert faults(again) == []
    assert {kind for kind, _ in remarks(again)} == {"updated"}

    # Without its position it is held against what is known now.
    bare = "\n".join(line for line in said.splitlines() if "位置" not in line)
    other = await check(connection, bare, asked=Asked("annual", YEAR))
    assert ("changed", "F16 发放低保金额") in faults(other)
    assert any("没有起草位置" in note for note in other.notes)


async def test_the_prose_of_staff_is_read_by_the_checker_of_prose(
    connection: asyncpg.Connection,
) -> None:
    """A quote that is never closed, in what staff wrote; sentences of the ledger are past that."""
    said = text.render(await draft(connection))
    said = said.replace("第二段。", "会议强调“依法行政。")
    checked = await check(connection, said)
    lines = [line for line in said.splitlines() if line.strip()]
    assert {lines[each.paragraph - 1].strip() for each in checked.prose} == {"会议强调“依法行政。"}
    assert (checked.fine, faults(checked)) == (False, [])


async def test_a_number_that_is_gone_and_a_unit_that_is_lost_are_told(
    connection: asyncpg.Connection,
) -> None:
    said = text.render(await draft(connection))
    checked = await check(connection, said.replace("、3人（虚构）", "").replace("3户", "3"))
    assert faults(checked) == [("unit", "F14 低保户数"), ("missing", "F15 低保人数")]


async def test_the_words_of_a_claim_are_not_to_be_changed(connection: asyncpg.Connection) -> None:
    said = text.render(await draft(connection))
    claim = "年内没有处罚决定"
    checked = await check(connection, said.replace(claim, "年内没有作出处罚决定"))
    (one,) = (each for each in checked.findings if each.is_fault)
    assert (one.kind, one.before) == ("claim", claim)


async def test_what_a_manifest_says_of_values_is_not_believed(
    connection: asyncpg.Connection,
) -> None:
    """Whoever changes a number changes it in the manifest, too."""
    made = await draft(connection)
    forged = manifest.encoded(made).decode().replace(PAID, "0.99万元").replace('"0.20"', '"0.99"')
    said = text.render(made).replace(PAID, "0.99万元")
    checked = await check(connection, f"{said}\n<!-- {forged} -->", "x.md")
    assert checked.by == "manifest"
    assert set(faults(checked)) == {("changed", "F16 发放低保金额")}


@pytest.mark.parametrize(
    "forged",
    [
        '{"format": "mingjian-document/1"}',
        '{"format": "mingjian-document/1", "ledger": "445102", "plan": "annual", "at": -1}',
        '{"format": "mingjian-document/1", "ledger": "445102", "release": "annual/2024/9"}',
        '{"format": "mingjian-document/1", "ledger": "110101", "release": "annual/2024/1"}',
        '{"format": "mingjian-document/1", "ledger": [1], "plan": {}, "since": 5, "at": 1e99}',
        '{"format": "mingjian-document/1", ',
    ],
)
async def test_a_manifest_that_leads_nowhere_is_left_and_the_words_are_read(
    connection: asyncpg.Connection, forged: str
) -> None:
    said = text.render(await draft(connection))
    checked = await check(connection, f"{said}\n<!-- {forged} -->", "x.md")
    assert checked.fine, checked.findings
    assert checked.by == "words"


async def test_another_text_is_no_document_of_the_ledger(connection: asyncpg.Connection) -> None:
    checked = await check(connection, "会议纪要\n\n会议听取了汇报，研究了下一步工作。\n" * 20)
    assert (checked.fine, checked.by, checked.findings) == (False, None, ())


def test_the_two_amounts_of_this_ledger_are_what_the_tests_say() -> None:
    assert handing.wan(190_000 + 10_000) == PAID.removesuffix("万元")
