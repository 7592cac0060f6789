"""Anything that might be sent: events of all types with values nobody expects, in any spelling.

Made from the contracts. About two thirds are well-formed, however odd: extremes, blanks, hostile
text, whole lists of one thing. Of the others one value is put wrong, or the writing is. They come
late, early, again, corrected, and under an id that was used.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel

from domain.dates import Instant
from domain.event import Person
from tests.oracle import oddities
from tests.oracle.delivery import BEGUN, oddly, written
from tests.oracle.facts import Teller
from tests.oracle.interpreter import Message
from tests.support.published import published_feed

ODD = 0.22
"""Share of the values that are odd."""
WRONG = 0.25
"""Share of the messages in which something is put that may not stand there."""
FAR = 0.05
AGAIN = 0.05
TWICE = 0.03
"""Share of the messages that come wrong first and right afterwards, or the other way round."""
GARBLED = 0.02
LISTED = {date: oddities.DAYS, Instant: oddities.INSTANTS}
HERE = "\x02here\x02"
"""Where bytes are put that no value would be written as."""


def lines(seed: int | str, count: int, kind: str = "replay") -> list[bytes]:
    """So many messages, as a ledger of the kind gets them.

    A report and what it rests on come first, so that the public pages show something.
    """
    dice = random.Random(f"anything {seed}")  # noqa: S311  a seed, not a secret
    told = _Odd(dice, keys=max(8, count // 60)).tell(count)
    for number, message in enumerate(told):
        received = BEGUN + timedelta(minutes=number + dice.randint(-30, 30))
        message["receivedat"] = received.isoformat()
    first = [json.loads(line) for line in published_feed().lines() if line.startswith(b'{"spec')]
    if kind == "live":
        for message in (*first, *told):
            del message["receivedat"]
    return [*map(written, first), *_arriving(told, dice)][:count]


@dataclass
class _Odd(Teller):
    """Tells facts of any type, with values at the edges of what their contracts take."""

    keys: int = 8

    def _value(self, name: str, annotation: Any, metadata: tuple[Any, ...] = ()) -> Any:
        if self.dice.random() < ODD and get_origin(annotation) is not Annotated:
            odd = self._odd(name, annotation, metadata)
            if odd is not None:
                return odd
        return super()._value(name, annotation, metadata)

    def _fields(self, model: type[BaseModel]) -> dict[str, Any]:
        made = super()._fields(model)
        dice = self.dice
        if issubclass(model, Person) and dice.random() < ODD:
            made["name"] = dice.choice(oddities.NAMES)
            kind = dice.choice(("resident-id", "passport", "taiwan-permit", "other", "none"))
            made["id_kind"] = kind
            if kind == "none":
                made.pop("id_number", None)
                made["no_id_reason"] = dice.choice(oddities.TEXTS)
            elif kind == "resident-id":
                made["id_number"] = oddities.resident_id(dice)
                if "card_number" in made:
                    made["card_number"] = made["id_number"] + dice.choice(("11", "74", "41B1"))
            else:
                made["id_number"] = dice.choice(oddities.NUMBERS)
        return made

    def _odd(self, name: str, annotation: Any, metadata: tuple[Any, ...]) -> Any:
        """An odd value, or None where there is none."""
        for item in metadata:
            if isinstance(item, AfterValidator) and item.func.__name__ in oddities.BY_VALIDATOR:
                return oddities.BY_VALIDATOR[item.func.__name__](self.dice)
            if isinstance(pattern := getattr(item, "pattern", None), str):
                return self._of_pattern(pattern, metadata)
        if get_origin(annotation) is tuple:
            return self._list(name, get_args(annotation)[0], metadata)
        if annotation is int:
            return self.dice.choice(_edges(metadata))
        if annotation in LISTED:
            return self.dice.choice(LISTED[annotation])
        return self._text(metadata) if annotation is str else None

    def _of_pattern(self, pattern: str, metadata: tuple[Any, ...]) -> str | None:
        codes = oddities.BY_PATTERN.get(pattern)
        if codes is oddities.CODES and self.dice.random() < 0.7:
            return f"K-{self.dice.randrange(self.keys)}"
        most = min(_bound(metadata, "max_length", 10_000))
        fits = [code for code in codes or () if len(code) <= most]
        return self.dice.choice(fits) if fits else None

    def _text(self, metadata: tuple[Any, ...]) -> str:
        most = min(_bound(metadata, "max_length", 500))
        least = max(_bound(metadata, "min_length", 0))
        if self.dice.random() < 0.1:
            letters = self.dice.choices(oddities.MARKUP, k=self.dice.randint(1, most))
            return "".join(letters)[:most].ljust(least)
        if self.dice.random() < 0.05:  # nothing can press these together
            return "".join(chr(self.dice.randrange(0x20000, 0x2A6D0)) for _ in range(most))
        return self.dice.choice(oddities.TEXTS)[:most].ljust(least)

    def _list(self, name: str, kind: Any, metadata: tuple[Any, ...]) -> list[Any]:
        """As long as it may be, or as short; often of one thing again and again."""
        least = max(_bound(metadata, "min_length", 0))
        most = min(_bound(metadata, "max_length", 300))
        count = self.dice.choice((least, most, self.dice.randint(least, min(most, least + 9))))
        if self.dice.random() < 0.5:
            return [self._value(name, kind)] * count
        return [self._value(name, kind) for _ in range(count)]


def _bound(metadata: tuple[Any, ...], name: str, otherwise: int) -> list[int]:
    found = [value for item in metadata if (value := getattr(item, name, None)) is not None]
    return [*found, otherwise]


def _edges(metadata: tuple[Any, ...]) -> tuple[int, ...]:
    low = max([*_bound(metadata, "ge", 0), *(n + 1 for n in _bound(metadata, "gt", -1))])
    high = min(_bound(metadata, "le", 2**53 - 1))
    return low, high, high - 1, min(low + 1, high)


def _arriving(told: Sequence[Message], dice: random.Random) -> list[bytes]:
    """The messages in the order in which they come, and what comes wrong or again."""
    places = {
        number: number + (dice.uniform(-200, 200) if dice.random() < FAR else 0)
        for number in range(len(told))
    }
    sent: list[bytes] = []
    for number in sorted(places, key=places.__getitem__):
        message = told[number]
        line = _line(message, dice)
        chance = dice.random()
        if chance < WRONG:
            sent.append(_wrong(message, dice))
        elif chance < WRONG + TWICE:
            sent += dice.sample((line, _wrong(message, dice)), 2)
        elif chance < WRONG + TWICE + GARBLED:
            sent.append(_garbled(line, dice))
        else:
            sent.append(line)
        if dice.random() < AGAIN:
            again = dice.choice(sent[-400:])
            sent.append(again if dice.random() < 0.5 else _line(message, dice))
    return sent


def _line(message: Message, dice: random.Random) -> bytes:
    return written(message) if dice.random() < 0.7 else oddly(message, dice)


def _wrong(message: Message, dice: random.Random) -> bytes:
    """The message with something in it that may not stand there, or that may all the same."""
    made, literal = deepcopy(message), b""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        chance = dice.random()
        if chance < 0.35:
            name = dice.choice(tuple(oddities.ENVELOPE))
            made[name] = deepcopy(dice.choice(oddities.ENVELOPE[name]))
            continue
        where, key = _place(made, dice)
        if chance < 0.45:
            del where[key]
        elif chance < 0.55 and isinstance(where, dict):
            where[dice.choice(("surplus", str(key).upper(), "", "id", "名"))] = 1
        elif chance < 0.7 and not literal:
            where[key], literal = HERE, dice.choice(oddities.LITERALS)
        else:
            where[key] = deepcopy(dice.choice(oddities.WRONG))
    return written(made).replace(written(HERE), literal) if literal else _line(made, dice)


def _place(message: Message, dice: random.Random) -> tuple[Any, Any]:
    """A member of an object or a list, mostly within the data, and deep."""
    where: Any = message
    key: Any = "data" if "data" in message and dice.random() < 0.85 else dice.choice([*message])
    while isinstance(where[key], dict | list) and where[key] and dice.random() < 0.9:
        where = where[key]
        key = dice.choice([*where]) if isinstance(where, dict) else dice.randrange(len(where))
    return where, key


def _garbled(line: bytes, dice: random.Random) -> bytes:
    """Bytes as a careless program leaves them."""
    text = line.decode()
    cut = dice.randrange(len(line))
    return dice.choice(
        (
            b"\xef\xbb\xbf" + line,
            text.encode("gb18030"),
            text.encode("utf-16"),
            line + b"\r",
            line + line,
            line[:cut],
            line[cut:],
            line[:cut] + b"\x00" + line[cut:],
            line[:cut] + b"\xff" + line[cut:],
            line[:-1] + b',"id":"e-0"}',
            b"",
            b"   ",
            b"[" + line + b"]",
            b'"' + line + b'"',
            line.replace(b'"', b"'"),
        )
    )
