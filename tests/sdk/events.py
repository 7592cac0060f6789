"""What each client is given to send: few events, of several sources, with persons and Chinese."""

from __future__ import annotations

import json
from typing import Any

from tests.support.ledger import event
from tests.support.marriage import a_marriage
from tests.support.money import a_household, a_payment, an_id

CLIENTS = ("java", "javascript", "python-1", "python-2", "python-2-core", "go")


def events_of(client: str) -> list[dict[str, Any]]:
    """Events with ids and business things of that client's own, as a program would name them.

    None says `datacontenttype`, which is optional.
    """
    number = CLIENTS.index(client) + 1
    case, serial = f"DB-{number}", 700 + number
    told = [
        event("social-assistance", f"{client}-c", a_household(case), sequence=number),
        event("payouts", f"{client}-p", a_payment(case, 50_000, "2024-03"), sequence=number),
        event("marriage", f"{client}-m", a_marriage(serial), sequence=number),
    ]
    made: list[dict[str, Any]] = [json.loads(each) for each in told]
    for message in made:
        del message["datacontenttype"]
    made[0]["data"]["members"][0]["person"]["id_number"] = an_id(number=number)
    for place, party in enumerate(made[2]["data"]["parties"], start=1):
        party["id_number"] = an_id(number=10 * number + place)
    return made
