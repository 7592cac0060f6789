"""What the documents say is what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from api.gateway.health import GatewayMetrics
from api.probes import ApiMetrics
from cli import root
from domain.catalogue import modules
from domain.faults import REASONS
from infra.alarm import Alarm
from infra.metrics import ServiceMetrics
from infra.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
FOR_TESTS = {"MINGJIAN_FAIL_AT"}


def test_every_reason_of_quarantine_is_explained_to_vendors() -> None:
    text = (DOCS / "publishing.md").read_text().partition("## Reasons of quarantine")[2]
    told = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)

    assert dict(told) == REASONS


COMMANDS = typer.main.get_command(root.app)
CODE = re.compile(r"```(?:sh|yaml|properties)?\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def documents() -> list[Path]:
    return [*sorted(DOCS.rglob("*.md")), *sorted(DOCS.parent.glob("README*.md"))]


def code(document: Path) -> Iterator[str]:
    """Every line of code in a document, without remarks."""
    for block, span in CODE.findall(document.read_text()):
        for line in (block or span).splitlines():
            yield line.partition(" #")[0]


def commands(document: Path) -> Iterator[list[str]]:
    """What follows `mingjian` on each line of code."""
    for line in code(document):
        for said in re.findall(r"(?:^|\s|/)mingjian ([a-z].*)", line):
            yield said.split()


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.name))
def test_every_command_in_the_documents_exists(document: Path) -> None:
    for words in commands(document):
        command: Any = COMMANDS
        while words and words[0] in (below := getattr(command, "commands", {})):
            command = below[words.pop(0)]
        command = getattr(command, "commands", {}).get(getattr(command, "usual", ""), command)
        assert command is not COMMANDS, words
        known = {o for each in command.params for o in (*each.opts, *each.secondary_opts)}
        said = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert said <= known | {"--help"}, (command.name, said - known)


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.name))
def test_every_setting_and_make_target_in_the_documents_exists(document: Path) -> None:
    lines = list(code(document))
    settings = {f"MINGJIAN_{name.upper()}" for name in Settings.model_fields}
    said = {name for line in lines for name in re.findall(r"MINGJIAN_[A-Z_]+", line)}
    assert said <= settings | FOR_TESTS
    targets = set(re.findall(r"^([a-z]+):", (DOCS.parent / "Makefile").read_text(), re.MULTILINE))
    assert {name for line in lines for name in re.findall(r"^make ([a-z]+)", line)} <= targets


def test_every_metric_is_explained_to_operators_and_no_other() -> None:
    every = (ServiceMetrics("intake", "445102"), ApiMetrics(), GatewayMetrics())
    exposed = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metrics in every
        for metric in metrics.registry.collect()
        if metric.name.startswith("mingjian_")
    }
    text = (DOCS / "operating.md").read_text()
    table = text.partition("## Metrics")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(mingjian_\w+)`", table, re.MULTILINE)) == exposed
    parts = {name + part for name in exposed for part in ("_bucket", "_count", "_sum")}
    assert set(re.findall(r"mingjian_\w+", table)) <= exposed | parts


def test_every_alarm_is_explained_to_operators() -> None:
    """Those that are raised: a class with others below it only groups them."""
    for room in ("cli", "consumers", "infra", "ledger", "projections", "reports", "upkeep"):
        modules(room)

    def below(kind: type[Exception]) -> set[str]:
        under = kind.__subclasses__()
        return set().union(*map(below, under)) if under else {kind.__name__}

    text = (DOCS / "operating.md").read_text().partition("## Alarms")[2].partition("\n## ")[0]
    told = re.findall(r"^\| ((?:`\w+`,? ?)+)", text, re.MULTILINE)
    assert below(Alarm) == set(re.findall(r"\w+", " ".join(told)))
