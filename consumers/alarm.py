"""What ends a service on Kafka and waits for people; each is explained in docs/operating.md."""

from __future__ import annotations

from collections.abc import Sequence

from infra.alarm import Alarm


class UnsafeSettings(Alarm):
    """A setting under which acknowledged events can be lost; the service does not start."""


class UnsafeTopics(Alarm):
    """Topics are not as the record needs them."""


class Stuck(Alarm):
    """There is work, and it does not go on: what runs the service starts it again."""


class NewSources(Alarm):
    """The ledger adopted a folder that names sources whose topics are not read yet."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"采用的单位资料有新的来源系统 {'、'.join(names)}，重新启动即接收"
            f" / new sources {', '.join(names)}: with the next start their topics are read"
        )
