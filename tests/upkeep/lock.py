"""Lock the tables of the read models under their version: `python -m tests.upkeep.lock`."""

from __future__ import annotations

from tests.upkeep.test_versions import LOCK, ddl

if __name__ == "__main__":
    LOCK.write_text(ddl())
