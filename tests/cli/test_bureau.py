"""A bureau's folder is begun, checked and shown by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.bureaus import load
from tests.cli.conftest import Command
from tests.support.bureau import FOLDER


@pytest.mark.parametrize(
    ("division", "name", "whole"),
    [
        ("330110", "杭州市余杭区民政局", "全区"),
        ("110105", "北京市朝阳区民政局", "全区"),
        ("442000", "中山市民政局", "全市"),
        ("150921", "乌兰察布市卓资县民政局", "全县"),
        ("469023", "澄迈县民政局", "全县"),
    ],
)
def test_a_new_folder_is_whole(
    command: Command, tmp_path: Path, division: str, name: str, whole: str
) -> None:
    """Of a city's county, a municipality's, a city without counties, and a county of no city."""
    folder = tmp_path / "bureau"
    assert command("bureau", "new", division, folder).code == 0
    assert command("bureau", "check", folder).code == 0
    made = load(folder)
    assert (made.name, made.whole) == (name, whole)
    assert all(code.startswith(division) for code in made.townships)
    assert made.townships
    assert "TODO" in (folder / "bureau.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("division", ["330100", "330000", "339999", "3301", "余杭区"])
def test_only_a_county_has_a_folder(command: Command, tmp_path: Path, division: str) -> None:
    done = command("bureau", "new", division, tmp_path / "bureau")
    assert done.code == 2
    assert division in done.err
    assert not list(tmp_path.glob("bureau"))


def test_a_folder_in_use_is_not_written_over(command: Command, tmp_path: Path) -> None:
    (tmp_path / "bureau.toml").write_text("division = 1", encoding="utf-8")
    assert command("bureau", "new", "330110", tmp_path).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["bureau.toml"]


def test_mistakes_are_printed_one_a_line(command: Command, tmp_path: Path) -> None:
    """As compilers do, so that an editor can jump there."""
    command("bureau", "new", "330110", tmp_path / "b")
    programmes = tmp_path / "b" / "programmes.toml"
    text = programmes.read_text(encoding="utf-8")
    programmes.write_text(text.replace('pays = "top-up"', 'pays = "topup"'), encoding="utf-8")
    (tmp_path / "b" / "sources.toml").unlink()
    done = command("bureau", "check", tmp_path / "b")
    line = text.split("\n").index('pays = "top-up"') + 1
    assert done.code == 1
    first, second = done.out.splitlines()
    assert first.startswith(f"{programmes}:{line}: pays = ")
    assert first.endswith("expected one of top-up, flat, graded, decided, once, none")
    assert second == f"{tmp_path / 'b' / 'sources.toml'}:1: no such file"
    listed = json.loads(command("bureau", "check", tmp_path / "b", "--json").out)
    assert (listed[0]["file"], listed[0]["line"]) == (str(programmes), line)


def test_a_folder_that_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    done = command("bureau", "check", tmp_path / "nowhere")
    assert done.code == 2
    assert str(tmp_path / "nowhere") in done.err


def test_the_national_data_is_named_where_it_stands(command: Command, tmp_path: Path) -> None:
    """A folder with a cn/ beside it goes by that one."""
    command("bureau", "new", "330110", tmp_path / "b")
    beside = tmp_path / "cn"
    beside.mkdir()
    for path in (FOLDER.parent / "cn").glob("*.*"):
        (beside / path.name).write_bytes(path.read_bytes())
    assert command("bureau", "check", tmp_path / "b").code == 0
    (beside / "holidays.toml").write_text("[2024]\n[2024]\n", encoding="utf-8")
    done = command("bureau", "check", tmp_path / "b")
    assert done.code == 1
    assert done.out.startswith(f"{beside / 'holidays.toml'}:2: no TOML")


def test_a_bureau_is_shown(command: Command) -> None:
    done = command("bureau", "show", FOLDER)
    assert done.code == 0
    for said in (
        "潮州市湘桥区民政局",
        "意溪镇（农村）",
        "惠民惠农补贴资金发放系统",
        "penalties.serve",
    ):
        assert said in done.out
    shown = json.loads(command("bureau", "show", FOLDER, "--json").out)
    assert shown["digest"] == load(FOLDER).digest


def test_a_plan_is_checked_with_its_folder(command: Command, tmp_path: Path) -> None:
    """A cut by a programme that the folder does not have, in the fourth line of a plan."""
    command("bureau", "new", "330110", tmp_path / "b")
    plan = tmp_path / "b" / "plans" / "monthly.md"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(
        text.replace('where = "保障类别=低保"', 'where = "保障类别=救济"', 1), encoding="utf-8"
    )
    line = text.split("\n").index('where = "保障类别=低保"') + 1
    done = command("bureau", "check", tmp_path / "b")
    assert done.code == 1
    assert f"{plan}:{line}: " in done.out
