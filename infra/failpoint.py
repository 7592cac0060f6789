"""Named points at which a test may end this process as a power cut would.

`MINGJIAN_FAIL_AT=intake.committed` kills the process the first time it comes by that point,
`intake.committed:7` the seventh time. Without the variable a point costs one comparison.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "intake.polled",
    "intake.begun",
    "intake.judged",
    "intake.entries-copied",
    "intake.written",
    "intake.offsets-moved",
    "intake.committed",
    "intake.shown",
    "relay.read",
    "relay.batch-sent",
    "relay.entries-sent",
    "relay.notices-sent",
    "relay.told",
    "projector.polled",
    "projector.rows-copied",
    "projector.rows-written",
    "projector.position-moved",
    "projector.committed",
    "findings.worked-out",
    "rebuild.batch-folded",
    "rebuild.compared",
    "rebuild.switched",
    "migration.statement",
    "migration.committed",
    "restore.entries-copied",
    "restore.batch-written",
    "restore.finishing",
)
"""Every point there is; between any two steps of a service lies one."""

_name, _, _times = os.environ.get("MINGJIAN_FAIL_AT", "").partition(":")
_left = int(_times or 1)


def reach(name: str) -> None:
    """Die here, without a word, if this is the point and the pass that were asked for."""
    if name == _name:
        _count_down()


def _count_down() -> None:
    global _left  # noqa: PLW0603  passes are counted for the process
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
