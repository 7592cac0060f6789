"""How much is asked with one key: the buckets of the read API, by keys instead of addresses."""

from __future__ import annotations

from collections import Counter

from starlette.requests import Request

from api.gateway import problems
from api.rates import Buckets

AT_ONCE = 100
"""Requests of one key that are worked on at a time, of all that there may be: whoever sends slowly,
or waits for news with many requests, keeps out no other source."""


class KeyRates:
    """`most` requests a minute with each key (0 = any number), and `at_once` at a time."""

    def __init__(self, most: int, at_once: int = AT_ONCE) -> None:
        self._buckets = Buckets(most)
        self._at_once = at_once
        self._at_work: Counter[str] = Counter()

    def count(self, request: Request) -> None:
        """Count a request that was admitted; once it is answered it is `done`. Raises Problem."""
        key: str | None = getattr(request.state, "key", None)
        if key is None:
            return
        if self._at_work[key] >= self._at_once:
            raise problems.too_many_at_once(self._at_once)
        if self._buckets.most and (wait := self._buckets.take(key).wait) is not None:
            raise problems.too_often(wait, self._buckets.most)
        self._at_work[key] += 1
        request.state.at_work = key

    def done(self, request: Request) -> None:
        """A request was answered, or given up; whether it was counted or not."""
        key: str | None = getattr(request.state, "at_work", None)
        if key is not None:
            self._at_work[key] -= 1
