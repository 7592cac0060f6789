"""Sending over HTTP, to `mingjian run gateway`, with the standard library alone."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from mingjian_publisher.outbox import Sent

BATCH = "application/cloudevents-batch+json"
LIST = "text/plain; charset=utf-8"
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""After these it cannot be known what arrived, or it is too much just now: send again."""


class Unreachable(ConnectionError):
    """Nothing is known of what was sent; the same may be sent again. `retry_after` in seconds."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Refused(ValueError):
    """The gateway takes nothing of this request: `problem` says why (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        wrong = "".join(
            f"\n  {one.get('pointer')}: {one.get('detail')} {one.get('expected', '')}".rstrip()
            for one in problem.get("errors", ())
        )
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}{wrong}")
        self.status = status
        self.problem = problem


class Gateway:
    """A gateway at an address, with the key of a source.

    `wait` is for how many seconds it waits for outcomes; what is known by then is answered.
    """

    def __init__(
        self, url: str, key: str | None = None, *, wait: int = 20, timeout: float = 60.0
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r}: http://host:port or https://host:port")
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._root = parts.path.rstrip("/")
        self._key = key
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def send(self, events: Sequence[bytes]) -> list[Sent | None]:
        """One answer per event, in order; None where it is durable, and not judged yet.

        Raises Unreachable, Refused.
        """
        from mingjian_publisher.outbox import Sent  # noqa: PLC0415 - they know each other

        answer = self._ask("POST", "/events", b"[" + b",".join(events) + b"]")
        told = answer["events"]
        return [
            None
            if one["outcome"] == "received"
            else Sent(f"{one.get('source')}/{one.get('id')}", one["outcome"], _text(one))
            for one in told
        ]

    def outcome(self, source: str, event_id: str) -> dict[str, Any] | None:
        """What became of an event; None where the ledger knows nothing of it (yet)."""
        path = f"/sources/{quote(source, safe='')}/events/{quote(event_id, safe='')}"
        try:
            return self._ask("GET", path)
        except Refused as refused:
            if refused.status == http.client.NOT_FOUND:
                return None
            raise

    def day(self, source: str, day: str, ids: Iterable[str] | None = None) -> dict[str, Any]:
        """What came of a source on a day ("2024-05-10"), and what is missing.

        With the ids that you sent on it `against` says what differs.
        """
        path = f"/sources/{quote(source, safe='')}/days/{quote(day, safe='')}"
        if ids is None:
            return self._ask("GET", path)
        return self._ask("POST", path, "\n".join(ids).encode(), LIST)

    def lint(self, events: Sequence[bytes]) -> dict[str, Any]:
        """What the ledger would do with these events now; nothing is kept."""
        return self._ask("POST", "/lint", b"[" + b",".join(events) + b"]")

    def _ask(
        self, method: str, path: str, body: bytes | None = None, media: str = BATCH
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json", "Prefer": f"wait={self._wait}"}
        if body is not None:
            headers["Content-Type"] = media
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            self._connection.request(method, self._root + path, body, headers)
            response = self._connection.getresponse()
            status, content = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unreachable(str(error) or type(error).__name__) from error
        if status in TRY_AGAIN:
            raise Unreachable(f"HTTP {status}", _seconds(response.headers.get("Retry-After")))
        answer: dict[str, Any] = {}
        with suppress(ValueError):
            answer = json.loads(content)
        if status < http.client.BAD_REQUEST:
            return answer
        raise Refused(status, answer)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)
