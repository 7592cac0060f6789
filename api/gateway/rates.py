"""How much is asked with one key: the buckets of the read API, by keys instead of addresses."""

from __future__ import annotations

from starlette.requests import Request

from api.gateway import problems
from api.rates import Buckets


class KeyRates:
    """`most` requests a minute with each key; 0 = any number."""

    def __init__(self, most: int) -> None:
        self._buckets = Buckets(most)

    def count(self, request: Request) -> None:
        """Count a request that was admitted. Raises Problem."""
        key: str | None = getattr(request.state, "key", None)
        if not self._buckets.most or key is None:
            return
        wait = self._buckets.take(key).wait
        if wait is not None:
            raise problems.too_often(wait, self._buckets.most)
