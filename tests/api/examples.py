"""Examples of the read API's document: what it answers over the small ledger of the tests.

`python -m tests.api.examples` makes `api/read/examples.json` anew.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from api import read
from api.read import document
from api.read.shape import BASE
from infra import embedded, postgres
from reports.render.forms import FONTS
from tests.support.bureau import SAMPLE
from tests.support.pages import client_of
from tests.support.reading import database

PLACE = Path(read.__file__).with_name("examples.json")
PARTS = {
    "disclosure-one": "assistance-policies",
    "themes-one": "adoptions",
    "themes-values": "adoptions/values",
    "releases-one": "monthly/2024-11",
    "releases-edition": "monthly/2024-11/editions/1",
    "releases-values": "monthly/2024-11/values",
    "releases-edition-values": "monthly/2024-11/editions/1/values",
    "figures-one": "F04",
    "statements-one": "S01",
}
"""What is asked for, where that is not the first one of a list."""


async def made(client: httpx.AsyncClient) -> dict[str, Any]:
    """An answer to each operation, with the address that it was asked at."""
    found = {}
    for operation in document.operations(SAMPLE):
        above = BASE + operation.path.partition("/{")[0]
        asked = f"{above}?limit=1"
        if operation.id in PARTS:
            asked = f"{above}/{PARTS[operation.id]}"
        elif "{" in operation.path:
            rows = (await client.get(asked)).json()["rows"]
            asked = f"{above}/{rows[0]['id']}" if rows else ""
        if asked:
            answer = await client.get(asked)
            assert answer.status_code == 200, answer.text
            found[operation.id] = {"asked": asked, "answer": _everywhere(answer.json())}
    return found


def _everywhere(said: Any) -> Any:
    """An answer without the hashes of files that are other ones on another machine."""
    if isinstance(said, list):
        return [_everywhere(each) for each in said if not _of_fonts(each)]
    return {n: _everywhere(v) for n, v in said.items()} if isinstance(said, dict) else said


def _of_fonts(said: Any) -> bool:
    return isinstance(said, dict) and "sha256" in said and said.get("form") in FONTS


async def _made(url: str) -> dict[str, Any]:
    async with client_of(url) as client:
        return await made(client)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with database(postgres.embedded_url(data), "examples") as url:
            found = asyncio.run(_made(url))
        embedded.stop(data)
    PLACE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
