"""How much one address asks of the read API: a bucket of requests that fills again by the second.

Buckets stand in the memory of the process, and pages have none. Behind a proxy all readers have the
proxy's address: there the proxy limits them, and `api_rate` is 0.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from starlette.requests import Request

from api import problems
from api.forms import READ_API

USUAL = 600
"""Requests a minute."""
WINDOW = 60
"""Seconds in which an empty bucket is full again."""
KEPT = 10_000
"""Addresses that are remembered: the one that has not asked for longest is forgotten first."""
_NETWORK = 64
"""Bits of an IPv6 address that tell one reader from others."""


@dataclass(slots=True)
class Bucket:
    """What is left of it, and when that was so (monotonic seconds)."""

    left: float
    at: float


class Left(NamedTuple):
    """What is left of a bucket after a request: seconds until it is full, and what to wait for."""

    requests: int
    full: int
    wait: int | None
    """Seconds until there is another one, where this one was refused."""


class Buckets:
    """A bucket of `most` requests a minute for everyone by a name."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: str) -> Left:
        """Take a request out of somebody's bucket."""
        now = self._clock()
        bucket = self._buckets.setdefault(who, Bucket(self.most, now))
        self._buckets.move_to_end(who)
        if len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        filled = (now - bucket.at) * self.most / WINDOW
        bucket.left, bucket.at = min(self.most, bucket.left + filled), now
        enough = bucket.left >= 1
        bucket.left -= enough
        full = self._seconds(self.most - bucket.left)
        return Left(int(bucket.left), full, None if enough else self._seconds(1 - bucket.left))

    def wait(self, who: str) -> int | None:
        """Seconds until somebody may take a request; None where they may now. Takes none."""
        bucket = self._buckets.get(who)
        if bucket is None:
            return None
        left = bucket.left + (self._clock() - bucket.at) * self.most / WINDOW
        return None if left >= 1 else self._seconds(1 - left)

    def _seconds(self, lacking: float) -> int:
        """Until so many requests have come back."""
        return max(1, math.ceil(lacking * WINDOW / self.most))


class Rates:
    """The buckets of all addresses. `most` requests a minute: see `Settings.api_rate`."""

    def __init__(self, most: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets = Buckets(USUAL if most is None else most, clock)
        self._everybody = most is not None

    def count(self, request: Request) -> None:
        """Count a request of the API; what is left is in `request.state.rate`. Raises Problem."""
        most = self._buckets.most
        if not most or not request.scope["path"].startswith(READ_API):
            return
        who = _address(request)
        if who is None and not self._everybody:
            return
        left = self._buckets.take(who or "")
        request.state.rate = {
            "RateLimit-Policy": f'"address";q={most};w={WINDOW}',
            "RateLimit": f'"address";r={left.requests};t={left.full}',
        }
        if left.wait is not None:
            raise problems.too_many(left.wait, most)


def _address(request: Request) -> str | None:
    """Who asks: an address, or a network of IPv6; None = this machine."""
    host = "" if request.client is None else request.client.host
    return None if _is_loopback(host) else network_of(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a socket of this machine has a name and no address


def network_of(host: str) -> str:
    """Whom an address stands for: itself, or the network of one of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), _NETWORK), strict=False))
    return str(address)
