"""Sessions of the inside view: in the memory of the process, so that a restart ends all of them."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

IDLE_SECONDS = 1_800.0
"""GB/T 22239-2019 8.1.4.1 asks that an idle login end by itself; how soon is not said."""
LONGEST_SECONDS = 36_000.0
"""A working day: then one signs in anew, however busy."""
MOST = 10_000
MOST_OF_A_USER = 20


@dataclass(slots=True)
class Session:
    """One browser that signed in."""

    user: str
    credential: str
    """With what: the session ends with it."""
    begun: float
    seen: float
    purpose: str = ""
    """查阅目的; empty until it was said."""


class Sessions:
    """By the hash of what the cookie holds: who reads memory or a dump signs in with none of it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_hash: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_hash)

    def begin(self, user: str, credential: str) -> str:
        """A new session; what the cookie is to hold. The oldest give way where there are many."""
        now, key = self._clock(), secrets.token_urlsafe(32)
        self._by_hash[_hash(key)] = Session(user, credential, now, now)
        mine = [each for each, session in self._by_hash.items() if session.user == user]
        for each in mine[:-MOST_OF_A_USER]:
            del self._by_hash[each]
        while len(self._by_hash) > MOST:
            self._by_hash.popitem(last=False)
        return key

    def find(self, key: str) -> Session | None:
        """The session that a cookie names, if it is not over; it is seen now."""
        found, now = self._by_hash.get(_hash(key)), self._clock()
        if found is None:
            return None
        if now - found.seen > IDLE_SECONDS or now - found.begun > LONGEST_SECONDS:
            self.end(key)
            return None
        found.seen = now
        return found

    def end(self, key: str) -> None:
        """Sign out."""
        self._by_hash.pop(_hash(key), None)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="replace")).digest()
