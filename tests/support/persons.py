"""One person of long ago: what was told of them may be forgotten by now."""

from __future__ import annotations

import base64
from datetime import date
from urllib.parse import quote

import asyncpg

from domain.assistance.benefits import BenefitTerminated, CaseTakenOver, Member
from domain.event import Payee
from infra.settings import Settings
from ledger.seal import Sealer
from projections.read_model import SCHEMA
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment, an_id

OFFICE, BANK = "social-assistance", "payouts"
SEALER = Sealer(Settings().secret, LEDGER)
CLEAR = {
    "id_kind": "resident-id",
    "id_number": an_id("19350607", 321),
    "name": "示例欧阳瑜",
    "account": "9999990000012345678",
    "address": "示例路九十九号七座",
    "phone": "10012345678",
}
WHO = Payee.model_validate(CLEAR)
SECRETS = tuple(value for name, value in CLEAR.items() if name != "id_kind")
REF = SEALER.person(WHO, "")
OTHER = Payee(id_kind="resident-id", id_number=an_id("19360607", 322), name="示例司徒岚")
NOW = date(2025, 6, 1)
"""When it is all received."""


def a_case(number: str, year: int = 1990) -> CaseTakenOver:
    """A household of two, taken over on the first day of a year."""
    told = {
        "members": (
            Member(person=WHO, covered=True, head=True),
            Member(person=OTHER, covered=False),
        ),
        "first_month": f"{year}-01",
        "decided_on": date(year - 1, 12, 10),
        "taken_over_on": date(year, 1, 1),
    }
    return a_household(number).model_copy(update=told)


def a_case_told(number: str, year: int = 1990, received: date = NOW) -> bytes:
    return event(OFFICE, f"c-{number}", a_case(number, year), received=received)


def a_payment_told(number: str, month: str, received: date = NOW, event_id: str = "") -> bytes:
    paid = a_payment(number, 50_000, month).model_copy(update={"payee": WHO})
    return event(BANK, event_id or f"p-{number}-{month}", paid, received=received)


def an_end_told(number: str, year: int = 1991, received: date = NOW) -> bytes:
    ended = BenefitTerminated(
        case_number=number,
        last_month=f"{year}-06",
        reason="withdrawn",
        decided_on=date(year, 6, 20),
    )
    return event(OFFICE, f"t-{number}", ended, received=received)


def spellings(text: str) -> set[bytes]:
    """A text as it may stand in bytes: in each encoding, in an address, in hexadecimal, in base64.

    Base64 depends on where the text begins in what was encoded: there are three of each.
    """
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    encoded = {text.encode(), text.encode("gb18030")}
    return {
        *encoded,
        *(text.encode("utf-16-le"), wide.encode()),
        *(text.encode("unicode_escape"), quote(text).encode()),
        *(raw.hex().encode() for raw in encoded),
        *(_in_base64(raw, before) for raw in encoded for before in range(3)),
    }


def _in_base64(raw: bytes, before: int) -> bytes:
    """What is always there of it, with so many bytes before it and whatever follows."""
    text = base64.b64encode(b"." * before + raw)
    return text[(8 * before + 5) // 6 : (8 * (before + len(raw))) // 6]


async def cells(connection: asyncpg.Connection) -> list[tuple[str, str, bytes]]:
    """Every value of every column of every table of ours, with where it stands."""
    columns = await connection.fetch(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns"
        f" WHERE table_schema IN ('ledger', '{SCHEMA}')"
    )
    found = []
    for table, column in columns:
        for (value,) in await connection.fetch(f'SELECT "{column}" FROM {table}'):
            found.append(
                (table, column, value if isinstance(value, bytes) else str(value).encode())
            )
    return found
