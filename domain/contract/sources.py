"""What the source of the domain says in docstrings: of types by name, and of the fields of classes.

They are English, with Chinese words where those are the terms; `words` has the Chinese labels.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from functools import cache
from typing import NamedTuple

Docs = dict[str, str]


class _Module(NamedTuple):
    """Docstrings of the names that a module assigns, and of the fields of its classes."""

    names: Docs
    fields: dict[str, Docs]


@cache
def of(module: str) -> _Module:
    """What a module says, by its dotted name. Nothing where it ships without its source."""
    importlib.import_module(module)
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:
        return _Module({}, {})
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return _Module(_said(tree.body), {node.name: _said(node.body) for node in classes})


def field(model: type, name: str) -> str:
    """What a class, or one that it inherits from, says of a field; empty where it says nothing."""
    for base in model.__mro__:
        if base.__module__.startswith("domain."):
            found = of(base.__module__).fields.get(base.__name__, {}).get(name)
            if found:
                return found
    return ""


def _said(body: list[ast.stmt]) -> Docs:
    found: Docs = {}
    for statement, after in zip(body, [*body[1:], ast.Pass()], strict=True):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = _text(after)
            case _:
                pass
    return found


def _text(statement: ast.stmt) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split())
        case _:
            return ""
