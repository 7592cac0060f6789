"""Users (用户): who works with Mingjian, in which role, for which lines and townships.

A user has one role. So the three administrators stay apart (三权分立, GB/T 22239-2019 8.1.5:
system, audit, security management), whoever administers sees no business record, and whoever does
the business does not audit it (审计署令第 11 号, on internal audit). Which articles ask for how
much of this is unverified.

Users stand in the journal, like keys of sources: a record admits one, others change or dismiss it.
A record is believed for its mac, so who can only write to the database makes no user.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import asyncpg

from domain.catalogue import LINES
from domain.codes import Labels, labels_of
from domain.contract import words
from ledger import adopted, journal
from ledger.journal import Kind, Note, Said
from ledger.seal import Sealer
from ledger.source_keys import fresh, hash_of, parts_of

Role = Annotated[
    Literal[
        "staff",
        "auditor",
        "system-administrator",
        "security-administrator",
        "audit-administrator",
    ],
    Labels("经办人员", "审计员", "系统管理员", "安全管理员", "审计管理员"),
]
STAFF: Role = "staff"
AUDITOR: Role = "auditor"
SECURITY: Role = "security-administrator"
ROLES: tuple[Role, ...] = get_args(get_args(Role)[0])

ADMITTED: Kind = "user-admitted"
CHANGED: Kind = "user-changed"
DISMISSED: Kind = "user-dismissed"
TOKEN: Kind = "token-issued"  # noqa: S105  the kind of a record
_WHICH = "kind IN ('user-admitted', 'user-changed', 'user-dismissed', 'token-issued')"
"""SQL: the records about users, as the index on them has it."""
SUBJECT = "user/"
"""Before the name of the user, the subject of the records."""
MARK = "mju"
"""Of a token: `mju_<id>_<secret>`."""
NAME = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
MOST_NAME = 40


def title(role: str) -> str:
    """What a role is called."""
    return labels_of(Role).get(role, role)


@dataclass(frozen=True, slots=True)
class Token:
    """What the ledger knows of a user's token (用户凭据): SHA-256 of its secret, and until when."""

    id: str
    sha256: bytes
    until: datetime

    @property
    def credential(self) -> str:
        """What a session remembers that was opened with it."""
        return f"token {self.id}"

    def opens(self, secret: str, now: datetime) -> bool:
        """Whether a secret is the one of this token, and still valid."""
        return secrets.compare_digest(hash_of(secret), self.sha256) and now < self.until


@dataclass(frozen=True, slots=True)
class User:
    """A user as the journal has them."""

    name: str
    role: Role
    lines: frozenset[str] = frozenset()
    """Business lines that staff work on; none = all."""
    townships: frozenset[str] = frozenset()
    """镇街 that staff work for, 9 digits; none = all."""
    identity: bytes | None = None
    """Keyed hash of issuer and subject at the provider of identities (OIDC); None = signs in by
    token only."""
    token: Token | None = None
    """The one that is valid; a new one takes its place."""
    number: int = 0
    """Of the record that admitted the user."""
    since: datetime | None = None
    by: str = ""
    why: str = ""
    dismissed: bool = False

    @property
    def title(self) -> str:
        """What the role is called."""
        return title(self.role)

    def holds(self, credential: str, now: datetime) -> bool:
        """Whether that is still valid with which a session was opened: it ends with it."""
        if self.dismissed:
            return False
        if self.token is not None and self.token.credential == credential:
            return now < self.token.until
        return self.identity is not None and self.identity.hex() == credential


class CannotAdmit(Exception):
    """What is asked of users cannot be done; the message says why."""


class UnfitUser(CannotAdmit):
    """A user that there cannot be."""


class NoSuchUser(CannotAdmit):
    """Nobody of this name stands."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有用户 {name} / no such user: mingjian user list")


class NotAdmitting(CannotAdmit):
    """Who wants to change users is no security administrator."""

    def __init__(self, by: str, standing: Iterable[str]) -> None:
        names = "、".join(sorted(standing))
        super().__init__(
            f"用户由安全管理员设立、变更和注销（现为 {names}），{by} 不是"
            f" / only a security administrator admits users: --by one of {names}"
        )


class FirstOfAll(CannotAdmit):
    """While no security administrator stands, nobody else can be admitted."""

    def __init__(self) -> None:
        super().__init__(
            "还没有安全管理员：第一个用户须为安全管理员，由机器的操作人员设立"
            " / the first user is a security administrator: --role security-administrator"
        )


# Reading.


async def read(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> dict[str, User]:
    """Name → user, of all that were ever admitted, as each was left last. Raises LedgerAltered."""
    users: dict[str, User] = {}
    for note in await journal.believed(connection, sealer, ledger, _WHICH):
        name = note.subject.removeprefix(SUBJECT)
        users[name] = _after(users.get(name), name, note)
    return users


def _after(user: User | None, name: str, note: Note) -> User:
    """How a user stands after a record of the journal."""
    facts = note.facts
    if user is None or note.kind == ADMITTED:
        made = User(name, facts["role"], number=note.number, since=note.recorded_at)
        return replace(made, **_fields(facts), by=note.by or "", why=note.why or "")
    if note.kind == CHANGED:
        return replace(user, **_fields(facts))
    if note.kind == DISMISSED:
        return replace(user, dismissed=True, token=None, identity=None)
    until = datetime.fromisoformat(facts["until"])
    return replace(user, token=Token(facts["id"], bytes.fromhex(facts["sha256"]), until))


def _fields(facts: Mapping[str, Any]) -> dict[str, Any]:
    identity = facts["identity"]
    return {
        "role": facts["role"],
        "lines": frozenset(facts["lines"]),
        "townships": frozenset(facts["townships"]),
        "identity": None if identity is None else bytes.fromhex(identity),
    }


async def last(connection: asyncpg.Connection, ledger: str) -> int:
    """Number of the last record about users; 0 when none. While it is the same, so are they."""
    number: int = await connection.fetchval(
        f"SELECT coalesce(max(number), 0) FROM ledger.journal WHERE ledger = $1 AND {_WHICH}",
        ledger,
    )
    return number


def standing(users: Mapping[str, User]) -> dict[str, User]:
    """Those who were not dismissed."""
    return {name: user for name, user in users.items() if not user.dismissed}


def by_token(users: Mapping[str, User], given: str, now: datetime) -> User | None:
    """The user whose valid token this is."""
    token_id, secret = parts_of(given, MARK) or ("", "")
    for user in standing(users).values():
        if user.token is not None and user.token.id == token_id:
            return user if user.token.opens(secret, now) else None
    return None


def identity(sealer: Sealer, issuer: str, subject: str) -> bytes:
    """What is kept of whom a provider of identities names: a subject may be a person's number."""
    return sealer.mac(b"oidc\0" + issuer.encode() + b"\0" + subject.encode())


def by_identity(users: Mapping[str, User], found: bytes) -> User | None:
    """The user whom a provider names."""
    return next((u for u in standing(users).values() if u.identity == found), None)


# What administrators do.


async def admit(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, user: User, said: Said
) -> None:
    """Admit a user. Raises UnfitUser, NotAdmitting, FirstOfAll, and what `journal.deed` raises."""
    async with journal.deed(connection, sealer, ledger) as deed:
        users = standing(await read(connection, sealer, ledger))
        _allowed(users, said)
        if not any(each.role == SECURITY for each in users.values()) and user.role != SECURITY:
            raise FirstOfAll
        if user.name in users:
            raise UnfitUser(f"已有用户 {user.name} / there is such a user")
        await _fit(connection, ledger, users, user)
        deed.note(ADMITTED, SUBJECT + user.name, _facts(user), said)


async def change(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, user: User, said: Said
) -> None:
    """Give a user what `user` has, but for the token. Raises NoSuchUser, and as `admit`."""
    async with journal.deed(connection, sealer, ledger) as deed:
        users = standing(await read(connection, sealer, ledger))
        _allowed(users, said)
        if user.name not in users:
            raise NoSuchUser(user.name)
        await _fit(connection, ledger, users, user)
        deed.note(CHANGED, SUBJECT + user.name, _facts(user), said)


async def dismiss(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, name: str, said: Said
) -> None:
    """A user signs in no more, and sessions end. Raises NoSuchUser, and what `admit` raises."""
    async with journal.deed(connection, sealer, ledger) as deed:
        users = standing(await read(connection, sealer, ledger))
        _allowed(users, said)
        if name not in users:
            raise NoSuchUser(name)
        deed.note(DISMISSED, SUBJECT + name, {}, said)


async def issue(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    name: str,
    until: datetime,
    said: Said,
) -> str:
    """A new token of a user, told here and never again; the one before it opens nothing any more.

    Raises NoSuchUser, and what `admit` raises.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        users = standing(await read(connection, sealer, ledger))
        _allowed(users, said)
        if name not in users:
            raise NoSuchUser(name)
        token, facts = fresh(MARK, until)
        deed.note(TOKEN, SUBJECT + name, facts, said)
    return token


def _allowed(users: Mapping[str, User], said: Said) -> None:
    """Raise NotAdmitting unless a security administrator does it, or there is none yet."""
    admitting = {user.name for user in users.values() if user.role == SECURITY}
    if admitting and said.by not in admitting:
        raise NotAdmitting(said.by, admitting)


def _facts(user: User) -> dict[str, Any]:
    return {
        "role": user.role,
        "lines": sorted(user.lines),
        "townships": sorted(user.townships),
        "identity": None if user.identity is None else user.identity.hex(),
    }


async def _fit(
    connection: asyncpg.Connection, ledger: str, users: Mapping[str, User], user: User
) -> None:
    """Raise UnfitUser for a user that there cannot be."""
    if (
        len(user.name) > MOST_NAME
        or not NAME.fullmatch(user.name)
        or re.search("[0-9]{9}", user.name)
    ):
        raise UnfitUser(
            f"用户名须为小写字母、数字，可含 . _ -，至多 {MOST_NAME} 个字符，不得为证件号或电话号码"
            " / a name is of a-z 0-9 . _ -, and no personal number"
        )
    if user.role not in ROLES:
        there_are = "、".join(f"{role}（{title(role)}）" for role in ROLES)
        raise UnfitUser(f"没有角色 {user.role}：有 {there_are} / no such role")
    if user.role != STAFF and (user.lines or user.townships):
        raise UnfitUser(
            f"只有经办人员按业务条线和镇街划分，{user.title}不划分"
            " / lines and townships are of staff only"
        )
    _among(user.lines, {line: words.LINES[line] for line in LINES}, "业务条线", "line")
    if user.townships:
        bureau = (await adopted.versions(connection, ledger)).latest
        places = {code: place.name for code, place in bureau.townships.items()}
        _among(user.townships, places, "镇街", "township")
    if user.identity is None:
        return
    same = by_identity(users, user.identity)
    if same is not None and same.name != user.name:
        raise UnfitUser(
            f"同一身份已用于用户 {same.name}：一人一个用户，一个角色"
            f" / this identity is the user {same.name}: one person, one role"
        )


def _among(given: Collection[str], known: Mapping[str, str], zh: str, en: str) -> None:
    """Raise UnfitUser where something is none of these codes, which are told with their names."""
    if wrong := sorted(set(given) - set(known)):
        there_are = "、".join(f"{code}（{name}）" for code, name in known.items())
        raise UnfitUser(f"没有{zh} {'、'.join(wrong)}：有 {there_are} / no such {en}")
