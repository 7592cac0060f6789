"""Small real proxies: one hands requests on as nginx does by default, one keeps answers."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}


class Proxy:
    """Hands requests on to a port of this machine, under the name by which it reaches it.

    `adds` are headers that it sets. With `keeps` it is a shared cache as RFC 9111 has it, and no
    better than it must be: it keeps what it may, by address and by what Vary names.
    """

    def __init__(self, port: int, adds: Mapping[str, str] | None = None, *, keeps: bool) -> None:
        self._port, self._adds, self._keeps = port, dict(adds or {}), keeps
        self.kept: dict[tuple[str, ...], tuple[int, list[tuple[str, str]], bytes]] = {}
        self._varies: dict[str, list[str]] = {}
        self.hits = 0

    def answer(
        self, method: str, path: str, head: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """What it answers."""
        key = (path, *(head.get(name, "") for name in self._varies.get(path, [])))
        if method == "GET" and key in self.kept:
            self.hits += 1
            return self.kept[key]
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        passed = {name: value for name, value in head.items() if name not in HOP_BY_HOP}
        connection.request(method, path, body or None, passed | self._adds)
        told = connection.getresponse()
        answer = (told.status, told.getheaders(), told.read())
        connection.close()
        if self._keeps and method == "GET":
            self._keep(path, head, answer)
        return answer

    def _keep(
        self,
        path: str,
        head: Mapping[str, str],
        answer: tuple[int, list[tuple[str, str]], bytes],
    ) -> None:
        said = {name.lower(): value for name, value in answer[1]}
        control = said.get("cache-control", "")
        if answer[0] != http.client.OK or "no-store" in control or "private" in control:
            return
        varies = [name.strip().lower() for name in said.get("vary", "").split(",") if name.strip()]
        self._varies[path] = varies
        self.kept[(path, *(head.get(name, "") for name in varies))] = answer


@contextmanager
def served(proxy: Proxy) -> Iterator[int]:
    """The port on which a proxy is reached."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            head = {name.lower(): value for name, value in self.headers.items()}
            status, headers, told = proxy.answer(self.command, self.path, head, body)
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_HEAD = do_GET  # noqa: N815  as the library calls them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
