"""The master key (主密钥): it wraps persons' keys, and is kept apart from the database.

A person's key stands in the database only wrapped (AES-256-SIV, RFC 5297: the same key is wrapped
to the same bytes, and bound to whose it is). So a copy of the database alone opens nothing, and
once a master key is destroyed, whatever was wrapped by it is gone in every copy. Master keys come
from a file (MINGJIAN_MASTER_KEY_FILE); where none is set, as in a sample, one is derived from the
ledger secret. Another back end (KMS, 密码机) is another class with the members of `MasterKeys`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from infra.alarm import Alarm
from infra.settings import settings

DERIVED = "secret"
"""The id of the key that is derived from the ledger secret."""
BYTES = 64
"""Of a master key: AES-256-SIV takes two keys of 32."""


class MasterKeyLacking(Alarm):
    """A person's key was wrapped by a master key that is not at hand."""

    def __init__(self, master: str) -> None:
        super().__init__(
            f"人员密钥由主密钥 {master} 包裹，它不在手边：把 MINGJIAN_MASTER_KEY_FILE"
            f"设为该账本的主密钥文件"
            f" / persons' keys are wrapped by master key {master}, which is not at hand"
        )


class MasterKeyWrong(Alarm, InvalidTag):
    """A person's key does not unwrap: it was altered, or is another person's."""

    def __init__(self) -> None:
        super().__init__(
            "人员密钥打不开：被改动，或主密钥不是包裹它的那把；先执行 mingjian verify"
            " / a person's key does not unwrap: altered, or another ledger's"
        )


class MasterKeyFileWrong(Alarm):
    """The file of master keys cannot be used; the message says why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}：{why}")


class MasterKeys(Protocol):
    """What wraps persons' keys. `whose` says whose key it is: it does not unwrap as another's."""

    @property
    def current(self) -> str:
        """Id of the master key that wraps what is new."""
        ...

    def wrap(self, whose: str, key: bytes) -> bytes:
        """A key wrapped by the current master key."""
        ...

    def unwrap(self, master: str, whose: str, wrapped: bytes) -> bytes:
        """The key again. Raises MasterKeyLacking, MasterKeyWrong."""
        ...


class KeysAtHand:
    """Master keys in memory; the first of them is the current one."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self.current = next(iter(keys))
        self._ciphers = {name: AESSIV(key) for name, key in keys.items()}

    def wrap(self, whose: str, key: bytes) -> bytes:
        """A key wrapped by the current master key: 48 bytes."""
        return self._ciphers[self.current].encrypt(key, [whose.encode()])

    def unwrap(self, master: str, whose: str, wrapped: bytes) -> bytes:
        """The key again. Raises MasterKeyLacking, MasterKeyWrong."""
        if master not in self._ciphers:
            raise MasterKeyLacking(master)
        try:
            return self._ciphers[master].decrypt(wrapped, [whose.encode()])
        except (InvalidTag, ValueError):
            raise MasterKeyWrong from None


def id_of(key: bytes) -> str:
    """What a master key is called: a part of its hash, so that a name fits one key only."""
    return hashlib.sha256(b"mingjian master" + key).hexdigest()[:12]


def derived(secret: bytes) -> bytes:
    """The master key that follows from the ledger secret."""
    return hmac.digest(secret, b"mingjian master", "sha512")


def at_hand(secret: bytes) -> MasterKeys:
    """Those of the file that the settings name, and the derived one behind them."""
    path = settings().master_key_file
    keys = {} if path is None else {id_of(key): key for key in read(path)}
    return KeysAtHand({**keys, DERIVED: derived(secret)})


def read(path: Path) -> list[bytes]:
    """The keys of a file, the current one first: one a line, base64. Raises MasterKeyFileWrong."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            why = "只许其主人读（chmod 600） / readable by others than its owner"
            raise MasterKeyFileWrong(path, why)
        lines = path.read_text(encoding="ascii").split()
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except OSError as error:
        raise MasterKeyFileWrong(path, f"{error.strerror} / cannot be read") from error
    except ValueError:
        keys = []
    if not keys or any(len(key) != BYTES for key in keys):
        why = f"须每行一把 {BYTES} 字节的主密钥（base64） / {BYTES} bytes in base64 a line"
        raise MasterKeyFileWrong(path, why)
    return keys


def write(path: Path, keys: list[bytes]) -> None:
    """Put keys into a file of its owner's only, in place of what it held, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(base64.b64encode(key).decode() + "\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def new() -> bytes:
    """A new master key."""
    return os.urandom(BYTES)
