"""Logging: JSON or readable, and only what may stand in a log."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator

import pytest
from uvicorn.config import LOGGING_CONFIG

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


@pytest.mark.parametrize("as_json", [True, False])
def test_whatever_a_text_holds_a_line_stays_one_line_and_moves_nothing(*, as_json: bool) -> None:
    out = io.StringIO()
    logging.config.dictConfig(LOGGING_CONFIG)  # as uvicorn does of itself
    logs.configure(Settings(log_json=as_json), out)
    logs.get("mingjian.api").error("failed", path="/x\x1b[2J\u202e\n{forged}\u2028\x9b")
    logging.getLogger("uvicorn.error").error("refused \x1b[31m%s", "\r\nforged")
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u202e]", "".join(lines))
    assert "u202e" in lines[0]


def test_of_a_library_only_the_first_line_is_kept() -> None:
    """Asyncio says which task ended, and on the next line quotes its exception."""
    out = io.StringIO()
    logs.configure(Settings(), out)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <示例甲>")
    (line,) = written(out)
    assert line["event"] == "Task exception was never retrieved"


def test_what_is_normal_while_a_broker_makes_its_topics_is_said_only_if_it_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, client = io.StringIO(), logging.getLogger("aiokafka.consumer.group_coordinator")
    usual = "Group Coordinator Request failed: [Error 15] CoordinatorNotAvailableError"
    logs.configure(Settings(), out)
    client.error(usual)
    client.error("Heartbeat session expired")
    assert [line["event"] for line in written(out)] == ["Heartbeat session expired"]

    monkeypatch.setattr(logs, "START_SECONDS", -1.0)
    again = io.StringIO()
    logs.configure(Settings(), again)
    client.error(usual)
    assert [line["event"] for line in written(again)] == [usual]
