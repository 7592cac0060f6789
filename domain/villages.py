"""The village register (村(社区)名册): which villages and communities there are, and since when.

One stream per village, named by its 12-digit code; the first nine digits are its township.
Basis: 村民委员会组织法 art. 3, 城市居民委员会组织法 art. 6
(set up, abolished or changed by decision).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.listed import Listed
from domain.codes import Labels
from domain.event import Day, DocumentNumber, Event, Text

VillageKind = Annotated[
    Literal["village", "community"],
    Labels("村", "社区"),
]


OnRegister = Annotated[str, Field(pattern=r"^[0-9]{12}$"), Listed("village-on-register")]
"""12-digit code of a village in a township of the bureau: this register says which there are."""


class VillageEvent(Event):
    """A fact about one village or community."""

    STREAM: ClassVar[str] = "village"
    KEY: ClassVar[str] = "village"

    village: OnRegister


class VillageTakenOver(VillageEvent):
    """A village on the register when the ledger began (期初接收)."""

    TYPE: ClassVar[str] = "villages.village-taken-over.v1"
    TITLE: ClassVar[str] = "村（社区）名册接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    name: Text
    kind: VillageKind
    taken_over_on: Day


class VillageEstablished(VillageEvent):
    """A village or community was set up."""

    TYPE: ClassVar[str] = "villages.village-established.v1"
    TITLE: ClassVar[str] = "设立村（社区）"
    BASIS: ClassVar[str] = "村民委员会组织法 3(2); 城市居民委员会组织法 6(2)"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "established_on"

    name: Text
    kind: VillageKind
    decision_number: DocumentNumber
    established_on: Day


class VillageRenamed(VillageEvent):
    """The village has another name, or is a community now (村改居); the code stays."""

    TYPE: ClassVar[str] = "villages.village-renamed.v1"
    TITLE: ClassVar[str] = "村（社区）更名"
    BASIS: ClassVar[str] = "村民委员会组织法; 城市居民委员会组织法"
    ON: ClassVar[str] = "renamed_on"

    name: Text
    kind: VillageKind
    decision_number: DocumentNumber
    renamed_on: Day


class VillageAbolished(VillageEvent):
    """The village was abolished; from `abolished_on` it is off the register."""

    TYPE: ClassVar[str] = "villages.village-abolished.v1"
    TITLE: ClassVar[str] = "撤销村（社区）"
    BASIS: ClassVar[str] = "村民委员会组织法 3(2); 城市居民委员会组织法 6(2)"
    ON: ClassVar[str] = "abolished_on"

    merged_into: OnRegister | None = None
    decision_number: DocumentNumber
    abolished_on: Day

    def refers(self) -> tuple[str, ...]:
        return () if self.merged_into is None else (f"village/{self.merged_into}",)


Breach = Annotated[
    Literal["already-on-register", "code-used-again", "not-on-register"],
    Labels("该代码已在名册", "已撤销的代码再次使用", "该代码不在名册"),
]


class RegisteredVillage(Aggregate):
    """A village: since when it is on the register; None = it is not on it."""

    STREAM: ClassVar[str] = "village"

    since: date | None = None
    abolished_on: date | None = None

    @judges
    @once("already-on-register")
    def judge_begin(self, event: VillageTakenOver | VillageEstablished) -> tuple[Breach, ...]:
        """A code is given once: neither while in use nor for another village later."""
        if self.since is not None:
            return ("already-on-register",)
        gone = self.abolished_on
        again = gone is not None and gone <= event.occurred_on()
        return ("code-used-again",) if again else ()

    @judges
    def judge_change(self, event: VillageRenamed | VillageAbolished) -> tuple[Breach, ...]:
        """Only what is on the register by then changes."""
        since = self.since
        listed = since is not None and since <= event.occurred_on()
        return () if listed else ("not-on-register",)

    @evolves
    def on_taken_over(self, event: VillageTakenOver) -> None:
        self.since = event.taken_over_on

    @evolves
    def on_established(self, event: VillageEstablished) -> None:
        self.since = event.established_on

    @evolves
    def on_abolished(self, event: VillageAbolished) -> None:
        self.since, self.abolished_on = None, event.abolished_on
