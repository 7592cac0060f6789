"""Users (SCRAM) and their rights (ACLs) on a broker: read, made and taken away.

The client library has the messages of ACLs, one right each; those of users are written out here
(KIP-554). A broker passes them on to its controller.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import (
    CreateAclsRequest,
    CreateAclsRequest_v1,
    DeleteAclsRequest,
    DeleteAclsRequest_v1,
    DescribeAclsRequest,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from infra.kafka.rights import Right

KINDS = {"Topic": 2, "Group": 3, "Cluster": 4}
OPERATIONS = {
    "Read": 3, "Write": 4, "Create": 5, "Delete": 6, "Alter": 7, "Describe": 8,
    "ClusterAction": 9, "DescribeConfigs": 10, "AlterConfigs": 11, "IdempotentWrite": 12,
}  # fmt: skip
PATTERNS = {True: 3, False: 4}
"""Of a whole name, or of all that begin so."""
ANY, ALLOW, EVERYWHERE = 1, 3, "*"
SHA_512 = 2
ITERATIONS = 4096
"""The fewest that Kafka takes: more would slow every connection, and a guesser of passwords that
have 192 random bits not at all."""
PASSWORD_BYTES = 24
NO_SUCH_USER = 91


def new_password() -> str:
    """192 bits, in letters that need no quotes anywhere."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


class _DescribeUsersAnswer(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 50
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("error_message", CompactString("utf-8")),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                (
                    "credentials",
                    CompactArray(
                        ("mechanism", Int8), ("iterations", Int32), ("tags", TaggedFields)
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _DescribeUsersMessage(RequestStruct):  # type: ignore[misc]
    API_KEY = 50
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _DescribeUsersAnswer
    SCHEMA = Schema(
        ("users", CompactArray(("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("tags", TaggedFields),
    )


class _DescribeUsers(Request[_DescribeUsersMessage]):  # type: ignore[misc]
    API_KEY = 50

    def build(self, request_struct_class: type[_DescribeUsersMessage]) -> _DescribeUsersMessage:
        return request_struct_class(None, {})  # of all users


class _AlterUsersAnswer(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterUsersMessage(RequestStruct):  # type: ignore[misc]
    API_KEY = 51
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _AlterUsersAnswer
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(
                ("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)
            ),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterUsers(Request[_AlterUsersMessage]):  # type: ignore[misc]
    API_KEY = 51

    def __init__(self, deletions: list[Any], upsertions: list[Any]) -> None:
        self._deletions, self._upsertions = deletions, upsertions

    def build(self, request_struct_class: type[_AlterUsersMessage]) -> _AlterUsersMessage:
        return request_struct_class(self._deletions, self._upsertions, {})


async def users(admin: AIOKafkaAdminClient) -> set[str]:
    """The users who have a password of our mechanism."""
    answer = await admin._send_request(_DescribeUsers())  # noqa: SLF001  no public way
    _raise_for(answer.error_code, answer.error_message)
    return {
        user
        for user, code, _message, credentials, _tags in answer.results
        if code == 0 and any(each[0] == SHA_512 for each in credentials)
    }


async def set_password(admin: AIOKafkaAdminClient, user: str, password: str) -> None:
    """Make a user, or give them another password; the broker never sees the password itself."""
    salt = secrets.token_bytes(32)
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    await _alter(admin, [], [(user, SHA_512, ITERATIONS, salt, salted, {})])


async def remove_user(admin: AIOKafkaAdminClient, user: str) -> None:
    """Take a user's password away; who is connected stays so, without rights."""
    await _alter(admin, [(user, SHA_512, {})], [])


async def _alter(admin: AIOKafkaAdminClient, deletions: list[Any], upsertions: list[Any]) -> None:
    answer = await admin._send_request(_AlterUsers(deletions, upsertions))  # noqa: SLF001
    for _user, code, message, _tags in answer.results:
        if code != NO_SUCH_USER:
            _raise_for(code, message)


# Rights.


class _CreateAcls(CreateAclsRequest):  # type: ignore[misc]  # aiokafka has no types
    """The library's request makes one right; this one makes many at once."""

    def __init__(self, given: Iterable[tuple[Any, ...]]) -> None:
        self._given = list(given)

    def build(self, _struct: Any) -> CreateAclsRequest_v1:
        return CreateAclsRequest_v1(self._given)


class _DeleteAcls(DeleteAclsRequest):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, given: Iterable[tuple[Any, ...]]) -> None:
        self._given = list(given)

    def build(self, _struct: Any) -> DeleteAclsRequest_v1:
        return DeleteAclsRequest_v1(self._given)


async def given_rights(admin: AIOKafkaAdminClient) -> set[Right]:
    """The rights that are given on the broker, anybody's, in a form that we give them in.

    What is refused, or bound to an address, is somebody else's doing and not among them.
    """
    asked = DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY)
    answer = await admin._send_request(asked)  # noqa: SLF001  no public way
    _raise_for(answer.error_code, answer.error_message)
    kinds = {code: name for name, code in KINDS.items()}
    operations = {code: name for name, code in OPERATIONS.items()}
    patterns = {code: whole for whole, code in PATTERNS.items()}
    return {
        Right(
            principal.removeprefix("User:"), operations[operation], kinds[kind], name, patterns[how]
        )
        for kind, name, how, acls in answer.resources
        for principal, host, operation, permission in acls
        if (permission, host) == (ALLOW, EVERYWHERE)
        and kind in kinds
        and operation in operations
        and how in patterns
    }


async def give(admin: AIOKafkaAdminClient, rights: Collection[Right]) -> None:
    """Give rights; those that are given already stay."""
    if rights:
        answer = await admin._send_request(_CreateAcls(map(_row, rights)))  # noqa: SLF001
        for code, message in answer.creation_responses:
            _raise_for(code, message)


async def take(admin: AIOKafkaAdminClient, rights: Collection[Right]) -> None:
    """Take exactly these rights away."""
    if rights:
        answer = await admin._send_request(_DeleteAcls(map(_row, rights)))  # noqa: SLF001
        for code, message, _matching in answer.filter_responses:
            _raise_for(code, message)


def _row(right: Right) -> tuple[Any, ...]:
    return (
        KINDS[right.kind],
        right.name,
        PATTERNS[right.whole],
        f"User:{right.user}",
        EVERYWHERE,
        OPERATIONS[right.operation],
        ALLOW,
    )


def _raise_for(code: int, message: str | None) -> None:
    if code != 0:
        raise for_code(code)(message or "")
