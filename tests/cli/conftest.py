"""Running a command in this process: as people do, but in a moment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cli import main
from infra.bureaus import read_once
from infra.settings import settings

ENVIRONMENT = (
    *("BUREAU", "DATABASE_URL", "HOME", "KAFKA", "KAFKA_PREFIX", "LEDGER", "LEDGER_SECRET"),
    *("DATABASE_URL_FILE", "DATABASE_PASSWORD_FILE", "LEDGER_SECRET_FILE", "MASTER_KEY_FILE"),
    *("DESK_DATABASE_URL", "DESK_DATABASE_URL_FILE", "DESK_DATABASE_PASSWORD_FILE"),
    *("METRICS_PORT", "INSIDE_URL", "TRUSTED_PROXIES", "OIDC_ISSUER"),
)


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Command]:
    """`command("figures", "--json", database_url=…)`: run it, in an environment of its own."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(f"MINGJIAN_{name}", raising=False)
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))

    def run(*arguments: str | Path, **environment: str) -> Done:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["mingjian", *map(str, arguments)])
            for name, value in environment.items():
                patch.setenv(f"MINGJIAN_{name.upper()}", value)
            settings.cache_clear()
            read_once.cache_clear()
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    yield run
    settings.cache_clear()
