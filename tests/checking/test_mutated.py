"""Two hundred documents in which one thing was changed: each is found, and named.

What is expected is worked out from the change itself, and from nothing that the check says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import asyncpg
import pytest

from infra import postgres
from projections.snapshot import snapshot
from reports import checking, handed, manifest, recorded, release
from reports.aside import Aside
from reports.checking import Checked
from reports.document import Document
from tests.support import handing, office
from tests.support.databases import made as database
from tests.support.handing import ACT, MAKERS, Line, Maker, Piece
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household
from tests.support.releasing import publish

FIRST = {"F16": 1_807_550_600, "F15": 2621}
"""What the first edition said otherwise."""
OF_FIRST = handing.printed({"F15": FIRST["F15"]}, {"F16": FIRST["F16"]})
MUTATIONS = 200
CHARACTERS = "囍圞龘靐齉爩麤灪"
"""None of them stands in the report."""
NARROW = str.maketrans("０１２３４５６７８９．", "0123456789.")


async def fill(url: str) -> None:
    """A ledger with two editions of the report."""
    async with postgres.connect(url) as connection:
        bench = await Bench.open(connection)
        await bench.tell(a_household("DB-1"))
        await publish(bench, handing.drafted(handing.report(**FIRST)), ACT)
        again = replace(ACT, at=ACT.at.replace(day=18), signature=None)
        await publish(bench, handing.drafted(handing.report(), at=4), again)


@pytest.fixture(scope="module")
def ledger(server_url: str) -> Iterator[str]:
    with database(server_url, "mutated", fill) as url:
        yield url


@dataclass
class Desk:
    """Where documents are handed in: a connection, and what was published, by edition."""

    connection: asyncpg.Connection
    editions: dict[int, Document]

    async def check(self, name: str, raw: bytes) -> Checked:
        return await checking.check(self.connection, LEDGER, raw, handed.read(raw, name))

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> Desk:
        """What is published there."""
        async with snapshot(connection):
            found = await release.released(connection, LEDGER)
        documents = {
            item.edition: recorded.document_of(
                item, await release.content(connection, item), Aside(), sample=True
            )
            for item in found
        }
        return cls(connection, documents)

    def lines(self, edition: int = 2) -> list[Line]:
        return handing.lines(self.editions[edition])

    def told(self, edition: int = 2) -> bytes:
        return manifest.encoded(self.editions[edition])


@pytest.fixture
async def desk(ledger: str) -> AsyncIterator[Desk]:
    async with postgres.connect(ledger) as connection:
        yield await Desk.of(connection)


def names(document: Document) -> dict[str, str]:
    """Mark → what people call its number: F16 发放低保金额; 太平街道，户数."""
    found = {}
    for each in manifest.marked(document):
        name = f"{getattr(each.said, 'id', '')} {getattr(each.said, 'name', '')}".strip()
        found[each.mark] = name or f"{each.before}，{each.after}"
    return found


def digits(text: str) -> str:
    """The number that a text begins with."""
    return text[: next((n for n, sign in enumerate(text) if sign not in "0123456789."), len(text))]


def numbers(said: list[Line]) -> list[tuple[int, int]]:
    """Where numbers stand that are figures: line, piece."""
    return [
        (n, m)
        for n, line in enumerate(said)
        for m, piece in enumerate(line.pieces)
        if piece.mark.startswith(("fig", "cell")) and digits(piece.text)
    ]


def put(said: list[Line], place: tuple[int, int], text: str) -> list[Line]:
    """The lines with another text in a piece."""
    line = said[place[0]]
    pieces = list(line.pieces)
    pieces[place[1]] = Piece(text, pieces[place[1]].mark)
    changed = list(said)
    changed[place[0]] = replace(line, pieces=tuple(pieces))
    return changed


def other_digit(number: str, chance: Random) -> str:
    """The number with one digit changed: another value."""
    while True:
        at = chance.choice([n for n, sign in enumerate(number) if sign.isdigit()])
        made = number[:at] + chance.choice("0123456789") + number[at + 1 :]
        if float(made) != float(number):
            return made


@pytest.mark.parametrize("seed", range(MUTATIONS))
async def test_a_number_that_was_changed_is_found_and_named(desk: Desk, seed: int) -> None:
    """By one digit, to the value of another figure, or to that of the earlier edition."""
    chance = Random(seed)  # noqa: S311  what is changed, the same in each run
    said, named = desk.lines(), names(desk.editions[2])
    maker = list(MAKERS.values())[seed % len(MAKERS)]
    kind = ("digit", "other", "earlier", "character")[seed // len(MAKERS) % 4]
    places = numbers(said)
    if kind == "character":
        await one_character(desk, said, maker, chance)
        return
    if kind == "earlier":
        places = [place for place in places if name_at(said, place, named)[:3] in FIRST]
    place = chance.choice(places)
    before, name = text_at(said, place), name_at(said, place, named)
    number = digits(before)
    wanted, why = {"changed", "other-figure", "earlier"}, ""
    if kind == "digit":
        made = other_digit(number, chance)
    elif kind == "earlier":
        made, wanted, why = OF_FIRST[name[:3]], {"earlier"}, "是第 1 版的数"
    else:
        other = chance.choice([each for each in places if is_other(text_at(said, each), number)])
        made, why = digits(text_at(said, other)), name_at(said, other, named)
        if text_at(said, other).removeprefix(made) == before.removeprefix(number):
            wanted = {"other-figure"}
    checked = await desk.check(
        *maker(put(said, place, made + before.removeprefix(number)), desk.told())
    )
    faults = [each for each in checked.findings if each.is_fault]
    assert [each.about for each in faults] == [name], checked.findings
    assert faults[0].kind in wanted, checked.findings
    assert why in faults[0].why
    assert made in faults[0].after.translate(NARROW).replace(",", "")
    assert checked.release is not None
    assert checked.release.edition == 2


async def one_character(desk: Desk, said: list[Line], maker: Maker, chance: Random) -> None:
    """Any one of the Chinese ones: of a sentence, a heading, a claim, a unit, the date."""
    places = [
        (n, m, at)
        for n, line in enumerate(said)
        for m, piece in enumerate(line.pieces)
        for at, sign in enumerate(piece.text)
        if "一" <= sign <= "龥"
    ]
    n, m, at = chance.choice(places)
    before, strange = text_at(said, (n, m)), chance.choice(CHARACTERS)
    changed = put(said, (n, m), before[:at] + strange + before[at + 1 :])
    checked = await desk.check(*maker(changed, desk.told()))
    faults = [each for each in checked.findings if each.is_fault]
    assert len(faults) == 1, checked.findings
    assert strange in faults[0].after


def is_other(text: str, number: str) -> bool:
    """Whether a figure has another number; a date begins with one and is none."""
    return digits(text) != number and "年" not in text


def name_at(said: list[Line], place: tuple[int, int], named: dict[str, str]) -> str:
    return named[said[place[0]].pieces[place[1]].mark]


def text_at(said: list[Line], place: tuple[int, int]) -> str:
    return said[place[0]].pieces[place[1]].text


@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
async def test_what_was_not_changed_passes_however_it_was_saved(desk: Desk, maker: Maker) -> None:
    checked = await desk.check(*maker(desk.lines(), desk.told()))
    assert checked.fine, checked.findings
    assert checked.findings == ()


@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
async def test_an_older_edition_is_named_as_one(desk: Desk, maker: Maker) -> None:
    checked = await desk.check(*maker(desk.lines(1), desk.told(1)))
    assert [each.kind for each in checked.findings] == ["older"]
    assert checked.release is not None
    assert checked.release.edition == 1
    assert "F15 低保人数 “2621人” → “2622人”" in checked.findings[0].why
    assert "F16 发放低保金额 “1807.55万元” → “1809.05万元”" in checked.findings[0].why


def test_libreoffice_saves_a_document_and_it_is_still_ours(ledger: str, tmp_path: Path) -> None:
    """Opened and saved again, untouched and with a number changed before."""
    office.there(text=True)

    async def look() -> None:
        async with postgres.connect(ledger) as connection:
            desk = await Desk.of(connection)
            said = desk.lines()
            place = next(p for p in numbers(said) if text_at(said, p) == "1809.05万元")
            for name, lines in (("same", said), ("other", put(said, place, "1809.06万元"))):
                (tmp_path / f"{name}.docx").write_bytes(handing.docx(lines, desk.told())[1])
                saved = office.saved_again(tmp_path, f"{name}.docx")
                found = [(f.kind, f.about) for f in (await desk.check("报告.docx", saved)).findings]
                wanted = [("changed", "F16 发放低保金额")] if name == "other" else []
                assert found == wanted

    asyncio.run(look())
