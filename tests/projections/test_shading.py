"""What is withheld is blanked in texts; JSON that holds it stays JSON."""

from __future__ import annotations

import json

import pytest

from ledger.withheld import MARK, Piece, pattern_of
from projections.shading import Shade

NUMBER = "107200"


@pytest.fixture
def shade() -> Shade:
    made = Shade()
    made.take((1, 1), pattern_of([Piece("", NUMBER, ""), Piece("关于", "王梅", "案")]))
    made.drawn = True
    return made


@pytest.mark.parametrize(
    "written",
    [
        '{"exact":107200,"text":"档号107200。","107200":[1107200, "１０７２００"]}',
        '{"a\\n107200" : -107200, "text": "见\\n107200\\u3002", "107200":"\\\\\\"107200\\""}',
        '[{"text":"关于王梅案","fen":107200.0}]',
    ],
)
def test_numbers_and_names_of_json_stay(shade: Shade, written: str) -> None:
    def blanked(value: object) -> object:
        if isinstance(value, dict):
            return {name: blanked(each) for name, each in value.items()}
        if isinstance(value, list):
            return [blanked(each) for each in value]
        if isinstance(value, str):
            for text in (NUMBER, "１０７２００"):
                value = value.replace(text, MARK)
            return value.replace("关于王梅案", f"关于{MARK}案")
        return value

    wanted = blanked(json.loads(written))
    for read in (shade.json(written), shade.text(written), shade.octets(written.encode()).decode()):
        assert json.loads(read) == wanted
        assert MARK in read


@pytest.mark.parametrize(
    "text", ["档号107200", '{"107200', "[107200]号", '[2024]"107200"号', "{107200}"]
)
def test_what_is_no_json_is_blanked_wherever_it_stands(shade: Shade, text: str) -> None:
    assert shade.text(text) == text.replace(NUMBER, MARK)
    assert shade.octets(text.encode()).decode() == text.replace(NUMBER, MARK)


def test_what_has_nothing_of_it_is_read_as_it_stands(shade: Shade) -> None:
    written = '{ "a": 1.50, "b": "x\\u00e9", "b": "y" }'
    assert shade.json(written) == shade.text(written) == written
    assert shade.octets(b"\xff107200") == b"\xff107200"
    shade.drawn = False
    assert shade.json('{"a":"107200"}') == '{"a":"107200"}'
