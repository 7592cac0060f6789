"""Logging: JSON or readable, and only what may stand in a log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from infra import logging as logs
from infra.settings import Settings


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = before


def written(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_where_no_person_reads() -> None:
    out = io.StringIO()
    logs.configure(Settings(), out)
    logs.get("mingjian.intake").bind(ledger="445102").info("batch taken", records=3)
    (line,) = written(out)
    assert (line["event"], line["ledger"], line["records"]) == ("batch taken", "445102", 3)
    assert (line["level"], line["logger"]) == ("info", "mingjian.intake")


def test_a_line_is_readable_when_asked() -> None:
    out = io.StringIO()
    logs.configure(Settings(log_json=False), out)
    logs.get("mingjian.intake").info("batch taken", records=3)
    assert "batch taken" in out.getvalue()
    assert "records=3" in out.getvalue()


def test_what_is_not_on_the_list_is_left_out() -> None:
    out = io.StringIO()
    logs.configure(Settings(), out)
    logs.get("mingjian.intake").info("batch taken", name="示例甲", raw=b"{}", records=1)
    (line,) = written(out)
    assert line["left_out"] == ["name", "raw"]
    assert "示例甲" not in out.getvalue()


def test_an_exception_is_its_type_and_place() -> None:
    out = io.StringIO()
    logs.configure(Settings(), out)
    try:
        int("示例甲")
    except ValueError as error:
        logs.get("mingjian.intake").error("stopped", exc_info=error)
        logging.getLogger("aiokafka").exception("a library's line")
    ours, library = written(out)
    for line in (ours, library):
        assert line["error"] == "builtins.ValueError"
        assert str(line["where"]).startswith("test_logging.py:")
    assert "示例甲" not in out.getvalue()


def test_libraries_speak_up_only_when_something_is_wrong() -> None:
    out = io.StringIO()
    logs.configure(Settings(), out)
    logging.getLogger("aiokafka.consumer").info("joined")
    logging.getLogger("aiokafka.consumer").warning("lost")
    assert [line["event"] for line in written(out)] == ["lost"]
