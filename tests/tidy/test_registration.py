"""What was forgotten, or left behind, fails by name.

Everything registers by being there, so nothing complains by itself when a piece is missing. Each
test collects the names of what is missing or in the wrong place, and there must be none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from types import ModuleType

import pytest

from domain import catalogue
from domain.catalogue import AGGREGATES, EVENTS, LINES, STEMS, modules
from domain.event import Event
from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel
from reports import registers
from tests.support.bureau import SAMPLE
from tests.tidy.test_tidy import ROOMS, ROOT, at, dotted, nodes, texts, tree
from tests.tidy.test_tidy import modules as paths

LINE_ROOMS = ("domain", "projections", "reports/lines", "sample")
"""Where business lines have a module or package each."""
PROJECTIONS = modules("projections", STEMS.__contains__)
SHARED = {
    "identities": "figures of several lines that must agree with each other",
}
"""Modules among the lines that belong to no stem, and why."""
FOR_TESTS = {
    "on_partitions_assigned": "called by aiokafka",
    "on_partitions_revoked": "called by aiokafka",
    "capture_signals": "called by uvicorn",
    "send_400_response": "called by uvicorn",
    "handle_starttag": "called by html.parser",
    "handle_endtag": "called by html.parser",
    "handle_data": "called by html.parser",
    "highlight": "called by rich",
    "redirect_request": "called by urllib",
    "render_str": "called by rich",
    "format_commands": "called by typer",
    "apply": "called by the library's `mutate`",
    "read_stream": "a stream as a whole, with which tests compare what is kept of it",
    "from_kafka": "the intake unpacks records with it",
    "from_http": "whoever takes events in over HTTP unpacks requests with it",
    "records_of": "the intake takes what was unpacked from it",
    "sealed_parts": "who may only read opens what is sealed; commands read as the operator",
    "raw_of": "what arrived can be put together again: the promise that the tests of sealing hold",
    "fold_stream": "the rows as a plain fold makes them: what tests compare with",
}
"""Functions that nothing in the rooms calls, and why they are kept."""
BY_ANNOTATION = {"adds", "folds", "shows", "judges", "evolves", "counts", "flag", "pseudonym"}
"""Decorators that register what they mark, without arguments."""

TABLE = re.compile(r"(?<!extract\(year )\b(?:FROM|JOIN)\s+(?:read\.)?([a-z_]+)\b(?![.(]|\s+\()")
SUBQUERY = re.compile(r"\b([a-z_]+)(?: \([a-z_, ]+\))? AS (?:MATERIALIZED )?\(")


def expect_none(found: Iterable[str]) -> None:
    """Fail with all the names, one a line."""
    if names := sorted(found):
        pytest.fail("\n".join(names))


def handled() -> set[str]:
    """Event types that some state or read model does something with."""
    judged = {name for state in AGGREGATES.values() for name in (*state.judging, *state.evolvers)}
    return judged.union(*(m.types for m in READ_MODELS if m.types != EVENTS.keys()))


def registered() -> set[str]:
    """Dotted names of the modules among the lines from which something is taken."""
    facts = {event.__module__ for event in EVENTS.values()}
    states = {state.__module__ for state in AGGREGATES.values()}
    folds = {module.__name__ for module in PROJECTIONS if read_models(module)}
    figures = {module.__name__ for module in modules("reports.lines") if in_report(module)}
    return facts | states | folds | figures | senders()


def read_models(module: ModuleType) -> list[ReadModel]:
    return [value for value in vars(module).values() if isinstance(value, ReadModel)]


def in_report(module: ModuleType) -> bool:
    return bool(getattr(module, "MEASURES", ()) or getattr(module, "CHECKS", ()))


def senders() -> set[str]:
    """Modules that send a part of the sample year."""
    return {
        dotted_name(module)
        for module in paths("sample")
        for node in tree(module).body
        if isinstance(node, ast.FunctionDef) and node.name == "send"
    }


def dotted_name(path: str) -> str:
    """`domain/marriage/__init__.py` → `domain.marriage`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def path(module: str) -> str:
    """`domain.cases` → `domain/cases`."""
    return module.replace(".", "/")


def stem_of(module: str) -> str:
    """The stem of a module among the lines: what stands after its room."""
    return module.removeprefix("reports.lines.").removeprefix("sample.").partition(".")[0]


def imports() -> set[str]:
    """Dotted names that the rooms import, of modules and of what stands in them."""
    found: set[str] = set()
    for _, node in nodes(*ROOMS):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


# Facts


def test_a_fact_is_handled_or_says_that_it_is_record_only() -> None:
    """A fold was forgotten: the facts came in, and no figure moved."""
    silent = {event.TYPE for event in EVENTS.values() if not event.RECORD_ONLY}

    expect_none(f"{name}: handled nowhere, and no RECORD_ONLY" for name in silent - handled())


def test_a_fact_that_is_record_only_is_not_handled() -> None:
    """A fold was added, and the contract went on saying that nobody reads the fact."""
    recorded = {event.TYPE for event in EVENTS.values() if event.RECORD_ONLY}

    expect_none(f"{name}: RECORD_ONLY, and handled" for name in recorded & handled())


def test_every_class_with_a_type_is_in_the_catalogue() -> None:
    """An event stood in a module that the catalogue does not look into; it was unknown_type."""
    stated = {
        inner.value.value: f"{at(module, node)} {node.name}"
        for module, node in nodes("domain")
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.AnnAssign)
        and dotted(inner.target) == "TYPE"
        and isinstance(inner.value, ast.Constant)
    }

    expect_none(where for name, where in stated.items() if name not in EVENTS)


def test_the_type_of_a_fact_leads_to_its_module() -> None:
    """13 facts called assistance.… stood in payouts.py, and nobody found them."""

    class Paid(Event):
        TYPE = "elderly.allowance-paid.v1"

    Paid.__module__ = "domain.assistance.payouts"

    with pytest.raises(ValueError, match=r"domain\.assistance\.payouts\..*Paid .*domain/elderly"):
        catalogue._by_type([Paid])


def test_some_source_may_send_each_fact() -> None:
    """A line had no source, and every one of its events went into quarantine."""
    allowed = {
        name for name in EVENTS if any(source.may(name) for source in SAMPLE.sources.values())
    }

    expect_none(f"{name}: no source may send it" for name in EVENTS.keys() - allowed)


# Read models


def test_something_reads_each_read_model() -> None:
    """A table was filled at every entry and shown nowhere. Registers read what they name."""
    rooms = [room for room in ROOMS if room != "projections"]
    read = {
        name
        for module in paths(*rooms)
        for _, text in texts(module)
        for name in TABLE.findall(text)
    }
    read |= {name for each in registers.of(SAMPLE).values() for name in each.models}
    unread = {
        f"{path(module.__name__)}: nothing reads {model.name}"
        for module in PROJECTIONS
        for model in read_models(module)
        if model.name not in read
    }

    expect_none(unread)


def test_a_figure_reads_what_there_is() -> None:
    """A read model was renamed; the figure failed on the day somebody asked for it."""
    written = [(where, text) for m in paths("reports") for where, text in texts(m)]
    known = {model.name for model in READ_MODELS}
    known.update(name for _, text in written for name in SUBQUERY.findall(text))
    missing = {
        f"{where}: no read model {name}"
        for where, text in written
        for name in TABLE.findall(text)
        if name not in known
    }

    expect_none(missing)


# Lines and their rooms


def test_a_stem_in_any_room_is_one_of_the_domain() -> None:
    """A line was marriage here and registrations there; each room had to be searched."""
    ours = {item.stem for item in (ROOT / "domain").iterdir()}
    found = {
        f"{path(module)}: no domain/{stem_of(module)}"
        for module in registered()
        if module.startswith(("reports.", "sample."))
        if stem_of(module) not in ours | SHARED.keys()
    }
    found |= {
        f"tests/lines/{item.name}: no such stem in domain"
        for item in (ROOT / "tests/lines").glob("test_*.py")
        if not any(re.match(rf"test_{name}(_|\.)", item.name) for name in ours)
    }

    expect_none(found)


def test_no_module_among_the_lines_is_left_out() -> None:
    """A module was written and imported by nobody; all tests passed without it."""
    called = {f"sample.{text}" for module in paths("cli") for _, text in texts(module)}
    there = {dotted_name(m): m for m in paths(*LINE_ROOMS) if not m.endswith("/__init__.py")}

    expect_none(there[name] for name in there.keys() - registered() - imports() - called)


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_there_for_readers_testers_and_developers(line: str) -> None:
    """A line without a glossary entry, a test of its rules, or facts in the sample year."""
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    pieces = {
        f"docs/glossary.md: a row of `{line}`": f"`{line}` |" in glossary,
        f"tests/lines/test_{line}.py": (ROOT / f"tests/lines/test_{line}.py").exists(),
        f"sample/{line}.py": f"sample.{line}" in registered(),
    }

    expect_none(piece for piece, there in pieces.items() if not there)


def test_the_glossary_names_no_line_that_is_not_there() -> None:
    table = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    table = table.partition("## Business lines")[2].partition("\n## ")[0]

    assert sorted(re.findall(r"^\| [^|`]+ \| `(\w+)` \|", table, re.MULTILINE)) == sorted(LINES)


# What only tests call


def test_what_only_tests_call_goes() -> None:
    """Nine helpers were kept, tested and documented, and nothing used them."""
    called = mentioned() | FOR_TESTS.keys()
    found = {
        f"{at(module, function)} {function.name}"
        for module, function in functions()
        if function.name not in called
    }

    expect_none(found)


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Functions and methods that nothing registers: no decorator takes them, no framework does."""
    for module, node in nodes(*ROOMS):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            registered = any(
                isinstance(mark, ast.Call) or dotted(mark).rpartition(".")[2] in BY_ANNOTATION
                for mark in node.decorator_list
            )
            command = module.startswith("cli/") and node.name in module.replace(".", "/").split("/")
            if not (registered or command or node.name.startswith("__")):
                yield module, node


def mentioned() -> set[str]:
    """Names that the rooms, templates, or make use."""
    found: set[str] = set()
    for _, node in nodes(*ROOMS):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    for page in (*ROOT.glob("*/templates/**/*"), ROOT / "pyproject.toml", ROOT / "Makefile"):
        if page.is_file():
            found.update(re.findall(r"\w+", page.read_text(encoding="utf-8")))
    return found
