"""Random histories of cases: grants, changes, ends, money, and corrections of any of it.

Dates of decisions have nothing to do with the order of telling; corrections are of anything, also
of corrections. Persons and numbers are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from domain.identifiers import resident_id_check
from tests.oracle.interpreter import PREFIX, Message, kind_of, name_of

TOWNSHIPS = ("445102100", "445102111", "445102007")
MONTHS = tuple(f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13))[8:]
SUBSIDIES = ("living-subsidy", "nursing-subsidy")
CHILDREN = ("orphan", "unattended-child")
LIKELY_DEEP = 0.5
"""Chance that a correction is of the one before it, so that chains of four are common."""


@cache
def person(number: int) -> dict[str, Any]:
    """A person of a division that was never assigned."""
    body = f"445199{1950 + number % 60}0101{number % 1000:03d}"
    return {"id_kind": "resident-id", "id_number": body + resident_id_check(body), "name": "示例甲"}


@dataclass
class Writer:
    """Writes the history of one case with one source of chance."""

    number: int
    dice: random.Random
    told: list[Message] = field(default_factory=list)

    @property
    def case(self) -> str:
        return f"C-{self.number:04d}"

    def write(self) -> list[Message]:
        """Between five and forty events."""
        family = self.dice.choice(("dibao", "dibao", "tekun", "child", "subsidy"))
        self._open(family)
        for _ in range(self.dice.randint(4, 39)):
            if self.dice.random() < 0.3:
                self._correct()
            elif self.dice.random() < 0.35:
                self._pay(family)
            else:
                self._decide(family)
        return self.told

    # One event.

    def _tell(self, kind: str, data: dict[str, Any], on: str, **attributes: Any) -> None:
        event = f"{self.case}-{len(self.told)}"
        self.told.append(
            {
                "specversion": "1.0",
                "id": event,
                "source": _source(kind),
                "type": PREFIX + kind,
                "subject": f"case/{self.case}",
                "time": f"{on}T10:00:00+08:00",
                "datacontenttype": "application/json",
                "division": "445102",
                "sequence": len(self.told) + 1,
                **attributes,
                "data": {"case_number": self.case, **data},
            }
        )

    def _day(self, near: str = "") -> str:
        """Few different days, so that decisions often fall on the same one."""
        month = near or self.dice.choice(MONTHS)
        return f"{month}-{self.dice.choice(('05', '20'))}"

    def _month(self, on: str = "") -> str:
        """Any month, more often one soon after a day."""
        if not on or self.dice.random() < 0.3:
            return self.dice.choice(MONTHS)
        number = MONTHS.index(on[:7]) + self.dice.randint(-1, 3)
        return MONTHS[min(max(number, 0), len(MONTHS) - 1)]

    # Decisions.

    def _open(self, family: str) -> None:
        if self.dice.random() < 0.7:
            self._grant(family, taken_over=True)
        else:
            self._apply(family)
            self._grant(family, taken_over=False)

    def _apply(self, family: str) -> None:
        on = self._day("2023-09")
        data: dict[str, Any] = {"received_on": on, **self._place()}
        if family in ("dibao", "tekun"):
            data |= {"programme": family, "applicant": self._person()}
            self._tell("assistance.application-received.v1", data, on)
        elif family == "child":
            data |= {"programme": self.dice.choice(CHILDREN), "child": self._person()}
            self._tell("children.application-received.v1", data, on)
        else:
            data |= {"programme": self.dice.choice(SUBSIDIES), "holder": self._holder()}
            self._tell("disability.application-received.v1", data, on)

    def _grant(self, family: str, *, taken_over: bool) -> None:
        on = self._day("2023-09" if self.dice.random() < 0.6 else "")
        data = {
            "decision_number": f"示例〔2023〕{self.dice.randint(1, 99)}号",
            "decided_on": on,
            "first_month": self._month(on),
            **self._place(),
            **getattr(self, f"_{family}")(),
        }
        kind = {
            "dibao": ("assistance.benefit-confirmed.v1", "assistance.case-taken-over.v1"),
            "tekun": ("assistance.benefit-confirmed.v1", "assistance.case-taken-over.v1"),
            "child": ("children.support-confirmed.v1", "children.case-taken-over.v1"),
            "subsidy": ("disability.subsidy-approved.v1", "disability.case-taken-over.v1"),
        }[family][taken_over]
        if taken_over:
            data["taken_over_on"] = on = self._day(on[:7])
            if self.dice.random() < 0.2:
                data["last_month"] = self._month()  # perhaps before the first
        elif family == "subsidy":
            data["applied_on"] = on
        self._tell(kind, data, on)

    def _dibao(self) -> dict[str, Any]:
        covered = [True, *(self.dice.random() < 0.7 for _ in range(self.dice.randint(0, 3)))]
        numbers = self.dice.sample(range(7), len(covered))
        persons = [person(self.number * 7 + number) for number in numbers]
        members = [
            {"person": each, "covered": has} for each, has in zip(persons, covered, strict=True)
        ]
        if self.dice.random() < 0.7:
            self.dice.choice(members)["head"] = True
        return {
            "programme": "dibao",
            "area": self.dice.choice(("urban", "rural")),
            "monthly_amount_fen": self._fen(),
            "members": members,
            **self._perhaps(standard_fen=self._fen()),
        }

    def _tekun(self) -> dict[str, Any]:
        return {
            "programme": "tekun",
            "area": self.dice.choice(("urban", "rural")),
            "monthly_amount_fen": self._fen(),
            "members": [{"person": self._person(), "covered": True}],
            "care_level": "full-care",
            "mode": self._mode(),
            **self._perhaps(standard_fen=self._fen()),
        }

    def _child(self) -> dict[str, Any]:
        return {
            "programme": self.dice.choice(CHILDREN),
            "child": self._person(),
            **self._perhaps(mode=self._mode(), monthly_amount_fen=self._fen()),
        }

    def _subsidy(self) -> dict[str, Any]:
        return {"programme": self.dice.choice(SUBSIDIES), "holder": self._holder()}

    def _decide(self, family: str) -> None:
        """A grant again, or a change of what was granted."""
        if self.dice.random() < 0.12:
            other = self.dice.random() < 0.2
            new = self.dice.choice(("dibao", "tekun", "child", "subsidy")) if other else family
            self._grant(new, taken_over=self.dice.random() < 0.4)
            return
        kinds = {
            "dibao": (*_BENEFIT, self._adjust, self._adjust, self._join, self._leave, _RESUMED),
            "tekun": (*_BENEFIT, self._adjust, self._support, _RESUMED),
            "child": ("children.support-terminated.v1", self._adjust_child, _SUSPENDED, _RESUMED),
            "subsidy": ("disability.subsidy-stopped.v1", "disability.subsidy-resumed.v1"),
        }[family]
        kind = self.dice.choice(kinds)
        if callable(kind):
            kind()
        else:
            self._switch(kind)

    def _switch(self, kind: str) -> None:
        """Suspended, resumed, ended."""
        on, data = self._day(), {"reason": "示例"}
        if kind == _SUSPENDED:
            data["from_month"] = self._month(on)
        elif kind.endswith("resumed.v1"):
            data["first_month"] = self._month(on)
        else:
            data |= {"last_month": self._month(on), "reason": "other"}
        self._tell(kind, {**data, "decided_on": on}, on)

    def _adjust(self) -> None:
        on = self._day()
        data = {
            "from_month": self._month(on),
            "monthly_amount_fen": self._fen(),
            "covered_persons": self.dice.randint(1, 5),
            "decided_on": on,
            "reason": "示例",
            **self._perhaps(standard_fen=self._fen(), area="rural", **self._place()),
        }
        self._tell("assistance.benefit-adjusted.v1", data, on)

    def _adjust_child(self) -> None:
        on = self._day()
        data = {
            "from_month": self._month(on),
            "decided_on": on,
            "reason": "示例",
            **self._perhaps(monthly_amount_fen=self._fen()),
        }
        self._tell("children.support-adjusted.v1", data, on)

    def _support(self) -> None:
        on = self._day()
        data = {"from_month": self._month(on), "mode": self._mode(), "decided_on": on}
        self._tell("assistance.support-changed.v1", {**data, "care_level": "independent"}, on)

    def _join(self) -> None:
        on = self._day()
        data = {"member": {"person": self._person(), "covered": True}, "changed_on": on}
        self._tell("assistance.member-added.v1", {**data, "reason": "示例"}, on)

    def _leave(self) -> None:
        on = self._day()
        data = {"person": self._person(), "changed_on": on, "reason": "示例"}
        self._tell("assistance.member-removed.v1", data, on)

    # Money.

    def _pay(self, family: str) -> None:
        programmes = {"child": CHILDREN, "subsidy": SUBSIDIES}.get(family, (family,))
        start = self.dice.randrange(len(MONTHS) - 3)
        months = MONTHS[start : start + self.dice.randint(1, 3)]
        on = self._day(months[-1] if self.dice.random() < 0.8 else "")
        data: dict[str, Any] = {
            "programme": self.dice.choice(programmes),
            "months": list(months),
            "amount_fen": self._fen() * len(months),
            **self._perhaps(item="care" if self.dice.random() < 0.3 else "basic"),
            **self._perhaps(township=self.dice.choice(TOWNSHIPS)),
        }
        paid = [m for m in self.told if kind_of(m) == _SETTLED]
        chance = self.dice.random()
        if chance < 0.55 or not paid:
            if paid and self.dice.random() < 0.2:
                data["repays"] = name_of(self.dice.choice(paid))
            self._tell(_SETTLED, {**data, "settled_on": on}, on)
        elif chance < 0.7:
            reason = self.dice.choice(("standard-raise", "late-approval", "correction"))
            arrears = {**data, "settled_on": on, "reason": reason}
            self._tell("assistance.arrears-paid.v1", arrears, on)
        elif chance < 0.85:
            sent = self.dice.choice(paid)
            same = {k: sent["data"][k] for k in ("programme", "months", "amount_fen")}
            returned = {
                **data,
                **same,
                "returned_on": on,
                "reason": "示例",
                "payment": name_of(sent),
            }
            self._tell("assistance.payment-returned.v1", returned, on)
        else:
            back = {k: v for k, v in data.items() if k in ("programme", "amount_fen", "township")}
            of = name_of(self.dice.choice(paid))
            named = {"corrects": of, "correctionkind": "recovered"}
            attributes = named if self.dice.random() < 0.7 else {}
            back["received_on"] = on
            self._tell("assistance.recovery-received.v1", back, on, **attributes)

    # Corrections.

    def _correct(self) -> None:
        """更正 or 撤销 of anything told so far, also of a correction, also of the last one."""
        last = self.told[-1]
        deep = "corrects" in last and self.dice.random() < LIKELY_DEEP
        of = last if deep else self.dice.choice(self.told)
        named = {"corrects": name_of(of), "correctionkind": "revoked"}
        data = dict(of["data"])
        if self.dice.random() < 0.55:
            named["correctionkind"] = "changed"
            data = self._otherwise(data)
        del data["case_number"]
        self._tell(kind_of(of), data, self._day(), **named)

    def _otherwise(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same fact with one or two of its fields as they should have been."""
        others: dict[str, Any] = {
            name: self._month() for name in ("from_month", "first_month", "last_month")
        }
        others |= {
            "amount_fen": self._fen(),
            "monthly_amount_fen": self._fen(),
            "mode": "home-based",
        }
        others |= {"covered_persons": self.dice.randint(1, 5), "months": [self._month()]}
        dated = ("decided_on", "taken_over_on", "changed_on", "settled_on", "returned_on")
        others |= {name: self._day() for name in dated}
        fitting = [name for name in others if name in data]
        for name in self.dice.sample(fitting, min(len(fitting), self.dice.randint(0, 2))):
            data[name] = others[name]
        return data

    # Small things.

    def _fen(self) -> int:
        return self.dice.choice((30_000, 45_000, 50_000))

    def _mode(self) -> str:
        return self.dice.choice(("home-based", "institutional"))

    def _person(self) -> dict[str, Any]:
        return person(self.number * 7 + self.dice.randint(0, 6))

    def _holder(self) -> dict[str, Any]:
        holder = self._person()
        card = holder["id_number"] + "41"
        return {**holder, "card_number": card}

    def _place(self) -> dict[str, Any]:
        township = self.dice.choice(TOWNSHIPS)
        return {"township": township, "village": f"{township}001"}

    def _perhaps(self, **fields: Any) -> dict[str, Any]:
        """Each field or not."""
        return {name: value for name, value in fields.items() if self.dice.random() < 0.5}


_SETTLED = "assistance.payment-settled.v1"
_SUSPENDED = "assistance.benefit-suspended.v1"
_RESUMED = "assistance.benefit-resumed.v1"
_BENEFIT = (_SUSPENDED, _RESUMED, "assistance.benefit-terminated.v1")


def _source(kind: str) -> str:
    line, _, fact = kind.partition(".")
    if fact.startswith(("pay", "arrears", "recovery")):
        return "payouts"
    return {"children": "child-welfare", "disability": "disability"}.get(line, "social-assistance")
