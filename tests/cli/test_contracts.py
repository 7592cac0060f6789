"""`mingjian contracts`: finding a type, and printing what is accepted."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.contracts import contracts
from domain.catalogue import EVENTS
from domain.envelope import read
from tests.support.bureau import SAMPLE

RETURNED = "cn.mingjian.assistance.payment-returned.v1"


def said(*words: str) -> list[str]:
    done = CliRunner().invoke(contracts, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "name",
    [RETURNED, "assistance.payment-returned.v1", "assistance.payment-returned", "payment-returned"],
)
def test_an_example_is_found_by_its_fact(name: str) -> None:
    (line,) = said("example", name)

    assert json.loads(line)["type"] == RETURNED
    assert read(line.encode(), SAMPLE, replay=False).id == "example-payment-returned"


def test_what_several_lines_have_is_not_guessed() -> None:
    done = CliRunner().invoke(contracts, ["example", "case-taken-over"])

    assert done.exit_code != 0
    assert "assistance.case-taken-over.v1" in str(done.exception)


def test_an_example_comes_with_what_it_needs() -> None:
    lines = said("example", "payment-returned", "--needed", "--replay")

    types = [json.loads(line)["type"].split(".")[3] for line in lines]
    assert types == ["case-taken-over", "payment-settled", "payment-returned"]
    for line in lines:
        assert read(line.encode(), SAMPLE, replay=True).id


def test_types_are_listed_with_their_sources() -> None:
    assert len(said("list")) == len(EVENTS)
    assert f"{RETURNED}  退票  payouts、rosters" in said("list", "assistance")
    (text,) = said("list", "marriage", "--json")
    assert {each["type"].split(".")[2] for each in json.loads(text)} == {"marriage"}
    done = CliRunner().invoke(contracts, ["list", "nothing"])
    assert "there are: adoption" in str(done.exception)


def test_a_schema_is_printed_whole() -> None:
    text = "\n".join(said("schema", "payment-returned"))
    assert '"urn:' not in text.replace('"$id": "urn:', "")
    assert json.loads(text)["x-label"] == "退票"
