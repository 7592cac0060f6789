"""Rules of review that a machine can check. Each docstring tells the accident that it prevents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from domain.catalogue import EVENTS
from domain.laws import BasisWrong, basis

ROOT = Path(__file__).parents[2]
ROOMS = (
    "api",
    "cli",
    "consumers",
    "domain",
    "infra",
    "ledger",
    "projections",
    "reports",
    "rosters",
    "rules",
    "sample",
    "upkeep",
)
MOST_LINES = 400

EDGES = ("consumers/", "api/app.py", "api/gateway/app.py", "api/gateway/engine.py")
"""Where a program meets a framework that swallows exceptions, and stops itself knowingly."""
READS_NUMBERS = ("domain/explaining.py", "domain/parsing.py", "domain/refusal.py")
"""Who is strict must see a float to refuse it, and to say why."""

CLOCKS_AND_CHANCE = re.compile(
    r"(?:^|\.)(?:datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|monotonic|localtime)"
    r"|uuid[14]|urandom|token_(?:bytes|hex)|random|Random|randrange|choice|shuffle)$"
)
READING = re.compile(r"\bSELECT\s+[a-z*(\"{$]")
WRITING = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE\s+[a-z_.]+\s+SET|DELETE\s+FROM|TRUNCATE|DROP\s+(?:TABLE|SCHEMA))\b"
)


def modules(*rooms: str) -> list[str]:
    """Paths of the modules of some rooms, as they are imported: no tests, no environments."""
    found = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


@cache
def walked(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(module)))


def nodes(*rooms: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module of some rooms."""
    for module in modules(*rooms):
        for node in walked(module):
            yield module, node


def at(module: str, node: ast.AST) -> str:
    return f"{module}:{getattr(node, 'lineno', 0)}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression, else what of it can be named."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def texts(module: str, parsed: ast.Module | None = None) -> Iterator[tuple[str, str]]:
    """Every string of a module that is no docstring or bare remark, with its place."""
    whole = parsed or tree(module)
    remarks = {id(node.value) for node in ast.walk(whole) if isinstance(node, ast.Expr)}
    for node in ast.walk(whole):
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "{x}" for p in node.values)
            yield at(module, node), "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and id(node) not in remarks:
            yield at(module, node), node.value if isinstance(node.value, str) else ""


def shown(module: str) -> Iterator[tuple[str, str]]:
    """Strings that people may get to see; in the command line docstrings are help texts."""
    yield from texts(module)
    if module.startswith("cli/"):
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield at(module, node), ast.get_docstring(node) or ""


def decorated(module: str, name: str) -> Iterator[ast.FunctionDef]:
    """Functions with a decorator `name` or `x.name`."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if dotted(mark).rpartition(".")[2] == name:
                    yield node


def test_no_clock_and_no_chance() -> None:
    """An evolver asked the clock; a replay a year later gave another state.

    And a rebuilt read model gave other figures than the published ones. Time and ids are arguments.
    """
    found = [
        f"{at(module, node)} {dotted(node)}"
        for module, node in nodes("domain", "projections")
        if isinstance(node, ast.Attribute | ast.Name) and CLOCKS_AND_CHANCE.search(dotted(node))
    ]
    assert not found


def test_the_engine_knows_no_business_line() -> None:
    """The engine compared with one event type; a second kind of recovery was refused.

    What the ledger must know of a fact, its class declares. Field names of one plain word ("kind",
    "reason") are words of the ledger too, so only compound ones are looked for.
    """
    fields = {name for event in EVENTS.values() for name in event.model_fields if "_" in name}
    business = re.compile("|".join([r"[a-z.-]+\.v[0-9]+", *map(re.escape, sorted(fields))]))
    engine = [*modules("ledger"), "domain/envelope.py"]
    words = [
        (where, word)
        for module in engine
        for where, text in texts(module)
        for word in re.findall(r"[\w.-]+", text)
    ]
    words += [
        (at(module, node), node.attr)
        for module in engine
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute)
    ]
    assert not [(where, word) for where, word in words if business.fullmatch(word)]


def test_an_evolver_assigns_and_nothing_else() -> None:
    """A rule stood in an evolver: when the law changed, old streams could no longer be loaded.

    What `judges` decides is written down once; what `evolves` does runs again at every replay.
    """
    banned = (ast.Raise, ast.Assert, ast.Try, ast.With, ast.While, ast.Import, ast.ImportFrom)
    found = [
        at(module, node)
        for module in modules("domain")
        for function in decorated(module, "evolves")
        for node in ast.walk(function)
        if isinstance(node, (*banned, ast.Yield, ast.Await))
        or (isinstance(node, ast.Return) and node.value is not None)
    ]
    assert not found


def test_an_evolver_keeps_immutable_values() -> None:
    """A list in a state was shared by the committed state and the copy that a batch evolves.

    The batch failed, and the month stayed paid. Attributes are str, int, bool, None and tuples.
    """
    found = [
        at(module, node)
        for module in modules("domain")
        for function in decorated(module, "evolves")
        for node in ast.walk(function)
        if _keeps_mutable(node)
    ]
    assert not found


def _keeps_mutable(node: ast.AST) -> bool:
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    if isinstance(node, ast.Call):
        changing = r"self\.\w+\.(append|add|extend|update|remove|pop)"
        return re.fullmatch(changing, dotted(node.func)) is not None
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        kept = any(dotted(target).startswith("self.") for target in targets)
        return kept and isinstance(node.value, mutable)
    return False


def test_no_exception_is_caught_unseen() -> None:
    """A handler caught Exception, logged it and went on with the next batch: events were lost.

    What is expected is named; only the edges catch all, and then stop or answer. The intake puts
    one record aside, a read model or a rule halts at one entry; they begin with letting through
    what no record has a part in.
    """
    found = [
        at(module, node)
        for module, node in nodes(*ROOMS)
        if isinstance(node, ast.ExceptHandler) and not module.startswith(EDGES)
        if _catches_all(node) and not any(isinstance(inner, ast.Raise) for inner in node.body)
        if not _begins_with_letting_through(node)
    ]
    assert not found


def _begins_with_letting_through(handler: ast.ExceptHandler) -> bool:
    match handler.body[0]:
        case ast.If(
            test=ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id=name))),
            body=[ast.Raise(exc=None)],
        ):
            return name in ("is_contained", "is_of_an_entry", "is_of_a_rule")
    return False


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {dotted(kind) for kind in ast.walk(handler.type)}
    return not names.isdisjoint({"Exception", "BaseException"})


def test_no_float_in_the_domain() -> None:
    """0.1 + 0.2 元 was not 0.3 元. Money is an integer of 分; shares are worked out at the end."""
    found = [
        at(module, node)
        for module, node in nodes("domain")
        if module not in READS_NUMBERS
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert not found


def test_a_module_can_be_read_in_ten_minutes() -> None:
    """One file grew to 14,000 lines, and nobody found the rule in it that was wrong."""
    lines = {module: (ROOT / module).read_text(encoding="utf-8") for module in modules(*ROOMS)}
    assert not [name for name, text in lines.items() if len(text.splitlines()) > MOST_LINES]


def test_the_domain_knows_no_sql() -> None:
    """A rule asked the database; a replay on another machine judged by other rows."""
    found = [
        where
        for module in modules("domain")
        for where, text in texts(module)
        if READING.search(text) or WRITING.search(text)
    ]
    assert not found


def test_pages_and_reports_write_nothing() -> None:
    """A page "repaired" a row it showed. Only intake, projector, relay and their tools write."""
    found = [
        where
        for module in modules("api", "reports")
        for where, text in texts(module)
        if WRITING.search(text)
    ]
    assert not found


def test_entries_are_never_changed() -> None:
    """The trigger refuses it, too; this says so before a migration is written around it."""
    forbidden = re.compile(
        r"\b(?:UPDATE|DELETE\s+FROM|TRUNCATE)\s+ledger\.(?:entry|sealed_part)\b"
        r"|DISABLE\s+TRIGGER|session_replication_role"
    )
    found = [
        where
        for module in modules(*ROOMS)
        for where, text in texts(module)
        if forbidden.search(text)
    ]
    assert not found


def test_the_ledgers_tables_are_asked_in_one_room() -> None:
    """What is parked was asked in nine places; one of them forgot that some had been taken since.

    A page then showed as open what was settled long ago. SQL on these tables stands in `ledger/`.
    """
    others = [room for room in ROOMS if room != "ledger"]
    assert not [place for module in modules(*others) for place in ledger_sql(module, tree(module))]


def ledger_sql(module: str, parsed: ast.Module) -> list[str]:
    """Where a module names a table of the ledger in a string, or copies into one."""
    steps = [
        path.read_text(encoding="utf-8") for path in (ROOT / "ledger/migrations").glob("*.sql")
    ]
    tables = "|".join(sorted(set(re.findall(r"CREATE TABLE ledger\.(\w+)", "".join(steps)))))
    named = re.compile(
        rf"(?<![\w.}}])ledger\.(?:{tables})\b|\b(?:FROM|JOIN|INTO|UPDATE)\s+ledger\.", re.IGNORECASE
    )
    found = {place for place, text in texts(module, parsed) if named.search(text)}
    found |= {
        at(module, node.value)
        for node in ast.walk(parsed)
        if isinstance(node, ast.keyword) and node.arg == "schema_name"
        if isinstance(node.value, ast.Constant) and node.value.value == "ledger"
    }
    return sorted(found)


def test_sql_on_the_ledgers_tables_is_seen_elsewhere() -> None:
    """The test above can fail: it names file and line, and takes no other text for SQL."""
    parsed = ast.parse(
        '''"""Reads ledger.entry."""
SQL = "SELECT count(*) FROM ledger.entry"
joined = f"SELECT 1 FROM read.payment JOIN ledger.{table} USING (position)"
begun = "SELECT to_regclass('ledger.ledger') IS NOT NULL"
connection.copy_records_to_table("entry", schema_name="ledger")
topic = f"{prefix}.ledger.{division}"
check = wrong(f"ledger.{name}", "mingjian.ledger.445102")
'''
    )
    assert ledger_sql("api/pages.py", parsed) == [f"api/pages.py:{line}" for line in (2, 3, 4, 5)]


def test_commands_print_in_one_way() -> None:
    """A name with "[/x]" in it ended a command, and one with ESC wiped the screen of who listed it.

    What a command prints goes through `cli/console.py`, which writes out what cannot be seen and
    takes nothing for markup; marks such as ✗ have their colours there.
    """
    printing = {
        "typer.echo",
        "typer.secho",
        "click.echo",
        "print",
        "rich.print",
        "sys.stdout.write",
    }
    found = [
        at(module, node)
        for module, node in nodes("cli")
        if module != "cli/console.py"
        if isinstance(node, ast.Call) and dotted(node.func) in printing
    ]
    marked = re.compile(r"\[/?(?:red|green|yellow|bold|dim)\]")
    found += [
        where for module in modules("cli") for where, text in texts(module) if marked.search(text)
    ]
    assert not found


HAN = r"\u3400-\u9fff"
WIDE = rf"{HAN}\u3001-\u303f\uff00-\uffef"
HALF_WIDTH = re.compile(
    rf"[{WIDE}][,;:!?()]"  # 已记入,
    rf"|(?<![A-Za-z])[,;:!?] ?[{HAN}]"  # {count}, 重复
    rf"|[()][{HAN}]"  # (元)
)
PATTERN = re.compile(r"\(\?[:=!<P]|\[\^|\\s|\[[，。：（][^\]]*[,;:(][^\]]*\]|[：:]\]")
"""What only regular expressions hold."""
REFERENCE = re.compile(r"\{[FS]\d\d[:?]")
"""In the wording of a report: `{S12:…}` and `{F13?…|…}` name a statement and a figure."""


def half_width(text: str) -> bool:
    """Whether a half-width mark stands at a Chinese character.

    A basis parts its laws by "; ", and is shown with the marks of Chinese. Nobody is shown a
    pattern.
    """
    if PATTERN.search(text):
        return False
    with suppress(BasisWrong):
        text = basis(text).note
    return HALF_WIDTH.search(REFERENCE.sub("", text)) is not None


def test_chinese_text_has_full_width_punctuation() -> None:
    """A page said “隔离 3 条,未计入”: a mark of another script (GB/T 15834).

    The sample year is left out: it speaks as vendors do.
    """
    rooms = [room for room in ROOMS if room != "sample"]
    pages = [path for room in rooms for path in sorted((ROOT / room).rglob("*.html"))]
    seen = [shown_text for module in modules(*rooms) for shown_text in shown(module)]
    seen += [
        (f"{page.relative_to(ROOT)}:{number}", line)
        for page in pages
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
    ]
    chinese = {where.partition(":")[0] for where, text in seen if re.search(f"[{HAN}]", text)}
    for room in ("api/templates", "api/", "cli/", "domain/", "ledger/", "reports/", "upkeep/"):
        assert [where for where in chinese if where.startswith(room)], room
    assert not [f"{where} {text[:60]}" for where, text in seen if half_width(text)]


@pytest.mark.parametrize(
    "text",
    [
        "已记入,",
        "重复:3",
        "共 {x} 条, 重复",
        "{x}, 重复 {x} 条",
        "金额(元)",
        "(试行)",
        "》;",
        "吗?",
        "好!",
    ],
)
def test_the_scanner_sees_half_width_marks(text: str) -> None:
    assert half_width(text)


@pytest.mark.parametrize(
    "text",
    [
        "共 1,435 户，低保标准为城市{F05}、农村{F04}",
        "{S12:各场学习均有记载}。{F13?已补足|未补足}",
        "未接入 / not connected (see docs); GB/T 15834",
        "民法典 1076, 1077; 婚姻登记条例（国令387号） 12",
        "SELECT '记入', '重复' FROM t WHERE a = 'x'",
    ],
)
def test_the_scanner_leaves_numbers_latin_and_code(text: str) -> None:
    assert not half_width(text)
