"""A finding (疑点) as machines are told it, by commands and pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.shown import json_value
from rules.answers import Answer, state_of
from rules.asked import Finding

_KNOWN = ("known_from", "known_to")


def json_of(found: Finding, said: Mapping[str, Answer]) -> dict[str, Any]:
    """What was found, by which rule, and what people said of it; not from when it is known."""
    names = [name for name in Finding.__slots__ if name not in ("rule", *_KNOWN)]
    told = said.get(found.id)
    return {name: json_value(getattr(found, name)) for name in names} | {
        "rule": found.rule.code,
        "name": found.rule.name,
        "severity": found.rule.severity,
        "class": found.severity,
        "state": "suspected" if told is None else told.stands,
        "state_name": state_of(found, said),
    }
