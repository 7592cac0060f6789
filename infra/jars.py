"""Programs of the Java world, fetched once with Maven and kept: a broker, a checker of pages."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path


class ToolMissingError(RuntimeError):
    """Java or Maven is not installed, so such a program cannot run on this machine."""


class NotFetchedError(RuntimeError):
    """Fetching went wrong although the tools are there."""


def find_tool(name: str, what: str) -> str:
    """The path of a program; `what` says what it is needed for."""
    path = shutil.which(name)
    if path is None:
        raise ToolMissingError(f"`{name}` is not on the PATH; {what}")
    return path


def fetched(pom: Path, folder: Path, what: str) -> Path:
    """Return the directory within `folder` with a pom's jars, fetching them the first time.

    The directory is named after the pom, so another version never mixes with this one; and it gets
    that name only when complete, so an interrupted download is never taken for a finished one.
    """
    find_tool("java", f"{what} needs a Java runtime, version 17 or newer")
    fingerprint = hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    libs = folder.resolve() / f"libs-{fingerprint}"
    if libs.is_dir():
        return libs
    mvn = find_tool("mvn", f"{what} needs Apache Maven, which fetches it once")
    libs.parent.mkdir(parents=True, exist_ok=True)
    with (libs.parent / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if libs.is_dir():  # another process fetched them while we waited
            return libs
        partial = libs.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        command = [mvn, "-B", "-q", "--strict-checksums", "-f", str(pom)]
        command += ["dependency:copy-dependencies", f"-Djars={partial}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if result.returncode != 0:
            raise NotFetchedError(f"Maven could not fetch {what}:\n{result.stdout[-2000:]}")
        partial.rename(libs)
    return libs
