"""docs/bureau.md is enough to write a folder: its example is one, its tables are whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest

from domain import examples
from domain.bureau.bureau import Bureau
from domain.bureau.parameters import PARAMETERS
from domain.bureau.programmes import Family, Pays
from domain.bureau.reading import FolderWrong
from domain.catalogue import EVENTS, LINES
from infra.bureaus import SHIPPED, load
from reports import disclosure, plans, registers, themes
from tests.cli.conftest import Command

TEXT = (Path(__file__).parents[2] / "docs" / "bureau.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([a-z.]+)`[^\n]*\n\n```(?:toml|csv)\n(.*?)```$", re.DOTALL | re.MULTILINE)


def part(heading: str) -> str:
    """What stands under a heading, up to the next one."""
    _, found, rest = TEXT.partition(f"\n## {heading}\n")
    assert found
    return rest.partition("\n## ")[0]


def rows(text: str) -> dict[str, list[str]]:
    """The tables of a text: the first cell of each row, without marks → the others."""
    cells = [re.split(r" ?\| ?", line)[1:-1] for line in text.splitlines() if line.startswith("|")]
    return {row[0].strip("`"): row[1:] for row in cells}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example, written to a folder."""
    made = tmp_path / "bureau"
    made.mkdir()
    for name, text in FILE.findall(part("An example, whole")):
        (made / name).write_text(text, encoding="utf-8")
    return made


def test_the_example_is_a_whole_bureau(folder: Path, command: Command) -> None:
    assert command("bureau", "check", folder).code == 0
    made = load(folder)
    assert [level.name for level in made.programmes["nursing"].levels] == ["一级", "二级"]
    assert made.villages["990101100002"].area == "urban"
    assert made.villages["990101100001"].area == "rural"


def opening(bureau: Bureau) -> Iterator[dict[str, Any]]:
    """Facts that begin something, of those that the sources of a bureau may say.

    It has none of what its folder lists nothing for: without a plan there are no sections.
    """
    for event in EVENTS.values():
        if event.OPENS and any(source.may(event.TYPE) for source in bureau.sources.values()):
            with suppress(LookupError):
                yield examples.message(event, bureau)


def test_events_of_the_example_go_in(folder: Path, command: Command, database_url: str) -> None:
    """One of each fact that begins something; nothing of them is parked or refused."""
    path = folder.parent / "events.jsonl"
    told = [each | {"id": f"e-{n}"} for n, each in enumerate(opening(load(folder)))]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in told))
    assert len(told) > 10
    done = command("ingest", path, "--strict", database_url=database_url, bureau=str(folder))
    assert done.out.splitlines()[-1].startswith(f"accepted {len(told)}, "), done


def test_all_lines_ways_of_paying_and_parameters_are_named() -> None:
    """What a folder may say is in the document."""
    assert set(re.findall(r"`(\w+)`", part("sources.toml").partition("Lines: ")[2])) >= set(LINES)
    granted = rows(part("programmes.toml"))
    assert set(get_args(Pays)) <= set(granted)
    assert re.findall(r"`([a-z]+)`", granted["line"][1]) == list(get_args(Family))
    told = rows(part("rules.toml"))
    assert {name: told[name][0] for name in PARAMETERS} == {
        name: parameter.title for name, parameter in PARAMETERS.items()
    }


@pytest.mark.parametrize("file", ["bureau.toml", "townships.toml", "sources.toml"])
def test_every_key_is_explained(folder: Path, file: str) -> None:
    """The keys that the reader knows, as it tells them of one that it does not know."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nnobody_knows = 1\n", encoding="utf-8")
    told, _, of_site = part(file).partition("key of `[site]`")
    assert explained(told) == known(folder)
    if of_site:
        path.write_text(f"{text}\n[site]\nnobody_knows = 1\n", encoding="utf-8")
        assert explained(of_site) == known(folder)


def test_every_key_of_a_programme_and_a_standard_is_explained(folder: Path) -> None:
    standards, _, programmes = part("programmes.toml").partition("One `[[programme]]`")
    path = folder / "programmes.toml"
    text = path.read_text(encoding="utf-8")
    for table, told in (
        ("standard", standards),
        ("programme", programmes.partition("| `pays` | a case")[0]),
    ):
        more = text.replace(f"[[{table}]]", f"[[{table}]]\nnobody_knows = 1", 1)
        path.write_text(more, encoding="utf-8")
        assert explained(told) == known(folder)


def explained(text: str) -> set[str]:
    """The keys in the first column of tables."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return {key for line in lines for key in re.findall(r"`(\w+)`", line.split("|")[1])}


def known(folder: Path) -> set[str]:
    """The keys that are told where `nobody_knows` is none of them."""
    with pytest.raises(FolderWrong) as found:
        load(folder)
    (wrong,) = (each for each in found.value.all if "nobody_knows" in each.what)
    return set(wrong.expected.removeprefix("one of ").split(", "))


def test_every_key_of_the_catalogue_is_explained(folder: Path) -> None:
    """The keys of a row; those of a clock are in the text under it."""
    path = folder / "disclosure.toml"
    text = path.read_text(encoding="utf-8")
    assert disclosure.check(load(folder)) == []
    path.write_text(text.replace('item = "', 'nobody_knows = 1\nitem = "', 1), encoding="utf-8")
    (wrong,) = (e for e in disclosure.check(load(folder)) if "nobody_knows" in e.what)
    table = part("disclosure.toml").partition("Only these days")[0]
    keys = set(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", table, re.MULTILINE))
    explained_keys = {key for each in keys for key in re.findall(r"`(\w+)`", each)}
    assert explained_keys == set(wrong.expected.removeprefix("one of ").split(", "))
    clock = 'clocks = [{ model = "inspection", done = "inspected_on", nobody_knows = 1 }]\n'
    path.write_text(text + clock, encoding="utf-8")
    (wrong,) = (e for e in disclosure.check(load(folder)) if "nobody_knows" in e.what)
    for key in wrong.expected.removeprefix("one of ").split(", "):
        assert f"`{key}`" in table or f'`{key} = "' in table, key


def test_every_key_of_a_register_is_explained(folder: Path) -> None:
    path = folder / "registers.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('item = "', 'nobody_knows = 1\nitem = "', 1), encoding="utf-8")
    (wrong,) = (e for e in registers.check(load(folder)) if "nobody_knows" in e.what)
    table = part("registers.toml").partition("Only these columns")[0]
    assert explained(table) == set(wrong.expected.removeprefix("one of ").split(", "))


@pytest.mark.parametrize(
    ("at", "table"),
    [
        ("[[theme]]\n", "A definition"),
        ("series = [\n    { ", "A series"),
        ("charts = [\n    { ", "A chart"),
    ],
)
def test_every_key_of_a_theme_is_explained(folder: Path, at: str, table: str) -> None:
    national = (SHIPPED / "cn" / "themes.toml").read_text(encoding="utf-8")
    national = national.replace('path = "', 'path = "x', 1).replace(
        at, f"{at}nobody_knows = 1, ", 1
    )
    if at.startswith("[["):
        national = national.replace("nobody_knows = 1, ", "nobody_knows = 1\n")
    first = national.partition('\n\n[[theme]]\npath = "assistance/dibao')[0]
    (folder / "themes.toml").write_text(first, encoding="utf-8")
    (wrong,) = (e for e in themes.check(load(folder)) if "nobody_knows" in e.what)
    told = part("themes.toml").partition(f"\n{table}")[2].partition("\n\nA ")[0]
    assert explained(told) == set(wrong.expected.removeprefix("one of ").split(", "))


@pytest.mark.parametrize(
    ("at", "table"),
    [
        ('title = "示例表"\n', "A return"),
        ("[[return.form]]\n", "A head"),
        ("[[return.part]]\n", "A part"),
        ("[[return.part.items]]\n", "An indicator"),
        ("codes = [{ ", "A code"),
    ],
)
def test_every_key_of_a_return_is_explained(folder: Path, at: str, table: str) -> None:
    mistake = "nobody_knows = 1, " if at.endswith("{ ") else "nobody_knows = 1\n"
    text = RETURN.replace(at, f"{at}{mistake}", 1)
    (folder / "returns.toml").write_text(text, encoding="utf-8")
    (wrong,) = (e for e in plans.check(load(folder)) if "nobody_knows" in e.what)
    told = part("returns.toml").partition(f"\n{table}")[2].partition("\n\nA")[0]
    assert explained(told) == set(wrong.expected.removeprefix("one of ").split(", "))


RETURN = """\
[[return]]
name = "return-example"
title = "示例表"
periods = ["month"]
sources = { "示例" = "示例" }

[[return.form]]
seen = ["示例"]

[[return.part]]
title = "示例"

[[return.part.items]]
heading = "示例"
codes = [{ code = "J1", seen = ["示例"] }]
"""
