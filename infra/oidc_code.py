"""Signing in at an identity provider (统一身份认证): the authorization code flow of OpenID Connect.

With PKCE (RFC 7636) and a nonce, as RFC 9700 (best practice) wants it: a code that somebody steals
opens nothing, and an answer that was meant for another browser neither.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from infra.oidc import (
    ANSWER_SECONDS,
    LOOPBACK,
    MOST_OF_AN_ANSWER,
    ProviderAway,
    TokenRefused,
    Verifier,
)

SCOPE = "openid"


class Begun(NamedTuple):
    """One login on its way: what only this service and its browser know of it."""

    state: str
    nonce: str
    verifier: str


class Client:
    """A service as its provider knows it. May be used from several threads; it waits."""

    def __init__(self, issuer: str, client_id: str, secret: str | None) -> None:
        self.issuer = issuer
        self._id, self._secret = client_id, secret
        self._verifier = Verifier(issuer, client_id)

    def begin(self, back: str) -> tuple[Begun, str]:
        """A login, and the address at the provider to which the browser goes. Raises ProviderAway.

        `back` is where the provider sends the browser afterwards.
        """
        begun = Begun(*(secrets.token_urlsafe(32) for _ in Begun._fields))
        challenge = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        there = self._endpoint("authorization_endpoint")
        return begun, there + ("&" if urlsplit(there).query else "?") + urlencode(asked)

    def subject(self, begun: Begun, code: str, back: str) -> str:
        """Whom the provider names (`sub`). Raises TokenRefused, ProviderAway."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": begun.verifier,
        }
        told = self._post(self._endpoint("token_endpoint"), asked)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise TokenRefused("no-id-token")
        claims = self._verifier.claims(token)
        if not secrets.compare_digest(str(claims.get("nonce")).encode(), begun.nonce.encode()):
            raise TokenRefused("nonce")
        if claims.get("azp", self._id) != self._id:
            raise TokenRefused("authorized-party")
        subject: str = claims["sub"]
        return subject

    def _endpoint(self, name: str) -> str:
        """An address of the provider, as safe as its own. Raises ProviderAway."""
        there = self._verifier.provider().get(name)
        scheme = urlsplit(self.issuer).scheme  # http on this machine only: see Verifier
        if not isinstance(there, str) or urlsplit(there).scheme not in ("https", scheme):
            raise ProviderAway(f"the provider tells no safe {name}")
        return there

    def _post(self, url: str, asked: dict[str, str]) -> Mapping[str, Any]:
        headers = {"Accept": "application/json"}
        ways = self._verifier.provider().get("token_endpoint_auth_methods_supported")
        if self._secret is None:
            asked |= {"client_id": self._id}
        elif ways is None or "client_secret_basic" in ways:
            pair = f"{quote(self._id, safe='')}:{quote(self._secret, safe='')}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            asked |= {"client_id": self._id, "client_secret": self._secret}
        request = urllib.request.Request(url, urlencode(asked).encode(), headers)  # noqa: S310  looked at before
        # Nothing follows a redirect: a secret is sent along.
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
        ):
            opener.add_handler(handler)
        if urlsplit(url).hostname not in LOOPBACK:
            opener.add_handler(urllib.request.ProxyHandler())
        try:
            with opener.open(request, timeout=ANSWER_SECONDS) as answer:
                told = json.loads(answer.read(MOST_OF_AN_ANSWER))
        except urllib.error.HTTPError as error:
            if error.code < 500:  # noqa: PLR2004  the code is wrong, or we are
                raise TokenRefused("code") from None
            raise ProviderAway(f"the provider answers {error.code}") from error
        except (OSError, ValueError) as error:
            raise ProviderAway(str(error)) from error
        if not isinstance(told, dict):
            raise TokenRefused("malformed")
        return told
