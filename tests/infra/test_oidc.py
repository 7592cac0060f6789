"""Tokens of an identity provider: the genuine ones are read, and all others refused by a reason."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey

from infra import oidc
from infra.oidc import ProviderAway, TokenRefused, Verifier
from tests.support.oidc import AUDIENCE, Provider, part

WHO = "payouts-client"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    with made.served():
        yield made


class Ticks:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def verifier(provider: Provider, ticks: Ticks) -> Verifier:
    return Verifier(provider.issuer, AUDIENCE, ticks=ticks)


def reason(verifier: Verifier, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(TokenRefused) as refused:
        verifier.claims(token)
    return refused.value.reason


def test_a_genuine_token_says_who_sends(provider: Provider, verifier: Verifier) -> None:
    claims = verifier.claims(provider.token(WHO, azp="payouts"))
    assert (claims["sub"], claims["azp"]) == (WHO, "payouts")
    assert verifier.claims(provider.token(WHO, aud=["other", AUDIENCE]))["sub"] == WHO
    assert verifier.claims(provider.token(WHO, header={"typ": None}))["sub"] == WHO
    assert verifier.claims(provider.token(WHO, header={"kid": None}))["sub"] == WHO


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": 1}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "9999999999"}, "times"),
        ({"exp": True}, "times"),
        ({"exp": float("nan")}, "times"),
        ({"nbf": 10**11}, "not-yet"),
        ({"iat": 10**11}, "not-yet"),
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": {AUDIENCE: True}}, "audience"),
        ({"aud": f"{AUDIENCE}-audit"}, "audience"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"sub": None}, "subject"),
        ({"sub": 7}, "subject"),
    ],
)
def test_what_a_genuine_token_may_not_say(
    provider: Provider, verifier: Verifier, claims: dict[str, Any], why: str
) -> None:
    assert reason(verifier, provider.token(WHO, **claims)) == why


def test_clocks_may_differ_by_a_minute_and_no_more(provider: Provider, verifier: Verifier) -> None:
    now = int(time.time())
    assert verifier.claims(provider.token(WHO, exp=now - 30))
    assert verifier.claims(provider.token(WHO, nbf=now + 30))
    assert reason(verifier, provider.token(WHO, exp=now - 90)) == "expired"
    assert reason(verifier, provider.token(WHO, nbf=now + 90)) == "not-yet"


def test_what_nobody_signed_is_refused(provider: Provider, verifier: Verifier) -> None:
    """Also what is signed with what everybody may read, or by another who uses the same name."""
    forger = RSAKey.generate_key(2048, {"kid": "first"})
    good = provider.token(WHO)
    said, body, signature = good.split(".")
    head = {"alg": "RS256", "kid": "first"}
    assert verifier.claims(provider.headed(WHO, head))
    other = json.loads(base64.urlsafe_b64decode(body + "=="))
    for token, why in (
        (provider.unsigned(WHO), "algorithm"),
        (provider.by_public_key(WHO), "algorithm"),
        (provider.token(WHO, key=forger), "signature"),
        (f"{said}.{part(json.dumps(other | {'sub': 'x'}).encode())}.{signature}", "signature"),
        (f"{said}.{body}.", "signature"),
        (f"{said}.{body}", "malformed"),
        ("", "malformed"),
        ("…", "malformed"),
        ("mj_1_2", "malformed"),
        (good * 30, "too-long"),
        (provider.token(WHO, header={"typ": "logout+jwt"}), "type"),
        (
            provider.headed(WHO, {"alg": "RS256", "kid": "first", "crit": ["x"], "x": 1}),
            "malformed",
        ),
    ):
        assert reason(verifier, token) == why, token


def test_a_key_that_comes_later_is_fetched_once(
    provider: Provider, verifier: Verifier, ticks: Ticks
) -> None:
    """Tokens that name nobody's key are no way to have the provider asked again and again."""
    old = provider.token(WHO)
    assert verifier.claims(old)
    provider.rotate("second")
    ticks.now += oidc.PAUSE_SECONDS
    assert verifier.claims(provider.token(WHO))["sub"] == WHO
    assert reason(verifier, old) == "unknown-key"
    asked = len(provider.asked)
    for number in range(20):
        token = provider.token(WHO, header={"kid": f"nobodys-{number}"})
        assert reason(verifier, token) == "unknown-key"
    assert len(provider.asked) == asked
    ticks.now += oidc.PAUSE_SECONDS
    assert reason(verifier, old) == "unknown-key"
    assert len(provider.asked) == asked + 2


def test_known_keys_go_on_for_a_day_while_the_provider_is_away(
    provider: Provider, verifier: Verifier, ticks: Ticks
) -> None:
    token = provider.token(WHO)
    provider.up = False
    for _ in range(3):
        with pytest.raises(ProviderAway):
            verifier.claims(token)
    assert len(provider.asked) == 1
    provider.up = True
    ticks.now += oidc.PAUSE_SECONDS
    assert verifier.claims(token)
    provider.up = False
    ticks.now += oidc.FRESH_SECONDS + 1
    assert verifier.claims(token)
    ticks.now += oidc.KEPT_SECONDS
    with pytest.raises(ProviderAway):
        verifier.claims(token)
    provider.up = True
    ticks.now += oidc.PAUSE_SECONDS
    assert verifier.claims(token)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://elsewhere.example"},
        {"jwks_uri": "http://elsewhere.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_points_elsewhere_is_not_believed(
    provider: Provider, verifier: Verifier, said: dict[str, Any]
) -> None:
    provider.said = said
    with pytest.raises(ProviderAway):
        verifier.claims(provider.token(WHO))


@pytest.mark.parametrize("issuer", ["http://id.bureau.example", "ftp://127.0.0.1", "", "bureau"])
def test_an_address_that_others_could_answer_for_is_refused(issuer: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Verifier(issuer, AUDIENCE)


def test_weak_and_foreign_keys_are_no_keys(provider: Provider, verifier: Verifier) -> None:
    with pytest.warns(SecurityWarning):
        provider.keys = [RSAKey.generate_key(1024, {"kid": "weak"})]
    token = provider.token(WHO)
    with pytest.raises(ProviderAway, match="no key"):
        verifier.claims(token)
