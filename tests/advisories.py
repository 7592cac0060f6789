"""Known flaws of what is installed, by pip-audit, where somebody can be asked.

Without a network, or behind a mirror that knows no flaws, nothing can be said of them: that is
told, and is no failure. What is found is.
"""

from __future__ import annotations

import json
import subprocess
import sys

SERVICES = ("osv", "pypi")
SECONDS = 180


def main(lock: str) -> int:
    """Ask one service after the other until one knows all parts; 1 where flaws are known."""
    for service in SERVICES:
        command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off", "--vulnerability-service"]
        done = subprocess.run(  # noqa: S603  pip-audit, with arguments of ours
            [*command, service], capture_output=True, text=True, timeout=SECONDS, check=False
        )
        try:
            parts = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError):
            continue
        known = [part for part in parts if "vulns" in part]
        flaws = [(part["name"], part["version"], v["id"]) for part in known for v in part["vulns"]]
        for flaw in flaws:
            sys.stdout.write(f"{' '.join(flaw)}\n")
        if flaws:
            return 1
        if len(known) == len(parts):
            sys.stdout.write(f"{len(known)} parts, no known flaw ({service})\n")
            return 0
    sys.stdout.write(f"no service could be asked about all parts: {', '.join(SERVICES)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
