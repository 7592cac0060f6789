"""Running the command line as people do, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from infra.settings import Settings


async def mingjian(settings: Settings, *arguments: str, fail_at: str = "") -> tuple[int, str]:
    """Run a command to its end, or to the point where it is killed; exit code and output."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from cli import main; main()", *arguments),
        env=environment(settings) | {"MINGJIAN_FAIL_AT": fail_at},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def in_turn(settings: Settings, *commands: tuple[str, ...]) -> tuple[list[int], str]:
    """Commands one after another, in one process: their exit codes, and all that they said."""
    code = (
        "import json, sys\nfrom cli import main\ncodes = []\n"
        "for each in json.loads(sys.argv.pop()):\n"
        "    sys.argv[1:] = each\n"
        "    try:\n        main()\n"
        "    except SystemExit as end:\n        codes.append(end.code or 0)\n"
        "print(json.dumps(codes))"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, json.dumps(commands)),
        env=environment(settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    *_, last = said.splitlines()
    return json.loads(last), said


def environment(settings: Settings) -> dict[str, str]:
    """That of a process with these settings."""
    given = {
        "KAFKA_USER": settings.kafka_user or "",
        "KAFKA_PASSWORD": settings.kafka_password or "",
        "KAFKA_CA_FILE": str(settings.kafka_ca_file or ""),
        "KAFKA": settings.kafka or "",
        "KAFKA_PREFIX": settings.kafka_prefix,
        "DATABASE_URL": settings.database_url or "",
        "HOME": str(settings.home),
    }
    return os.environ | {f"MINGJIAN_{name}": value for name, value in given.items()}
