"""Definitions of registers: mistakes are told by file and line, and nothing of a person fits in."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from domain import examples
from domain.bureau.bureau import Bureau
from domain.bureau.reading import FolderWrong, read
from domain.catalogue import EVENTS
from infra.bureaus import SHIPPED, load, national_file
from infra.settings import Settings
from ledger import store
from ledger.intake import Intake, Record
from projections import opening, tail
from projections.catalogue import READ_MODELS
from projections.snapshot import snapshot
from reports import definitions, reads, registers
from reports.catalogue import MEASURES, slice_of
from reports.moment import Moment
from reports.registers import asking
from reports.registers.asking import Query
from reports.registers.public import PUBLIC
from reports.registers.tabling import table_of, text_of
from sample import office, organisations, standards
from sample.feed import Feed
from tests.support.bureau import SAMPLE, adopt

ROOT = Path(__file__).resolve().parents[2]
NATIONAL = "cn/registers.toml"
OWN = "registers.toml"
SECOND = load(SHIPPED / "439902")
BUREAUS = (SAMPLE, SECOND)

TODAY = date(2025, 1, 1)
"""The reader's own day."""


def with_file(name: str, text: str) -> Bureau:
    return read({**SAMPLE.files, name: text.encode()})


def wrong_with(name: str, text: str) -> list[tuple[str, int, str]]:
    """File, line and words of all that is wrong."""
    found = registers.check(with_file(name, text))
    return [(w.file, w.line, f"{w.what}; expected {w.expected}") for w in found]


class Mutation(NamedTuple):
    """One text of the national file replaced; the line to be named, by what stands there."""

    old: str
    new: str
    line: str
    says: str


MUTATIONS = {
    "no such read model": Mutation('"village"\nkey', '"payment"\nkey', 'model = "pay', "one of"),
    "no public read model": Mutation('"village"\nkey', '"account"\nkey', 'model = "acc', "one of"),
    "a column that is not public": Mutation(
        '{ name = "kind", title = "类别" },\n    { name = "state"',
        '{ name = "origin", title = "类别" },\n    { name = "state"',
        '{ name = "origin"',
        "no public column 'origin'",
    ),
    "a legal representative": Mutation(
        'item = "sponsoring-authority"',
        'item = "legal-representative"',
        'item = "legal-representative"',
        "'legal-representative' are not public",
    ),
    "a column of officers": Mutation(
        '{ name = "drawn", title = "抽取", unit = "个" }',
        '{ name = "officers", title = "抽取", unit = "个" }',
        '{ name = "officers"',
        "no public column 'officers'",
    ),
    "looked up among persons": Mutation(
        'from = "department.title"',
        'from = "officer_post.officer"',
        'from = "officer_post.officer"',
        "officer_post is not public",
    ),
    "of no kind": Mutation(
        ', item = "snapshot" }', " }", '{ name = "baseline_on"', "rows of the kind ''"
    ),
    "a person who is punished": Mutation(
        'from = "party_name"', 'from = "subject"', 'from = "subject"', "no public column 'subject'"
    ),
    "an officer's code": Mutation(
        '{ name = "scope"', '{ name = "officer"', '{ name = "officer"', "no public column 'officer'"
    ),
    "no key": Mutation(
        'only = "draw"\nkey = "draw_number"',
        'only = "draw"\nkey = "officers"',
        "key =",
        "no public",
    ),
    "no law": Mutation('basis = "慈善法;', 'basis = "慈善活动法;', "basis = ", "no law 慈善活动法"),
    "no basis": Mutation('basis = "慈善法;', 'basis = "慈善;', "basis = ", "no title of a law"),
    "an unknown key": Mutation(
        'working_days = 20\nmodel = "village"',
        'workdays = 20\nmodel = "village"',
        "workdays",
        "unknown key",
    ),
    "a part of nothing": Mutation(
        'of = "standards"', 'of = "rates"', 'name = "standard-changes"', "leads to rates"
    ),
    "it leads nowhere": Mutation(
        'title = "提标批次", to = "arrears"',
        'title = "提标批次", to = "debts"',
        'name = "standard-changes"',
        "leads to debts",
    ),
    "a filter without codes": Mutation(
        'filters = ["stage", "kind"]', 'filters = ["stage", "item_number"]', "filters =", "no codes"
    ),
    "a search in days": Mutation(
        'search = ["item_number"]', 'search = ["published_on"]', "search =", "is no text"
    ),
    "sorted by nothing": Mutation(
        'sort = ["-published_on"', 'sort = ["-gone_on"', "sort =", "no column '-gone_on'"
    ),
    "sorted by no column": Mutation(
        'sort = ["batch", "place", "approved_on", "announced_on"]',
        "sort = []",
        "sort =",
        "names no column",
    ),
    "a column twice": Mutation(
        '{ name = "stage", title',
        '{ name = "kind", title',
        '{ name = "kind", title = "内容"',
        "stands here twice",
    ),
    "a word of addresses": Mutation(
        '{ name = "residence"', '{ name = "page"', '{ name = "page"', "means something else"
    ),
    "a word of the read API": Mutation(
        '{ name = "residence"', '{ name = "fields"', '{ name = "fields"', "means something else"
    ),
    "a name that stands beside a code": Mutation(
        '{ name = "sponsor"', '{ name = "kind_name"', '{ name = "kind_name"', "beside another"
    ),
    "money that does not say so": Mutation(
        '{ name = "goods_fen"', '{ name = "goods"', '{ name = "goods"', "goods is money, in 分"
    ),
    "a register where another page stands": Mutation(
        'name = "charity-drives"', 'name = "search"', 'name = "search"', "/search is another page"
    ),
    "a register twice": Mutation('"charity-drives"', '"draws"', "#", "stands here twice"),
}


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_mistake_is_named_with_its_file_and_line_and_shown_to_nobody(mutation: Mutation) -> None:
    before = SAMPLE.files[NATIONAL].decode()
    assert before.count(mutation.old) == 1
    at = before.index(mutation.old)
    after = before.replace(mutation.old, mutation.new)
    bureau = with_file(NATIONAL, after)
    found = wrong_with(NATIONAL, after)

    told = [(file, line) for file, line, words in found if mutation.says in words]
    assert told, found
    if mutation.line != "#":
        lines = after.splitlines()
        assert all(file == NATIONAL for file, _ in told)
        assert any(mutation.line in lines[line - 1] for _, line in told), found
    name = re.findall(r'^name = "([a-z-]+)"$', before[: at + 30], re.MULTILINE)[-1]
    if mutation.line == "#":  # the first of that name stands, the second is not shown
        assert len(registers.of(bureau)) == len(registers.of(SAMPLE)) - 1
    else:
        assert name not in registers.of(bureau)


@pytest.mark.parametrize("bureau", BUREAUS, ids=lambda bureau: str(bureau.division))
def test_the_registers_of_the_country_are_right_for_each_bureau(bureau: Bureau) -> None:
    assert registers.check(bureau) == []
    assert len(registers.of(bureau)) == 24
    assert all(each.connected for each in registers.of(bureau).values())


def test_a_bureau_switches_registers_off_and_on_and_defines_its_own() -> None:
    own = """
[[register]]
name = "draws"
shown = false

[[register]]
name = "villages"
connected = false

[[register]]
name = "towns"
title = "社区名录"
item = "社区设置"
content = "现有的社区"
basis = "城市居民委员会组织法"
model = "village"
key = "village"
columns = [{ name = "name", title = "名称" }]
sort = ["name"]
"""
    bureau = with_file(OWN, own)
    found = registers.of(bureau)

    assert registers.check(bureau) == []
    assert "draws" not in found
    assert not found["villages"].connected
    assert found["towns"].working_days is None
    hidden = SAMPLE.files[NATIONAL].replace(b'name = "draws"\n', b'name = "draws"\nshown = false\n')
    again = '[[register]]\nname = "draws"\nshown = true\n'
    files = {**SAMPLE.files, NATIONAL: hidden}
    assert "draws" not in registers.of(read(files))
    assert "draws" in registers.of(read({**files, OWN: again.encode()}))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[[register]]\nname = "draws"\n', 1, "nothing is said of draws"),
        ('[[register]]\nname = "draws"\nshown = false\ntitle = "抽取"\n', 4, "the whole country"),
        ('[[register]]\nname = "roads"\nshown = false\n', 1, "title is missing"),
        ('[[register]]\nname = "draws"\nmodel = "draw"\n', 2, "stands here twice"),
        ("[register]\n", 1, "register = a table"),
    ],
)
def test_a_mistake_of_the_bureaus_own_file_is_named(text: str, line: int, says: str) -> None:
    found = wrong_with(OWN, text)
    assert [(file, at) for file, at, words in found if says in words] == [(OWN, line)], found


def test_without_a_source_for_it_a_register_is_not_connected() -> None:
    """No system may report of charity drives or villages any more."""
    sources = SAMPLE.files["sources.toml"].decode()
    less = sources.replace('["outreach", "reporting", "villages"]', '["reporting"]')
    assert less != sources
    found = registers.of(with_file("sources.toml", less))
    assert {name for name, each in found.items() if not each.connected} == {
        "charity-drives",
        "outreach",
        "villages",
    }


def test_a_folder_that_an_earlier_program_adopted_has_the_registers_of_today() -> None:
    files = {path: raw for path, raw in SAMPLE.files.items() if path != NATIONAL}
    with pytest.raises(FolderWrong, match=r"cn/registers\.toml:1: no such file"):
        read(files)
    adopted = read(files, national_file("rules.toml"))
    assert registers.of(adopted).keys() == registers.of(SAMPLE).keys()


def test_no_public_read_model_is_behind_a_number_whose_small_cells_are_merged() -> None:
    """A list of rows would tell what the figure hides. A standard is an amount, of nobody."""
    shown = set().union(*(each.models for each in registers.of(SAMPLE).values()))
    for measure in MEASURES.values():
        if measure.cells != "open":
            behind = reads.of_slice(slice_of(SAMPLE, measure.name, {}))
            assert behind & (PUBLIC.keys() | shown) <= {"standard"}, measure.name


def test_every_read_model_is_shown_or_says_why_it_is_private() -> None:
    """By a register, a figure, a statement or a page; what was forgotten is named."""
    shown: set[str] = set()
    for bureau in BUREAUS:
        shown |= {name for each in registers.of(bureau).values() for name in each.models}
        for measure in MEASURES.values():
            shown |= reads.of_slice(slice_of(bureau, measure.name, {}))
        for statement in definitions.of(bureau).statements.values():
            shown |= reads.of_statement(statement)
    for room in ("api", "reports"):
        for path in (ROOT / room).glob("*.py"):
            shown |= reads.named(path.read_text(encoding="utf-8"))

    private = {model.name for model in READ_MODELS if model.private}
    assert sorted({model.name for model in READ_MODELS} - shown - private) == []
    assert sorted(private & shown) == []


def test_public_columns_are_there_and_named_in_the_document() -> None:
    text = (ROOT / "docs/bureau.md").read_text(encoding="utf-8")
    text = text.partition("Only these columns are public.")[2].partition("\n## ")[0]
    for name, public in PUBLIC.items():
        named = {
            *public.columns,
            *public.links,
            *public.key,
            *public.latest,
            *public.told_on.values(),
        }
        named |= {day for day in (public.since, public.until, public.adopted) if day is not None}
        named |= {public.kinds[0]} if public.kinds is not None else set()
        assert named <= set(public.model.columns), name
        (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", text, re.MULTILINE)
        told = [*public.columns, *public.worked, *sorted((public.kinds or ("", ()))[1])]
        assert re.findall(r"`([^`]+)`", row) == told, name


async def other(connection: asyncpg.Connection, bureau: Bureau) -> Intake:
    """A fresh ledger of another bureau than the usual one, with read models."""
    settings = Settings()
    await opening.create_ledger(connection, SAMPLE.division, "replay", settings)
    await store.create_ledger(connection, bureau.division, "replay", sample=True)
    await adopt(connection, bureau, settings.secret)
    ledger = await store.find_ledger(connection, bureau.division)
    assert ledger is not None
    return Intake(ledger, settings.secret)


async def taken(connection: asyncpg.Connection, bureau: Bureau, lines: list[bytes]) -> int:
    """Take lines into a ledger of the bureau; its last position."""
    intake = await other(connection, bureau)
    records = [Record(line, f"test:{number}") for number, line in enumerate(lines)]
    await intake.take(connection, records)
    await tail.catch_up(connection, bureau.division)
    last: int = await connection.fetchval(
        "SELECT position FROM ledger.ledger WHERE ledger = $1", bureau.division
    )
    return last


async def test_no_person_of_any_fact_stands_in_a_register(connection: asyncpg.Connection) -> None:
    """One of each kind of fact; what the registers then hold has no pseudonym and no name in it."""
    made = []
    for event in EVENTS.values():
        with suppress(LookupError):
            made.append(examples.message(event, SECOND))
    made.sort(key=lambda message: str(message["receivedat"]))
    lines = [
        json.dumps(message | {"id": f"e-{n}"}, ensure_ascii=False).encode()
        for n, message in enumerate(made)
    ]
    last = await taken(connection, SECOND, lines)

    assert last > 60
    rows = 0
    async with snapshot(connection):
        for register in registers.of(SECOND).values():
            for day in ("2024-12-31", "2030-01-01"):
                end = date.fromisoformat(day)
                moment = Moment(SECOND.division, end, end, last)
                found = await asking.listing(connection, register, moment, Query(), today=TODAY)
                table = table_of(found, SECOND)
                text = json.dumps(
                    [
                        [text_of(v, c) for v, c in zip(row, table.columns, strict=True)]
                        for row in table.rows
                    ],
                    ensure_ascii=False,
                )
                for record in found.ids:
                    past = await asking.history(connection, register, moment, record, today=TODAY)
                    text += str([each.values for each in past]) + record
                rows += len(table.rows)
                assert not re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", text), text
                assert not re.search(r"\b([0-9]{17}[0-9Xx]|1[3-9][0-9]{9})\b|JB-", text), text
    assert rows > 10


async def test_bodies_and_standards_of_the_second_bureau(connection: asyncpg.Connection) -> None:
    """Counted in what its systems sent, not in what was folded."""
    feed = Feed(office.of(SHIPPED / "439902"))
    organisations.send(feed, 2024)
    standards.send(feed, 2024)
    lines = list(feed.lines())
    told = [json.loads(line) for line in lines]

    corrected = {each["corrects"]: each for each in told if "corrects" in each}

    def data(*facts: str) -> list[dict[str, str]]:
        """What was said of these facts, as it was corrected; what was revoked was never said."""
        found = []
        for each in told:
            if "corrects" in each or not each["type"].endswith(tuple(f"{f}.v1" for f in facts)):
                continue
            last_said = corrected.get(f"{each['source']}/{each['id']}", each)
            if last_said.get("correctionkind") != "revoked":
                found.append(last_said["data"])
        return found

    begun = data("organisations.organisation-taken-over", "organisations.establishment-approved")
    ended = data("organisations.deregistered", "organisations.registration-revoked")
    last = await taken(connection, SECOND, lines)
    end = date(2024, 12, 31)
    moment = Moment(SECOND.division, end, end, last)
    bodies = registers.of(SECOND)["organisations"]
    async with snapshot(connection):
        everything = await asking.listing(connection, bodies, moment, Query(), today=TODAY)
        listed = await asking.listing(
            connection, bodies, moment, Query(filters={"state": "registered"}), today=TODAY
        )
        raised = await asking.listing(
            connection, registers.of(SECOND)["standards"], moment, Query(), today=TODAY
        )

    by_day = {body["uscc"] for body in begun if body["decided_on"] <= "2024-12-31"}
    gone = {
        body["uscc"]
        for body in ended
        if body.get("decided_on", body.get("revoked_on", "")) <= "2024-12-31"
    }
    assert len(by_day) > 50
    assert {row["uscc"] for row in everything.rows} == by_day
    assert {row["uscc"] for row in listed.rows} == by_day - gone
    assert (everything.count, listed.count) == (len(by_day), len(by_day - gone))
    adopted = data("standards.standard-adopted")
    in_force: dict[tuple[str, str | None], dict[str, str]] = {}
    for each in sorted(adopted, key=lambda s: (s["effective_from"], s["adopted_on"])):
        if each["effective_from"] <= "2024-12-31":
            in_force[each["kind"], each.get("area")] = each
    assert {(row["kind"], row["area"]): row["amount_fen"] for row in raised.rows} == {
        key: each["amount_fen"] for key, each in in_force.items()
    }
