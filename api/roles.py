"""Who may ask for a page: everybody, or users in some roles. Each page says which.

On the public face nobody is a user. In the inside view everybody who gets past the gate is one, and
sees what is public besides the pages of their role.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from api import problems
from ledger.access import OTHER_ROLE
from ledger.scope import Scope
from ledger.users import AUDITOR, ROLES, STAFF, Role, User, title


@dataclass(frozen=True, slots=True)
class Admits:
    """The roles whose page it is, or everybody's."""

    roles: tuple[Role, ...] = ROLES
    public: bool = False

    def fits(self, user: User) -> bool:
        """Whether a page is a user's."""
        return user.role in self.roles

    def require(self, request: Request) -> None:
        """Raise Problem where who asks may not ask."""
        request.state.public = self.public
        if self.public:
            return
        user = user_of(request)
        if user is None:
            raise problems.auditors_only()
        if not self.fits(user):
            request.state.remark = OTHER_ROLE
            whose = "、".join(title(role) for role in self.roles)
            raise problems.other_role(user.title, whose)


EVERYBODY = Admits(public=True)
AUDITORS = Admits((AUDITOR,))
BUSINESS = Admits((STAFF, AUDITOR))
"""Whose business it is: auditors see every record, staff those of their lines and townships."""
THEIR_BUSINESS = Admits((STAFF,))
"""What is done to records: by staff, to those of their lines and townships. Auditors do nothing."""
CLERKS = Admits((STAFF,))
WORK = "/work"
"""Where staff find what is theirs."""
SECURITY_ADMINISTRATORS = Admits(("security-administrator",))
AUDIT_ADMINISTRATORS = Admits(("audit-administrator",))


def user_of(request: Request) -> User | None:
    """Who asks; None on the public face, and where nobody need sign in."""
    found: User | None = getattr(request.state, "user", None)
    return found


def landing(user: User, to: str) -> str:
    """Where to go on after signing in: the page asked for; to staff who asked for none, theirs."""
    return WORK if to == "/" and user.role == STAFF else to


def audits(request: Request) -> bool:
    """Whether an auditor asks, who may ask for any record and any moment."""
    user = user_of(request)
    return user is not None and user.role == AUDITOR


def scope_of(request: Request) -> Scope | None:
    """Of what staff may see records; None of an auditor, who may see all."""
    user = user_of(request)
    if user is None or user.role != STAFF:
        return None
    return Scope(user.lines, user.townships)
