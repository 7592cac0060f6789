"""Editions of a release compared: what differs, and whether that was an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.reporting.releases import (
    ReleaseBlock,
    ReleaseCell,
    ReleaseColumn,
    ReleaseContent,
    ReleaseDefinition,
    ReleaseRow,
    ReleaseRun,
    ReleaseTable,
    ReleaseValue,
)
from reports.editions import Difference, differences, follow
from reports.moment import Moment
from reports.release import Release

FIRST = Release(
    plan="monthly",
    period="2024-11",
    edition=1,
    kind="bulletin",
    title="月报",
    audience="public",
    moment=Moment("990101", date(2024, 11, 1), date(2024, 11, 30), 10),
    published_at="2024-12-05T09:00:00+08:00",
    position=11,
    content="0" * 64,
    bureau="a" * 64,
    merged=(),
    signed="",
    dated="",
    published_by="BG-01",
    reason="按月公布",
    signed_on=date(2024, 12, 3),
    index="2024-00001",
)
SAME = replace(FIRST, edition=2, position=20)
MORE = replace(SAME, moment=replace(FIRST.moment, at=15))


def says(number: int, *, words: str = "在保", cell: str = "3", digest: str = "1") -> ReleaseContent:
    """A sentence with a value, and a table of one cell."""
    return ReleaseContent(
        blocks=(
            ReleaseBlock(
                runs=(
                    ReleaseRun(text=words),
                    ReleaseRun(text=f"{number}户", kind="figure", key="户数"),
                )
            ),
            ReleaseBlock(
                table=ReleaseTable(
                    title="按镇街",
                    columns=(ReleaseColumn(heading="户数", group="城市"),),
                    rows=(ReleaseRow(heading="山口镇", cells=(ReleaseCell(text=cell),)),),
                )
            ),
        ),
        values=(
            ReleaseValue(key="户数", name="在保户数", type="number", value=str(number), unit="户"),
        ),
        definitions=(ReleaseDefinition(key="户数", text="在保的户", digest=digest * 64),),
    )


def test_the_same_words_and_values_differ_in_nothing() -> None:
    assert differences(FIRST, says(1), MORE, says(1)) == []


def test_a_value_that_changed_as_more_was_known_is_a_revision() -> None:
    """Told once: in the value, not again in the sentence that it stands in."""
    assert differences(FIRST, says(1), MORE, says(2)) == [
        Difference("在保户数", "1户", "2户", "revised")
    ]


def test_a_value_that_changed_though_nothing_more_was_known_was_wrong() -> None:
    assert [each.why for each in differences(FIRST, says(1), SAME, says(2))] == ["mended"]


def test_a_value_that_is_defined_otherwise_was_not_wrong() -> None:
    found = differences(FIRST, says(1), SAME, says(2, digest="2"))
    assert [each.why for each in found] == ["redefined"]


def test_cells_and_words_are_compared_too() -> None:
    other = replace(SAME, title="月报（更正）")
    assert differences(FIRST, says(1), other, says(1, words="共有", cell="4")) == [
        Difference("标题", "月报", "月报（更正）", "reworded"),
        Difference("按镇街：山口镇，城市，户数", "3", "4", "mended"),
        Difference("文字", "在保〔数值〕", "共有〔数值〕", "reworded"),
    ]
    moved = replace(SAME, bureau="b" * 64)
    assert [e.why for e in differences(FIRST, says(1), moved, says(1, cell="4"))] == ["redefined"]


def test_what_one_edition_lacks_is_empty() -> None:
    assert differences(FIRST, says(1), SAME, ReleaseContent()) == [
        Difference("在保户数", "1户", "", "mended"),
        Difference("按镇街：山口镇，城市，户数", "3", "", "mended"),
        Difference("文字", "在保〔数值〕", "", "reworded"),
    ]


def test_an_edition_follows_the_last_one_that_is_left() -> None:
    """The second was taken back; another period is another document."""
    third, other = replace(FIRST, edition=3), replace(FIRST, period="2024-10", edition=2)
    assert follow([third, other, FIRST]) == [(FIRST, third)]
