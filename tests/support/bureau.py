"""The sample bureau, as tests hand it to what they test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from domain.bureau.bureau import Bureau
from domain.bureau.rules import Dated, Rules
from infra.bureaus import load

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
