"""How messages reach the ledger: late, out of order, again, before what they refer to, broken."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.oracle.facts import Teller
from tests.oracle.histories import Writer
from tests.oracle.interpreter import Message

SHANGHAI = timezone(timedelta(hours=8))
BEGUN = datetime(2024, 1, 1, 8, tzinfo=SHANGHAI)
FAR = 0.08
"""Share of the messages that come far too early or far too late."""
LOST = 0.02
"""Share of those that never come; what refers to them waits for ever."""
AGAIN = 0.05
BROKEN = 0.04
SPACES = ("", "", "", " ", "  ", "\n", "\t", "\r\n")


def of_cases(seed: int, cases: int) -> list[bytes]:
    """The histories of so many cases, all mixed, as they arrive."""
    dice = random.Random(f"cases {seed}")  # noqa: S311  a seed, not a secret
    return delivered([Writer(number, dice).write() for number in range(cases)], dice)


def of_all_types(seed: int, count: int) -> list[bytes]:
    """So many facts of any type, as they arrive, some of them written in odd ways."""
    dice = random.Random(f"all types {seed}")  # noqa: S311  a seed, not a secret
    lines = delivered([Teller(dice).tell(count)], dice)
    junk = (b"not json", b"{}", b"\xff", b'{"id":"e-1","source":"marriage"}')
    for _ in range(count // 40):
        lines.insert(dice.randrange(len(lines)), dice.choice(junk))
    return lines


def delivered(told: Iterable[Sequence[Message]], dice: random.Random) -> list[bytes]:
    """Messages of several histories as they arrive; each history is in its order but for some."""
    arriving: list[tuple[float, Message]] = []
    for history in told:
        begun = dice.random() * 60
        for number, message in enumerate(history):
            late = dice.uniform(-40, 40) if dice.random() < FAR else dice.uniform(-1, 1)
            if dice.random() >= LOST:
                arriving.append((begun + number + late, message))
    arriving.sort(key=lambda pair: pair[0])
    sent: list[Message] = []
    lines: list[bytes] = []
    for number, (_, message) in enumerate(arriving):
        received = BEGUN + timedelta(minutes=10 * number + dice.randint(-30, 30))
        message["receivedat"] = received.isoformat()
        if dice.random() < BROKEN:
            lines.append(written(_broken(message, dice)))
        sent.append(message)
        lines.append(written(message) if dice.random() < 0.7 else oddly(message, dice))
        if dice.random() < AGAIN:
            lines.append(dice.choice(lines))
            lines.append(oddly(dice.choice(sent), dice))
    return lines


def written(message: Any) -> bytes:
    """As most sources write: compact, UTF-8."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def oddly(value: Any, dice: random.Random) -> bytes:
    """The same value as other writers of JSON put it: spaces, order of keys, escapes."""
    return (_space(dice) + _odd(value, dice) + _space(dice)).encode()


def _odd(value: Any, dice: random.Random) -> str:
    if isinstance(value, str):
        return '"' + "".join(_letter(letter, dice) for letter in value) + '"'
    if isinstance(value, list):
        return f"[{_list([_odd(each, dice) for each in value], dice)}]"
    if isinstance(value, dict):
        pairs = list(value.items())
        dice.shuffle(pairs)
        members = [
            f"{_odd(key, dice)}{_space(dice)}:{_space(dice)}{_odd(each, dice)}"
            for key, each in pairs
        ]
        return f"{{{_list(members, dice)}}}"
    return json.dumps(value)


def _list(written_: Iterable[str], dice: random.Random) -> str:
    return ",".join(f"{_space(dice)}{each}{_space(dice)}" for each in written_) or _space(dice)


_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def _letter(letter: str, dice: random.Random) -> str:
    """A letter as it is, escaped where it must be, or escaped where nobody would."""
    if dice.random() < 0.06:
        units = letter.encode("utf-16-be")
        four = "x" if dice.random() < 0.5 else "X"
        return "".join(
            f"\\u{int.from_bytes(units[at : at + 2]):04{four}}" for at in range(0, len(units), 2)
        )
    if letter == "/" and dice.random() < 0.3:
        return "\\/"
    return _SHORT.get(letter) or (letter if letter >= " " else f"\\u{ord(letter):04x}")


def _space(dice: random.Random) -> str:
    return dice.choice(SPACES)


def _broken(message: Message, dice: random.Random) -> Message:
    """Something that is refused at last, made of a message."""
    name = f"{message['source']}/{message['id']}"
    return dice.choice(
        (
            {**message, "data": {**message["data"], "surplus": 1}},
            {**message, "id": f"{message['id']}-x", "division": "445199"},
            # Only money that came back may say so.
            {
                **message,
                "id": f"{message['id']}-y",
                "corrects": name,
                "correctionkind": "recovered",
            },
        )
    )
