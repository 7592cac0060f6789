"""Tokens of an identity provider (统一身份认证): whether one is genuine, for us, and valid now.

The provider is any that speaks OpenID Connect Discovery: its signing keys are fetched from where
it says, kept, and fetched again when a token names one that is not known. What is checked follows
RFC 8725 (best practice for JWTs) and RFC 9068 (access tokens): algorithms by an allow-list of
signatures with a public key, issuer, audience, times. Who a subject is, and what it may, is for the
caller.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from math import isnan
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
)
"""Of a token's signature. None of a shared secret: a public key could be taken for one."""
TYPES = ("jwt", "at+jwt", "application/at+jwt")
"""What a token may say that it is; it may say nothing."""
LEEWAY_SECONDS = 60
"""So far may the clocks of provider and ledger differ."""
FRESH_SECONDS = 3_600.0
"""After so long keys are fetched again, whether or not a token names a new one."""
KEPT_SECONDS = 86_400.0
"""So long are keys used that cannot be fetched again: what was withdrawn must end some day."""
PAUSE_SECONDS = 10.0
"""Between two fetches: tokens that name no key of anybody's are no way to reach the provider."""
ANSWER_SECONDS = 5.0
WAIT_SECONDS = 1.0
MOST_OF_AN_ANSWER = 2**20
MOST_OF_A_TOKEN = 16 * 1024
MOST_KEYS = 100
LEAST_RSA_BITS = 2_048
BITS_A_CHARACTER = 6
"""Of base64, in which a key is written."""
DISCOVERY = "/.well-known/openid-configuration"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class TokenRefused(Exception):
    """A token opens nothing; `reason` says why, and repeats nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderAway(Exception):
    """The keys of the provider cannot be had: nobody can say whether a token is genuine."""


class Verifier:
    """Verifies tokens of one issuer for one audience. May be used from several threads.

    The first token, and now and then a later one, waits for the provider for some seconds.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        _require_safe(issuer)
        self.issuer = issuer
        self.audience = audience
        self._clock = clock
        self._ticks = ticks
        self._fetching = threading.Lock()
        self._provider: Mapping[str, Any] = {}
        self._keys: Mapping[str | None, Key] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def claims(self, token: str) -> Mapping[str, Any]:
        """What a token says, once all of it is verified. Raises TokenRefused, ProviderAway."""
        if len(token) > MOST_OF_A_TOKEN:
            raise TokenRefused("too-long")
        self._refresh()
        try:
            made = jwt.decode(token, lambda guest: self._key(guest.headers()), list(ALGORITHMS))
        except UnsupportedAlgorithmError:
            raise TokenRefused("algorithm") from None
        except BadSignatureError:
            raise TokenRefused("signature") from None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise TokenRefused("malformed") from None
        if str(made.header.get("typ", "JWT")).lower() not in TYPES:
            raise TokenRefused("type")
        self._check(made.claims)
        return made.claims

    def provider(self) -> Mapping[str, Any]:
        """What the provider says of itself (its endpoints). Raises ProviderAway."""
        self._refresh()
        return self._provider

    def _check(self, claims: Mapping[str, Any]) -> None:
        audience, now = claims.get("aud"), self._clock()
        if claims.get("iss") != self.issuer:
            raise TokenRefused("issuer")
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("audience")
        if _time(claims, "exp", missing=0.0) <= now - LEEWAY_SECONDS:
            raise TokenRefused("expired")
        if max(_time(claims, "nbf"), _time(claims, "iat")) > now + LEEWAY_SECONDS:
            raise TokenRefused("not-yet")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise TokenRefused("subject")

    # The provider's keys.

    def _key(self, header: Mapping[str, Any]) -> Key:
        """The key that a token says it was signed with; of a provider that has one, that."""
        if header.get("alg") not in ALGORITHMS:
            raise TokenRefused("algorithm")
        key = self._known(header.get("kid"))
        if key is None:
            self._fetch()
            key = self._known(header.get("kid"))
        if key is None:
            raise TokenRefused("unknown-key")
        if key.alg not in (None, header["alg"]):
            raise TokenRefused("algorithm")
        return key

    def _known(self, key_id: Any) -> Key | None:
        keys = self._keys
        if key_id is None:
            return next(iter(keys.values())) if len(keys) == 1 else None
        return keys.get(key_id) if isinstance(key_id, str) else None

    def _age(self) -> float | None:
        """Seconds since the keys were fetched; None where they never were, or too long ago."""
        if self._fetched_at is None:
            return None
        age = self._ticks() - self._fetched_at
        return None if age > KEPT_SECONDS else age

    def _refresh(self) -> None:
        """Fetch keys that are not fresh; who has some does not wait for another who fetches."""
        age = self._age()
        if age is None or (age > FRESH_SECONDS and not self._fetching.locked()):
            self._fetch()

    def _fetch(self) -> None:
        """Fetch the keys, unless that was just tried. Raises ProviderAway where none are kept.

        Who has some waits only a moment for another who fetches.
        """
        if not self._fetching.acquire(timeout=-1 if self._age() is None else WAIT_SECONDS):
            return
        try:
            now, tried = self._ticks(), self._tried_at
            if tried is None or now - tried >= PAUSE_SECONDS:
                self._tried_at = now
                try:
                    provider = _discovered(self.issuer)
                    keys = _keys_in(_get(provider["jwks_uri"]))
                except (OSError, HTTPException, ValueError, TypeError, RecursionError) as error:
                    if self._age() is None:
                        raise ProviderAway(str(error)) from error
                    return
                self._provider, self._keys = provider, keys
                self._fetched_at = now
            elif self._age() is None:
                raise ProviderAway("the provider was out of reach a moment ago")
        finally:
            self._fetching.release()


def _time(claims: Mapping[str, Any], name: str, missing: float = float("-inf")) -> float:
    """A time that a token says, in seconds since 1970. Raises TokenRefused at what is none."""
    value = claims.get(name, missing)
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        raise TokenRefused("times")
    return value


def _discovered(issuer: str) -> dict[str, Any]:
    """What a provider says of itself. Raises OSError, ValueError."""
    provider = _get(issuer.rstrip("/") + DISCOVERY)
    if provider.get("issuer") != issuer:
        raise ValueError("the provider says that it is another issuer")
    _require_safe(provider.get("jwks_uri"), like=issuer)
    return provider


def _keys_in(answer: Mapping[str, Any]) -> dict[str | None, Key]:
    """The keys that verify signatures, by their ids; those of kinds that we do not know are not."""
    found: dict[str | None, Key] = {}
    given = answer.get("keys")
    for told in given[:MOST_KEYS] if isinstance(given, list) else ():
        if not isinstance(told, dict) or told.get("use", "sig") != "sig":
            continue
        kinds: dict[Any, type[RSAKey | ECKey | OKPKey]]
        kinds = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
        public = {name: value for name, value in told.items() if name != "d"}
        try:
            if len(str(told.get("n", ""))) * BITS_A_CHARACTER < LEAST_RSA_BITS and "n" in told:
                continue
            key = kinds[told.get("kty")].import_key(public)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        found[told.get("kid")] = key
    if not found:
        raise ValueError("the provider has no key that signatures can be verified with")
    return found


def _require_safe(url: Any, like: str | None = None) -> None:
    """Raise ValueError at an address that others could answer for: not https, nor this machine."""
    parts = urlsplit(url if isinstance(url, str) else "")
    local = parts.hostname in LOOPBACK and (like is None or urlsplit(like).hostname in LOOPBACK)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ValueError(
            "身份认证的地址须以 https:// 开头（本机除外）"
            " / the address of a provider begins with https://, but on this machine"
        )


class _Stays(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else than it was told."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _get(url: str) -> dict[str, Any]:
    """A JSON object from an address. Raises OSError, ValueError."""
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    handlers: list[Any] = [_Stays(), https]
    if urlsplit(url).hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  looked at before
    with urllib.request.build_opener(*handlers).open(request, timeout=ANSWER_SECONDS) as answer:
        body = answer.read(MOST_OF_AN_ANSWER + 1)
    if len(body) > MOST_OF_AN_ANSWER:
        raise ValueError("the answer of the provider is too long")
    made = json.loads(body)
    if not isinstance(made, dict):
        raise ValueError("the answer of the provider is no object")  # noqa: TRY004  theirs, not ours
    return made
