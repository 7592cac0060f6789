"""Why a broker lets no client of ours in, in words for people. Needs the extra `kafka`.

The client library says only that it could not begin, and logs the reason.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

ASK_SECONDS = 5.0
OTHER_NAME = (62, 64)
"""OpenSSL's numbers: the certificate is for another host name, or another address."""


async def reason(bootstrap: str, security: Mapping[str, Any]) -> str | None:
    """Why no client can begin at any of the addresses; None where one can, or nobody is there."""
    from aiokafka.conn import collect_hosts, create_conn  # noqa: PLC0415 - an extra
    from aiokafka.errors import KafkaError, SaslAuthenticationFailed  # noqa: PLC0415

    found: str | None = None
    for host, port, _family in collect_hosts(bootstrap):
        where = f"{host}:{port}"
        try:
            connection = await create_conn(
                host, port, request_timeout_ms=int(1000 * ASK_SECONDS), **security
            )
        except SaslAuthenticationFailed:
            found = (
                f"{where} 不认 {security.get('sasl_plain_username')} 的密码，或者没有这个用户；"
                "请核对，或者请本局另发密码 / wrong password, or no such user: check both, or ask"
                " the bureau for another password"
            )
        except ssl.SSLCertVerificationError as error:
            found = _doubted(where, error)
        except (OSError, TimeoutError, KafkaError):
            if not security and await _speaks_tls(host, port):
                found = (
                    f"{where} 用 TLS：设 MINGJIAN_KAFKA_USER、MINGJIAN_KAFKA_PASSWORD_FILE、"
                    f"MINGJIAN_KAFKA_CA_FILE / {where} speaks TLS: name a user, the password's"
                    " file and the CA's"
                )
        else:
            await connection.close()
            return None
    return found


def _doubted(where: str, error: ssl.SSLCertVerificationError) -> str:
    """What is wrong with the certificate of the broker."""
    if error.verify_code in OTHER_NAME:
        return (
            f"{where} 的证书不是发给这个主机名的（{error.verify_message}）：地址照本局所给的写"
            " / the certificate is for another host name: write the address as the bureau gave it"
        )
    return (
        f"不信任 {where} 的证书（{error.verify_message}）：MINGJIAN_KAFKA_CA_FILE 须是本局所给的"
        " ca.pem / its certificate is not trusted: is the CA's file the bureau's ca.pem?"
    )


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
