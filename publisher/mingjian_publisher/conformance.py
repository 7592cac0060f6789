"""The runner of a conformance pack (自测包): has a gateway's `/lint` judge it, and compares.

A pack is a file of lines, `{"name", "event", "outcome", "code", "pointer"}`, as `mingjian contracts
conformance` writes it. A program of yours is tested with the same file: build each good event, and
check that it becomes what stands there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from mingjian_publisher.events import to_bytes

AT_ONCE = 500


class Judge(Protocol):
    """Whoever says what would become of events; `Gateway` does."""

    def lint(self, events: Sequence[bytes]) -> dict[str, Any]: ...


def run(path: Path, judge: Judge) -> Iterator[tuple[str, str]]:
    """The name of each case, and how the answer differs from what is owed; empty where it is so.

    All good events go in one request, since later ones rest on earlier ones.
    """
    lines = path.read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line]
    good = [case for case in cases if case["outcome"] == "accepted"]
    bad = [case for case in cases if case["outcome"] != "accepted"]
    parts = [good, *(bad[start : start + AT_ONCE] for start in range(0, len(bad), AT_ONCE))]
    for part in filter(None, parts):
        answers = judge.lint([to_bytes(case["event"]) for case in part])["events"]
        for case, answer in zip(part, answers, strict=True):
            yield case["name"], _difference(case, answer)


def _difference(owed: dict[str, Any], answer: dict[str, Any]) -> str:
    # Of a good event that was sent before, the answer says what became of that.
    answer = answer.get("duplicate_of", answer)
    if answer["outcome"] != owed["outcome"]:
        return f"{answer['outcome']}, not {owed['outcome']}"
    faults = [(fault["code"], fault["pointer"]) for fault in answer.get("faults", ())]
    wanted = [(owed["code"], owed["pointer"])] if owed["code"] else []
    return "" if faults == wanted else f"{faults}, not {wanted}"
