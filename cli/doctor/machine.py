"""What the doctor asks this machine: Python, the disk, the services that run or ran on it."""

from __future__ import annotations

import json
import platform
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime

from cli.doctor.finding import Finding, disk, fine, look, off, wrong
from infra import beat
from infra.settings import Settings

SERVICES = ("intake", "relay", "projector")
PROBE_SECONDS = 3.0


def machine_findings(given: Settings) -> Iterator[Finding]:
    yield fine("python", f"Python {platform.python_version()}")
    yield disk("disk.home", given.home)
    yield from _secrets(given)
    yield from _services(given)


def _secrets(given: Settings) -> Iterator[Finding]:
    """Files that hold secrets, and that more people than their owner may read."""
    files = (
        *(given.ledger_secret_file, given.database_url_file, given.database_password_file),
        *(given.desk_database_url_file, given.desk_database_password_file),
    )
    for file in files:
        if file is not None and file.stat().st_mode & 0o077:
            text = f"{file} 不只本人可读 / may be read by others than its owner"
            yield look(f"secret_file.{file.name}", text, f"chmod 600 {file}")


def _services(given: Settings) -> Iterator[Finding]:
    for name in SERVICES:
        check, silent = f"service.{name}", beat.silent_for(given.home, name)
        alarm = beat.last_alarm(given.home, name)
        if silent <= beat.SILENT_SECONDS:
            yield fine(check, f"{name} 在运行 / runs")
        elif alarm is not None:
            at = datetime.fromtimestamp(alarm.at).astimezone().isoformat(timespec="seconds")
            text = f"{name} 因 {alarm.name} 于 {at} 停下 / stopped itself"
            yield wrong(check, text, "见 / see docs/operating.md，“报警 / alarms”")
        elif silent == float("inf"):
            yield off(check, f"{name} 未在此运行过 / never ran with this MINGJIAN_HOME")
        else:
            text = f"{name} 已 {silent:.0f} 秒无动静 / silent for so many seconds"
            yield look(check, text, f"mingjian run {name}")
    if given.metrics_port is not None:
        yield _probe(f"http://{given.metrics_host}:{given.metrics_port}/readyz")


def _probe(url: str) -> Finding:
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:  # noqa: S310  http, ours
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        reasons = "; ".join(json.load(error)["wrong"])
        return wrong("readyz", f"{url}: {reasons}", "先解决所述原因 / mend what it names")
    except (OSError, ValueError) as error:
        text = f"{url} 没有答复 / gives no answer: {type(error).__name__}"
        return look("readyz", text, "服务在运行吗 / does the service run? MINGJIAN_METRICS_PORT")
    return fine("readyz", f"{url}: {body.get('service', '')} 就绪 / ready")
