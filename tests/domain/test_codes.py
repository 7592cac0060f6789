"""Code lists: every code of a contract has one Chinese name, said where the code is."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from domain.adoption import ChildKind
from domain.aggregate import Aggregate, judges
from domain.assistance.benefits import BenefitTerminated, CareLevel
from domain.catalogue import EVENTS, breaches_in
from domain.children import ChildSupportConfirmed
from domain.codes import Coded, Labels, coded, label, labels_of
from domain.contract.schema import Contracts
from domain.envelope import Envelope
from domain.penalties.events import PenaltyDecided
from domain.villages import VillageRenamed
from tests.support.bureau import SAMPLE

ROOT = Path(__file__).parents[2]
HALF_WIDTH = re.compile(r"[,;:!?()\"']")


def fields_of(model: type[BaseModel], seen: set[type] | None = None) -> Iterator[tuple[str, Any]]:
    """Each field of a class and of the classes it holds: where it stands, its annotation."""
    seen = set() if seen is None else seen
    if model not in seen:
        seen.add(model)
        hints = typing.get_type_hints(model, include_extras=True)
        for name in model.model_fields:
            yield f"{model.__module__}.{model.__qualname__}.{name}", hints[name]
            for part in _held(hints[name], lambda kind: hasattr(kind, "model_fields")):
                yield from fields_of(part, seen)


def _held(annotation: Any, wanted: Any) -> Iterator[Any]:
    if wanted(annotation):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, types.UnionType, tuple):
        for inner in get_args(annotation):
            yield from _held(inner, wanted)


def codes_of(annotation: Any) -> tuple[str | int, ...]:
    """The codes of a field, labelled or not; one code alone is a constant."""
    literal: object = Literal
    lists = _held(annotation, lambda kind: get_origin(kind) is literal)
    codes = tuple(code for one in lists for code in get_args(one))
    return codes if len(codes) > 1 else ()


CONTRACTS: list[type[BaseModel]] = [Envelope, *EVENTS.values()]
FIELDS: dict[str, Any] = {
    where: annotation
    for event in CONTRACTS
    for where, annotation in fields_of(event)
    if codes_of(annotation)
}


def test_codes_and_labels_are_read_from_one_definition() -> None:
    assert labels_of(CareLevel) == {
        "independent": "全自理",
        "partial-care": "半护理",
        "full-care": "全护理",
    }


def test_the_list_of_an_optional_or_repeated_field_is_the_same() -> None:
    assert labels_of(CareLevel | None) == labels_of(CareLevel)
    assert labels_of(tuple[CareLevel, ...]) == labels_of(CareLevel)


def test_what_is_no_code_list_has_no_labels() -> None:
    assert labels_of(str) == {}
    assert labels_of(Literal["1.0"]) == {}


def test_labels_fewer_or_more_than_codes_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        labels_of(Annotated[Literal["yes", "no"], Labels("是")])
    with pytest.raises(ValueError, match="longer"):
        labels_of(Annotated[Literal["yes", "no"], Labels("是", "否", "不详")])


def test_a_code_is_shown_by_its_name_and_an_unknown_one_as_it_is() -> None:
    assert label("foundling", ChildKind) == "查找不到生父母的未成年人"
    assert label("code-of-a-later-version", ChildKind) == "code-of-a-later-version"
    assert label(None, ChildKind) == ""


def test_the_json_schema_of_a_contract_shows_code_and_label() -> None:
    contracts = Contracts(SAMPLE)
    contracts.fields(BenefitTerminated)

    reason = contracts.definitions["AssistanceTerminationReason"]
    assert reason["enum"][:2] == ["income-above-standard", "died"]
    assert reason["x-labels"]["died"] == "死亡"


def test_the_codes_in_an_event_are_found_with_their_path() -> None:
    child = {
        "programme": "orphan",
        "case_number": "orphan",
        "parents": [{"parent": "father", "situation": "died"}],
        "child": {"ref": "0" * 32, "id_kind": "none"},
    }

    assert list(coded(ChildSupportConfirmed, child, SAMPLE)) == [
        Coded("/programme", "orphan", "孤儿基本生活保障"),
        Coded("/child/id_kind", "none", "无证件"),
        Coded("/parents/0/parent", "father", "父亲"),
        Coded("/parents/0/situation", "died", "死亡"),
    ]
    assert list(coded(PenaltyDecided, {"kinds": ["warning", "fine"]}, SAMPLE)) == [
        Coded("/kinds/0", "warning", "警告"),
        Coded("/kinds/1", "fine", "罚款"),
    ]


def test_every_code_of_a_contract_has_a_label() -> None:
    assert len(FIELDS) > 50
    assert {
        where: codes
        for where, annotation in FIELDS.items()
        if (codes := codes_of(annotation)) != tuple(labels_of(annotation))
    } == {}


NAMES = [
    tuple(names.values()) for names in (*map(labels_of, FIELDS.values()), *map(breaches_in, EVENTS))
]


def test_labels_tell_the_codes_of_a_list_apart() -> None:
    assert [names for names in NAMES if len(set(names)) < len(names)] == []


def test_labels_are_chinese_with_full_width_punctuation() -> None:
    said = {name for names in NAMES for name in names}

    assert {name for name in said if not re.search("[\u4e00-\u9fff]", name)} == set()
    assert {name for name in said if HALF_WIDTH.search(name)} == set()


def test_every_judge_returns_breaches_with_names() -> None:
    assert breaches_in("assistance.payment-settled.v1")["month-already-paid"] == "所发月份已发放过"

    with pytest.raises(TypeError, match=r"judge_village returns no code list"):

        class Unnamed(Aggregate):
            @judges
            def judge_village(self, _event: VillageRenamed) -> tuple[str, ...]:
                return ("not-on-register",)


def test_no_room_says_again_what_a_code_is_called() -> None:
    """Reports and pages had labels of their own: 撤销登记 and 执法主体 stood in SQL, too."""
    lists = (*map(labels_of, FIELDS.values()), *map(breaches_in, EVENTS))
    pairs = {(str(code), name) for names in lists for code, name in names.items()}
    again = re.compile(
        r"(?<!Field\()(?<!text\()(?:"  # a field that is called so is no code
        + "|".join(
            f"""["']{re.escape(c)}["']\\s*[,:]\\s*["']{re.escape(n)}["']""" for c, n in pairs
        )
        + ")"
    )

    found = {
        (file.relative_to(ROOT).as_posix(), match[0])
        for room in ("api", "cli", "consumers", "ledger", "projections", "reports", "upkeep")
        for pattern in ("*.py", "*.html")
        for file in (ROOT / room).rglob(pattern)
        for match in again.finditer(file.read_text())
    }
    assert found == set()
