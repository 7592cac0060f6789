"""What a bureau installs: the rooms with all their files, and nothing that is for development."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = set(PROJECT["tool"]["importlinter"]["root_packages"])
FOR_DEVELOPMENT = {"sample"}
INSTALLED = ROOMS - FOR_DEVELOPMENT | {"bureaus"}
"""The bureaus are data: no room, but without them nothing runs."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network and without leftovers of older builds."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*sorted(ROOMS), "bureaus", "tests"):
        unmade = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, source / name, ignore=unmade)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(built))
    subprocess.run([*pip, *options, str(source)], check=True)  # noqa: S603  pip, of our own folder
    (made,) = built.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_neither_the_sample_nor_the_tests_are_in_it(names: set[str]) -> None:
    rooms = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert rooms == INSTALLED


def test_every_file_of_the_rooms_is_in_it(names: set[str]) -> None:
    """Modules, and the templates, SQL, styles and tables that they read."""
    files = {
        path.relative_to(ROOT).as_posix()
        for room in INSTALLED
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in files} >= {".py", ".html", ".sql", ".css", ".csv"}
    assert not files - names


def test_the_image_gets_what_the_wheel_is_made_of_and_no_more() -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    files = {"pyproject.toml", "requirements.lock", "requirements-documents.lock"}
    assert let_in == INSTALLED | files | {"README.md", "LICENSE"}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    with ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(installed: Path, home: Path, *arguments: str) -> tuple[int, str, str]:
    """The installed command in an empty folder; `-S`: this checkout is not to be found."""
    path = os.pathsep.join((str(installed), sysconfig.get_path("purelib")))
    environment = {"PYTHONPATH": path, "MINGJIAN_HOME": str(home / "home"), "PATH": "/usr/bin:/bin"}
    code = "from cli import main; main()"
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-S", "-c", code, *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_installed_command_works(installed: Path, tmp_path: Path) -> None:
    code, said, errors = run(installed, tmp_path, "figures", "--help")
    assert (code, errors) == (0, "")
    assert "--period" in said


@pytest.mark.parametrize(
    "arguments", [("demo", "--no-serve"), ("demo", "--kafka"), ("sample", "-o", "year.jsonl")]
)
def test_commands_of_the_sample_say_that_they_need_a_checkout(
    installed: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(installed, tmp_path, arguments[0], "--help")[0] == 0
    code, said, errors = run(installed, tmp_path, *arguments)
    assert (code, said) == (2, "")
    (line,) = errors.splitlines()
    assert "请在 git 检出的源码中运行" in line
    assert "run this from a checkout" in line
    assert not list(tmp_path.iterdir())
