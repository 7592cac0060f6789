"""What was published once is accepted for ever: a sample of every version of every contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.envelope import read
from infra.contracts import history
from tests.contract.compare import ENVELOPE
from tests.contract.lock import PUBLISHED
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench


def sample_lines(file: Path) -> list[bytes]:
    """The messages that are kept in a file."""
    return file.read_bytes().splitlines()


SAMPLES = sorted(PUBLISHED.glob("*.jsonl"))


def test_there_is_a_sample_of_every_type_for_every_day_on_which_it_changed() -> None:
    kept = {
        (file.stem, json.loads(line)["type"])
        for file in SAMPLES
        for line in file.read_text().splitlines()
    }
    changed = {(noted.on, noted.type) for noted in history() if noted.type != ENVELOPE}
    assert changed <= kept


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: str(file.stem))
def test_samples_of_every_version_are_read_for_ever(file: Path) -> None:
    """Of 0.1.0 (2026-11-25) in the words of then; 13 of 211 named a source that may no more."""
    lines = sample_lines(file)
    assert lines
    for line in lines:
        assert read(line, SAMPLE, replay=True).id


@pytest.mark.parametrize("file", SAMPLES[1:], ids=lambda file: str(file.stem))
async def test_samples_are_accepted_for_ever(file: Path, bench: Bench) -> None:
    """Those of 0.1.0 do not fit together: each was an example by itself."""
    lines = sample_lines(file)

    assert (await bench.take(*lines)).accepted == len(lines)
