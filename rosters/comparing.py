"""Comparing a roster of cases with what the ledger holds: who is new, changed, ended, as before.

What changes between two rosters has no day of its own. It is dated the day before the month of the
roster, the last on which it can have been decided to hold from that month on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from domain.bureau.bureau import Bureau
from domain.calendar import previous_month
from domain.event import Event, Person, in_clear
from domain.form import persons
from ledger.seal import Sealer
from rosters.grants import Grants
from rosters.held import Held
from rosters.maps import WORDS, RosterMap
from rosters.records import Record

Change = Literal["new", "changed", "ended", "unchanged"]


class Fact(NamedTuple):
    """A fact that a roster tells: `kind` and `key` say which of the row's it is."""

    model: type[Event]
    kind: str
    key: str
    data: dict[str, Any]


class Compared(NamedTuple):
    """A case of the roster or of the ledger, and what is to be told of it.

    `leaving` are pseudonyms of persons whom the roster no longer names.
    """

    change: Change
    case_number: str
    facts: tuple[Fact, ...] = ()
    leaving: tuple[str, ...] = ()
    record: Record | None = None


class Mismatch(NamedTuple):
    """What of a record cannot be told: the pointer to it, and why."""

    record: Record
    pointer: str
    why: str


class Told(NamedTuple):
    """A record as the ledger read it."""

    record: Record
    event: Any
    """Of the map's class, typed."""


def compare(
    told: Sequence[Told],
    held: Mapping[str, Held],
    made: RosterMap,
    bureau: Bureau,
    sealer: Sealer,
    month: str,
    present: Collection[str],
) -> Iterator[Compared | Mismatch]:
    """What a roster of a month comes to. `present`: numbers of all its cases, wrong ones too."""
    grants = made.grants
    if grants is None:
        raise ValueError("a map of facts is compared by ids")
    comparing = _Comparing(grants, made, bureau, sealer, month)
    for each in told:
        yield comparing.case(each, held.get(each.event.case_number))
    for case in _meant(held, made, told):
        if case.case_number not in present:
            yield comparing.ended(case)


def held_of(held: Mapping[str, Held], made: RosterMap, told: Sequence[Told]) -> int:
    """How many cases of the ledger should be on a roster, if all of them still stood."""
    return sum(1 for _ in _meant(held, made, told))


def _meant(held: Mapping[str, Held], made: RosterMap, told: Sequence[Told]) -> Iterator[Held]:
    townships = {each.event.township for each in told}
    for case in held.values():
        if case.active and case.programme == made.programme and _is_meant(case, made, townships):
            yield case


def _begins_anew(event: Any, held: Held) -> bool:
    """Whether a case that has ended was granted again, and does not only go on."""
    return not held.active and event.first_month > (held.last_month or "")


def _is_meant(case: Held, made: RosterMap, townships: Collection[str]) -> bool:
    """Whether a case should be on the roster, if it still stood."""
    if made.complete == "no":
        return False
    if made.complete == "townships" and case.township not in townships:
        return False
    own = case._asdict()
    fixed = ((p.removeprefix("/"), v) for p, v in made.constants.items() if v not in WORDS)
    return all(own[name] == value for name, value in fixed if name in _SCOPES)


_SCOPES = ("area", "level", "mode", "township", "village")
"""Constants of a map by which its rosters are of a part of a programme: 城市低保."""


class _Comparing:
    def __init__(
        self, grants: Grants, made: RosterMap, bureau: Bureau, sealer: Sealer, month: str
    ) -> None:
        self.grants, self.made, self.bureau, self.sealer = grants, made, bureau, sealer
        self.month = month
        first = date.fromisoformat(f"{month}-01")
        self.on = date.fromordinal(first.toordinal() - 1).isoformat()
        self.why = f"依据{first.year}年{first.month}月花名册"

    def case(self, told: Told, held: Held | None) -> Compared | Mismatch:
        """What is to be told of a case that is on the roster."""
        event, record = told.event, told.record
        if (wrong := self._cannot_be(told, held)) is not None:
            return wrong
        # A household that comes back: by a new decision, or by the old one that goes on.
        if held is None or held.later or _begins_anew(event, held):
            return Compared("new", event.case_number, (self._begin(told),), (), record)
        facts = [] if held.active else [self._resume(event)]
        facts += self._changes(told, held)
        leaving = held.refs - self._members(event).keys() if self.grants.leave else ()
        change: Change = "changed" if facts or leaving else "unchanged"
        if not held.active:
            change = "new"
        return Compared(change, event.case_number, tuple(facts), tuple(sorted(leaving)), record)

    def _cannot_be(self, told: Told, held: Held | None) -> Mismatch | None:
        """Why nothing can be told of a record."""
        event, record = told.event, told.record
        person = self.grants.person.replace("/-", "/0")
        if any(each.identity() is None for _, each in persons(event)):
            why = "没有证件号码的人无法逐月比对 / who has no number cannot be compared"
            return Mismatch(record, person, why)
        if event.first_month > self.month:
            return Mismatch(
                record, "/first_month", f"应为不晚于花名册的月份 / not after {self.month}"
            )
        if held is not None and held.programme != event.programme:
            why = f"该编号的个案属于{held.programme} / that case is of another programme"
            return Mismatch(record, "/case_number", why)
        alone = self.grants.join is None or self.bureau.programmes[event.programme].one_person
        if held is not None and alone and held.person_ref not in self._members(event):
            why = "账本中该个案是另一个人的：请核对号码 / in the ledger it is another person's case"
            return Mismatch(record, f"{person}/id_number", why)
        return None

    def _members(self, event: Any) -> dict[str, dict[str, Any]]:
        """Pseudonym → the person's data, of those whom a case covers."""
        members = getattr(event, "members", None)
        found = (
            [m.person for m in members if m.covered] if members else [p for _, p in persons(event)]
        )
        return {self.sealer.person(person, event.case_number): _clear(person) for person in found}

    def _begin(self, told: Told) -> Fact:
        return Fact(self.grants.begin, "begin", told.event.case_number, dict(told.record.data))

    def _resume(self, event: Any) -> Fact:
        data = {"first_month": self.month, "decided_on": self.on, "reason": self.why}
        return self._fact(self.grants.resume, "resume", event.case_number, data)

    def _fact(
        self, model: type[Event], kind: str, number: str, data: dict[str, Any], part: str = ""
    ) -> Fact:
        return Fact(model, kind, f"{number}\x1f{part}", {"case_number": number, **data})

    def _changes(self, told: Told, held: Held) -> list[Fact]:
        """What is other than the ledger has it, in the order in which it is told."""
        event, number = told.event, told.event.case_number
        facts: list[Fact] = []
        place = {"township": event.township, "village": event.village}
        area = getattr(event, "area", None)
        moved = (event.township, event.village) != (held.township, held.village)
        if self.grants.move is not None and (moved or (area is not None and area != held.area)):
            data = {"from_month": self.month, **place, "decided_on": self.on}
            facts.append(
                self._fact(
                    self.grants.move, "move", number, data | ({"area": area} if area else {})
                )
            )
        if self.grants.join is not None and not self.bureau.programmes[held.programme].one_person:
            facts += self._joined(told, held)
        mode, care = getattr(event, "mode", None), getattr(event, "care_level", None)
        if self.grants.support is not None and mode and care and mode != held.mode:
            data = {
                "from_month": self.month,
                "mode": mode,
                "care_level": care,
                "decided_on": self.on,
            }
            facts.append(self._fact(self.grants.support, "support", number, data))
        if (adjusted := self._adjusted(event, held, place if moved else {})) is not None:
            facts.append(adjusted)
        return facts

    def _joined(self, told: Told, held: Held) -> Iterator[Fact]:
        members = self._members(told.event)
        heads = [m.person for m in told.event.members if m.head]
        head = self.sealer.person(heads[0], told.event.case_number) if heads else None
        for ref, person in members.items():
            if ref not in held.refs and self.grants.join is not None:
                member = {"person": person, "covered": True} | (
                    {"head": True} if ref == head else {}
                )
                data = {"member": member, "changed_on": self.on, "reason": self.why}
                yield self._fact(self.grants.join, "join", told.event.case_number, data, ref)
        if head in held.refs and head != held.person_ref and self.grants.head is not None:
            data = {"head": members[head], "changed_on": self.on, "reason": self.why}
            yield self._fact(self.grants.head, "head", told.event.case_number, data)

    def _adjusted(self, event: Any, held: Held, place: dict[str, str]) -> Fact | None:
        """Another amount, level or number of persons, and where no move is told, another place."""
        programme = self.bureau.programmes[held.programme]
        amount = programme.fixes(event.monthly_amount_fen)
        standard = getattr(event, "standard_fen", None)
        differs = amount is not None and amount != held.monthly_amount_fen
        differs |= event.level is not None and event.level != held.level
        data: dict[str, Any] = {"from_month": self.month}
        if self.grants.move is None:
            differs |= bool(place)
            data |= place
            data["monthly_amount_fen"] = amount
        else:
            covered = len(self._members(event))
            differs |= standard is not None and standard != held.standard_fen and amount is not None
            data |= {
                "monthly_amount_fen": event.monthly_amount_fen,
                "per_capita_income_fen": event.per_capita_income_fen or None,
                "supplement_fen": event.supplement_fen or None,
                "standard_fen": standard,
                "covered_persons": covered,
            }
            # Who joins and leaves is counted by itself, as long as all of them were named before.
            named = held.persons == len(held.refs)
            differs |= not named and held.persons != covered
        if not differs:
            return None
        data |= {"level": event.level, "decided_on": self.on, "reason": self.why}
        data = {name: value for name, value in data.items() if value is not None}
        return self._fact(self.grants.adjust, "adjust", event.case_number, data)

    def left(self, number: str, ref: str, person: dict[str, Any]) -> Fact:
        """Somebody is no longer of a household."""
        if self.grants.leave is None:
            raise ValueError("nobody leaves a case of one person")
        data = {"person": person, "changed_on": self.on, "reason": self.why}
        return self._fact(self.grants.leave, "leave", number, data, ref)

    def ended(self, held: Held) -> Compared:
        """It is not on the roster any more: a roster does not say why."""
        data = {
            "last_month": previous_month(self.month),
            "reason": "other",
            "decided_on": self.on,
        }
        fact = self._fact(self.grants.end, "end", held.case_number, data)
        return Compared("ended", held.case_number, (fact,))


def left(
    made: RosterMap,
    bureau: Bureau,
    sealer: Sealer,
    month: str,
    number: str,
    ref: str,
    person: dict[str, Any],
) -> Fact:
    """That somebody whom the roster no longer names has left a household."""
    if made.grants is None:
        raise ValueError("a map of facts has no households")
    return _Comparing(made.grants, made, bureau, sealer, month).left(number, ref, person)


def _clear(person: Person) -> dict[str, Any]:
    """A person's data, as JSON, of an event that is not sealed yet."""
    return {
        name: value
        for name in type(person).__struct_fields__  # type: ignore[attr-defined]  # in the wire form
        if (value := in_clear(getattr(person, name))) is not None
    }
