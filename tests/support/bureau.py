"""The sample bureau, as tests hand it to what they test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg

from domain.bureau.bureau import Bureau
from domain.bureau.reading import read
from domain.bureau.rules import Dated, Rules
from infra.bureaus import load
from infra.settings import Settings
from ledger import adopting, store
from ledger.seal import Sealer

FOLDER = Path(__file__).resolve().parents[2] / "bureaus" / "445102"
SAMPLE = load(FOLDER)


def with_programme(code: str, **changes: Any) -> Bureau:
    """The sample bureau, one of its programmes otherwise; a new one is made of 残疾人护理补贴."""
    of = SAMPLE.programmes.get(code) or replace(SAMPLE.programmes["nursing-subsidy"], code=code)
    return replace(SAMPLE, programmes={**SAMPLE.programmes, code: replace(of, **changes)})


def with_rule(name: str, value: Any) -> Bureau:
    """The sample bureau, one of its parameters otherwise, always."""
    always = Dated(date(1900, 1, 1), None, value, "示例")
    return replace(SAMPLE, rules=Rules({**SAMPLE.rules.by_name, name: (always,)}))


@cache
def bureau_of(division: str) -> Bureau:
    """The sample bureau's folder with another division's code, as if it stood there."""
    return read(files_of(division))


def files_of(division: str) -> dict[str, bytes]:
    """The files of `bureau_of`."""
    return {
        path: content if path.startswith("cn/") else content.replace(b"445102", division.encode())
        for path, content in SAMPLE.files.items()
    }


async def new_ledger(
    connection: asyncpg.Connection, name: str = SAMPLE.division, secret: bytes | None = None
) -> store.Ledger:
    """A fresh sample ledger to replay into, in tables that are there; it goes by `bureau_of`."""
    await store.create_ledger(connection, name, "replay", sample=True)
    sealer = Sealer(secret or Settings().secret, name)
    await adopting.adopt(connection, sealer, name, bureau_of(name))
    ledger = await store.find_ledger(connection, name)
    assert ledger is not None
    return ledger


def sample_but(path: str, old: str, new: str) -> Bureau:
    """The sample bureau, one of whose files says something else."""
    content = SAMPLE.files[path]
    assert old.encode() in content, f"{path} does not say {old}"
    return read({**SAMPLE.files, path: content.replace(old.encode(), new.encode())})


async def adopt(
    connection: asyncpg.Connection, bureau: Bureau, secret: bytes | None = None
) -> int | None:
    """Have the ledger of its division go by a bureau from its next entry on."""
    sealer = Sealer(secret or Settings().secret, bureau.division)
    return await adopting.adopt(connection, sealer, bureau.division, bureau)
