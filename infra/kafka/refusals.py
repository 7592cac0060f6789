"""Why a broker does not let us in, or do what we ask, in words for people.

The client library tells that it could not begin, and logs the reason; and it takes a refusal for a
fault that may pass. Here what no waiting mends becomes an alarm.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from infra.alarm import Alarm
from infra.kafka.bootstrap import MECHANISM, Bootstrap, NotLetIn

FORBIDDEN: tuple[type[KafkaError], ...] = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
)
ASK_SECONDS = 5.0
OTHER_NAME = (62, 64)
"""OpenSSL's numbers: the certificate is for another host name, or another address."""
EXPIRED = 10


class NotAuthorised(Alarm):
    """The broker knows us, and does not let us do what the service must."""

    def __init__(self, principal: str, operation: str, resource: str) -> None:
        super().__init__(
            f"Kafka 不允许 {principal} 对 {resource} 做 {operation}：以管理员执行"
            " mingjian kafka acl --print 核对权限，再 --apply"
            f" / {principal} may not {operation} {resource}: see mingjian kafka acl"
        )


@contextmanager
def doing(bootstrap: Bootstrap, operation: str, resource: str) -> Iterator[None]:
    """What is refused within is an alarm that says to whom, what, and of what."""
    try:
        yield
    except FORBIDDEN as error:
        raise NotAuthorised(bootstrap.principal, operation, named(error, resource)) from error


def named(error: BaseException, resource: str) -> str:
    """The topic or group of a refusal, as far as the library says it."""
    if isinstance(error, ClusterAuthorizationFailedError):  # it has no name, but a sentence
        return resource
    given = error.args[0] if error.args else None
    if isinstance(given, set | frozenset | list | tuple):
        return ", ".join(sorted(map(str, given))) or resource
    return given if isinstance(given, str) and given else resource


@asynccontextmanager
async def beginning(bootstrap: Bootstrap) -> AsyncIterator[None]:
    """Around the start of a client.

    Raises NotLetIn where it is known why it was not let in, and NotAuthorised: a consumer of its
    group, a producer where it may write nothing at all.
    """
    try:
        yield
    except FORBIDDEN as error:
        group = isinstance(error, GroupAuthorizationFailedError)
        operation = "Read" if group else "Write"
        what = named(error, "任何主题 / any topic")
        raise NotAuthorised(bootstrap.principal, operation, what) from error
    except KafkaConnectionError as error:
        if (why := await reason(bootstrap)) is not None:
            raise NotLetIn(why) from error
        raise


async def reason(bootstrap: Bootstrap) -> str | None:
    """Why no client can begin at any of the addresses; None where one can, or nobody is there."""
    found: str | None = None
    for host, port, _family in collect_hosts(bootstrap.servers):
        options = bootstrap.options()
        del options["bootstrap_servers"]
        where = f"{host}:{port}"
        try:
            connection = await create_conn(
                host, port, request_timeout_ms=int(1000 * ASK_SECONDS), **options
            )
        except (OSError, TimeoutError, KafkaError) as error:
            if (said := _said(bootstrap, where, error)) is not None:
                found = said
            elif bootstrap.secure and await _speaks_clearly(host, port):
                found = f"{where} 不用 TLS：核对 MINGJIAN_KAFKA / no TLS there: is it the port?"
            elif not bootstrap.secure and await _speaks_tls(host, port):
                found = (
                    f"{where} 用 TLS：设 MINGJIAN_KAFKA_USER、MINGJIAN_KAFKA_PASSWORD_FILE、"
                    f"MINGJIAN_KAFKA_CA_FILE / {where} speaks TLS: name a user and the CA's file"
                )
        else:
            await connection.close()
            return None
    return found


def _said(bootstrap: Bootstrap, where: str, error: BaseException) -> str | None:
    if isinstance(error, SaslAuthenticationFailed):
        return (
            f"{where} 不认 {bootstrap.user} 的密码，或者没有这个用户：核对 MINGJIAN_KAFKA_USER 和"
            " MINGJIAN_KAFKA_PASSWORD_FILE / wrong password, or no such user"
            " (mingjian kafka password)"
        )
    if isinstance(error, UnsupportedSaslMechanismError):
        return f"{where} 不用 {MECHANISM} / does not take {MECHANISM} there"
    if isinstance(error, ssl.SSLCertVerificationError):
        return _doubted(bootstrap, where, error)
    return None


def _doubted(bootstrap: Bootstrap, where: str, error: ssl.SSLCertVerificationError) -> str:
    """What is wrong with the certificate of the broker."""
    if error.verify_code in OTHER_NAME:
        return (
            f"{where} 的证书不是发给这个主机名的（{error.verify_message}）："
            "MINGJIAN_KAFKA 写证书上的名称 / the certificate is for another host name"
        )
    if error.verify_code == EXPIRED:
        return f"{where} 的证书已过期 / its certificate has expired"
    ca = bootstrap.ca_file or "系统所信任的 / those of the system"
    return (
        f"不信任 {where} 的证书（{error.verify_message}）："
        f"MINGJIAN_KAFKA_CA_FILE 须是签发它的 CA，现为 {ca} / its certificate is not trusted"
    )


async def _speaks_clearly(host: str, port: int) -> bool:
    """Whether it is a Kafka that speaks without TLS: it is asked for nothing but its versions."""
    with suppress(OSError, TimeoutError, KafkaError):
        connection = await create_conn(host, port, request_timeout_ms=int(1000 * ASK_SECONDS))
        await connection.close()
        return True
    return False


async def _speaks_tls(host: str, port: int) -> bool:
    """Whether TLS is spoken there, whoever it is: nothing is told them."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ASK_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=anybody)
            writer.close()
            with suppress(OSError):  # it may have been ended on the other side
                await writer.wait_closed()
            return True
    return False
