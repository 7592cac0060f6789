"""Codes that the bureau's folder lists: programmes, levels, pay items, standards, places.

A contract only says how such a code is written, and marks the field with the list it is from:

    Township = Annotated[str, Field(pattern=r"^[0-9]{9}$"), Listed("township")]

From the mark follow the test at the door (a code that is not listed is refused), the breach of what
is listed but not open on the business date, the names that people read, and the codes in a contract
that is exported for one bureau.
"""

from __future__ import annotations

import itertools
import re
import typing
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Protocol, get_args

from pydantic import BaseModel

from domain.codes import Labels, ListedCode, labels_of
from domain.faults import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.bureau.bureau import Bureau
    from domain.event import Event

WITHIN = "12 digits, the first 9 of them a township of the bureau that has no list of villages"
MOST_NAMED = 20
"""So many codes of a list are named to who sent another."""
_SECTION = re.compile(r"^#{1,4} +(.*?) *\{#([a-z][a-z0-9-]*)\??\}\s*$", re.MULTILINE)
"""A heading of a report plan, and the code of the section under it."""

Closed = Annotated[
    Literal["programme-closed", "township-closed", "village-closed"],
    Labels("保障项目未开办或已停办", "镇街未设立或已撤并", "村（社区）未设立或已撤并"),
]
"""Breaches of a fact that names what is listed, but was not open on the day it is about."""
Elsewhere = Annotated[Literal["village-elsewhere"], Labels("村（社区）不属于所写的镇街")]
"""Breach of a fact whose village has a code of another township than the fact names."""


class Named(Protocol):
    """What a bureau lists under a code; what is `Dated` is open from one day to another."""

    @property
    def name(self) -> str: ...


class Dated(Named, Protocol):
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


class Codes(NamedTuple):
    """The codes of one list; any that begins with one of `within` is on it, too."""

    listed: Mapping[str, Named]
    within: Collection[str] = ()
    digits: int = 9

    def __contains__(self, code: object) -> bool:
        return code in self.listed or (isinstance(code, str) and code[: self.digits] in self.within)

    def names(self) -> dict[ListedCode, str]:
        """Code → what it is called."""
        return {code: named.name for code, named in self.listed.items()}


@dataclass(frozen=True, slots=True)
class _Said:
    """A name that is no value of its own: several programmes may have levels of one code."""

    name: str


def _programmes(line: str, *, once: bool = False) -> Callable[[Bureau], Codes]:
    """Those of a line that grant something monthly, or once."""
    return lambda bureau: Codes(
        {
            code: p
            for code, p in bureau.programmes.items()
            if line == p.line and once is (p.pays == "once")
        }
    )


def _parts(name: Literal["levels", "items"]) -> Callable[[Bureau], Codes]:
    """What programmes have; where two call one code otherwise, by both names."""

    def parts(bureau: Bureau) -> Codes:
        names: dict[str, dict[str, None]] = {}
        for part in itertools.chain(*(getattr(p, name) for p in bureau.programmes.values())):
            names.setdefault(part.code, {})[part.name] = None
        return Codes({code: _Said("／".join(said)) for code, said in names.items()})

    return parts


def _villages(bureau: Bureau) -> Codes:
    """Where the folder lists none of a township's, any code within the township is one."""
    known = {code[:9] for code in bureau.villages}
    return Codes(bureau.villages, {code: None for code in bureau.townships if code not in known})


def _sections(bureau: Bureau) -> Codes:
    """The sections that the headings of the bureau's report plans open for staff."""
    found: dict[str, Named] = {}
    for file, raw in bureau.files.items():
        if file.startswith("plans/") and file.endswith(".md"):
            for heading, code in _SECTION.findall(raw.decode(errors="replace")):
                found.setdefault(code, _Said(heading or code))
    return Codes(found)


LISTS: dict[str, Callable[[Bureau], Codes]] = {
    "programme": lambda bureau: Codes(bureau.programmes),
    "assistance-programme": _programmes("assistance"),
    "relief-programme": _programmes("assistance", once=True),
    "children-programme": _programmes("children"),
    "disability-programme": _programmes("disability"),
    "elderly-programme": _programmes("elderly"),
    "level": _parts("levels"),
    "item": _parts("items"),
    "standard": lambda bureau: Codes(bureau.standards),
    "township": lambda bureau: Codes(bureau.townships),
    "village": _villages,
    "report-section": _sections,
    "village-on-register": lambda bureau: Codes({}, bureau.townships.keys()),
}
"""The lists that a bureau makes; the register of villages says itself which there are."""


class Listed(Labels):
    """Marks a field whose codes stand on a list of the bureau."""

    def __init__(self, name: str) -> None:
        if name not in LISTS:
            raise ValueError(f"no such list: {name}")
        self.name = name

    def named(
        self, _codes: Sequence[ListedCode], bureau: Bureau | None = None
    ) -> dict[ListedCode, str]:
        """Code → name; nothing without a bureau."""
        return {} if bureau is None else bureau.lists[self.name].names()


class Mark(NamedTuple):
    """A field of a contract that holds a listed code, or parts that hold some."""

    field: str
    name: str
    """Of the list; empty of a field that holds parts."""
    part: type[BaseModel] | None
    many: bool
    usual: Any = None
    """What it holds where nothing is said."""


@cache
def marks(model: type[BaseModel]) -> tuple[Mark, ...]:
    """The fields of a class that hold listed codes, themselves or in their parts."""
    hints = typing.get_type_hints(model, include_extras=True)
    found = []
    for name, field in model.model_fields.items():
        if (mark := _mark(name, hints[name])) is not None:
            found.append(mark if field.is_required() else mark._replace(usual=field.default))
    return tuple(found)


def _mark(field: str, annotation: Any, *, many: bool = False) -> Mark | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Mark(field, "", annotation, many) if marks(annotation) else None
    for marker in getattr(annotation, "__metadata__", ()):
        if isinstance(marker, Listed):
            return Mark(field, marker.name, None, many)
    many = many or typing.get_origin(annotation) is tuple
    inner = (_mark(field, part, many=many) for part in get_args(annotation))
    return next((mark for mark in inner if mark is not None), None)


def _told(
    model: type[BaseModel], data: Any, get: Callable[[Any, str], Any], path: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Each listed code in the data of an event: where it stands, its list, the code."""
    for mark in marks(model):
        value = get(data, mark.field)
        value = mark.usual if value is None else value
        where = f"{path}/{mark.field}"
        values = (
            enumerate(value) if mark.many and isinstance(value, list | tuple) else [("", value)]
        )
        for number, one in values:
            place = where if number == "" else f"{where}/{number}"
            if mark.part is not None and one is not None:
                yield from _told(mark.part, one, get, place)
            elif one is not None:
                yield place, mark.name, one


def _in_json(data: Any, field: str) -> Any:
    return data.get(field) if isinstance(data, dict) else None


def codes_named(model: type[BaseModel], data: Any) -> Iterator[tuple[str, str, Any]]:
    """Pointer, list and code of each listed code in an event's data, as it stands in JSON."""
    return _told(model, data, _in_json, "/data")


class Lists:
    """All lists of one bureau, and the tests that follow for each contract, worked out once."""

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        self._codes: dict[str, Codes] = {}
        self._flat: dict[type[BaseModel], tuple[tuple[str, Any], ...] | None] = {}
        self._dated: dict[type[BaseModel], tuple[tuple[str, str, Mapping[str, Dated]], ...]] = {}

    def __getitem__(self, name: str) -> Codes:
        found = self._codes.get(name)
        if found is None:
            found = self._codes[name] = LISTS[name](self._bureau)
        return found

    def admits(self, model: type[Event], event: Any) -> bool:
        """Whether all codes that an event names are listed; `faults` says which are not."""
        try:
            tests = self._flat[model]
        except KeyError:
            tests = self._flat[model] = self._tests(model)
        if tests is None:
            return all(code in self[name] for _, name, code in _told(model, event, getattr))
        for field, codes in tests:
            code = getattr(event, field)
            if code not in codes and code is not None:
                return False
        return True

    def _tests(self, model: type[BaseModel]) -> tuple[tuple[str, Any], ...] | None:
        """Field and codes for each; None where codes stand in lists or in parts."""
        found = marks(model)
        if any(mark.many or mark.part is not None for mark in found):
            return None
        lists = ((mark.field, self[mark.name]) for mark in found)
        return tuple((field, codes if codes.within else codes.listed) for field, codes in lists)

    def faults(self, model: type[BaseModel], data: Any, path: str = "") -> Iterator[Fault]:
        """The codes in an event's data, as it stands in JSON, that are not listed."""
        for where, name, code in _told(model, data, _in_json, path):
            if isinstance(code, str) and code not in self[name]:
                yield fault("not_in_bureau", where, self._expected(name))

    def _expected(self, name: str) -> str:
        codes = self[name]
        named = [
            str(code) if said == code else f"{code} {said}"
            for code, said in itertools.islice(codes.names().items(), MOST_NAMED)
        ]
        if len(codes.listed) > MOST_NAMED:
            named.append(f"… ({len(codes.listed)} in all)")
        listed = ", ".join(named)
        if not codes.within:
            return f"one of {listed}" if listed else "nothing: the bureau lists none"
        return f"one of {listed}; or {WITHIN}" if listed else WITHIN

    def breaches(self, event: Event) -> tuple[Closed | Elsewhere, ...]:
        """What is wrong with the listed codes that an event names, each of which is on its list."""
        return (*self._closed(event), *_elsewhere(event))

    def _closed(self, event: Event) -> tuple[Closed, ...]:
        """What an event names that is listed, but was not open on the days it is about."""
        model = event.MODEL
        try:
            dated = self._dated[model]
        except KeyError:
            dated = self._dated[model] = tuple(self._with_dates(model))
        if not dated or (span := event.listed_in()) is None:
            return ()
        found: dict[Any, None] = {}
        for _, name, code in _told(model, event, getattr):
            for _, breach, known in (item for item in dated if item[0] == name):
                named = known.get(code)
                if named is not None and not _open(named, *span):
                    found[breach] = None
        return tuple(found)

    def _with_dates(self, model: type[BaseModel]) -> Iterator[tuple[str, Any, Mapping[str, Dated]]]:
        """List, breach and codes, of the lists whose codes come and go."""
        for name in _lists_in(model):
            known: dict[str, Any] = {
                code: named
                for code, named in self[name].listed.items()
                if getattr(named, "since", None) or getattr(named, "until", None)
            }
            if known:
                yield name, _breach(name), known


def _open(named: Dated, first: date, last: date) -> bool:
    return (named.since is None or named.since <= last) and (
        named.until is None or first <= named.until
    )


def _breach(name: str) -> str:
    """The breach of what a list has, but not on the day."""
    return name.rpartition("-")[2] + "-closed"


@cache
def _lists_in(model: type[BaseModel]) -> tuple[str, ...]:
    """The lists that codes of a class are from."""
    names = {
        name
        for mark in marks(model)
        for name in ((mark.name,) if mark.part is None else _lists_in(mark.part))
    }
    return tuple(sorted(names))


def looked_for(model: type[BaseModel]) -> dict[ListedCode, str]:
    """The breaches that are looked for in what a contract's events name: code → name."""
    closings = {_breach(name) for name in _lists_in(model)}
    found = {code: name for code, name in labels_of(Closed).items() if code in closings}
    return found | (labels_of(Elsewhere) if _is_placed(model) else {})


@cache
def _is_placed(model: type[BaseModel]) -> bool:
    """Whether its facts name a township and a village of it."""
    return {"township", "village"} <= model.model_fields.keys()


def _elsewhere(event: Any) -> tuple[Elsewhere, ...]:
    if not _is_placed(event.MODEL):
        return ()
    village, township = event.village, event.township
    if village is None or township is None or village.startswith(township):
        return ()
    return ("village-elsewhere",)


def first_code(name: str, bureau: Bureau) -> str:
    """A code of a list, for an example. Raises LookupError where the bureau lists none."""
    codes = bureau.lists[name]
    found = [*codes.listed, *(f"{township}001" for township in codes.within)]
    if not found:
        raise LookupError(f"the bureau lists no {name}")
    if codes.within or name == "village":  # of the township that stands in examples
        township = next(iter(bureau.townships))
        return next((code for code in found if code.startswith(township)), found[0])
    return found[0]
