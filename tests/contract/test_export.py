"""What `mingjian contracts export` hands to vendors."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.contracts import contracts
from domain.catalogue import EVENTS


def test_each_schema_says_its_law_as_people_read_it(tmp_path: Path) -> None:
    assert CliRunner().invoke(contracts, ["export", str(tmp_path)]).exit_code == 0

    schemas = [json.loads(file.read_text()) for file in tmp_path.glob("*.schema.json")]
    said = {schema["properties"]["type"]["const"]: schema["description"] for schema in schemas}
    assert len(said) == len(EVENTS)
    assert said["cn.mingjian.assistance.review-completed.v1"] == (
        "依据：《社会救助暂行办法》第十三条第二款"
    )
