"""The read API, asked whatever its document allows and much that it does not.

`python -m tests.api.fuzz --cases 5000 [--url http://127.0.0.1:8000] [--seed 1]` asks the pages that
are served there, and prints what was answered. Each answer must be one that the document tells of,
with no member that it does not tell of; what the document does not allow must be refused.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.request
from collections import Counter
from collections.abc import Collection
from typing import Any, NamedTuple

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from api.read.document import PLACE

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


class Asked(NamedTuple):
    """How often each operation was answered how."""

    answers: Counter[tuple[str, int]]
    failures: list[str]


def closed(schema: Any) -> Any:
    """A schema of which no object has a member that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(each) for name, each in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        made["additionalProperties"] = False
    return made


def json_of(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:  # noqa: S310  an address that we were given
        return json.load(answer)


def places(url: str, path: str) -> list[dict[str, Any] | None]:
    """What is filled in into a path: anything, then what there is; nothing where it is whole."""
    if "{" not in path:
        return [None]
    above = path.partition("/{")[0]
    (row, *_) = json_of(f"{url}{above}?limit=1")["rows"] or [{"id": "none"}]
    return [None, {name: row[name] for name in re.findall(r"{(\w+)}", path)}]


def ask(url: str, cases: int, number: int, only: Collection[str] = ()) -> Asked:
    """Ask so many questions, shared among the operations (or only some), half of them wrong."""
    schema = schemathesis.openapi.from_dict(closed(json_of(url + PLACE)))
    schema.config.update(base_url=url)
    results: list[Any] = list(schema.get_all_operations())
    operations = [result.ok() for result in results]
    asked = [
        (operation, place)
        for operation in operations
        if not only or operation.full_path in only
        for place in places(url, operation.full_path)
    ]
    share = -(-cases // (len(asked) * len(MODES)))
    found = Asked(Counter(), [])
    with requests.Session() as session:
        for operation, place in asked:
            for mode in MODES:
                strategy = operation.as_strategy(generation_mode=mode, path_parameters=place)
                if mode is MODES[0] and (place or "{" not in operation.full_path):
                    strategy = strategy.map(_found)
                _ask(strategy, session, share, number, found)
    return found


def _found(case: Any) -> Any:
    """The same question without what mostly names a ledger, or a place, that is not there."""
    for name in ("ledger", "at", "after", "period"):
        case.query.pop(name, None)
    return case


def _ask(strategy: Any, session: requests.Session, share: int, number: int, found: Asked) -> None:
    """Ask a share of the questions; what fails ends it."""

    @seed(number)
    @settings(
        max_examples=share,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def one(case: Any) -> None:
        answer = case.call(session=session)
        found.answers[case.operation.label, answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    try:
        one()
    except Exception as error:  # noqa: BLE001  each kind of failure is told of
        found.failures.append(str(error))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--seed", type=int, default=1)
    given_ = parser.parse_args()
    found = ask(given_.url, given_.cases, given_.seed)
    for (label, status), count in sorted(found.answers.items()):
        print(f"{count:6}  {status}  {label}")  # noqa: T201
    by_status = Counter[int]()
    for (_, status), count in found.answers.items():
        by_status[status] += count
    print(f"{found.answers.total()} cases: {dict(sorted(by_status.items()))}")  # noqa: T201
    print("\n\n".join(found.failures) or "no failure")  # noqa: T201
    sys.exit(bool(found.failures))


if __name__ == "__main__":
    main()
