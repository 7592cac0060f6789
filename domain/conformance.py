"""The conformance pack: events with the answers that the ledger owes them, for vendors' own tests.

Every event class gives examples, which are taken, and one of them with one mistake each, of the
kinds that programs make. What is owed follows from the mistake as it is made here, not from what
the ledger makes of it; a test has the ledger judge them all.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from domain.bureau.bureau import Bureau
from domain.bureau.listed import marks
from domain.contract import stories
from domain.event import Event

Message = dict[str, Any]


class Case(NamedTuple):
    """An event, its outcome, and what is wrong with it: reason code and JSON pointer."""

    name: str
    event: Message
    outcome: str
    code: str = ""
    pointer: str = ""


def good(bureau: Bureau, *, replay: bool = False) -> list[Case]:
    """Examples of every event that this bureau has a source for, in an order to send them in."""
    told = stories.timeline(bureau)
    return [
        Case(_name(one.message), _clocked(one.message, replay=replay), "accepted") for one in told
    ]


def bad(bureau: Bureau, *, replay: bool = False) -> Iterator[Case]:
    """One example of each with one mistake each, under ids of their own."""
    done: set[type[Event]] = set()
    for event, _, message in stories.timeline(bureau):
        if event in done:
            continue
        done.add(event)
        for number, (what, mistake) in enumerate(_MISTAKES.items()):
            wrong = copy.deepcopy(_clocked(message, replay=replay))
            wrong["id"] = f"{message['id']}-wrong-{number}"
            found = mistake(wrong, event)
            if found is not None:
                yield Case(f"{_name(message)}.{what}", wrong, "quarantined", *found)


def _clocked(message: Message, *, replay: bool) -> Message:
    """The message for a live ledger, or for a replay."""
    return message if replay else {k: v for k, v in message.items() if k != "receivedat"}


def _name(message: Message) -> str:
    return str(message["type"]).removeprefix("cn.mingjian.")


Mistake = Callable[[Message, type[Event]], tuple[str, str] | None]
"""Makes a mistake in a message; returns the code and the pointer that it owes, or None where there
is nothing of the kind to mistake."""


def _left_out(message: Message, event: type[Event]) -> tuple[str, str] | None:
    """A required field of `data` is missing: the last of its contract."""
    required = [n for n, field in event.model_fields.items() if field.is_required()]
    del message["data"][required[-1]]
    return "missing_field", f"/data/{required[-1]}"


def _added(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    message["data"]["zz_9"] = 1
    return "unknown_field", "/data"


def _first(message: Message, wanted: Callable[[str, Any], bool]) -> str | None:
    return next((name for name, value in message["data"].items() if wanted(name, value)), None)


def _is_money(name: str, value: Any) -> bool:
    return name.endswith("_fen") and type(value) is int


def _is_date(name: str, value: Any) -> bool:
    return name.endswith("_on") and isinstance(value, str)


def _negative(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    if (name := _first(message, _is_money)) is None:
        return None
    message["data"][name] = -1
    return "negative_amount", f"/data/{name}"


def _quoted(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    if (name := _first(message, _is_money)) is None:
        return None
    message["data"][name] = str(message["data"][name])
    return "amount_not_integer", f"/data/{name}"


def _in_yuan(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    if (name := _first(message, _is_money)) is None:
        return None
    message["data"][name] = 1301 / 2  # 元
    return "amount_not_integer", f"/data/{name}"


def _no_day(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    if (name := _first(message, _is_date)) is None:
        return None
    message["data"][name] = "2024-02-30"
    return "no_such_date", f"/data/{name}"


def _unlisted(message: Message, event: type[Event]) -> tuple[str, str] | None:
    plain = {mark.field for mark in marks(event) if mark.part is None and not mark.many}
    if (name := _first(message, lambda field, _: field in plain)) is None:
        return None
    message["data"][name] = "no-such-code"
    return "not_in_bureau", f"/data/{name}"


def _holders(value: Any, path: str = "/data") -> Iterator[tuple[dict[str, Any], str]]:
    """The persons with a 居民身份证 in a value, and where they stand."""
    if isinstance(value, dict):
        if value.get("id_kind") == "resident-id":
            yield value, path
        for name, inner in value.items():
            yield from _holders(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _holders(inner, f"{path}/{number}")


def _check_digit(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    for person, path in _holders(message["data"]):
        right = person["id_number"]
        person["id_number"] = right[:-1] + ("0" if right[-1] == "1" else "1")
        return "wrong_check_digit", f"{path}/id_number"
    return None


def _no_number(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    for person, path in _holders(message["data"]):
        del person["id_number"]
        return "missing_field", f"{path}/id_number"
    return None


def _of_version_99(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    message["type"] = message["type"].rpartition(".v")[0] + ".v99"
    return "unknown_type", "/type"


def _elsewhere(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    message["division"] = "999999"
    return "wrong_division", "/division"


def _without_zone(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    message["time"] = message["time"][:19]
    return "malformed_envelope", "/time"


def _spaced(message: Message, _event: type[Event]) -> tuple[str, str] | None:
    message["id"] = message["id"].replace("-", " ")
    return "malformed_envelope", "/id"


_MISTAKES: dict[str, Mistake] = {
    "field-missing": _left_out,
    "field-unknown": _added,
    "amount-negative": _negative,
    "amount-quoted": _quoted,
    "amount-in-yuan": _in_yuan,
    "date-that-is-none": _no_day,
    "code-not-listed": _unlisted,
    "check-digit": _check_digit,
    "number-missing": _no_number,
    "type-unknown": _of_version_99,
    "division-of-another": _elsewhere,
    "time-without-zone": _without_zone,
    "id-with-a-blank": _spaced,
}
"""What programs do wrong, by name."""
