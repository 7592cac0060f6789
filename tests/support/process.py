"""Running the command line as people do, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys

from infra.settings import Settings


async def mingjian(settings: Settings, *arguments: str, fail_at: str = "") -> tuple[int, str]:
    """Run a command to its end, or to the point where it is killed; exit code and output."""
    secure = {
        "MINGJIAN_KAFKA_USER": settings.kafka_user or "",
        "MINGJIAN_KAFKA_PASSWORD": settings.kafka_password or "",
        "MINGJIAN_KAFKA_CA_FILE": str(settings.kafka_ca_file or ""),
    }
    environment = (
        os.environ
        | secure
        | {
            "MINGJIAN_KAFKA": settings.kafka or "",
            "MINGJIAN_KAFKA_PREFIX": settings.kafka_prefix,
            "MINGJIAN_DATABASE_URL": settings.database_url or "",
            "MINGJIAN_HOME": str(settings.home),
            "MINGJIAN_FAIL_AT": fail_at,
        }
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from cli import main; main()", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
