"""Which accounts cases name for whom, by pseudonym."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.assistance.benefits import BenefitConfirmed, CaseTakenOver, MemberAdded
from domain.assistance.households import HeadChanged, HouseholdMerged
from domain.assistance.payouts import PayeeChanged, PaymentSettled
from domain.children import ChildCaseTakenOver, ChildSupportConfirmed
from domain.codes import Labels
from domain.disability import SubsidyApproved, SubsidyCaseTakenOver
from domain.elderly import AllowanceApproved, AllowanceTakenOver
from domain.event import Payee
from projections.read_model import ReadModel

Role = Annotated[
    Literal["supported", "guardian", "institution", "payee"],
    Labels("保障对象", "监护人", "供养机构", "其他领款人"),
]


class Account(NamedTuple):
    """An account, and for whom a fact names it.

    `payee`: who gets the money, by a fact that does not say what that person is to the case.
    """

    account_ref: str | None
    person_ref: str
    role: Role
    on_date: date


accounts = ReadModel(
    "account",
    Account,
    indexes=("account_ref", "stream"),
    doc="accounts that cases name, and for whom",
    private="whose money goes where: persons",
)


def _of(entry: Entry, *named: tuple[Payee | None, Role]) -> Iterator[Account]:
    on = entry.data.occurred_on()
    for person, role in named:
        if person is not None:
            yield Account(person.account_ref, person.ref, role, on)


@accounts.adds
def household(entry: Entry[BenefitConfirmed | CaseTakenOver]) -> Iterator[Account]:
    """Of who lives in an institution the account is that of the institution."""
    role: Role = "institution" if entry.data.mode == "institutional" else "supported"
    return _of(entry, *((member.person, role) for member in entry.data.members))


@accounts.adds
def merged(entry: Entry[HouseholdMerged]) -> Iterator[Account]:
    return _of(entry, *((member.person, "supported") for member in entry.data.joining))


@accounts.adds
def member(entry: Entry[MemberAdded]) -> Iterator[Account]:
    return _of(entry, (entry.data.member.person, "supported"))


@accounts.adds
def head(entry: Entry[HeadChanged]) -> Iterator[Account]:
    return _of(entry, (entry.data.head, "supported"))


@accounts.adds
def child(entry: Entry[ChildSupportConfirmed | ChildCaseTakenOver]) -> Iterator[Account]:
    data = entry.data
    role: Role = "institution" if data.mode == "institutional" else "supported"
    return _of(entry, (data.child, role), (data.guardian, "guardian"))


@accounts.adds
def holder(entry: Entry[SubsidyApproved | SubsidyCaseTakenOver]) -> Iterator[Account]:
    return _of(entry, (entry.data.holder, "supported"))


@accounts.adds
def elder(entry: Entry[AllowanceApproved | AllowanceTakenOver]) -> Iterator[Account]:
    return _of(entry, (entry.data.elder, "supported"))


@accounts.adds
def payee_changed(entry: Entry[PayeeChanged]) -> Iterator[Account]:
    roles: dict[str | None, Role] = {"guardian": "guardian", "institution": "institution"}
    return _of(entry, (entry.data.payee, roles.get(entry.data.relation, "payee")))


@accounts.adds
def paid(entry: Entry[PaymentSettled]) -> Iterator[Account]:
    """Only where the payment itself names another account."""
    return _of(entry, (entry.data.payee, "payee"))
