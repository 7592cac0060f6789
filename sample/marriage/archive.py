"""Registrations of long ago, taken over as the archive holds them: old 字号, old id numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.event import in_clear
from domain.marriage.divorces import DivorceTakenOver
from domain.marriage.marriages import MarriageTakenOver
from domain.marriage.parties import ArchivedParty
from sample.marriage.registry import Couple, Registry, archived

OLDEST, OLDER, DIVORCED = "（1996）示婚字第0123号", "示湘结字010400123", "示湘离字010600045"


def send_archive(registry: Registry) -> None:
    """Two marriages and a divorce, each with its papers of that time."""
    about, start = registry.sender.about, registry.start
    of_old = _of_old(registry.couple(across=False, least_age=52))
    fields: dict[str, Any] = {"parties": of_old, "registered_on": date(1996, 5, 20)}
    about(OLDEST).send(MarriageTakenOver, start, "archive-1996", **fields)
    couple = archived(registry.couple(across=False, least_age=46))
    fields = {"parties": couple, "registered_on": date(2004, 5, 20)}
    about(OLDER).send(MarriageTakenOver, start, "archive-2004", **fields)
    couple = archived(registry.couple(across=False, least_age=46))
    fields = {"parties": couple, "registered_on": date(2006, 9, 8)}
    archive = about("DA-2006-0045")
    archive.send(DivorceTakenOver, start, "archive-2006", certificate_number=DIVORCED, **fields)


def _of_old(couple: Couple) -> tuple[ArchivedParty, ...]:
    """The couple with the numbers of 15 digits that they had before 1999."""
    return tuple(
        party.model_copy(
            update={"id_kind": "resident-id-15", "id_number": f"{number[:6]}{number[8:17]}"}
        )
        for party in archived(couple)
        if (number := in_clear(party.id_number)) is not None
    )
