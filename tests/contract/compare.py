"""What a change of a contract means to those who publish: it breaks them, or it does not.

A contract is compared as it is frozen (`frozen`): without prose, labels and examples. Whatever is
not known to be harmless breaks a publisher.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.contract import life
from domain.contract.messages import Book
from domain.contract.schema import Schema

_PROSE = frozenset(
    {"title", "description", "examples", "$comment"}
    | {"x-label", "x-labels", "x-kind", "x-kind-en", "x-unit", "x-standard"}
)
ENVELOPE = "envelope"
"""In place of a type, of what changes for all of them."""
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_EACH = {True: ("各项不得重复", "each item once"), False: ("各项可以重复", "items may repeat")}
_OTHER = ("pattern", "format", "allOf", "oneOf", "not", "if", "then", "else", "x-checked")


class Change(NamedTuple):
    """One difference: the type, where in its data, whether it breaks publishers, and what it is."""

    type: str
    pointer: str
    breaks: bool
    chinese: str
    english: str


def frozen(book: Book) -> dict[str, Any]:
    """What publishers rely on: definitions, types, and of the bureau its sources and codes."""
    bureau = book.bureau
    return {
        "definitions": _bare(book.definitions["$defs"]),
        "types": {
            full_type(event): {
                "stream": f"{event.STREAM}/{{{event.KEY}}}",
                "opens": event.OPENS,
                "waits": sorted(told["field"] for told in life.refers(event, bureau)),
                "data": _bare(book.message(full_type(event))["$defs"]["data"]),
            }
            for event in EVENTS.values()
        },
        "bureaus": {bureau.division: of_bureau(bureau, book.definitions["$defs"])},
    }


def of_bureau(bureau: Bureau, definitions: Mapping[str, Schema]) -> dict[str, Any]:
    """Who may say what, and the codes of each list that contracts name."""
    names = sorted({str(made["x-listed"]) for made in definitions.values() if "x-listed" in made})
    return {
        "sources": {
            name: sorted(full_type(event) for event in EVENTS.values() if source.may(event.TYPE))
            for name, source in bureau.sources.items()
        },
        "lists": {name: sorted(map(str, bureau.lists[name].listed)) for name in names},
    }


def _bare(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-listed" in schema:  # which codes there are is the bureau's
        schema = {k: v for k, v in schema.items() if k not in ("enum", "anyOf", "allOf", "not")}
    return {
        key: {name: _bare(inner) for name, inner in value.items()}
        if key in ("properties", "$defs")
        else _bare(value)
        for key, value in schema.items()
        if key not in _PROSE
    }


def _breaking(name: str, at: str, chinese: str, english: str) -> Change:
    return Change(name, at, breaks=True, chinese=chinese, english=english)


def _harmless(name: str, at: str, chinese: str, english: str) -> Change:
    return Change(name, at, breaks=False, chinese=chinese, english=english)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Every difference between two frozen states, as publishers see it."""
    then, types = before["types"], now["types"]
    for name in then.keys() - types.keys():
        yield _breaking(name, "", "不再受理该类型", "the type is taken no more")
    for name in sorted(types.keys() - then.keys()):
        yield _harmless(name, "", "新增类型", "a new type")
    for name in sorted(types.keys() & then.keys()):
        old, new = then[name], types[name]
        yield from _life(name, old, new)
        whole = _Pair(name, before.get("definitions", {}), now.get("definitions", {}))
        yield from whole.node(old["data"], new["data"], "")
    pair = _Pair(ENVELOPE, before["definitions"], now["definitions"])
    yield from pair.node(before["definitions"]["Envelope"], now["definitions"]["Envelope"], "")
    for division, of in before.get("bureaus", {}).items():
        yield from _of_bureau(division, of, now.get("bureaus", {}).get(division, {}))


def _life(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if "stream" not in old:
        return
    if old["stream"] != new["stream"]:
        said = f"业务对象由 {old['stream']} 改为 {new['stream']}"
        yield _breaking(name, "", said, f"its thing was {old['stream']}, is {new['stream']}")
    if old["opens"] and not new["opens"]:
        yield _breaking(name, "", "不再能开启业务对象", "it opens its thing no more, and waits")
    for field in sorted({*new["waits"]} - {*old["waits"]}):
        yield _breaking(name, f"/{field}", "须等待该字段所指", "it waits for what the field names")


def _of_bureau(division: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for source, types in old["sources"].items():
        for name in sorted({*types} - {*new.get("sources", {}).get(source, ())}):
            said = f"{division} 的来源 {source} 不再可以报送"
            yield _breaking(name, "", said, f"{division}: {source} may send it no more")
    for code_list, codes in old["lists"].items():
        for code in sorted({*codes} - {*new.get("lists", {}).get(code_list, ())}):
            said = f"{division} 的代码表 {code_list} 不再列有 {code}"
            yield _breaking("", "", said, f"{division}: {code_list} lists {code} no more")


class _Pair:
    """Two contracts of one type, with the definitions that each refers to."""

    def __init__(self, name: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        self._name, self._then, self._now = name, then, now

    def node(self, old: Any, new: Any, at: str) -> Iterator[Change]:
        """What differs in a value's schema."""
        old, was_null = _plain(old, self._then)
        new, is_null = _plain(new, self._now)
        if was_null and not is_null:
            yield _breaking(self._name, at, "不再接受 null", "null is taken no more")
        if is_null and not was_null:
            yield _harmless(self._name, at, "可以为 null", "may be null")
        if old.get("type") != new.get("type"):
            said = f"{old.get('type')} → {new.get('type')}"
            yield _breaking(self._name, at, f"类型变更：{said}", f"another type: {said}")
            return
        yield from self._codes(old, new, at)
        yield from self._bounds(old, new, at)
        for key in _OTHER:
            if old.get(key) != new.get(key):
                breaks = new.get(key) is not None
                yield Change(self._name, at, breaks, f"{key} 有变", f"another {key}")
        if old.get("uniqueItems") != new.get("uniqueItems"):
            breaks = bool(new.get("uniqueItems"))
            yield Change(self._name, at, breaks, *_EACH[breaks])
        if old.get("x-listed") != new.get("x-listed"):
            breaks = "x-listed" in new
            yield Change(
                self._name, at, breaks, "代码表有变", f"another list: {new.get('x-listed')}"
            )
        if "default" in old and old["default"] != new.get("default"):
            yield _breaking(self._name, at, "不填时的含义有变", "another default")
        yield from self._fields(old, new, at)
        if "items" in old and "items" in new:
            yield from self.node(old["items"], new["items"], f"{at}/*")

    def _fields(self, old: Schema, new: Schema, at: str) -> Iterator[Change]:
        then, now = old.get("properties", {}), new.get("properties", {})
        asked, asks = {*old.get("required", ())}, {*new.get("required", ())}
        for name in sorted(then.keys() - now.keys()):
            yield _breaking(self._name, f"{at}/{name}", "删去字段", "the field is gone")
        for name in sorted(now.keys() - then.keys()):
            if name in asks:
                yield _breaking(self._name, f"{at}/{name}", "新增必填字段", "a new required field")
            else:
                yield _harmless(self._name, f"{at}/{name}", "新增可选字段", "a new optional field")
        for name in sorted(then.keys() & now.keys()):
            if name in asks and name not in asked:
                yield _breaking(self._name, f"{at}/{name}", "改为必填", "required now")
            if name in asked and name not in asks:
                yield _harmless(self._name, f"{at}/{name}", "可以不填", "may be left out")
            yield from self.node(then[name], now[name], f"{at}/{name}")

    def _codes(self, old: Schema, new: Schema, at: str) -> Iterator[Change]:
        then, now = _enum(old), _enum(new)
        if then is None and now is None:
            return
        if then is None or now is None:
            told = _breaking if then is None else _harmless
            said = "codes are listed" if then is None else "any code"
            yield told(self._name, at, "代码范围有变", said)
            return
        for code in [c for c in then if c not in now]:
            yield _breaking(self._name, at, f"删去代码 {code}", f"the code {code} is gone")
        for code in [c for c in now if c not in then]:
            yield _harmless(self._name, at, f"新增代码 {code}", f"a new code {code}")

    def _bounds(self, old: Schema, new: Schema, at: str) -> Iterator[Change]:
        for key in (*_LEAST, *_MOST):
            then, now = old.get(key), new.get(key)
            if then == now:
                continue
            tighter = now is not None and (
                then is None or (now > then if key in _LEAST else now < then)
            )
            how = ("收紧" if tighter else "放宽", "tightened" if tighter else "loosened")
            said = f"{key} {then} → {now}"
            yield Change(
                self._name, at, tighter, f"界限{how[0]}：{said}", f"bound {how[1]}: {said}"
            )


def _plain(schema: Any, definitions: Mapping[str, Any]) -> tuple[Schema, bool]:
    """A schema without references and without the null beside it, and whether that was there."""
    made: Schema = dict(schema)
    options = made.get("anyOf", ())
    rest = [option for option in options if option != {"type": "null"}]
    null = len(rest) < len(options)
    if null or len(rest) == 1:
        del made["anyOf"]
        made = {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), **made}
    while (target := made.pop("$ref", None)) is not None:
        found = definitions[str(target).rpartition("/")[2]]
        checked = sorted({*found.get("x-checked", ()), *made.get("x-checked", ())})
        made = {**found, **made, **({"x-checked": checked} if checked else {})}
    return made, null


def _enum(schema: Schema) -> list[Any] | None:
    if "enum" in schema:
        return list(schema["enum"])
    return [schema["const"]] if "const" in schema else None
