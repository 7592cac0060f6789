"""Sealing: personal data leaves the open part before anything is stored.

Each person is cut out of the received bytes and encrypted, as it stood there, under that person's
own key (AES-256-GCM, associated data = SHA-256 of the open part). Whole messages that wait or are
refused are sealed under a key derived from the ledger secret. A person outside is
HMAC(secret, kind + number), both as domain/documents.py reads them: the same in every programme,
however the number was spelled, and nobody without the secret can guess it.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.bureau.bureau import Bureau
from domain.catalogue import COMPARING, EVENTS
from domain.envelope import Received
from domain.event import Event, Path, Person, flags_of, in_clear, of_person, pseudonym
from domain.form import convert, open_form, persons
from infra.master_keys import MasterKeys, at_hand
from ledger.spans import Cut, cut_out, put_back

_NONCE_BYTES = 12
_encode = msgspec.json.Encoder().encode


class WrongSecret(InvalidTag):
    """What was sealed does not open: the ledger secret at hand is another ledger's."""

    def __init__(self) -> None:
        super().__init__(
            "MINGJIAN_LEDGER_SECRET 不是这个账本的密钥，封存的内容打不开"
            " / MINGJIAN_LEDGER_SECRET is not this ledger's secret"
        )


class _Keyed:
    """HMAC-SHA256 (RFC 2104) with both pads hashed once: half the time of hmac.digest."""

    def __init__(self, key: bytes) -> None:
        block = hashlib.sha256().block_size
        key = key.ljust(block, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def hash(self, message: bytes) -> bytes:
        """The keyed hash of a message, 32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class Sealer:
    """Pseudonyms, keyed hashes and sealing with one ledger's secret, each under a key of its own.

    `digest`, `content` and `mac` are HMAC-SHA256, 32 bytes: of received bytes, of the value in them
    (its canonical text, ledger/content.py), and of a leaf (ledger/leaf.py).
    """

    def __init__(self, secret: bytes, division: str, masters: MasterKeys | None = None) -> None:
        self._division = division
        self._secret = secret
        self.masters = masters or at_hand(secret)
        """What wraps persons' keys."""
        self.digest = _Keyed(hmac.digest(secret, b"mingjian digest", "sha256")).hash
        self.content = _Keyed(hmac.digest(secret, b"mingjian content", "sha256")).hash
        self.mac = _Keyed(hmac.digest(secret, b"mingjian mac", "sha256")).hash
        self.check = hmac.digest(
            hmac.digest(secret, b"mingjian check", "sha256"), division.encode(), "sha256"
        )
        """By which a ledger knows its secret (ledger/secret.py), 32 bytes."""
        self._person_key = hmac.digest(secret, b"mingjian person", "sha256")
        self._box = AESGCM(hmac.digest(secret, b"mingjian box", "sha256"))

    def look_for_masters(self) -> None:
        """Read the master keys again: somebody may have put another one in use."""
        self.masters = at_hand(self._secret)

    def pseudonym(self, kind: str, text: str) -> str:
        """32 hex characters that stand for a number of this kind, the same for ever."""
        message = f"{kind}\x00{text}".encode()
        return hmac.digest(self._person_key, message, "sha256")[:16].hex()

    def person(self, person: Person, mention: str) -> str:
        """Pseudonym of a person; one without any number is a new person at each mention."""
        identity = person.identity()
        if identity is None:
            return self.pseudonym(in_clear(person.id_kind), mention)
        return self.pseudonym(*identity)

    def refs_of(self, events: Iterable[Received]) -> set[str]:
        """Pseudonyms of those whom events name that judges compare, where they have a number."""
        return {
            self.pseudonym(*identity)
            for received in events
            if received.type in COMPARING
            for _, person in persons(received.event)
            if (identity := person.identity()) is not None
        }

    def box(self, raw: bytes) -> bytes:
        """Seal a whole message (parked, quarantined): the same bytes always in the same way.

        So what comes again after a restore is sealed as the journal says it was. The nonce is a
        keyed hash of the bytes: none is used for two messages.
        """
        nonce = self.digest(raw)[:_NONCE_BYTES]
        return nonce + self._box.encrypt(nonce, raw, None)

    def unbox(self, sealed: bytes) -> bytes:
        """The inverse of `box`; raises WrongSecret when it was altered or sealed otherwise."""
        try:
            return self._box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):  # the latter where not even a nonce is left
            raise WrongSecret from None

    def open_person(self, person: Person, ref: str, event: Event, bureau: Bureau) -> dict[str, Any]:
        """What stands in the open part in place of a person (in the wire form)."""
        opened: dict[str, Any] = {"ref": ref}
        for name, function in of_person(person.MODEL, pseudonym).items():
            if name not in opened and (clear := function(person)) is not None:
                opened[name] = self.pseudonym(name, clear)
        return opened | flags_of(person, event, self._division, bureau)

    def split(
        self, received: Received, bureau: Bureau
    ) -> tuple[bytes, Event, list[tuple[str, Cut]]]:
        """The open part (bytes and the event in it) and, per person, pseudonym and cut-out bytes.

        An event that names nobody is its own open part, byte for byte.
        """
        named = persons(received.event)
        if not named:
            return received.raw, received.event, []
        message = dict(received.json)
        refs: list[str] = []
        instead: list[tuple[Path, bytes]] = []
        for ordinal, (path, person) in enumerate(named):
            ref = self.person(person, f"{received.name}#{ordinal}")
            opened = self.open_person(person, ref, received.event, bureau)
            replace_value(message, ("data", *path), opened)
            refs.append(ref)
            instead.append((("data", *path), _encode(opened)))
        open_part, cuts = cut_out(received.raw, instead)
        event: Event = convert(message["data"], open_form(EVENTS[received.type]))
        return open_part, event, list(zip(refs, cuts, strict=True))


def replace_value(message: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value at a path, copying what is on the way."""
    holder: Any = message
    for step in path[:-1]:
        holder[step] = copy.copy(holder[step])
        holder = holder[step]
    holder[path[-1]] = value


def seal_person(key: bytes, open_part: bytes, clear: bytes) -> bytes:
    """Seal one person's bytes, bound to the open part they belong to."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, hashlib.sha256(open_part).digest())


def unseal_person(key: bytes, open_part: bytes, sealed: bytes) -> bytes:
    """The inverse of `seal_person`; raises InvalidTag when either part was altered."""
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, body, hashlib.sha256(open_part).digest())


def raw_of(
    open_part: bytes, parts: Iterable[Sequence[Any]], keys: Mapping[str, bytes]
) -> bytes | None:
    """The received bytes of an entry of form 2; None where a person's key is missing.

    `parts` are as `unpublished.parts_of` gives them, `keys` are by person. Raises InvalidTag when
    the open part or a sealed part was altered.
    """
    cuts: list[Cut] = []
    for _, person, sealed, start, length in parts:
        if person not in keys:
            return None
        cuts.append(Cut(start, length, unseal_person(keys[person], open_part, sealed)))
    return put_back(open_part, cuts)


def wrote(sealer: Sealer, row: Mapping[str, Any]) -> bool | None:
    """Whether a whole entry was written with this secret; None if it does not tell."""
    if row["form"] > 1:
        return bool(sealer.mac(row["leaf"]) == row["mac"])
    if row["sealed"]:
        return None
    # What names nobody is stored as received, so its keyed hash can be worked out again.
    return bool(sealer.digest(row["open"]) == row["digest"])
