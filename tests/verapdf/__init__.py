"""veraPDF, the checker of PDF archives: whether a file is what it says it is (PDF/A, PDF/UA)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from infra.jars import fetched, find_tool
from infra.kafka.local import default_home

POM = Path(__file__).with_name("pom.xml")
CHECK = POM.with_name("Check.java")
SECONDS = 180


def faults(pdf: Path, *standards: str) -> list[str]:
    """What a file has not that its standards ask for: `3a` is PDF/A-3a, `ua1` PDF/UA-1.

    Raises ToolMissingError where there is no Java.
    """
    jars = fetched(POM, default_home() / "pdf-checker", "veraPDF (about 20 MB)")
    done = subprocess.run(  # noqa: S603  our own jars
        [find_tool("java", "veraPDF"), "-cp", f"{jars}/*", str(CHECK), str(pdf), *standards],
        capture_output=True,
        check=False,
        text=True,
        timeout=SECONDS,
    )
    lines = done.stdout.splitlines()
    held = [line for line in lines if line.endswith(" checks") and " true " in line]
    if len(held) == len(standards) and done.returncode == 0:
        return []
    return [*lines, *done.stderr.splitlines()[-20:]] or ["veraPDF said nothing"]
