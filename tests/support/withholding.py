"""Two cases of two townships with file numbers in their facts, a report with one, and users."""

from __future__ import annotations

from datetime import date

import asyncpg

from domain.assistance.benefits import BenefitAdjusted, Member, MemberAdded
from domain.reporting.releases import ReleaseBlock, ReleaseRun
from domain.villages import VillageTakenOver
from infra import postgres
from ledger import users
from ledger.users import User
from tests.support.inside import BY_SECURITY, admit_all, sealer, token_of
from tests.support.ledger import LEDGER, Bench
from tests.support.money import VILLAGE, a_household, a_person
from tests.support.published import STREET
from tests.support.releasing import draft, households, publish

OWN, BOTH, PRINTED = "BH-20240315", "BH-20240777", "BH-20240900"
TOKENS: dict[str, str] = {}
MORE = (User("staff-r", "staff", frozenset({"reporting"})), User("staff-all", "staff"))
"""Who makes the reports; who does everything for the whole bureau."""


def joined(case: str, reason: str) -> MemberAdded:
    """A fact that names a person."""
    member = Member(person=a_person(), covered=False, head=False)
    return MemberAdded(case_number=case, member=member, changed_on=date(2024, 3, 1), reason=reason)


def adjusted(case: str, reason: str) -> BenefitAdjusted:
    return BenefitAdjusted(
        case_number=case,
        from_month="2024-04",
        monthly_amount_fen=50_000,
        covered_persons=1,
        decided_on=date(2024, 3, 1),
        reason=reason,
    )


async def fill(connection: asyncpg.Connection) -> None:
    """1, 2 of DB-1; 3, 4 of DB-3, in another township; 5 a village; the report after them."""
    bench = await Bench.open(connection)
    await bench.tell(
        a_household("DB-1"),
        joined("DB-1", f"核对时查到档号{OWN}，另见{BOTH}；户主王梅，住王梅村。"),
        a_household("DB-3").model_copy(update={"township": STREET, "village": f"{STREET}001"}),
        adjusted("DB-3", f"与{BOTH}一并核对"),
        VillageTakenOver(
            village=VILLAGE, name="示例王梅村", kind="village", taken_over_on=date(2024, 3, 2)
        ),
    )
    says = households(2)
    more = ReleaseBlock(runs=(ReleaseRun(text=f"其中一户见档号{PRINTED}。"),))
    await publish(bench, draft(says.model_copy(update={"blocks": (*says.blocks, more)}), at=4))
    TOKENS.clear()
    TOKENS.update(await admit_all(connection))
    for user in MORE:
        await users.admit(connection, sealer(), LEDGER, user, BY_SECURITY)
        TOKENS[user.name] = await token_of(connection, user.name)


async def withholding(url: str) -> None:
    """All of this, by the address of a database."""
    async with postgres.connect(url) as connection:
        await fill(connection)
