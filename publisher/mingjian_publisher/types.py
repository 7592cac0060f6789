"""Contracts as Python types: `mingjian-publish types DIR -o contracts.py`.

One TypedDict per event type, and per object in it, from the exported JSON Schemas; a type checker
then knows every field and every code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HEAD = '''"""Made by `mingjian-publish types` from exported contracts; not to be edited."""

from typing import Any, Literal, NotRequired, TypedDict
'''
_SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
    "null": "None",
}

Schema = Mapping[str, Any]
_ID = "urn:mingjian:contract:"


def module(directory: Path) -> str:
    """The text of a module with the types of all contracts in a folder.

    Raises FileNotFoundError where there are none.
    """
    documents = [json.loads(path.read_text("utf-8")) for path in schemas(directory)]
    contracts = {
        document["$id"].removeprefix(_ID): document
        for document in documents
        if "data" in document["$defs"]
    }
    if not contracts:
        raise FileNotFoundError(f"{directory}: no contracts; see `mingjian contracts export`")
    by_id = {document["$id"]: document for document in documents}
    made: dict[str, str] = {}
    table = [
        f'    "{name}": {_Types(made, by_id, document, name).of_data()},'
        for name, document in contracts.items()
    ]
    listed = "\n".join(["TYPES: dict[str, Any] = {", *table, "}"])
    about = '"""Event type → the type of its `data`."""'
    return "\n\n\n".join([_HEAD, *made.values(), f"{listed}\n{about}\n"])


def schemas(directory: Path) -> list[Path]:
    """The files of an exported folder that say how events are sent to a live ledger."""
    return sorted(
        [*directory.glob("*.schema.json"), *(directory / "schemas").glob("*.schema.json")]
    )


class _Types:
    """The types of one document; `made` has the text of each class by its name."""

    def __init__(
        self, made: dict[str, str], by_id: Mapping[str, Schema], root: Schema, name: str
    ) -> None:
        self._made = made
        self._by_id = by_id
        self._root = root
        self._name = _class_name(name)

    def of_data(self) -> str:
        """The type of the `data` of an event, named after the event."""
        return self._of(self._root["$defs"]["data"], self._name)

    def _of(self, schema: Schema, hint: str) -> str:
        """The annotation of a schema; `hint` names the class that it may need."""
        if "$ref" in schema:
            return self._of_ref(schema["$ref"])
        allowed = [schema["const"]] if "const" in schema else schema.get("enum")
        if allowed is not None:
            return f"Literal[{', '.join(map(repr, allowed))}]"
        if ways := schema.get("anyOf") or schema.get("oneOf"):
            return " | ".join(dict.fromkeys(self._of(one, hint) for one in ways))
        if schema.get("type") == "array":
            return f"list[{self._of(schema.get('items', {}), hint)}]"
        if "properties" in schema:
            return self._of_object(schema, hint)
        return _SCALARS.get(str(schema.get("type")), "Any")

    def _of_ref(self, ref: str) -> str:
        base, _, pointer = ref.partition("#")
        name = _class_name(pointer.rpartition("/")[2] or base.rpartition(":")[2])
        if base and base != self._root.get("$id"):  # shared by many: made once, by its own name
            other = _Types(self._made, self._by_id, self._by_id[base], "")
            return other._of(_at(self._by_id[base], pointer), name)
        return self._of(_at(self._root, pointer), self._name + name)

    def _of_object(self, schema: Schema, name: str) -> str:
        if name not in self._made:
            required = schema.get("required", ())
            lines = [f"class {name}(TypedDict):", f'    """{_about(schema, name)}"""', ""]
            for field, one in schema["properties"].items():
                annotation = self._of(one, name + _class_name(field))
                whole = annotation if field in required else f"NotRequired[{annotation}]"
                lines.append(f"    {field}: {whole}")
            self._made[name] = "\n".join(lines)
        return name


def _at(document: Any, pointer: str) -> Any:
    for part in filter(None, pointer.lstrip("#").split("/")):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def _about(schema: Schema, name: str) -> str:
    """The first line of what a schema says of itself, fit to stand in a docstring."""
    text = str(schema.get("description") or schema.get("title") or name).partition("\n")[0]
    first = text.replace("\\", "").replace('"', "'").partition(". ")[0]
    return first if first.endswith(".") else f"{first}."


def _class_name(name: str) -> str:
    words = re.split(r"[^A-Za-z0-9]+", name.removeprefix("cn.mingjian."))
    return "".join(word[:1].upper() + word[1:] for word in words)
