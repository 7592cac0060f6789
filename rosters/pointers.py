"""Putting values at JSON pointers, and reading them there."""

from __future__ import annotations

from itertools import pairwise
from typing import Any


def put(data: dict[str, Any], pointer: str, value: Any) -> None:
    """Put a value at a pointer, making what is on the way."""
    steps = pointer.removeprefix("/").split("/")
    last = steps[-1]
    holder: Any = data
    for step, following in pairwise(steps):
        empty: Any = [] if following.isdigit() else {}
        if isinstance(holder, list):
            while len(holder) <= int(step):
                holder.append({})
            holder = holder[int(step)]
        else:
            holder = holder.setdefault(step, empty)
    if isinstance(holder, list):
        while len(holder) <= int(last):
            holder.append(None)
        holder[int(last)] = value
    else:
        holder[last] = value


def at(data: Any, pointer: str) -> Any:
    """What stands at a pointer; None where nothing does."""
    for step in pointer.removeprefix("/").split("/"):
        if isinstance(data, list):
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data
