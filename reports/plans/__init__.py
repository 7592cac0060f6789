"""Report plans (报告方案): what a bureau publishes, as data of its folder.

A plan is read from its text (`reading`), what it asks for is worked out (`values`), and both are
put together to a document (`composing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from domain.bureau.bureau import Bureau
from domain.bureau.reading.wrong import Wrong
from reports.catalogue import CHECKS, MEASURES
from reports.plans.plan import Plan
from reports.plans.quantities import Known
from reports.plans.reading import NAME, read

FOLDER = "plans/"
ANNUAL = "annual"
"""The plan whose figures lists and pages show."""


def of(bureau: Bureau) -> Mapping[str, Plan]:
    """The plans of a bureau, by name; what is wrong with one is left out of it."""
    return _read(bureau)[0]


def every(bureau: Bureau) -> Mapping[str, Plan]:
    """The plans of a bureau and the statistics returns; a plan stands in place of such a return."""
    return {**_returns(bureau)[0], **of(bureau)}


def check(bureau: Bureau) -> list[Wrong]:
    """All that is wrong with a bureau's plans and returns, each with file and line."""
    return [*_read(bureau)[1], *_returns(bureau)[1]]


@lru_cache(maxsize=16)
def _returns(bureau: Bureau) -> tuple[Mapping[str, Plan], tuple[Wrong, ...]]:
    from reports.plans import returns  # noqa: PLC0415  no public page needs them

    made, wrong = returns.read(Known(bureau, MEASURES, CHECKS))
    return made, tuple(dict.fromkeys(wrong))


@lru_cache(maxsize=16)
def _read(bureau: Bureau) -> tuple[Mapping[str, Plan], tuple[Wrong, ...]]:
    known = Known(bureau, MEASURES, CHECKS)
    wrong: list[Wrong] = []
    plans: dict[str, Plan] = {}
    for file in sorted(bureau.files):
        if not file.startswith(FOLDER):
            continue
        name, _, suffix = file.removeprefix(FOLDER).rpartition(".")
        if suffix not in ("md", "toml") or not NAME.fullmatch(name):
            wrong.append(Wrong(file, 1, "no plan", "plans/<name>.md, a name in small letters"))
        elif suffix == "md":
            plans[name] = read(known, file, bureau.files, wrong)
        elif f"{FOLDER}{name}.md" not in bureau.files:
            wrong.append(Wrong(file, 1, "no plan uses this file", f"{FOLDER}{name}.md"))
    return plans, tuple(dict.fromkeys(wrong))
