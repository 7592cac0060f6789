"""How often one address may ask the read API."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from api import rates
from api.problems import Problem
from api.rates import Rates

PATH = "/api/v1/registers"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def request_of(client: str, path: str = PATH) -> Request:
    return Request({"type": "http", "path": path, "client": (client, 1), "headers": []})


def test_a_bucket_is_emptied_and_fills_again() -> None:
    """By hand: 60 a minute is one a second."""
    clock = Clock()
    limits = Rates(60, clock)
    for _ in range(60):
        limits.count(request_of("203.0.113.5"))
    with pytest.raises(Problem) as found:
        limits.count(request_of("203.0.113.5"))
    assert (found.value.status, found.value.code) == (429, "too-many-requests")
    assert (found.value.wait, found.value.passes) == (1, True)
    clock.now += 0.5
    with pytest.raises(Problem):
        limits.count(request_of("203.0.113.5"))
    clock.now += 0.5
    again = request_of("203.0.113.5")
    limits.count(again)
    assert again.state.rate == {
        "RateLimit-Policy": '"address";q=60;w=60',
        "RateLimit": '"address";r=0;t=60',
    }
    clock.now += 3_600
    after = request_of("203.0.113.5")
    limits.count(after)
    assert after.state.rate["RateLimit"] == '"address";r=59;t=1'


def test_each_address_has_its_own_and_a_network_of_ipv6_is_one() -> None:
    limits = Rates(1, Clock())
    limits.count(request_of("203.0.113.5"))
    limits.count(request_of("203.0.113.6"))
    limits.count(request_of("2001:db8:1:2::1"))
    with pytest.raises(Problem):
        limits.count(request_of("2001:db8:1:2:ffff::9"))
    limits.count(request_of("2001:db8:1:3::1"))


def test_this_machine_is_counted_only_where_a_number_is_set() -> None:
    for local in ("127.0.0.1", "::1"):
        for limits, times in ((Rates(None, Clock()), 2 * rates.USUAL), (Rates(0, Clock()), 2)):
            for _ in range(times):
                limits.count(request_of(local))
        strict = Rates(1, Clock())
        strict.count(request_of(local))
        with pytest.raises(Problem):
            strict.count(request_of(local))


def test_pages_and_none_at_all_are_not_counted() -> None:
    limits, free = Rates(1, Clock()), Rates(0, Clock())
    for _ in range(3):
        limits.count(request_of("203.0.113.5", "/organisations"))
        free.count(request_of("203.0.113.5"))


def test_so_many_addresses_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KEPT", 2)
    limits = Rates(1, Clock())
    for number in (1, 2, 3):
        limits.count(request_of(f"203.0.113.{number}"))
    assert len(limits._buckets) == 2
    limits.count(request_of("203.0.113.1"))
