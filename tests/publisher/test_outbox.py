"""The outbox: nothing is lost, nothing is told twice, whatever ends when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mingjian_publisher import Event, Outbox, Sent, Unreachable, deliver, event
from mingjian_publisher.outbox import SameName

OFF_AND_ON = st.lists(st.sampled_from(["answers", "answers half", "lost answer", "away"]))


def one(number: int, fen: int = 50_000) -> Event:
    return event(
        "cn.mingjian.assistance.payment-settled.v1",
        {"amount_fen": fen},
        source="bank",
        subject=f"case/{number}",
        division="999901",
        id=f"e-{number}",
    )


class Ledger:
    """A ledger that knows each event by its name, behind a line that is not always there."""

    def __init__(self, line: Sequence[str] = ()) -> None:
        self.entries: list[str] = []
        self._line = iter(line)

    def send(self, events: Sequence[bytes]) -> list[Sent | None]:
        how = next(self._line, "answers")
        if how == "away":
            raise Unreachable("away")
        answers: list[Sent | None] = [self._take(json.loads(raw)["id"]) for raw in events]
        if how == "lost answer":
            raise Unreachable("the answer was lost")
        if how == "answers half":
            answers[len(answers) // 2 :] = [None] * (len(answers) - len(answers) // 2)
        return answers

    def _take(self, name: str) -> Sent:
        if name in self.entries:
            return Sent(name, "duplicate", "{}")
        self.entries.append(name)
        return Sent(name, "accepted", "{}")


@settings(max_examples=30)
@given(line=OFF_AND_ON, many=st.integers(1, 12))
def test_all_arrive_once_and_in_order_however_the_line_fails(
    line: list[str], many: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ledger = Ledger(line)
    with Outbox(tmp_path_factory.mktemp("outbox") / "o.sqlite") as outbox:
        outbox.put(one(number) for number in range(many))
        deliver(outbox, ledger, patience=1e9, sleep=lambda _: None)

        assert ledger.entries == [f"e-{number}" for number in range(many)]
        assert sum(outbox.counts().values()) == many
        assert "waiting" not in outbox.counts()


def test_what_was_put_in_is_there_after_the_process_ended(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.sqlite") as outbox:
        outbox.put([one(1), one(2)])
    ledger = Ledger()
    with Outbox(tmp_path / "o.sqlite") as outbox:
        assert deliver(outbox, ledger) == 2

    assert ledger.entries == ["e-1", "e-2"]


def test_the_same_event_again_is_kept_once(tmp_path: Path) -> None:
    told = one(1)
    with Outbox(tmp_path / "o.sqlite") as outbox:
        assert outbox.put([told, told]) == 1
        assert outbox.put([told]) == 0


def test_another_event_of_the_same_name_is_refused_and_with_it_all_that_came_along(
    tmp_path: Path,
) -> None:
    told = one(1)
    other: Event = {**told, "data": {"amount_fen": 1}}
    with Outbox(tmp_path / "o.sqlite") as outbox:
        outbox.put([told])
        with pytest.raises(SameName):
            outbox.put([one(2), other])

        assert outbox.counts() == {"waiting": 1}


def test_what_was_refused_is_sent_again_mended_under_its_own_name(tmp_path: Path) -> None:
    class Strict(Ledger):
        def _take(self, name: str) -> Sent:
            self.entries.append(name)
            outcome = "quarantined" if self.entries == [name] else "accepted"
            return Sent(name, outcome, "{}")

    ledger, told = Strict(), one(1)
    with Outbox(tmp_path / "o.sqlite") as outbox:
        outbox.put([told])
        deliver(outbox, ledger)
        assert outbox.counts() == {"quarantined": 1}

        assert outbox.put([told]) == 0  # the same again mends nothing
        mended: Event = {**told, "data": {"amount_fen": 1}}
        assert outbox.put([mended]) == 1
        assert outbox.put([mended]) == 0
        deliver(outbox, ledger)
        assert outbox.counts() == {"accepted": 1}
        assert outbox.refused() == []


def test_who_has_no_patience_hears_at_once_that_nobody_is_there(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.sqlite") as outbox:
        outbox.put([one(1)])
        with pytest.raises(Unreachable):
            deliver(outbox, Ledger(["away"]), sleep=lambda _: None)

        assert outbox.counts() == {"waiting": 1}
