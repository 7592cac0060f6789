"""Townships and villages of the bureau."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import get_args

from domain.bureau.places import AreaCode, Place
from domain.bureau.reading.lists import Row, rows
from domain.bureau.reading.tables import Table, listed, shown
from domain.bureau.reading.wrong import Wrong

_TOWNSHIP = re.compile(r"[1-9][0-9]{8}")
_VILLAGE = re.compile(r"[1-9][0-9]{11}")
_AREAS: tuple[AreaCode, ...] = get_args(AreaCode)


def townships(top: Table, division: str) -> dict[str, Place]:
    """Township code → place, in the order of the file."""
    found: dict[str, Place] = {}
    for table in top.tables("township", needed=True):
        code = table.code("code", _TOWNSHIP, "9 digits (GB/T 10114)")
        since, until = table.span()
        place = Place(
            code=code,
            name=table.text("name"),
            area=table.one_of("area", _AREAS, needed=False),
            since=since,
            until=until,
            statistical=table.flag("statistical"),
        )
        table.end()
        if code and division and not code.startswith(division):
            table.note("code", f"{code} is not in {division}", f"9 digits that begin {division}")
        elif code in found:
            table.note("code", f"the code {code} stands here twice")
        elif code:
            if any(place.name == other.name and _meet(place, other) for other in found.values()):
                table.note("name", f"another township is called {place.name} at the same time")
            found[code] = place
    top.end()
    return found


def _meet(one: Place, other: Place) -> bool:
    """Whether there is a day on which both are."""
    first = max(one.since or date.min, other.since or date.min)
    return first <= min(one.until or date.max, other.until or date.max)


def villages(
    files: Mapping[str, bytes], known: Mapping[str, Place], wrong: list[Wrong]
) -> dict[str, Place]:
    """Village code → place, in the order of villages.csv; none where there is no such file.

    城乡 of a village is its township's where the list does not say.
    """
    found: dict[str, Place] = {}
    for row in rows("villages.csv", files, ("code", "name", "area", "since", "until"), wrong):
        place = _village(row, known)
        if place.code in found:
            row.note(f"the code {place.code} stands here twice")
        elif place.code[:9] in known:
            found[place.code] = place
    return found


def _village(row: Row, known: Mapping[str, Place]) -> Place:
    code, area = row["code"], row["area"]
    since, until = row.day("since"), row.day("until")
    if not _VILLAGE.fullmatch(code):
        row.note(f"code = {shown(code)}", "12 digits")
    elif known and code[:9] not in known:
        row.note(f"{code} is in no township", "12 digits that begin with a code of townships.toml")
    if not row["name"]:
        row.note("name is missing", "what the village is called")
    if since and until and since > until:
        row.note(f"until = {until}", f"a day not before since = {since}")
    if area and area not in _AREAS:
        row.note(f"area = {shown(area)}", f"one of {listed(_AREAS)}, or nothing")
    township = known.get(code[:9])
    of_township = None if township is None else township.area
    own = next((each for each in _AREAS if each == area), of_township)
    return Place(code, row["name"], own, since, until)
