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


class Rates:
    """The buckets of all addresses. `most` requests a minute: see `Settings.api_rate`."""

    def __init__(self, most: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = USUAL if most is None else most
        self._everybody = most is not None
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def count(self, request: Request) -> None:
        """Count a request of the API; what is left is in `request.state.rate`. Raises Problem."""
        if not self._most or not request.scope["path"].startswith(READ_API):
            return
        who = _address(request)
        if who is None and not self._everybody:
            return
        now = self._clock()
        bucket = self._buckets.setdefault(who or "", Bucket(self._most, now))
        self._buckets.move_to_end(who or "")
        if len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        filled = (now - bucket.at) * self._most / WINDOW
        bucket.left, bucket.at = min(self._most, bucket.left + filled), now
        enough = bucket.left >= 1
        bucket.left -= enough
        full = self._seconds(self._most - bucket.left)
        request.state.rate = {
            "RateLimit-Policy": f'"address";q={self._most};w={WINDOW}',
            "RateLimit": f'"address";r={int(bucket.left)};t={full}',
        }
        if not enough:
            raise problems.too_many(self._seconds(1 - bucket.left), self._most)

    def _seconds(self, lacking: float) -> int:
        """Until so many requests have come back."""
        return max(1, math.ceil(lacking * WINDOW / self._most))


def _address(request: Request) -> str | None:
    """Who asks: an address, or a network of IPv6; None = this machine."""
    host = "" if request.client is None else request.client.host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host  # a socket of this machine has a name and no address
    if address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), _NETWORK), strict=False))
    return str(address)
