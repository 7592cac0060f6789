"""Examples that fit together: small lives, each of things and persons of its own, in order of time.

Told in their order they are all taken, nothing waits, and no rule is broken. The examples of a
bureau are one timeline: by business date, and within a day as the stories have it. What a bureau
has no source or no codes to say is left out, with what would follow it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from domain import examples
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS
from domain.contract.lives import LIVES
from domain.event import Event

_SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪曾邱廖赖周叶苏庄江吕罗高萧潘简朱钟彭游詹胡施沈余卢"
_VILLAGE = re.compile(r"(?<![0-9])([0-9]{9})[0-9]{3}$")
_CERTIFICATE = re.compile(r"(B?[JL][0-9]{6}-[0-9]{4}-)([0-9]{6})")
_FEW = 10
"""So many things of one kind stand in one story at most."""
Replaced = tuple[re.Pattern[str], Callable[..., str]]


class Told(NamedTuple):
    """One example: which type, in which story, and the message, with `receivedat`."""

    event: type[Event]
    story: int
    message: dict[str, Any]

    @property
    def live(self) -> dict[str, Any]:
        """The message as a live ledger takes it."""
        return {name: value for name, value in self.message.items() if name != "receivedat"}


def timeline(bureau: Bureau) -> list[Told]:
    """All examples in the order in which they may be sent."""
    seen: set[str] = set()
    made = [
        told for number, life in enumerate(LIVES, 1) for told in _story(life, number, bureau, seen)
    ]
    made.sort(key=lambda told: str(told.message["time"]))
    issued = _Issued()
    return [
        told._replace(message=issued.in_(told.message) | {"sequence": count})
        for told, count in _counted(made)
    ]


class _Issued:
    """Numbers of certificates as they are issued: one after another, of each kind and year."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._given: dict[str, str] = {}

    def in_(self, value: Any) -> Any:
        """The same with those numbers."""
        if isinstance(value, dict):
            return {key: self.in_(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.in_(inner) for inner in value]
        return _CERTIFICATE.sub(self._give, value) if isinstance(value, str) else value

    def _give(self, found: re.Match[str]) -> str:
        if found[0] not in self._given:
            self._last[found[1]] = self._last.get(found[1], 0) + 1
            self._given[found[0]] = f"{found[1]}{self._last[found[1]]:06}"
        return self._given[found[0]]


def of(event: type[Event], bureau: Bureau) -> list[Told]:
    """The example of a type, after the others of its story that it needs.

    None has a `sequence`, of which a ledger would find the numbers before it missing; but where
    the bureau wants one of a source, it begins at 1. Raises LookupError where the bureau has
    nothing to say it with.
    """
    told = timeline(bureau)
    story = next((one.story for one in told if one.event is event), None)
    if story is None:
        raise LookupError(f"no source or no codes for {event.TYPE}")
    life = [one for one in told if one.story == story]
    last = next(place for place, one in enumerate(life) if one.event is event)
    return [
        told._replace(message=_by_itself(told.message, count, bureau))
        for told, count in _counted(life[: last + 1])
    ]


def _by_itself(message: dict[str, Any], count: int, bureau: Bureau) -> dict[str, Any]:
    if bureau.sources[message["source"]].numbered:
        return message | {"sequence": count}
    return {name: value for name, value in message.items() if name != "sequence"}


def _story(life: tuple[str, ...], number: int, bureau: Bureau, seen: set[str]) -> Iterator[Told]:
    ids: dict[str, str] = {}
    villages = any(name.startswith("villages.") for name in life)
    for name in life:
        event = EVENTS[f"{name}.v1"]
        try:
            message = examples.message(event, bureau)
        except LookupError:
            return
        usual = message["id"]
        ids[usual] = f"{usual}-{number}" if usual in seen else usual
        seen.add(usual)
        made = _of_story(message, number, bureau, villages=villages)
        yield Told(event, number, _renamed(made, ids))


def _renamed(value: Any, ids: dict[str, str]) -> Any:
    """With the ids that this story's events have."""
    if isinstance(value, dict):
        return {key: _renamed(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, ids) for inner in value]
    if isinstance(value, str) and "example-" in value:
        before, slash, name = value.rpartition("/")
        return f"{before}{slash}{ids.get(name, name)}"
    return value


def _counted(told: Iterable[Told]) -> Iterator[tuple[Told, int]]:
    counts: dict[str, int] = {}
    for one in told:
        source = one.message["source"]
        counts[source] = counts.get(source, 0) + 1
        yield one, counts[source]


def _of_story(value: Any, number: int, bureau: Bureau, *, villages: bool) -> Any:
    """The same of persons, cases and bodies of a story's own."""
    if isinstance(value, dict):
        made = {
            key: _of_story(inner, number, bureau, villages=villages) for key, inner in value.items()
        }
        if "id_kind" in made:
            made["name"] = _SURNAMES[number % len(_SURNAMES)] + made["name"]
        return made
    if isinstance(value, list):
        return [_of_story(inner, number, bureau, villages=villages) for inner in value]
    if not isinstance(value, str):
        return value
    text = value.replace(examples.body(bureau.division), examples.body(bureau.division, number + 1))
    if villages:
        text = _VILLAGE.sub(lambda found: f"{found[1]}{number:03}", text)
    text = examples.of_another(text, number)
    for pattern, replaced in _OWN:
        text = pattern.sub(partial(replaced, number=number), text)
    return text


_OWN: tuple[Replaced, ...] = (
    (re.compile(r"EX-([0-9]{4})"), lambda found, number: f"EX-{_FEW * number + int(found[1]):04}"),
    (re.compile(r"〕([0-9])号"), lambda found, number: f"〕{_FEW * number + int(found[1])}号"),
    (
        _CERTIFICATE,
        lambda found, number: f"{found[1]}{_FEW * number + int(found[2]):06}",
    ),
    (re.compile(r"(?<=\u5b57)([0-9]{9})$"), lambda found, number: f"{int(found[1]) + number:09}"),
    (re.compile(r"^(9{6}[0-9]{13})$"), lambda found, number: str(int(found[1]) + number)),
    (
        re.compile(r"^(A[0-9]{2}-)([0-9a-f]{12})$"),
        lambda found, number: f"{found[1]}{int(found[2], 16) + number:012x}",
    ),
)
"""What stands for one thing or person, and what stands for another in its place."""
