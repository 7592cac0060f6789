"""Every test that may be skipped says why, for a reason that is known here."""

from __future__ import annotations

import ast
from collections import Counter

from tests.tidy.test_tidy import ROOT, dotted, texts

SKIPS = ("pytest.skip", "pytest.importorskip", "pytest.mark.skip", "pytest.mark.skipif",
         "unittest.skip", "pytest.mark.xfail", "pytest.xfail")  # fmt: skip
REASONS = {
    "NO CHROMIUM: pages were not looked at (apt-get install chromium chromium-driver)": 1,
    "NO CURL: commands of documents were not run (apt-get install curl)": 1,
    "NO FONT: PDF was not made (apt-get install fonts-noto-cjk)": 1,
    "NO JAVA: PDF was not validated: {x}": 1,
    "NO JAVA: pages were not validated: {x}": 1,
    "NO LIBREOFFICE: files were not opened again "
    "(apt-get install libreoffice-calc-nogui libreoffice-writer-nogui)": 1,
    "NO NGINX: only the proxy of ours is tried (apt-get install nginx-light)": 1,
    "NOT TESTED ON KAFKA: {x}. Install Java 17 and Maven, "
    "or set MINGJIAN_KAFKA to a broker made for tests.": 1,
    "docker compose is not installed; only the text of its file was checked": 1,
    "NO TOOL: a producer was not run: {x} needs {x}": 1,
    "NO TOOL: a sample of the publisher was not run: {x} needs {x}": 1,
    "reads /proc": 1,
    "tells of servers": 1,
}
"""Reason → in how many places. What CI installs (.ci/run) leaves nginx and the last three there."""


def test_no_test_is_skipped_for_a_reason_that_nobody_knows() -> None:
    found: Counter[str] = Counter()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        parsed = ast.parse(path.read_text(encoding="utf-8"))
        calls = [each for each in ast.walk(parsed) if isinstance(each, ast.Call)]
        for call in calls:
            if dotted(call.func) in SKIPS:
                said = "".join(text for _, text in _texts(name, call)) or f"{name}: no reason"
                found[said] += 1
    assert found == Counter(REASONS)


def _texts(name: str, call: ast.Call) -> list[tuple[str, str]]:
    """The reason of a skip; a condition is none."""
    reasons = [each.value for each in call.keywords if each.arg == "reason"] or call.args[:1]
    whole = ast.Module([ast.Assign([], each) for each in reasons], [])
    joined = [each for each in ast.walk(whole) if isinstance(each, ast.JoinedStr)]
    if joined:
        return [next(texts(name, ast.Module([ast.Assign([], joined[0])], [])))]
    return list(texts(name, whole))
