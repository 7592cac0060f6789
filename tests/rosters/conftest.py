"""An office that imports rosters into an empty ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from ledger import store
from ledger.seal import Sealer
from rosters import map_reading
from rosters.maps import RosterMap
from rosters.preview import Against, Preview, prepare
from rosters.sheets import book_of
from tests.support.bureau import FOLDER, SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.rosters import Person, person, text

DIBAO = (
    *("低保证号", "村（社区）代码", "城乡类别", "姓名", "身份证号", "与户主关系"),
    *("月保障金额", "起始月份", "确认日期", "确认文号"),
)
PAYOUTS = (
    *("个案编号", "保障项目", "领款人", "身份证号", "银行账号"),
    *("金额", "所属月份", "到账日期", "发放结果"),
)
VILLAGE, OTHER_VILLAGE = "445102100001", "445102007001"
JIA, YI, BING = (
    person("示甲", "19800101", 1),
    person("示乙", "20100301", 2),
    person("例丙", "19550505", 3),
)


def the_map(name: str, **replaced: str) -> RosterMap:
    """A map of the sample bureau, some of its text otherwise."""
    raw = (FOLDER / "rosters" / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in replaced.items():
        raw = raw.replace(old, new)
    made, wrong = map_reading.read_map(name, raw.encode(), SAMPLE)
    assert made is not None, wrong
    return made


def a_row(
    case: str,
    who: Person,
    yuan: Any = "500",
    *,
    relation: str = "户主",
    village: str = VILLAGE,
    area: str = "农村",
    first: str = "2023-05",
) -> list[Any]:
    """A row of the roster of 低保."""
    own = [case, village, area, who.name, who.number, relation, yuan]
    return [*own, first, "2023-04-20", "湘民〔2023〕1号"]


def a_payout(case: str, who: Person, yuan: str, month: str, result: str = "成功") -> list[str]:
    """A row of the list of payouts, settled on the 8th."""
    own = [case, "低保", who.name, who.number, f"62{who.number[6:17]}", yuan]
    return [*own, month, f"{month}-08", result]


class Office:
    """Imports rosters of a month into the ledger of a bench."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.folder = bench, folder

    async def preview(
        self, month: str, content: bytes | Sequence[Sequence[Any]], made: RosterMap | None = None
    ) -> Preview:
        """What a roster would do: bytes of a file, or the rows of 低保 under their headings."""
        if not isinstance(content, bytes):
            content = text([DIBAO, *content])
        ledger = await store.find_ledger(self.bench.connection, LEDGER)
        assert ledger is not None
        sealer = Sealer(Settings().secret, LEDGER)
        against = Against(self.bench.connection, ledger, sealer, SAMPLE)
        return await prepare(against, made or the_map("dibao"), book_of("roster", content), month)

    async def take(
        self, month: str, content: bytes | Sequence[Sequence[Any]], made: RosterMap | None = None
    ) -> Preview:
        """The same, and the events are taken: each is an entry."""
        preview = await self.preview(month, content, made)
        assert preview.wrong == []
        tally = await self.bench.take(*preview.events)
        assert tally.accepted == len(preview.events), tally
        return preview

    async def cases(self, month: str) -> dict[str, dict[str, Any]]:
        """Case number → the stretch in which it stands in a month."""
        return {
            row["case_number"]: row
            for row in await self.bench.rows("case_entitlement")
            if row["first_month"] <= month
            and (row["last_month"] is None or row["last_month"] >= month)
        }


@pytest.fixture
def office(bench: Bench, tmp_path: Path) -> Office:
    return Office(bench, tmp_path)
