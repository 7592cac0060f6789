"""Drawing invented persons with a bank account, as the money lines name them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TypeVar

from domain.event import Payee
from sample.people import People

P = TypeVar("P", bound=Payee)


def draw_payee(dice: Random, people: People, born: tuple[int, int]) -> Payee:
    """A person born between two years (both inside); some leave address and phone."""
    man = dice.random() < 0.5
    on = date(dice.randint(*born), dice.randint(1, 12), 1)
    return Payee(
        id_kind="resident-id",
        id_number=people.id_number(on, man=man),
        name=people.name(),
        account=people.account(),
        address=people.address() if dice.random() < 0.2 else None,
        phone=people.phone() if dice.random() < 0.2 else None,
    )


def as_kind(person: Payee, kind: type[P], **more: str) -> P:
    """The same person as another line of business names them."""
    return kind.model_validate(person.model_dump(exclude_none=True) | more)
