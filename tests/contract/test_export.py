"""What `mingjian contracts` hands to vendors."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import html5lib
import jsonschema_rs
import pytest
from typer.testing import CliRunner

from cli.contracts import contracts
from domain.catalogue import EVENTS, full_type
from domain.contract import asyncapi, stories
from infra import bureaus
from infra.contracts import version
from infra.kafka import topics
from ledger.told import outcome_of, outcomes_after
from rules.outcomes import document
from tests.contract.lock import FOLDERS
from tests.support.bureau import SAMPLE
from tests.support.contracts import BOOK
from tests.support.ledger import Bench
from tests.support.rulebook import Book


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("contracts")
    assert CliRunner().invoke(contracts, ["export", str(made)]).exit_code == 0
    return made


@pytest.fixture(scope="module")
def index(folder: Path) -> Any:
    return json.loads((folder / "index.json").read_text())


def test_the_index_names_every_file_and_no_other(folder: Path, index: Any) -> None:
    named = {"index.json", "README.md", "README.zh-CN.md"}
    named |= {index["definitions"], index["asyncapi"], index["openapi"]}
    for told in index["types"]:
        named |= set(told["files"].values())
    named |= {file for order in index["order"].values() for file in order}

    assert {str(file.relative_to(folder)) for file in folder.rglob("*.*")} == named
    assert [told["type"] for told in index["types"]] == [full_type(e) for e in EVENTS.values()]
    assert index["version"] == version()


def test_the_digest_is_that_of_all_files_but_pages_for_browsers(folder: Path, index: Any) -> None:
    texts = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*.*")
        if file.suffix != ".html" and file.name != "index.json"
    }
    lines = [f"{path}\0{hashlib.sha256(raw).hexdigest()}\n" for path, raw in sorted(texts.items())]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == index["digest"]


def test_it_says_who_may_send_what(index: Any) -> None:
    assert index["sources"]["payouts"]["title"] == SAMPLE.sources["payouts"].title
    settled = "cn.mingjian.assistance.payment-settled.v1"
    assert settled in index["sources"]["payouts"]["types"]
    (told,) = [each for each in index["types"] if each["type"] == settled]
    assert (told["title"], told["sources"]) == ("到账", ["payouts", "rosters"])


def test_each_schema_says_its_law_as_people_read_it() -> None:
    made = BOOK.message("cn.mingjian.assistance.review-completed.v1")
    assert made["x-basis"] == "《社会救助暂行办法》第十三条第二款"
    assert "依据：《社会救助暂行办法》第十三条第二款" in made["description"]


def test_a_page_tells_what_a_vendor_asks(folder: Path) -> None:
    text = (folder / "pages/cn.mingjian.assistance.payment-returned.v1.md").read_text()
    for said in (
        "退票",
        "`payouts`",
        "`amount_fen`",
        "单位为分",
        "`payment-not-standing`",
        "2026-11-25",
    ):
        assert said in text


def test_pages_for_browsers_run_nothing_and_load_nothing(folder: Path) -> None:
    for file in (folder / "pages").glob("*.html"):
        text = file.read_text()
        assert not re.search(r"<script|<link|style=| src=| href=", text), file
    html5lib.HTMLParser(strict=True).parse(text)


# Examples in the order of the index.

_BROKEN = "SELECT type, breaches FROM ledger.entry WHERE cardinality(breaches) > 0"


@pytest.mark.parametrize("folder_name", FOLDERS)
def test_every_type_that_a_bureau_can_say_has_an_example(folder_name: str) -> None:
    told = stories.timeline(bureaus.read_once(bureaus.SHIPPED / folder_name))

    assert {one.event.TYPE for one in told} == set(EVENTS)
    names = [(one.message["source"], one.message["id"]) for one in told]
    assert len(set(names)) == len(names)
    times = [one.message["receivedat"] for one in told]
    assert times == sorted(times)


async def test_examples_are_accepted_in_their_order_by_a_live_ledger(
    folder: Path, index: Any, connection: asyncpg.Connection
) -> None:
    """Nothing waits, nothing is refused, and no rule is broken."""
    bench = await Bench.open(connection, "live")
    lines = [(folder / file).read_bytes() for file in index["order"]["live"]]

    tally = await bench.take(*lines)

    assert tally.accepted == len(lines) > len(EVENTS)
    assert not await connection.fetch(_BROKEN)


async def test_examples_are_accepted_in_their_order_by_a_replay(
    folder: Path, index: Any, bench: Bench
) -> None:
    lines = [(folder / file).read_bytes() for file in index["order"]["replay"]]

    assert (await bench.take(*lines)).accepted == len(lines)
    found = await bench.connection.fetch(_BROKEN)
    assert not [dict(row) for row in found]


# AsyncAPI, and what we publish ourselves.

DOCUMENT = asyncapi.document(SAMPLE, "2026-11-27")


def referred(value: Any) -> list[str]:
    if isinstance(value, list):
        return [target for inner in value for target in referred(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [target for inner in value.values() for target in referred(inner)]


def test_what_asyncapi_refers_to_is_there(folder: Path) -> None:
    for target in set(referred(DOCUMENT)):
        if target.startswith("./"):
            assert (folder / target).is_file(), target
            continue
        found: Any = DOCUMENT
        for step in target.removeprefix("#/").split("/"):
            found = found[step]


def test_each_topic_of_a_bureau_is_a_channel() -> None:
    addresses = {channel["address"] for channel in DOCUMENT["channels"].values()}
    names = [name for name, source in SAMPLE.sources.items() if source.says]
    assert addresses == {
        topics.ledger_topic(SAMPLE.division),
        topics.journal_topic(SAMPLE.division),
        topics.quarantine_topic(),
        *map(topics.intake_topic, names),
        *map(topics.receipts_topic, names),
    }
    assert {operation["action"] for operation in DOCUMENT["operations"].values()} == {
        "send",
        "receive",
    }


def test_examples_of_one_type_leave_no_gap_in_the_numbers_of_a_source() -> None:
    """None where none is wanted; from 1 on where the bureau wants them."""

    def numbers(*, numbered: bool) -> set[tuple[str, int | None]]:
        sources = {n: replace(s, numbered=numbered) for n, s in SAMPLE.sources.items()}
        told = stories.of(EVENTS["assistance.payment-settled.v1"], replace(SAMPLE, sources=sources))
        return {(one.message["source"], one.message.get("sequence")) for one in told}

    assert numbers(numbered=False) == {("social-assistance", None), ("payouts", None)}
    cases = {("social-assistance", number) for number in range(1, 9)}
    assert numbers(numbered=True) == {*cases, ("payouts", 1)}


async def test_receipts_are_as_asyncapi_says(bench: Bench) -> None:
    """Of what was accepted, what waits, what came twice, and what was refused."""
    told = stories.of(EVENTS["assistance.payment-settled.v1"], SAMPLE)
    lines = [json.dumps(one.message, ensure_ascii=False).encode() for one in told]
    refused = lines[-1].replace(b"amount_fen", b"amount").replace(b"example-payment", b"x-payment")
    await bench.take(lines[-1], refused)
    source = told[-1].message["source"]
    found, _ = await outcomes_after(bench.connection, SAMPLE.division, source, "0.0", 10)

    assert {each.outcome for each in found} == {"parked", "quarantined"}
    assert all("offset" not in document(each) for each in found)  # nothing came by Kafka
    schema = jsonschema_rs.validator_for(asyncapi.OUTCOME)
    for each in found:
        schema.validate(document(each))
    await bench.take(*lines)
    accepted = await outcome_of(bench.connection, SAMPLE.division, source, told[-1].message["id"])
    assert accepted is not None
    assert accepted.outcome == "accepted"
    schema.validate(document(accepted))
    assert not schema.is_valid({"id": "x", "outcome": "lost"})


def test_what_stands_in_the_ledgers_topic_is_as_its_contract_says() -> None:
    """735 of 810 records once failed the schema of their own type: persons differ there."""
    seen: set[str] = set()
    book = Book()
    for told in stories.timeline(SAMPLE):
        if told.event.TYPE in seen:
            continue
        seen.add(told.event.TYPE)
        fact = told.event.model_validate_json(json.dumps(told.message["data"]))
        entry = json.loads(book.open_text(fact))
        contract = BOOK.whole(BOOK.entry(full_type(told.event)))
        made = jsonschema_rs.Draft202012Validator(contract, validate_formats=True)
        wrong = [(e.message[:200], list(e.instance_path)) for e in made.iter_errors(entry)]
        assert not wrong, (told.event.TYPE, wrong)
    assert seen == set(EVENTS)


def test_a_person_in_clear_is_no_entry_of_the_ledger() -> None:
    name = "cn.mingjian.marriage.marriage-registered.v1"
    made = jsonschema_rs.Draft202012Validator(BOOK.whole(BOOK.entry(name)))
    told = next(one for one in stories.timeline(SAMPLE) if full_type(one.event) == name)

    assert not made.is_valid(told.message)
