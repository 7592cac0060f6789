"""A ledger of a million entries: seven sample years on end, one of them twice as heavy.

The sample's own lines, in order of receipt, moved to other years: the same cases go on, their
streams grow. In the heavy year every case stands twice, with another number and another person.
Of the payments, 50,000 are corrected within two months.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from domain.identifiers import resident_id_check

SAMPLE = 2024
YEARS = (2018, 2019, 2020, 2021, 2022, 2023, 2024)
HEAVY = 2024
TIMES = 2
CORRECTIONS = 50_000

_PAYMENTS = 98_000
"""A little under how many a sample year has."""
_PAYMENT = '"type":"cn.mingjian.assistance.payment-settled.v1"'
_YEAR = re.compile(r"(?<![0-9])20[12][0-9](?=[-〕])")
_LEAP_DAY = re.compile(r"(20[12][0-9])-02-29")
_SEQUENCE = re.compile(r'"sequence":[0-9]+,')
_RECEIVED = re.compile(r'"receivedat":"([^"]+)"')
_CASE = re.compile(r'(?<=[/"])([A-Z]{2})-([0-9]{5})(?=")')
_ID = re.compile(r'(?<=["/])([a-z]{1,3})-(?=20[0-9]{2}-[0-9]{6}")')
_ID_OF_NO_YEAR = re.compile(r'(?<="id":")(?![^"]*20[12][0-9]-)[^"]+')
_PERSON = re.compile(r'(?<=")445(19[0-9][0-9]{11})[0-9X](?=[0-9]{2}"|")')
_TOWNSHIP = "445102100"

Line = tuple[str, str]
"""When it is received, and its text."""


def lines(
    sample: Iterable[bytes],
    years: Sequence[int] = YEARS,
    times: int = TIMES,
    corrections: int = CORRECTIONS,
) -> Iterator[bytes]:
    """All lines in order of receipt, from those of a sample year; the same in every run."""
    whole = [text for text in map(_text, sample) if text]
    dice = random.Random("a million entries")  # noqa: S311  a sample, not a secret
    share = corrections / (_PAYMENTS * (len(years) - 1 + times))
    left: list[Line] = []
    sent = 0
    for year in years:
        mine = left
        for number in range(times if year == HEAVY else 1):
            mine += _year(whole, year, number, share, dice)
        mine.sort(key=lambda line: line[0])
        end = f"{year + 1}" if year != years[-1] else "9"
        left = [line for line in mine if line[0] >= end]
        for received, text in mine:
            if received < end:
                sent += 1
                yield _SEQUENCE.sub(f'"sequence":{sent},', text).encode()


def _year(
    whole: Sequence[str], year: int, number: int, share: float, dice: random.Random
) -> Iterator[Line]:
    """A year's lines with their corrections; of another copy than the first, the cases alone."""
    for text in whole:
        if number and '"subject":"case/' not in text:
            continue
        made = copied(moved(text, year - SAMPLE), number)
        received = _RECEIVED.search(made)
        if received is None:
            continue
        yield received[1], made
        if _PAYMENT in made and '"corrects"' not in made and dice.random() < share:
            yield correction(made, dice)


def _text(raw: bytes) -> str:
    """A line of the sample; broken ones are left out."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.endswith("}}") else ""


def moved(line: str, by: int) -> str:
    """The line, so many years later; an id that names no year gets one."""
    if by:
        line = _YEAR.sub(lambda match: str(int(match[0]) + by), line)
        line = _LEAP_DAY.sub(r"\1-02-28", line)
        line = _ID_OF_NO_YEAR.sub(rf"\g<0>-{SAMPLE + by}", line)
    return line


def copied(line: str, number: int) -> str:
    """The line about another case and another person, of a division that nobody has either."""
    if number:
        line = _CASE.sub(rf"\g<1>{number}-\2", line)
        line = _ID.sub(rf"\g<1>{number}-", line)
        line = _PERSON.sub(lambda match: _person(f"445{2 + number}{match[1][1:]}"), line)
    return line


def _person(first17: str) -> str:
    return first17 + resident_id_check(first17)


def correction(line: str, dice: random.Random) -> Line:
    """Nearly all say another township or batch; one in twenty another amount, by 10 元."""
    message = json.loads(line)
    data = message.pop("data")
    match dice.choices(("township", "batch", "more", "less"), (60, 35, 3, 2))[0]:
        case "township":
            data["township"] = _TOWNSHIP
        case "batch":
            data["batch"] = "corrected"
        case more_or_less:
            data["amount_fen"] += 1_000 if more_or_less == "more" else -1_000
    later = datetime.fromisoformat(message["receivedat"]) + timedelta(days=dice.randint(1, 60))
    message |= {
        "corrects": f"{message['source']}/{message['id']}",
        "correctionkind": "changed",
        "id": f"g{message['id']}",
        "receivedat": later.isoformat(),
        "data": data,
    }
    return later.isoformat(), json.dumps(message, ensure_ascii=False, separators=(",", ":"))
