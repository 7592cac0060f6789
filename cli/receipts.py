"""`mingjian receipts`: what sources were told, told again."""

from __future__ import annotations

from functools import partial

import typer

from cli.console import OURS, LedgerOption, database, progress, run, say, with_kafka
from cli.outcome import SourceArgument
from cli.outcomes import AT_ONCE, AfterOption
from consumers import notices
from consumers.publisher import careful_producer, publish
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.kafka.topics import receipts_topic
from infra.settings import Settings
from infra.unsafe import sentences
from ledger import adopted, told

FOR = "publisher"
BATCH_BYTES = 2**20

receipts = typer.Typer(no_args_is_help=True, add_completion=False, help="回执 / receipts")
receipts.callback()(lambda: None)  # a group, though of one


class CannotResend(ValueError):
    """There is no such source, or its topic is not as it must be."""


@receipts.command()
def resend(
    source: SourceArgument,
    after: AfterOption = None,
    ledger: LedgerOption = OURS,
) -> None:
    """再次发出某一来源此后的全部回执 / send all receipts of a source after a cursor once more.

    内容与当时相同，按入账次序；收过的照编号认出 / as they were told, in the order of the record.
    """
    given = with_kafka()
    count, cursor = run(_resend(given, ledger, source, after))
    say(f"已再次发出 {count} 份回执，至 {cursor} / sent again")


async def _resend(
    given: Settings, ledger: str, source: str, after: str | None
) -> tuple[int, str | None]:
    bootstrap, prefix = Bootstrap.of(given), given.kafka_prefix
    topic = receipts_topic(source, prefix)
    count, cursor = 0, after
    async with database(ledger) as connection:
        sources = (await adopted.versions(connection, ledger)).sources
        if source not in sources:
            raise CannotResend(
                f"没有登记来源 {source} / no such source: {', '.join(sorted(sources))}"
            )
        wrong = await ensure_topics(bootstrap, sources=sources, divisions=[ledger], prefix=prefix)
        if wrong:
            raise CannotResend(sentences(wrong))
        base = (await adopted.at(connection, ledger)).site.url
        made = partial(notices.again, ledger, base=base)
        producer = careful_producer(bootstrap, f"{prefix}-resend", BATCH_BYTES, "zstd")
        await producer.start()
        try:
            with progress() as bars:
                advance = bars.counting("回执", "份 receipts")
                while True:
                    found, cursor = await told.outcomes_after(
                        connection, ledger, source, cursor, AT_ONCE
                    )
                    if not found:
                        return count, cursor
                    await publish(producer, topic, list(map(made, found)))
                    count += len(found)
                    advance(len(found))
        finally:
            await producer.stop()
