"""Invented persons of a wanted day of birth; no number is drawn twice."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any

from domain.children import Child
from domain.disability import SubsidyHolder
from domain.elderly import Elder
from domain.event import Payee, Person
from domain.identifiers import resident_id_check
from sample.people import People

UNASSIGNED = "445199"
"""A division code that was never assigned: nobody's number."""


class Folk:
    """Draws persons."""

    def __init__(self, dice: Random) -> None:
        self._names = People(dice, 9)
        self._born: Counter[tuple[date, bool]] = Counter()

    def number(self, born: date, *, man: bool = True) -> str:
        """A 居民身份证号 of that day of birth."""
        serial = 2 * self._born[born, man] + (1 if man else 2)
        self._born[born, man] += 1
        body = f"{UNASSIGNED}{born:%Y%m%d}{serial:03d}"
        return body + resident_id_check(body)

    def person(self, born: date, *, man: bool = True) -> Person:
        return Person(**self._fields(born, man=man))

    def payee(self, born: date, *, man: bool = True) -> Payee:
        return Payee(**self._fields(born, man=man), account=self.account())

    def child(self, born: date) -> Child:
        return Child(**self._fields(born, man=False), account=self.account())

    def elder(self, born: date) -> Elder:
        return Elder(**self._fields(born, man=False), account=self.account())

    def holder(self, born: date, category: int, grade: int) -> SubsidyHolder:
        """Somebody with a 残疾人证."""
        fields = self._fields(born, man=True)
        card = f"{fields['id_number']}{category}{grade}"
        return SubsidyHolder(**fields, account=self.account(), card_number=card)

    def as_child(self, person: Payee) -> Child:
        """The same person, as the children's line names them."""
        return Child(**person.model_dump(include={"id_kind", "id_number", "name", "account"}))

    def known(self, person: Payee) -> Person:
        """The same person without an account."""
        return Person(**person.model_dump(include={"id_kind", "id_number", "name"}))

    def account(self) -> str:
        """A bank account of a bank that is not there."""
        return self._names.account()

    def _fields(self, born: date, *, man: bool) -> dict[str, Any]:
        number = self.number(born, man=man)
        return {"id_kind": "resident-id", "id_number": number, "name": self._names.name()}
