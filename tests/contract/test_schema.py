"""What a contract passes the ledger's reading passes, and the other way round."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from domain import examples
from domain.catalogue import EVENTS, full_type
from domain.contract.checks import CHECKS
from domain.contract.messages import TYPES
from domain.contract.schema import DEFINITIONS, checks_in
from tests.support import contracts
from tests.support.bureau import SAMPLE
from tests.support.contracts import (
    BOOK,
    RESIDENT,
    all_types,
    contract_of,
    disagreement,
    refused,
    validator,
)

MARRIAGE, PAYMENT = (
    EVENTS["marriage.marriage-registered.v1"],
    EVENTS["assistance.payment-settled.v1"],
)
CASE = EVENTS["assistance.case-taken-over.v1"]


def test_contract_and_ledger_agree_on_messages_made_of_every_type() -> None:
    """Kept small for every day; `python -m tests.contract.agree 10000` makes as many as asked."""
    dice, passed, told_apart = contracts.dice(445102), 0, 0
    for event in all_types():
        replay = dice.random() < 0.5
        made = contracts.messages(event, dice, replay=replay)
        for message in (next(made), next(made)):
            assert not disagreement(event, message, replay=replay), (event.TYPE, message)
            passed += not (faults := refused(message, replay=replay))
            told_apart += bool(faults) and validator(event, replay=replay).is_valid(message)

    assert passed > 100  # otherwise nothing was compared
    assert told_apart > 2


def test_a_contract_that_says_less_than_the_ledger_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The test above would find it: here dates may be any text, and a field is not required."""
    broken = copy.deepcopy(contract_of(MARRIAGE, replay=True))
    broken["$defs"]["Day"] = {"type": "string"}
    broken["$defs"]["data"]["required"].remove("registrars")
    made = jsonschema_rs.Draft202012Validator(broken)
    monkeypatch.setattr(contracts, "contract_of", lambda _event, replay: broken)  # noqa: ARG005
    monkeypatch.setattr(contracts, "validator", lambda _event, replay: made)  # noqa: ARG005

    dice = contracts.dice(1)
    messages = contracts.messages(MARRIAGE, dice, replay=True)
    found = {disagreement(MARRIAGE, next(messages), replay=True)[:40] for _ in range(300)}
    assert found == {"", "the schema passes what the ledger refuse"}


def changed(event: Any, changes: dict[str, Any], *, replay: bool = True) -> dict[str, Any]:
    """An example with other values at pointers."""
    message = copy.deepcopy(examples.message(event, SAMPLE))
    if not replay:
        del message["receivedat"]
    for pointer, value in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
        contracts.at(message, way)[last] = value
    return message


APART: dict[str, tuple[Any, dict[str, Any]]] = {
    "integer-as-written": (PAYMENT, {"/data/amount_fen": 65000.0}),
    "no-resident-number": (PAYMENT, {"/data/case_number": RESIDENT}),
    "person": (MARRIAGE, {"/data/parties/0/id_number": "445190200203150011"}),
    "stated-by-the-number": (MARRIAGE, {"/data/parties/0/sex": "man"}),
    "name-with-a-letter": (MARRIAGE, {"/data/parties/0/name": "12345"}),
    "each-once": (
        CASE,
        {
            "/data/members": [
                {
                    "person": {"id_kind": "resident-id", "id_number": number, "name": "示例"},
                    "head": head,
                    "covered": True,
                }
                for number, head in ((RESIDENT, True), (f" {RESIDENT}", False))
            ]
        },
    ),
    "uscc-check-digit": (
        EVENTS["organisations.charter-approved.v1"],
        {"/data/uscc": "51445102MJ00000180"},
    ),
    "card-check-digit": (
        EVENTS["disability.application-received.v1"],
        {"/data/holder/card_number": "44519020020315001141"},
    ),
    "not-before-the-first": (
        EVENTS["funeral.form-stock-printed.v1"],
        {"/data/first_number": 100, "/data/last_number": 1},
    ),
    "document": (PAYMENT, {"/subject": "case/" + "x" * 10 + "\ud800"}),
    "not-in-the-future": (PAYMENT, {"/receivedat": "2199-01-01T00:00:00Z"}),
}
"""What the contract passes and the ledger does not: one message for each check that says so."""


def test_each_check_that_a_contract_names_is_one_that_somebody_fails() -> None:
    assert APART.keys() == CHECKS.keys()
    named = checks_in(BOOK.definitions).union(*(checks_in(BOOK.message(name)) for name in TYPES))
    assert named == CHECKS.keys()


@pytest.mark.parametrize("check", APART)
def test_what_a_contract_cannot_say_it_names(check: str) -> None:
    event, changes = APART[check]
    message = changed(event, changes)
    if check == "document":  # no text in which it stands can be given to the validator
        faults = _read(json.dumps(message).encode())
    elif check == "not-in-the-future":
        assert validator(event, replay=True).is_valid(message)
        faults = _read(json.dumps(message).encode(), until=True)
    else:
        assert validator(event, replay=True).is_valid(message)
        faults = refused(message, replay=True)

    assert faults
    assert {fault.code for fault in faults} <= CHECKS[check].codes
    assert not contracts.unexplained(contract_of(event, replay=True), faults)


def _read(raw: bytes, *, until: bool = False) -> tuple[Any, ...]:
    from datetime import UTC, datetime  # noqa: PLC0415

    from domain.envelope import read  # noqa: PLC0415
    from domain.faults import Unacceptable  # noqa: PLC0415

    try:
        read(raw, SAMPLE, replay=True, until=datetime(2026, 1, 1, tzinfo=UTC) if until else None)
    except Unacceptable as error:
        return error.faults
    return ()


SAID: dict[str, tuple[Any, bool, dict[str, Any]]] = {
    "fifteen digits": (MARRIAGE, True, {"/data/parties/0/id_number": "445190020315001"}),
    "no number": (MARRIAGE, True, {"/data/parties/0/id_number": None}),
    "a certificate number of one letter": (MARRIAGE, True, {"/data/certificate_number": "x"}),
    "a date of 1899": (MARRIAGE, True, {"/data/registered_on": "1899-12-31"}),
    "a date that does not exist": (MARRIAGE, True, {"/data/registered_on": "2100-02-29"}),
    "a source that nobody registered": (MARRIAGE, True, {"/source": "nobody"}),
    "a source that may not say it": (MARRIAGE, True, {"/source": "payouts"}),
    "corrects alone": (MARRIAGE, True, {"/corrects": "marriage/m-1"}),
    "another division": (MARRIAGE, True, {"/division": "445103"}),
    "when it was received, to a live ledger": (
        MARRIAGE,
        False,
        {"/receivedat": "2024-05-10T18:00:00+08:00"},
    ),
    "no receivedat in a replay": (MARRIAGE, True, {"/receivedat": None}),
    "a township of another bureau": (PAYMENT, True, {"/data/township": "445103001"}),
    "two parties of a penalty": (
        EVENTS["penalties.case-filed.v1"],
        True,
        {"/data/subject": "organisation/x"},
    ),
}
"""What a contract once passed and the ledger refused; the contract says it now."""


@pytest.mark.parametrize("what", SAID)
def test_a_contract_says_what_it_can(what: str) -> None:
    event, replay, changes = SAID[what]
    message = changed(event, changes, replay=replay)

    assert not validator(event, replay=replay).is_valid(message)
    assert refused(message, replay=replay)


def test_contracts_are_json_schema_with_an_id_of_their_own() -> None:
    made = [of(name) for name in TYPES for of in (BOOK.message, BOOK.replay, BOOK.entry)]
    for schema in (BOOK.definitions, *made):
        jsonschema_rs.meta.validate(schema)
        assert schema["$schema"].endswith("2020-12/schema")
    ids = [schema["$id"] for schema in made]
    assert len({*ids, DEFINITIONS}) == len(ids) + 1
    assert ids[0] == f"urn:mingjian:contract:{TYPES[0]}"


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from patterns(inner)


def test_patterns_are_read_alike_in_every_language() -> None:
    """Go looks nowhere ahead, and what classes of characters mean differs."""
    found = {*patterns(BOOK.definitions), *patterns([BOOK.message(name) for name in TYPES])}

    assert len(found) > 20
    assert not [p for p in found if re.search(r"\(\?[^:]|\\[swdSWDbpP]", p)]


def test_a_contract_in_one_piece_refers_to_nothing_outside() -> None:
    for event in all_types():
        text = json.dumps(BOOK.whole(BOOK.message(full_type(event))))
        assert {target[:8] for target in re.findall(r'"\$ref": "([^"]+)"', text)} == {"#/$defs/"}


def test_what_numbers_its_events_numbers_them_in_its_contract() -> None:
    (numbered,) = {name for name, source in SAMPLE.sources.items() if source.numbered} & {"payouts"}
    message = changed(PAYMENT, {})
    assert message["source"] == numbered
    del message["sequence"]

    assert not validator(PAYMENT, replay=True).is_valid(message)
    assert refused(message, replay=True)
