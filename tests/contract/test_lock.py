"""No contract changes in a way that breaks who publishes, and every change is told."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.contracts import Noted, history
from tests.contract import lock
from tests.contract.compare import ENVELOPE, changes

LOCKED = lock.locked()
PAYMENT = "cn.mingjian.assistance.payment-settled.v1"
MARRIAGE = "cn.mingjian.marriage.marriage-registered.v1"


def test_the_contracts_are_the_locked_ones() -> None:
    found = list(changes(LOCKED, lock.now()))

    broken = [lock.in_words(change) for change in found if change.breaks]
    assert not broken, "this breaks publishers: it needs a new version of the type"
    noted = [lock.in_words(change) for change in found]
    assert not noted, "tell publishers of it: run `python -m tests.contract.lock`"
    assert lock.now() == LOCKED


def data(made: dict[str, Any], of: str = PAYMENT) -> dict[str, Any]:
    found: dict[str, Any] = made["types"][of]["data"]
    return found


def gone(made: dict[str, Any]) -> None:
    del made["types"][PAYMENT]


def field_gone(made: dict[str, Any]) -> None:
    del data(made)["properties"]["batch"]


def another_required(made: dict[str, Any]) -> None:
    data(made)["properties"]["voucher"] = {"type": "string"}
    data(made)["required"].append("voucher")


def required_now(made: dict[str, Any]) -> None:
    data(made)["required"].append("township")


def code_gone(made: dict[str, Any]) -> None:
    made["definitions"]["MarriageMarriageKind"]["enum"].remove("late-registration")


def tightened(made: dict[str, Any]) -> None:
    made["definitions"]["Fen"]["maximum"] = 10**9


def not_null(made: dict[str, Any]) -> None:
    field = data(made)["properties"]["batch"]
    field["anyOf"] = field["anyOf"][:1]


def another_pattern(made: dict[str, Any]) -> None:
    made["definitions"]["Code"]["pattern"] = "^[0-9]+$"


def text_now(made: dict[str, Any]) -> None:
    made["definitions"]["Fen"] = {"type": "string"}


def checked_too(made: dict[str, Any]) -> None:
    made["definitions"]["DocumentNumber"]["x-checked"] = ["person"]


def means_otherwise(made: dict[str, Any]) -> None:
    data(made)["properties"]["item"]["default"] = "price-subsidy"


def opens_no_more(made: dict[str, Any]) -> None:
    made["types"][MARRIAGE]["opens"] = False


def waits_too(made: dict[str, Any]) -> None:
    made["types"][PAYMENT]["waits"].append("batch")


def another_thing(made: dict[str, Any]) -> None:
    made["types"][PAYMENT]["stream"] = "payment/{batch}"


def attribute_required(made: dict[str, Any]) -> None:
    made["definitions"]["Envelope"]["required"].append("sequence")


def may_no_more(made: dict[str, Any]) -> None:
    made["bureaus"]["445102"]["sources"]["payouts"].remove(PAYMENT)


def listed_no_more(made: dict[str, Any]) -> None:
    made["bureaus"]["445102"]["lists"]["programme"].remove("dibao")


BREAKS: list[tuple[Callable[[dict[str, Any]], None], str, str, str]] = [
    (gone, PAYMENT, "", "the type is taken no more"),
    (field_gone, PAYMENT, "/batch", "the field is gone"),
    (another_required, PAYMENT, "/voucher", "a new required field"),
    (required_now, PAYMENT, "/township", "required now"),
    (code_gone, MARRIAGE, "/kind", "the code late-registration is gone"),
    (tightened, PAYMENT, "/amount_fen", f"bound tightened: maximum {10**13} → {10**9}"),
    (not_null, PAYMENT, "/batch", "null is taken no more"),
    (another_pattern, PAYMENT, "/case_number", "another pattern"),
    (text_now, PAYMENT, "/amount_fen", "another type: integer → string"),
    (checked_too, MARRIAGE, "/opening_notice", "another x-checked"),
    (means_otherwise, PAYMENT, "/item", "another default"),
    (opens_no_more, MARRIAGE, "", "it opens its thing no more, and waits"),
    (waits_too, PAYMENT, "/batch", "it waits for what the field names"),
    (another_thing, PAYMENT, "", "its thing was case/{case_number}, is payment/{batch}"),
    (attribute_required, ENVELOPE, "/sequence", "required now"),
    (may_no_more, PAYMENT, "", "445102: payouts may send it no more"),
    (listed_no_more, "", "", "445102: programme lists dibao no more"),
]


def _named(each: Any) -> str:
    """A name for a test that is the same in every process."""
    return str(getattr(each, "__name__", each))[:40]


@pytest.mark.parametrize(("change", "of", "at", "why"), BREAKS, ids=_named)
def test_what_breaks_a_publisher_is_told_with_its_reason(
    change: Callable[[dict[str, Any]], None], of: str, at: str, why: str
) -> None:
    made = copy.deepcopy(LOCKED)
    change(made)

    found = {(c.type, c.pointer): c for c in changes(LOCKED, made)}
    assert found[of, at].english == why
    assert found[of, at].breaks
    assert found[of, at].chinese


def new_type(made: dict[str, Any]) -> None:
    made["types"]["cn.mingjian.assistance.payment-settled.v2"] = made["types"][PAYMENT]


def new_field(made: dict[str, Any]) -> None:
    data(made)["properties"]["voucher"] = {"type": "string"}


def new_code(made: dict[str, Any]) -> None:
    made["definitions"]["MarriageMarriageKind"]["enum"].append("by-video")


def loosened(made: dict[str, Any]) -> None:
    made["definitions"]["Fen"]["maximum"] = 10**15


def optional_now(made: dict[str, Any]) -> None:
    data(made)["required"].remove("months")


HARMLESS: list[tuple[Callable[[dict[str, Any]], None], str, str, str]] = [
    (new_type, "cn.mingjian.assistance.payment-settled.v2", "", "a new type"),
    (new_field, PAYMENT, "/voucher", "a new optional field"),
    (new_code, MARRIAGE, "/kind", "a new code by-video"),
    (loosened, PAYMENT, "/amount_fen", f"bound loosened: maximum {10**13} → {10**15}"),
    (optional_now, PAYMENT, "/months", "may be left out"),
]


@pytest.mark.parametrize(("change", "of", "at", "what"), HARMLESS, ids=_named)
def test_what_breaks_nobody_is_told_as_well(
    change: Callable[[dict[str, Any]], None], of: str, at: str, what: str
) -> None:
    made = copy.deepcopy(LOCKED)
    change(made)

    found = {(c.type, c.pointer): c for c in changes(LOCKED, made)}
    assert found[of, at].english == what
    assert not [change for change in found.values() if change.breaks]


def test_prose_and_labels_may_be_improved_at_any_time() -> None:
    """The frozen form has none of them."""
    text = json.dumps(LOCKED)
    assert not [word for word in ('"description":', '"x-label":', '"examples":') if word in text]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lock, its history and its samples, in a folder of the test's own."""
    for name in ("LOCK", "HISTORY", "PUBLISHED"):
        monkeypatch.setattr(lock, name, tmp_path / name.lower())
    (tmp_path / "published").mkdir()
    (tmp_path / "history").write_text("[]")
    return tmp_path


def test_the_lock_refuses_what_breaks_publishers(elsewhere: Path) -> None:
    before = copy.deepcopy(LOCKED)
    data(before)["required"].remove("months")
    (elsewhere / "lock").write_text(json.dumps(before))

    with pytest.raises(SystemExit, match=r"payment-settled\.v1 /months: required now / 改为必填"):
        lock.write(date(2027, 1, 1))
    assert json.loads((elsewhere / "history").read_text()) == []

    lock.write(date(2027, 1, 1), why="nobody sends it yet")
    (noted,) = json.loads((elsewhere / "history").read_text())
    assert Noted(**noted).why == "nobody sends it yet"


def test_the_lock_notes_what_is_new_and_keeps_a_sample_of_it(elsewhere: Path) -> None:
    before = copy.deepcopy(LOCKED)
    del data(before)["properties"]["repays"]
    (elsewhere / "lock").write_text(json.dumps(before))

    lock.write(date(2027, 1, 1))

    (noted,) = json.loads((elsewhere / "history").read_text())
    assert Noted(**noted) == Noted(
        "2027-01-01",
        PAYMENT,
        "/repays",
        breaks=False,
        chinese="新增可选字段",
        english="a new optional field",
    )
    assert json.loads((elsewhere / "lock").read_text()) == LOCKED
    lines = (elsewhere / "published/2027-01-01.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["type"] == PAYMENT
    assert len(lines) > 1  # the case that it is paid for


def test_every_type_has_a_history_that_begins_with_it() -> None:
    first: dict[str, Noted] = {}
    for noted in history():
        first.setdefault(noted.type, noted)
    assert first.keys() == LOCKED["types"].keys() | {ENVELOPE}
    assert {noted.english for noted in first.values()} == {"a new type"}
    assert [noted.on for noted in history()] == sorted(noted.on for noted in history())
