"""An identity provider on this machine: discovery, keys, and whatever token a test asks for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

AUDIENCE = "mingjian"


def part(value: bytes) -> str:
    """Bytes as a part of a token."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Provider:
    """Issues tokens, and serves what is needed to verify them while it is `up`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.up = True
        self.said: dict[str, Any] = {}
        """What it says of itself in place of the truth."""
        self.keys: list[RSAKey | ECKey] = [RSAKey.generate_key(2048, {"kid": "first"})]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/bureau"

    def rotate(self, key_id: str) -> None:
        """From now on it signs with another key, of another kind, and serves no old one."""
        self.keys = [ECKey.generate_key("P-256", {"kid": key_id})]

    def token(
        self, subject: str, header: Mapping[str, Any] | None = None, key: Any = None, **claims: Any
    ) -> str:
        """A token of a subject, valid for five minutes; `claims` replace, None leaves one out."""
        key = key or self.keys[0]
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        } | claims
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        head = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid, **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(head, said, key, algorithms=[head["alg"]])

    def unsigned(self, subject: str) -> str:
        """A token that says it needs no signature."""
        return self.headed(subject, {"alg": "none", "kid": "first"}).rpartition(".")[0] + "."

    def headed(self, subject: str, head: dict[str, Any]) -> str:
        """A token with a head that no library would write, signed all the same."""
        body = self.token(subject).split(".")[1]
        signed = f"{part(json.dumps(head).encode())}.{body}"
        key = self.keys[0].get_op_key("sign")
        assert isinstance(key, RSAPrivateKey)
        return f"{signed}.{part(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"

    def by_public_key(self, subject: str) -> str:
        """A token signed with HMAC, the secret of which is the public key that all may read."""
        body = self.token(subject).split(".")[1]
        head = part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "first"}).encode())
        secret = self.keys[0].as_pem(private=False)
        signature = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{part(signature)}"

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve for as long as the block runs."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _answer(self, path: str) -> Any:
        if path == "/realms/bureau/.well-known/openid-configuration":
            said = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
            return said | {"authorization_endpoint": f"{self.issuer}/auth"} | self.said
        if path == "/realms/bureau/keys":
            return {"keys": [key.as_dict(private=False) | {"use": "sig"} for key in self.keys]}
        return None

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805  `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                answer = provider._answer(self.path) if provider.up else None
                self.send_response(503 if not provider.up else 200 if answer else 404)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
