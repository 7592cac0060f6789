"""The parts that make documents of offices (DOCX, PDF): an extra, without which all else runs."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec

HOW = (
    "未安装文档组件：执行 make setup（不带 DOCUMENTS=0），"
    "或 pip install 'mingjian[documents]'"
    " / the parts that make documents are not installed: make setup, or the extra `documents`"
)
"""What to do where they are missing."""


class Unmade(Exception):
    """A document cannot be made in a form on this machine; the message says what to do."""


class DocumentsMissing(Unmade):
    """A document is asked for that only parts make that are not installed."""

    def __init__(self) -> None:
        super().__init__(HOW)


@lru_cache
def installed(package: str) -> bool:
    """Whether a package of the extra is there; it is not imported."""
    return find_spec(package) is not None


def require(package: str) -> None:
    """Raises DocumentsMissing where a package of the extra is not there."""
    if not installed(package):
        raise DocumentsMissing
