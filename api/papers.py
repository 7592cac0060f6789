"""Files for offices, made one at a time in a thread of their own, and kept for what was published.

Who asks for one that is being made waits for it; of others, few may wait. So asking for them keeps
nobody from the pages, and a release is made once, however many ask.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from api import problems
from reports.document import Document
from reports.render import forms

WAITING = 8
"""Files that are being made or wait for it."""
MOST_BYTES = 64 * 2**20
"""Of files that are kept; those that nobody asked for longest go first."""

Key = tuple[str, bytes]


class Papers:
    """The files of one process."""

    def __init__(self) -> None:
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="papers")
        self._making: dict[Key, asyncio.Future[bytes]] = {}
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0

    async def get(self, form: str, document: Document) -> bytes:
        """The file. Raises extra.Unmade where it cannot be made, Problem where many wait."""
        key = form, hashlib.sha256(repr(document).encode("utf-8", "surrogatepass")).digest()
        if (raw := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return raw
        if (making := self._making.get(key)) is None:
            if len(self._making) >= WAITING:
                raise problems.busy()
            loop = asyncio.get_running_loop()
            making = loop.run_in_executor(self._maker, forms.render, form, document)
            self._making[key] = making
            making.add_done_callback(partial(self._made, key, bool(document.published)))
        return await asyncio.shield(making)

    def _made(self, key: Key, published: bool, making: asyncio.Future[bytes]) -> None:  # noqa: FBT001  by partial
        del self._making[key]
        if making.cancelled() or making.exception() is not None or not published:
            return
        self._kept[key] = making.result()
        self._bytes += len(making.result())
        while self._bytes > MOST_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)

    def stop(self) -> None:
        """Make nothing more."""
        self._maker.shutdown(wait=False, cancel_futures=True)
