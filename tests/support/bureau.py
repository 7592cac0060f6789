"""The sample bureau, as tests hand it to what they test."""

from __future__ import annotations

from pathlib import Path

from infra.bureaus import load

FOLDER = Path(__file__).resolve().parents[2] / "bureaus" / "445102"
SAMPLE = load(FOLDER)
