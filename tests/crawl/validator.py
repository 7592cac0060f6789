"""The Nu HTML checker, which knows the whole standard: one run over all pages."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra.jars import fetched, find_tool
from infra.kafka.local import default_home

POM = Path(__file__).with_name("pom.xml")
MAIN = "nu.validator.client.SimpleCommandLineValidator"
SECONDS = 180
SHOWN = 80


def faults(pages: Mapping[str, bytes]) -> list[str]:
    """What is wrong with pages, by address: each fault once, with the first page that has it.

    Raises ToolMissingError where there is no Java.
    """
    jars = fetched(POM, default_home() / "html-checker", "the Nu HTML checker (about 30 MB)")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (address, body) in enumerate(pages.items()):
            path = Path(folder) / f"{number}.html"
            path.write_bytes(body)
            names[path.name] = address
        command = [find_tool("java", "the Nu HTML checker"), "-Xss4m", "-XX:+UseSerialGC"]
        command += ["-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*", MAIN, "--format", "json"]
        command += ["--stdout", "--exit-zero-always", folder]
        done = subprocess.run(  # noqa: S603  our own jars
            command, capture_output=True, check=True, timeout=SECONDS
        )
    told = json.loads(done.stdout)["messages"]
    first: dict[str, str] = {}
    for each in told:
        if "Normalization Form" in each["message"]:
            continue  # a name is shown as it was told
        at = names.get(each.get("url", "").rpartition("/")[2], "?")
        where = " ".join(each.get("extract", "").split())[:SHOWN]
        first.setdefault(f"{each['type']}: {each['message']}", f"{at}: {where}")
    return [f"{fault} — {at}" for fault, at in first.items()]
