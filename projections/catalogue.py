"""All read models, in the order of their modules' names.

A read model is registered by standing under a stem of the domain.
"""

from __future__ import annotations

from collections import Counter

from domain.catalogue import STEMS, modules
from projections.read_model import ReadModel


def _models() -> tuple[ReadModel, ...]:
    found = [
        value
        for module in modules("projections", STEMS.__contains__)
        for value in vars(module).values()
        if isinstance(value, ReadModel)
    ]
    twice = [name for name, count in Counter(m.name for m in found).items() if count > 1]
    if twice:
        raise ValueError(f"two read models share a name: {twice}")
    return tuple(found)


READ_MODELS: tuple[ReadModel, ...] = _models()
