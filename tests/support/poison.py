"""A read model that cannot fold one entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from domain.aggregate import Entry
from projections.read_model import ReadModel


def raising(_: Any) -> Any:
    raise ValueError("of a person whose name is not for a log")


@contextmanager
def poisoned(
    model: ReadModel, position: int, instead: Callable[[Any], Any] = raising
) -> Iterator[None]:
    """Where its functions are given the entry at a position, `instead` gets what they would say."""

    def turned(function: Callable[..., Any]) -> Callable[..., Any]:
        def given(*arguments: Any) -> Any:
            entry: Entry = arguments[-1]
            rows = function(*arguments)
            return instead(list(rows)) if entry.position == position else rows

        return given

    with pytest.MonkeyPatch.context() as patch:
        for functions in (model.adding, model.folding):
            for name, function in functions.items():
                patch.setitem(functions, name, turned(function))
        yield
