"""What is wrong with the persons of a fact, whatever the fact is: seen in its open part alone."""

from __future__ import annotations

from typing import Annotated, Literal

from domain.codes import Labels, ListedCode, labels_of
from domain.event import Event
from domain.form import names_persons, persons

Breach = Annotated[
    Literal["born-after-the-date", "name-not-chinese", "one-person-in-two-roles"],
    Labels(
        "出生日期晚于业务日期",
        "居民身份证姓名没有汉字或者为乱码，疑似编码损坏",
        "同一人兼有不能兼有的身份",
    ),
]


def breaches(event: Event) -> tuple[Breach, ...]:
    """Born after the business date; a name that was damaged; one person on both sides."""
    if not names_persons(event.MODEL):
        return ()
    named = persons(event)
    found: list[Breach] = []
    if any(person.unborn for _, person in named):
        found.append("born-after-the-date")
    if any(person.damaged_name for _, person in named):
        found.append("name-not-chinese")
    for one, other in event.APART:
        here = {person.ref for path, person in named if path[0] == one}
        if any(person.ref in here for path, person in named if path[0] == other):
            found.append("one-person-in-two-roles")
            break
    return tuple(found)


def looked_for(event: type[Event]) -> dict[ListedCode, str]:
    """The breaches that facts of a kind may be: code → what it is called."""
    if not names_persons(event):
        return {}
    found = labels_of(Breach)
    if not event.APART:
        del found["one-person-in-two-roles"]
    return found
