"""Whom a command about a person is about: the number is asked for, and stands on no command line.

A command line is seen by everybody on the machine and kept by the shell. So the number comes from
the terminal (unseen), from standard input or from a file; a pseudonym may be given openly.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple, get_args

import asyncpg
import typer

from cli.console import refuse
from domain.documents import IdKind, identity_of, wrong_with
from infra.settings import settings
from ledger import looks, mentions, restraints
from ledger.looks import Reader
from ledger.mentions import Mention
from ledger.seal import Sealer

KINDS = get_args(get_args(IdKind)[0])
RefOption = Annotated[
    str | None,
    typer.Option("--ref", metavar="REF", help="假名（记录中的 ref），代替证件号码 / pseudonym"),
]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="首行为证件号码的文件，- 为标准输入 / its number"),
]
KindOption = Annotated[
    str, typer.Option("--kind", metavar="KIND", help=f"证件种类 / one of {', '.join(KINDS)}")
]
PurposeOption = Annotated[
    str, typer.Option("--purpose", metavar="PURPOSE", help="目的和依据，留痕 / why; it is recorded")
]
RestrictedOption = Annotated[
    bool,
    typer.Option("--restricted", help="查阅限制处理的人员，须有依据 / also where restricted"),
]
RESIDENT: str = "resident-id"


Known = Mapping[str, str]
"""Document and number of a person, where they were asked for."""


class Whom(NamedTuple):
    """Who is meant."""

    ref: str
    known: Known


def asked(sealer: Sealer, ref: str | None, file: Path | None, kind: str) -> Whom:
    """The one who is meant; a number that was asked for is told nowhere again."""
    if ref is not None:
        return Whom(ref.strip().lower(), {})
    if kind not in KINDS or kind == "none":
        raise refuse(f"没有证件种类 {kind} / no such kind: {', '.join(KINDS)}")
    number = _number(file)
    wrong = wrong_with(kind, number or None, None, archived=True)
    if wrong is not None:
        raise refuse(f"不是这种证件的号码 / no such number: {wrong.expected}")
    known = {"id_kind": kind, "id_number": number}
    return Whom(sealer.pseudonym(*identity_of(kind, number)), known)


def _number(file: Path | None) -> str:
    if file is not None and str(file) != "-":
        return file.read_text(encoding="utf-8").partition("\n")[0].strip()
    if file is not None or not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt("证件号码 / number", hide_input=True)).strip()


def sealer_of(ledger: str) -> Sealer:
    """The one of the settings."""
    return Sealer(settings().secret, ledger)


async def looked(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    ref: str,
    reader: Reader,
    *,
    restricted: bool,
) -> tuple[list[str], list[Mention]]:
    """All pseudonyms of a person and where they are named; that somebody looks is written first.

    Raises Restricted where they may not be looked at.
    """
    refs = await mentions.pseudonyms(connection, ledger, ref)
    note = await restraints.restriction_of(connection, sealer, ledger, refs[0])
    if note is not None and not restricted:
        raise restraints.Restricted(note)
    await looks.note(connection, ledger, reader, [f"{restraints.PERSON}{refs[0]}"])
    return refs, await mentions.of(connection, sealer, ledger, refs)
