"""All read models, in a fixed order."""

from __future__ import annotations

import importlib

from projections.read_model import ReadModel

MODULES = (
    "cases",
    "assistance",
    "standards",
    "organisations",
    "inspection.inspections",
    "inspection.draws",
    "penalties",
    "officers",
    "disclosure",
    "outreach.activities",
    "outreach.charity",
    "villages",
    "reporting",
    "marriage",
    "funeral",
    "placename",
    "adoption",
)


def _models() -> tuple[ReadModel, ...]:
    found: list[ReadModel] = []
    for name in MODULES:
        module = importlib.import_module(f"projections.{name}")
        found += [value for value in vars(module).values() if isinstance(value, ReadModel)]
    names = [model.name for model in found]
    if len(set(names)) != len(names):
        raise ValueError(f"two read models share a name: {sorted(names)}")
    return tuple(found)


READ_MODELS: tuple[ReadModel, ...] = _models()
