"""The law of cases in plain words: JSON events in, month by month who is owed what.

A second reading of the same rules, written to disagree where the folds are wrong. It is slow on
purpose: no tables, no state that is carried on, nothing imported from the program. Each question
is answered from all the events there are, in the order in which the ledger took them.

Corrections. Of the corrections of an event that stand, the latest rules: 更正 puts its own content
in the place of the event, 撤销 takes the event away. A correction is an event itself: one that was
taken away is as if it had never been told. 追回 replaces nothing.

Order of business. What stands of the decisions on a case is read by the day it was decided, then
by which was told first. Payments only add up; their order does not matter.

Months. Two things are written down for each month of a case: whether it is entitled, and what was
decided of it. A grant says both anew from its first month on. An adjustment says what is owed from
a month on, and leaves alone what it leaves out. A suspension or an end strikes out the months from
then on, a resumption puts them back with what was decided of them. Before a case was ever granted,
none of these changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
"""A CloudEvent as its source sent it."""
Month = str
"""YYYY-MM; compared as text."""
Values = dict[str, Any]
"""What was decided of a month: programme, persons, amount …"""

MONTHS = tuple(f"{year}-{month:02d}" for year in (2022, 2023, 2024, 2025) for month in range(1, 13))
"""The months that are looked at. What holds in the last of them holds for ever."""
PREFIX = "cn.mingjian."

GRANTS = {
    "assistance.benefit-confirmed.v1": "decided_on",
    "assistance.case-taken-over.v1": "taken_over_on",
    "children.support-confirmed.v1": "decided_on",
    "children.case-taken-over.v1": "taken_over_on",
    "disability.subsidy-approved.v1": "decided_on",
    "disability.case-taken-over.v1": "taken_over_on",
}
STEPS = {
    "assistance.benefit-adjusted.v1": "decided_on",
    "children.support-adjusted.v1": "decided_on",
    "assistance.support-changed.v1": "decided_on",
    "assistance.member-added.v1": "changed_on",
    "assistance.member-removed.v1": "changed_on",
    "assistance.benefit-suspended.v1": "decided_on",
    "assistance.benefit-terminated.v1": "decided_on",
    "children.support-terminated.v1": "decided_on",
    "disability.subsidy-stopped.v1": "decided_on",
    "assistance.benefit-resumed.v1": "decided_on",
    "disability.subsidy-resumed.v1": "decided_on",
}
ENDS = {
    "assistance.benefit-terminated.v1",
    "children.support-terminated.v1",
    "disability.subsidy-stopped.v1",
}
RESUMPTIONS = {"assistance.benefit-resumed.v1", "disability.subsidy-resumed.v1"}
DECISIONS = GRANTS | STEPS


def kind_of(message: Message) -> str:
    """Type without the prefix."""
    return str(message["type"]).removeprefix(PREFIX)


def name_of(message: Message) -> str:
    """<source>/<id>."""
    return f"{message['source']}/{message['id']}"


# Corrections.


def replaces(message: Message) -> bool:
    return "corrects" in message and message["correctionkind"] != "recovered"


@dataclass
class Told:
    """An event and those that correct it, in the order of telling."""

    message: Message
    place: int
    corrections: list[Told] = field(default_factory=list)

    def says(self) -> Message | None:
        """What this event comes to, all that stands of its corrections considered."""
        for correction in reversed(self.corrections):
            content = correction.says()
            if content is None:
                continue  # was taken away itself
            if correction.message["correctionkind"] == "revoked":
                return None
            return content
        return self.message


@dataclass(frozen=True)
class Standing:
    """A fact in the version that stands, and when the first version of it was told."""

    message: Message
    place: int

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.message["data"]
        return found

    @property
    def kind(self) -> str:
        return kind_of(self.message)


def all_told(messages: Iterable[Message]) -> dict[str, Told]:
    """Events in the order of telling, by name, each with those that correct it."""
    told: dict[str, Told] = {}
    for place, message in enumerate(messages):
        each = told[name_of(message)] = Told(message, place)
        if replaces(message):
            told[message["corrects"]].corrections.append(each)
    return told


def what_stands(messages: Iterable[Message]) -> list[Standing]:
    """Each fact that stands, in the place of its first version."""
    found: list[Standing] = []
    for each in all_told(messages).values():
        content = None if replaces(each.message) else each.says()
        if content is not None:
            found.append(Standing(content, each.place))
    return found


def without(messages: Sequence[Message], name: str) -> list[Message]:
    """As if the fact that an event tells, or corrects, had never been told in any version."""
    root = {name_of(m): m.get("corrects") if replaces(m) else None for m in messages}
    while (above := root[name]) is not None:
        name = above
    gone = {name}
    kept: list[Message] = []
    for message in messages:
        if name_of(message) == name or (replaces(message) and message["corrects"] in gone):
            gone.add(name_of(message))
        else:
            kept.append(message)
    return kept


# Months of a case.

ASSISTANCE = ("dibao", "tekun")
"""The programmes whose cases an adjustment of assistance is about; of others it tells the place."""


@dataclass
class Case:
    """What was decided of one case, month by month."""

    entitled: set[Month] = field(default_factory=set)
    values: dict[Month, Values] = field(default_factory=dict)
    programme: str = ""
    """That of the last grant."""

    def shown(self) -> dict[Month, Values]:
        """The entitled months, with what holds in them."""
        return {
            month: {k: v for k, v in self.values[month].items() if k != "household"}
            for month in MONTHS
            if month in self.entitled and "programme" in self.values.get(month, {})
        }


def of_case(messages: Iterable[Message], until: tuple[str, int] | None = None) -> Case:
    """The months of one case, from all the events told of it; or by decisions before a place."""
    decisions = [each for each in what_stands(messages) if each.kind in DECISIONS]
    placed = [((each.data[DECISIONS[each.kind]], each.place), each) for each in decisions]
    case = Case()
    for place, each in sorted(placed, key=lambda pair: pair[0]):
        if until is not None and place >= until:
            break
        if each.kind in GRANTS:
            _grant(case, each.data)
        elif case.programme:
            _step(case, each.kind, each.data)
    return case


def _grant(case: Case, data: dict[str, Any]) -> None:
    case.programme = data["programme"]
    for month in _from(data["first_month"]):
        if month <= data.get("last_month", month):
            case.entitled.add(month)
        else:
            case.entitled.discard(month)
        case.values[month] = _granted(data)


def _granted(data: dict[str, Any]) -> Values:
    """What a grant says of its months."""
    values: Values = {
        "programme": data["programme"],
        "mode": data.get("mode"),
        "area": data.get("area") or ("urban" if data["township"] < "445102100" else "rural"),
        "township": data["township"],
        "village": data["village"],
        "amount": data.get("monthly_amount_fen"),
        "standard": data.get("standard_fen"),
        "persons": 1,
        "members": 1,
        "decision": data["decision_number"],
    }
    if "members" in data:
        members = data["members"]
        heads = [member for member in members if member.get("head")]
        values["persons"] = sum(1 for member in members if member["covered"])
        values["household"] = [(m["person"]["id_number"], m["covered"]) for m in members]
        values["members"] = len(members)
        values["person"] = (heads or members)[0]["person"]["id_number"]
    else:
        person = data["child"] if "child" in data else data["holder"]
        values["person"] = person["id_number"]
    if "child" in data:
        values["mode"] = data.get("mode", "home-based")
    if data["programme"] == "tekun":
        values["amount"] = None  # the standard in force, whatever the decision printed
    return values


def _step(case: Case, kind: str, data: dict[str, Any]) -> None:
    if kind == "assistance.benefit-suspended.v1":
        case.entitled.difference_update(_from(data["from_month"]))
    elif kind in ENDS:
        case.entitled.difference_update(m for m in MONTHS if m > data["last_month"])
    elif kind in RESUMPTIONS:
        case.entitled.update(_from(data["first_month"]))
    else:
        _revalue(case, kind, data)


def _revalue(case: Case, kind: str, data: dict[str, Any]) -> None:
    """What is owed, by whom it is shared, how and where they live: from a month on."""
    month = data["from_month"] if "from_month" in data else data["changed_on"][:7]
    if "changed_on" in data:
        _who_counts(case, month, kind, data)
    for values in [case.values[m] for m in _from(month) if m in case.values]:
        if "changed_on" in data:
            _live_there(values, kind, data)
        elif kind == "assistance.support-changed.v1":
            values["mode"] = data["mode"]
        elif kind == "children.support-adjusted.v1":
            values["amount"] = data.get("monthly_amount_fen")
        else:
            for name in ("area", "township", "village"):
                values[name] = data.get(name, values[name])
            if values["programme"] in ASSISTANCE:
                values["persons"] = data["covered_persons"]
                values["standard"] = data.get("standard_fen", values["standard"])
            if values["programme"] == "dibao":
                values["amount"] = data["monthly_amount_fen"]


def _live_there(values: Values, kind: str, data: dict[str, Any]) -> None:
    """One more or one fewer in the household, from the month of the change."""
    if kind == "assistance.member-removed.v1":
        values["members"] = max(values["members"] - 1, 0)
        return
    values["members"] += 1
    if data["member"].get("head"):
        values["person"] = data["member"]["person"]["id_number"]


def _who_counts(case: Case, month: Month, kind: str, data: dict[str, Any]) -> None:
    """From the month after: one more or one fewer, unless an adjustment told another number."""
    member = data.get("member")
    person = data["person"] if member is None else member["person"]
    for values in [case.values[m] for m in _from(month) if m > month and m in case.values]:
        before = values.get("household", [])
        after = [pair for pair in before if pair[0] != person["id_number"]]
        if kind == "assistance.member-added.v1":
            after.append((person["id_number"], data["member"]["covered"]))
        values["household"] = after
        if values["persons"] == sum(covered for _, covered in before):
            values["persons"] = sum(covered for _, covered in after)


def _from(month: Month) -> Iterator[Month]:
    return (each for each in MONTHS if each >= month)
