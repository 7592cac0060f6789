"""Invented persons, with names drawn by chance.

Ids carry division codes that were never assigned (445190 to 445199), so no sample id can be a real
person's.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from domain.event import Payee, Person
from domain.identifiers import resident_id_check

UNASSIGNED = 445190
_SURNAMES = "陈林黄郑蔡谢吴李许杨张刘洪苏庄沈卢邱曾翁"
_GIVEN = "瑜琛晗澜旻珺翊璟昀岚骁霁筠槿琬祎聿翎沅珩赟珞琰芮绮莛蓁衍祺煊"


class People:
    """Draws up to 13,000 persons, no id number twice.

    Each part of the sample takes a `block` (0..9) of its own.
    """

    def __init__(self, dice: random.Random, block: int) -> None:
        self._dice = dice
        self._division = UNASSIGNED + block
        self._next = 0

    def id_number(self, born: date, *, man: bool) -> str:
        """A valid 居民身份证号 (GB 11643) of the unassigned division.

        The running number picks the day within the birth month, to keep every id distinct.
        """
        number = self._next
        self._next += 1
        serial = (number % 499) * 2 + (1 if man else 2)
        shifted = date(born.year, born.month, 1) + timedelta(days=(number // 499) % 28)
        body = f"{self._division}{shifted:%Y%m%d}{serial:03d}"
        return body + resident_id_check(body)

    def name(self) -> str:
        """An invented name of three characters."""
        return self._dice.choice(_SURNAMES) + "".join(self._dice.choices(_GIVEN, k=2))

    def account(self) -> str:
        """A bank account number of 19 digits with a bank prefix that is not in use."""
        return "999999" + "".join(self._dice.choices("0123456789", k=13))

    def person(self, year: int, ages: range) -> Person:
        """A person of one of the ages in a year."""
        born = date(year - self._dice.choice(ages), self._dice.randrange(1, 13), 1)
        number = self.id_number(born, man=self._dice.choice((True, False)))
        return Person(id_kind="resident-id", id_number=number, name=self.name())

    def payee(self, first: int, last: int) -> Payee:
        """A person with an account, born between two years (both inside); some leave more."""
        man = self._dice.random() < 0.5
        born = date(self._dice.randint(first, last), self._dice.randint(1, 12), 1)
        return Payee(
            id_kind="resident-id",
            id_number=self.id_number(born, man=man),
            name=self.name(),
            account=self.account(),
            address=self._address() if self._dice.random() < 0.2 else None,
            phone=self._phone() if self._dice.random() < 0.2 else None,
        )

    def _address(self) -> str:
        return f"示例路{self._dice.randrange(1, 900)}号{self._dice.randrange(1, 40)}座"

    def _phone(self) -> str:
        """A phone number of a range that is not in use."""
        return "100" + "".join(self._dice.choices("0123456789", k=8))
