"""Events that arrive while pages are read: `python -m tests.bench.arrivals URL FILE A_SECOND`.

Those of a file again, under new names and later: each type as often. Taken in and folded at once,
in a process of its own, so that nobody who measures is held up.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from infra import postgres
from infra.settings import Settings
from tests.bench.place import Place, environment
from tests.support.ledger import Bench


async def arriving(url: str, file: Path, a_second: float, told: list[str] | None = None) -> None:
    """Take in so many events a second, until cancelled; `told` hears the type of each."""
    by_type: dict[str, list[bytes]] = defaultdict(list)
    with file.open("rb") as lines:
        for line in lines:
            if b'"type":"' in line and b'"corrects"' not in line:  # some planted lines are no JSON
                by_type[line.partition(b'"type":"')[2].partition(b'"')[0].decode()].append(line)
    chance = random.Random(1)  # noqa: S311  the same events in each run
    async with postgres.connect(url) as connection:
        bench = await Bench.join(connection)
        last = await connection.fetchval("SELECT max(last_recorded_at) FROM ledger.ledger")
        started = time.monotonic()
        for number in itertools.count(1):
            message = json.loads(chance.choice(by_type[chance.choice(sorted(by_type))]))
            message["id"] = f"load-{started}-{number}"
            message["receivedat"] = (last + timedelta(seconds=number)).isoformat()
            await bench.take(json.dumps(message, ensure_ascii=False).encode())
            if told is not None:
                told.append(message["type"])
            await asyncio.sleep(max(0, started + number / a_second - time.monotonic()))


@contextmanager
def meanwhile(place: Place, system: Settings, file: Path, a_second: float) -> Iterator[None]:
    """Events arrive during the body."""
    url = system.database_url or ""
    command = [sys.executable, "-m", __name__, url, str(file), str(a_second)]
    with place.running("arrivals", command, environment(system)) as process:
        yield
        process.look()


if __name__ == "__main__":
    asyncio.run(arriving(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])))
