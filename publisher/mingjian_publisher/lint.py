"""Checking events before they are sent, against exported contracts.

What only the ledger can know (an unknown case, a repeated id) it cannot find; `Gateway.lint` does.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mingjian_publisher.events import Event
from mingjian_publisher.types import schemas


class Fault(NamedTuple):
    """One thing wrong with an event: JSON pointer (RFC 6901) to the field, and what is wrong."""

    pointer: str
    message: str


class Contracts:
    """The contracts in a folder. Needs the extra `lint` (jsonschema-rs)."""

    def __init__(self, directory: Path | str) -> None:
        self._schemas = {
            path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
            for path in schemas(Path(directory))
        }
        self._of = cache(self._validator)

    def faults(self, told: Event) -> list[Fault]:
        """Everything that is wrong with an event, as far as its contract says."""
        validator = self._of(str(told.get("type")))
        if validator is None:
            return [Fault("/type", f"没有此类事件的合同 / no contract of {told.get('type')!r}")]
        return [
            Fault("".join(f"/{_escaped(part)}" for part in error.instance_path), error.message)
            for error in validator.iter_errors(told)
        ]

    def _validator(self, name: str) -> Any:
        import jsonschema_rs  # noqa: PLC0415 - an extra

        if name not in self._schemas:
            return None
        shared = [(s["$id"], s) for s in self._schemas.values() if "$id" in s and "$defs" in s]
        return jsonschema_rs.Draft202012Validator(
            self._schemas[name],
            registry=jsonschema_rs.Registry(shared) if shared else None,
            validate_formats=True,
        )


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
