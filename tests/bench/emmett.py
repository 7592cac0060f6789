"""Emmett on PostgreSQL, where Node is present; see emmett/bench.mjs."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

from infra import postgres
from tests.bench.place import Failed, Place
from tests.bench.work import Results, Work, expect, results

HERE = Path(__file__).with_name("emmett")
FILES = ("package.json", "package-lock.json", "bench.mjs")
MINUTES = 10


class NotHere(Exception):
    """Why the contender cannot run on this machine."""


def install(build: Path) -> Path:
    """Install what the lock file names into `build`, by its hashes; nothing of it runs then."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotHere("Emmett 未测: 没有 Node.js / not measured: no node and npm on the PATH")
    target = build / "emmett"
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(HERE / name, target / name)
    done = subprocess.run(  # noqa: S603
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotHere(f"Emmett 未测 / not measured: npm ci: {done.stderr.strip()[-300:]}")
    return target


async def end_to_end(place: Place, name: str, made: Work, installed: Path) -> float:
    """Seconds until the last payment is committed, and with it its total."""
    cases, payments = place.home / f"{name}.cases", place.home / f"{name}.payments"
    cases.write_bytes(b"\n".join(raw for _, raw in made.cases))
    payments.write_bytes(b"\n".join(made.raw))
    async with place.database(name) as url:
        command = ["node", "bench.mjs", url, str(cases), str(payments)]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=installed,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(60 * MINUTES):
                printed, errors = await process.communicate()
        except TimeoutError:
            raise Failed(f"Emmett did not end in {MINUTES} minutes") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise Failed(f"Emmett: {errors.decode(errors='replace')[-1500:]}")
        told = json.loads(printed.splitlines()[-1])
        async with postgres.connect(url) as connection:
            rows = await connection.fetch("SELECT * FROM monthly_total")
        totals = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
        found = Results(totals, told["breaches"], told["unknown"])
        expect("Emmett", found, results(made.payments))
    return float(told["seconds"])
