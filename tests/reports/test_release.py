"""What was released, as it is kept: by sections, whole, and never worked out again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import asyncpg
import pytest

from domain.reporting.releases import (
    CutCodes,
    MergedCells,
    ReleaseBlock,
    ReleaseCell,
    ReleaseColumn,
    ReleaseContent,
    Released,
    ReleaseRow,
    ReleaseRun,
    ReleaseSectionRecorded,
    ReleaseTable,
    ReleaseValue,
    ToldNumber,
)
from projections import tail
from projections.catalogue import READ_MODELS
from projections.snapshot import snapshot
from reports import publishing, release
from reports.moment import Moment
from reports.publishing import SECTION_BYTES, Unpublishable, parted
from reports.release import Altered, Release
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household
from tests.support.releasing import ACT, SIGNED, draft, households, publish
from upkeep.rebuild import driver

MERGED = (
    MergedCells(subjects=("dibao",), dimension="镇街", codes=("001", "002"), sum_told=False),
    MergedCells(subjects=("dibao",), dimension="月", codes=("2024-01",), measure="新增户数"),
)
LATER = datetime.fromisoformat("2025-01-06T09:00:00+08:00")


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    made = await Bench.open(connection)
    await made.tell(a_household("DB-1"))
    return made


async def found(bench: Bench) -> list[Release]:
    async with snapshot(bench.connection):
        return await release.released(bench.connection, LEDGER)


async def refused(bench: Bench) -> list[str]:
    async with snapshot(bench.connection):
        return [item.why for item in await release.unfit(bench.connection, LEDGER)]


async def test_what_is_released_is_what_was_drafted(bench: Bench) -> None:
    await publish(bench, draft(households(1), at=1, merged=MERGED))

    (made,) = await found(bench)
    assert (made.plan, made.period, made.edition, made.title) == ("monthly", "2024-11", 1, "月报")
    assert (made.moment.start, made.moment.end, made.moment.at) == (
        date(2024, 11, 1),
        date(2024, 11, 30),
        1,
    )
    assert made.published_at == "2024-12-05T09:00:00+08:00"
    assert (made.published_by, made.reason) == ("BG-01", "按月公布")
    assert made.merged == MERGED
    assert await release.content(bench.connection, made) == households(1)


async def test_of_two_editions_the_later_stands(bench: Bench) -> None:
    await publish(bench, draft(households(1), at=1))
    await publish(bench, draft(households(2), at=4), replace(ACT, at=LATER, signature=None))

    assert [item.edition for item in await found(bench)] == [2, 1]
    assert [item.edition for item in release.standing(await found(bench))] == [2]


async def test_a_release_taken_back_leaves_the_one_before_it_and_its_number_is_used_up(
    bench: Bench,
) -> None:
    await publish(bench, draft(households(1), at=1))
    again = draft(households(2), at=4)
    act = replace(ACT, at=LATER, signature=None)
    await publish(bench, again, act)
    *_, closing = await publishing.facts(bench.connection, again, act)
    assert isinstance(closing, Released)
    told = closing.model_copy(update={"edition": 2})
    name = "office/release-monthly-2024-11-2"
    await bench.take(event("office", "no", told, received=LATER, corrects=name, kind="revoked"))

    assert [item.edition for item in await found(bench)] == [1]
    (*_, third) = await publishing.facts(bench.connection, again, act)
    assert isinstance(third, Released)
    assert third.edition == 3


async def test_a_release_with_a_section_that_was_changed_is_not_shown(bench: Bench) -> None:
    await publish(bench, draft(households(1), at=1))
    _, section, *_ = await publishing.facts(bench.connection, draft(households(2), at=1), ACT)
    assert isinstance(section, ReleaseSectionRecorded)
    name = "office/release-monthly-2024-11-1-1"
    told = section.model_copy(update={"edition": 1})
    await bench.take(event("office", "x", told, received=LATER, corrects=name, kind="changed"))

    (made,) = await found(bench)
    with pytest.raises(Altered, match="与封存时不同"):
        await release.content(bench.connection, made)


async def test_a_release_that_lacks_a_section_or_has_one_too_many_is_none(bench: Bench) -> None:
    await publish(bench, draft(households(1), at=1))
    _, section, *_ = await publishing.facts(bench.connection, draft(households(2), at=1), ACT)
    told = section.model_copy(update={"edition": 1, "number": 2})
    await bench.take(event("office", "x", told, received=LATER))
    assert await found(bench) == []
    assert await refused(bench) == ["发布内容不全"]

    name = {"corrects": "office/x", "kind": "revoked"}
    await bench.take(event("office", "y", told, received=LATER, **name))
    assert len(await found(bench)) == 1


async def test_a_signature_that_is_taken_back_takes_the_release_off(bench: Bench) -> None:
    await publish(bench, draft(households(1), at=1))
    signed, *_ = await publishing.facts(bench.connection, draft(households(1), at=1), ACT)
    name = "office/release-monthly-2024-11-signed-2024-12-03"
    await bench.take(event("office", "x", signed, received=LATER, corrects=name, kind="revoked"))

    assert await found(bench) == []
    assert await refused(bench) == ["尚未签发即发布"]


async def test_what_could_not_stand_is_not_published(bench: Bench) -> None:
    what = draft(households(1), at=1)
    unsigned = replace(ACT, signature=None)
    early = replace(ACT, at=datetime.fromisoformat("2024-11-30T23:59:00+08:00"))
    late = replace(ACT, signature=SIGNED._replace(on=date(2024, 12, 6)))
    for act, why in ((unsigned, "尚未签发"), (early, "才结束"), (late, "尚未签发")):
        with pytest.raises(Unpublishable, match=why):
            await publishing.facts(bench.connection, what, act)
    with pytest.raises(Unpublishable, match="汇总表不全"):
        await publishing.facts(bench.connection, draft(households(1), at=1, lacks="缺 #3"), ACT)


async def test_a_period_is_over_when_its_last_day_is_whatever_day_is_asked_about(
    bench: Bench,
) -> None:
    """In the middle of December, as of 10 December: what is told as one is none, either."""
    moment = Moment(LEDGER, date(2024, 12, 1), date(2024, 12, 1), 1)
    what = draft(households(1), at=1, period="2024-12", moment=moment)
    with pytest.raises(Unpublishable, match="才结束"):
        await publishing.facts(bench.connection, what, ACT)

    await publish(bench, draft(households(1), at=1))
    told = await publishing.facts(bench.connection, draft(households(1), at=1), ACT)
    early = [one.model_copy(update={"period": "2024-12"}) for one in told]
    await bench.take(
        *(event("office", f"e{n}", one, received=LATER) for n, one in enumerate(early))
    )
    assert await refused(bench) == ["期间未结束即发布"]


async def test_nothing_is_released_before_read_models_know_what_was(bench: Bench) -> None:
    await publishing.publish(
        bench.connection, bench.intake, draft(households(1), at=1), ACT, SAMPLE.publisher
    )
    with pytest.raises(Unpublishable, match="此前的发布"):
        await publishing.see_all(bench.connection, LEDGER)
    await tail.catch_up(bench.connection, LEDGER)
    await publishing.see_all(bench.connection, LEDGER)


async def test_a_rebuild_finds_every_word_again(bench: Bench) -> None:
    await publish(bench, draft(households(1), at=1))
    before = [(item, await release.content(bench.connection, item)) for item in await found(bench)]
    await bench.connection.execute("DELETE FROM read_5.release_section")
    await driver.anew(bench.connection, READ_MODELS, lambda _: None)

    after = [(item, await release.content(bench.connection, item)) for item in await found(bench)]
    assert after == before
    assert len(after) == 1


# How a release is cut into sections


def much() -> ReleaseContent:
    """Long words, a long table and many values."""
    row = ReleaseRow(heading="某村", cells=(ReleaseCell(text="1", value="1"),) * 20)
    table = ReleaseTable(title="村", columns=(ReleaseColumn(heading="户"),) * 20, rows=(row,) * 400)
    value = ReleaseValue(key="k", name="户数", type="number", value="1", unit="户")
    told = ToldNumber(
        measure="户数",
        subjects=("dibao",),
        until=date(2024, 11, 30),
        cut=(CutCodes(dimension="镇街", codes=("445102001",)),),
        exact=0,
        behind=3,
        policy="persons",
    )
    return ReleaseContent(
        blocks=(
            ReleaseBlock(runs=(ReleaseRun(text="字" * 20_000), ReleaseRun(text="尾", key="k"))),
            ReleaseBlock(table=table),
            ReleaseBlock(runs=(ReleaseRun(text="完"),)),
        ),
        values=tuple(value.model_copy(update={"key": f"k{n}"}) for n in range(2_000)),
        told=(told,) * 500,
    )


def test_no_section_is_too_long_for_an_event() -> None:
    sections = list(parted(much()))

    sizes = [len(section.model_dump_json(exclude_defaults=True).encode()) for section in sections]
    assert max(sizes) < SECTION_BYTES + 4_000
    assert len(sections) > 10


def test_sections_put_together_say_the_same() -> None:
    blocks = release.whole(b for section in parted(much()) for b in section.blocks)

    assert len(blocks) == 3
    text = "".join(run.text for run in blocks[0].runs)
    assert text == "字" * 20_000 + "尾"
    assert blocks[0].runs[-1].key == "k"
    assert blocks[1:] == much().blocks[1:]
    values = [value for section in parted(much()) for value in section.values]
    assert tuple(values) == much().values


def test_a_release_without_words_has_one_section() -> None:
    assert list(parted(ReleaseContent())) == [ReleaseContent()]


async def test_a_long_release_comes_back_whole(bench: Bench) -> None:
    await publish(bench, draft(much(), at=1))

    (made,) = await found(bench)
    says = await release.content(bench.connection, made)
    assert says.values == much().values
    assert says.blocks[1:] == much().blocks[1:]
    assert says.told == much().told
