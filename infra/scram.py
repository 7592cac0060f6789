"""Passwords of the database as its server keeps them, so that none is ever sent to it in clear.

SCRAM-SHA-256 (RFC 5802, RFC 7677), in the form that PostgreSQL stores: what stands in its log of a
statement opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets

ROUNDS = 4096
"""As PostgreSQL has them; the passwords here cannot be guessed by trying."""


def new_password() -> str:
    """A password of 192 bits of chance, of letters, digits, - and _."""
    return secrets.token_urlsafe(24)


def verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL stores of a password; raises ValueError for one that is not plain ASCII."""
    if not (password.isascii() and password.isprintable()):
        raise ValueError("a password of a role is plain ASCII")
    salt = os.urandom(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored = hashlib.sha256(client).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    told = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ROUNDS, *told)
