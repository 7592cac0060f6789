"""The wire form of every event, frozen. Written by `python -m tests.contract.lock`.

A vendor builds against a type; a type whose fields change under the same version breaks what is
already running. So any difference from the lock file needs a new version (`.v2`), or, for a new
type or a new optional field, a fresh lock file whose diff is reviewed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domain.catalogue import EVENTS, full_type

LOCK = Path(__file__).with_name("events.lock.json")


def wire_forms() -> dict[str, Any]:
    """Type → fields with their JSON Schema, without titles, prose and labels."""
    return {full_type(event): _bare(event.model_json_schema()) for event in EVENTS.values()}


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        named = schema.get("properties")
        return {
            key: {name: _bare(field) for name, field in named.items()}
            if key == "properties" and isinstance(named, dict)
            else _bare(value)
            for key, value in schema.items()
            if key not in ("title", "description", "x-labels")
        }
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema


def as_text() -> str:
    """The lock file's content."""
    return json.dumps(wire_forms(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    LOCK.write_text(as_text(), encoding="utf-8")
