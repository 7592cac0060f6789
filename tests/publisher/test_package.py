"""The publisher stands alone: standard library only, types from exported contracts, lint."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from mingjian_publisher import Contracts, event, read_lines, to_bytes
from mingjian_publisher.command import main
from typer.testing import CliRunner

from cli.contracts import contracts
from domain import conformance
from domain.catalogue import EVENTS, full_type
from tests.support.bureau import SAMPLE

PACKAGE = Path(__file__).parents[2] / "publisher"
SEEN_BY_NO_SCHEMA = {"check-digit", "date-that-is-none", "number-missing"}
"""Mistakes that depend on what a value says, or on another field."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("contracts")
    assert CliRunner().invoke(contracts, ["export", str(directory)]).exit_code == 0
    return directory


@pytest.fixture(scope="module")
def check(exported: Path) -> Contracts:
    return Contracts(exported)


def test_it_runs_on_the_standard_library_alone() -> None:
    program = "import mingjian_publisher, mingjian_publisher.command; print('well')"
    ran = subprocess.run(  # noqa: S603
        [
            sys.executable,
            "-S",
            "-I",
            "-c",
            f"import sys; sys.path.append({str(PACKAGE)!r}); {program}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("well\n", "")


def test_an_event_without_a_zone_is_refused_before_it_is_made() -> None:
    with pytest.raises(ValueError, match="time zone"):
        event("t", {}, source="s", subject="x/1", division="999901", time=datetime(2024, 5, 1))  # noqa: DTZ001


def test_each_event_has_an_id_of_its_own() -> None:
    made = [event("t", {}, source="s", subject="x/1", division="999901") for _ in range(2)]

    assert made[0]["id"] != made[1]["id"]


def test_a_file_of_lines_may_begin_with_a_byte_order_mark() -> None:
    made = event("t", {"名称": "示例"}, source="s", subject="x/1", division="999901")
    text = "\ufeff" + to_bytes(made).decode()

    assert list(read_lines([text + "\r\n", "\n"])) == [made]


@pytest.fixture(scope="module")
def types(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    path = tmp_path_factory.mktemp("made") / "contracts_made.py"
    assert main(["types", str(exported), "-o", str(path)]) == 0
    spec = importlib.util.spec_from_file_location("contracts_made", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["contracts_made"] = module
    spec.loader.exec_module(module)
    return module


def test_every_contract_is_a_type_with_its_fields(types: ModuleType) -> None:
    assert set(types.TYPES) == {full_type(event) for event in EVENTS.values()}
    for kind in EVENTS.values():
        made = types.TYPES[full_type(kind)]
        required = {name for name, field in kind.model_fields.items() if field.is_required()}
        assert set(made.__annotations__) == set(kind.model_fields)
        assert made.__required_keys__ == required


def test_the_check_beforehand_is_silent_about_good_events(check: Contracts) -> None:
    for case in conformance.good(SAMPLE):
        assert check.faults(json.loads(json.dumps(case.event))) == []


def test_the_check_beforehand_names_the_field_of_a_mistake(check: Contracts) -> None:
    unseen, misplaced = [], []
    for case in conformance.bad(SAMPLE):
        if case.name.rpartition(".")[2] in SEEN_BY_NO_SCHEMA:
            continue
        pointers = [fault.pointer for fault in check.faults(json.loads(json.dumps(case.event)))]
        if not pointers:
            unseen.append(case.name)
        elif not any(case.pointer.startswith(pointer) for pointer in pointers):
            misplaced.append((case.name, pointers))

    assert (unseen, misplaced) == ([], [])
