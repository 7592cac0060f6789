"""The table of findings (疑点) beside the read models, and how far each rule has been worked out.

A finding is known from the position at which a rule first finds it to that at which it does so no
more, like a row of a read model; no fold makes it (rules/working.py does).
"""

from __future__ import annotations

from typing import NamedTuple

from projections import checkpoint
from projections.checkpoint import CHECKPOINTS
from projections.read_model import MAX_POSITION, SCHEMA

TABLE = "finding"
WORKED = "finding_checkpoint"
TOLD = "read.finding_told"
"""How far sources are told of the findings of each rule, whichever version serves."""
TOLD_DDL = f"""CREATE TABLE IF NOT EXISTS {TOLD} (
    ledger text NOT NULL,
    rule text NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (ledger, rule)
)"""
COLUMNS = (
    "ledger",
    "finding",
    "known_from",
    "known_to",
    "n",
    "rule",
    "severity",
    "subject",
    "key",
    "what",
    "valid_from",
    "valid_to",
    "on_date",
    "position",
    "source",
    "amount_fen",
    "township",
    "undecidable",
)


class Place(NamedTuple):
    """Where findings stand, and the read models that they are worked out from."""

    schema: str = SCHEMA
    path: str = SCHEMA
    """Schemas in which rules find the tables that they read."""
    read_models: tuple[str, ...] = (CHECKPOINTS,)
    """Tables of the checkpoints of those; the later ones count where the earlier say nothing."""

    @property
    def table(self) -> str:
        """Qualified name of the table of findings."""
        return f"{self.schema}.{TABLE}"

    @property
    def worked(self) -> str:
        """Qualified name of the table that says how far each rule is: a checkpoint of rules."""
        return f"{self.schema}.{WORKED}"


HERE = Place()


def table_ddl(schema: str = SCHEMA) -> list[str]:
    """Statements that create the tables when they do not exist."""
    place = Place(schema)
    return [
        f"""CREATE TABLE IF NOT EXISTS {place.table} (
    ledger text NOT NULL,
    finding text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT {MAX_POSITION},
    n integer NOT NULL,
    rule text NOT NULL,
    severity text NOT NULL,
    subject text NOT NULL,
    key text NOT NULL,
    what text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    on_date date NOT NULL,
    position bigint NOT NULL,
    source text NOT NULL,
    amount_fen bigint,
    township text,
    undecidable boolean NOT NULL,
    PRIMARY KEY (ledger, finding, known_from, n)
) WITH (fillfactor = 85)""",
        f"COMMENT ON TABLE {place.table} IS 'findings: what breaks a rule of law, as known'",
        checkpoint.TABLE.format(place.worked),
    ]


def index_ddl(schema: str = SCHEMA) -> dict[str, str]:
    """Name → statement that creates the index when it does not exist."""
    columns = {
        "rule": "ledger, rule, subject",
        "subject": "ledger, subject",
        "position": "ledger, position",
        "known": "ledger, known_from",
    }
    made = {
        f"{TABLE}_{name}": (
            f"CREATE INDEX IF NOT EXISTS {TABLE}_{name} ON {schema}.{TABLE} ({over})"
        )
        for name, over in columns.items()
    }
    name = f"{TABLE}_ended"
    made[name] = (
        f"CREATE INDEX IF NOT EXISTS {name} ON {schema}.{TABLE} (ledger, known_to)"
        f" WHERE known_to <> {MAX_POSITION}"
    )
    return made


def ddl(schema: str = SCHEMA) -> list[str]:
    """All statements."""
    return [*table_ddl(schema), *index_ddl(schema).values()]
