r"""What each role of the database may do: one table of data, and giving these rights.

A table without a line here is open to nobody but its owner. The letters are those that PostgreSQL
shows: r SELECT, a INSERT, w UPDATE, d DELETE, m MAINTAIN (ANALYZE); columns in brackets. Nobody has
w, d or D (TRUNCATE) on entries and sealed parts. Read models are the projector's own: it owns their
schemas, and what it makes there can be read by those in `READERS`, as soon as it is made.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Iterable
from functools import cache

import asyncpg

from infra import roles
from infra.roles import LOGINS, Role

WORDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "m": "MAINTAIN"}
ALL_BUT_SEALED = "*-sealed"
"""In brackets: all columns but what is sealed, which may not even be counted."""
_MOVED = "position, last_recorded_at, parked, quarantined, journal, head, aliases_due, secret_check"
_DEED = "last_recorded_at, journal, head"
"""What a deed moves (journal.deed)."""
_READ_ALL = ("relay", "projector", "gateway", "api", "auditor")
_OPEN = dict.fromkeys(_READ_ALL, "r")
_ASIDE = dict.fromkeys(_READ_ALL, f"r({ALL_BUT_SEALED})")
RIGHTS: dict[str, dict[str, str]] = {
    "migration": _OPEN | {"intake": "r"},
    "ledger": _OPEN | {"intake": f"r w({_MOVED})", "operator": "aw", "desk": f"r w({_DEED})"},
    "entry": _OPEN | {"intake": "ram", "desk": "r(ledger, position, mac)"},
    "first_form": _OPEN | {"intake": "ra", "desk": "r(ledger, position, mac)"},
    "correction": _OPEN | {"intake": "ram"},
    "sealed_part": {
        "intake": "ram",
        "relay": "r",
        "projector": f"r({ALL_BUT_SEALED})",
        "gateway": f"r({ALL_BUT_SEALED})",
        "auditor": f"r({ALL_BUT_SEALED})",
    },
    "person_key": {"intake": "ra", "auditor": "r(ledger, person, master, since)", "operator": "wd"},
    "person_alias": _OPEN | {"intake": "ra"},
    "stream_state": {"intake": "rawdm", "gateway": "r", "auditor": "r"},
    "parked": _ASIDE | {"intake": "rawm"},
    "quarantine": _ASIDE | {"intake": "rawm"},
    "quarantine_kept": {"intake": "raw", "gateway": "r", "auditor": "r"},
    "duplicate": _OPEN | {"intake": "ra"},
    "duplicates_of_day": _OPEN | {"intake": "raw"},
    "sequence": _OPEN | {"intake": "raw"},
    "sequence_break": _OPEN | {"intake": "raw"},
    "source_offset": {"intake": "raw", "relay": "r", "gateway": "r", "auditor": "r"},
    "attempt": {"intake": "rawd", "auditor": "r"},
    "waking": {"intake": "rawd", "gateway": "r", "auditor": "r"},
    "journal": _OPEN | {"intake": "ra", "operator": "w(mac)", "desk": "ra"},
    "relayed": {"relay": "raw", "auditor": "r"},
    "topic_place": {"relay": "raw", "projector": "r", "auditor": "r"},
    "foreign_record": {"relay": "ra", "projector": "r", "auditor": "r"},
    "look": {"auditor": "r a(ledger, who, role, purpose, subject)"},
    "access": {"auditor": "ra", "operator": "d"},
}
"""Table of the schema `ledger` → role (without `mingjian_`) → what it may do there."""
FUNCTIONS = {"open_sealed": ("auditor",)}
"""Function of the schema `ledger` → who may call it; those of triggers are called by nobody."""
READERS = ("intake", "relay", "gateway", "api", "auditor")
"""Who reads the read models."""
TOLD = {"finding_told": {"relay": "raw"}}
"""Table of the schema `read` → what others than the projector write there."""
_PART = re.compile(r"([a-z]+)(?:\(([^)]*)\))?")


@cache
def digest() -> str:
    """A text that changes with what is given here."""
    source = inspect.getsource(sys.modules[__name__]) + inspect.getsource(roles)
    return hashlib.sha256(source.encode()).hexdigest()


async def given(connection: asyncpg.Connection) -> bool:
    """Whether these rights were given in this database, by this program or one like it."""
    query = "SELECT obj_description(to_regnamespace('ledger'), 'pg_namespace')"
    return bool(await connection.fetchval(query) == digest())


async def give(connection: asyncpg.Connection, *, login: bool = False) -> None:
    """Make the roles and give them their rights, again and again to the same effect.

    `login`: whether they may log in without more, as on the embedded server, whose socket nobody
    else reaches. The user of the connection is a superuser, or may create roles and owns all this.
    """
    async with connection.transaction():
        await connection.execute(";".join(_roles(login=login)))
        columns: dict[tuple[str, str], list[str]] = {}
        for schema, table, column in await connection.fetch(_COLUMNS):
            columns.setdefault((schema, table), []).append(column)
        schemas = [row[0] for row in await connection.fetch(_SCHEMAS)]
        made = [row[0] for row in await connection.fetch(_OWNED)]
        await connection.execute(";".join([*made, *_ledger(columns), *_read(schemas, columns)]))


_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^read(_[0-9a-z]+)?$' ORDER BY 1"
_COLUMNS = f"""
SELECT nspname, relname, attname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
WHERE relkind = 'r' AND (nspname = 'ledger' OR nspname IN ({_SCHEMAS})) ORDER BY 1, 2, attnum
"""
_OWNED = f"""
SELECT format('ALTER %s %s OWNER TO %s', what, name, whose) FROM (
    SELECT 'SCHEMA' AS what, quote_ident(nspname) AS name, nspowner AS owner, nspname
    FROM pg_namespace
    UNION ALL
    SELECT 'TABLE', pg_class.oid::regclass::text, relowner, nspname
    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind = 'r'
    UNION ALL
    SELECT 'FUNCTION', pg_proc.oid::regprocedure::text, proowner, nspname
    FROM pg_proc JOIN pg_namespace AS n ON n.oid = pronamespace
) AS thing, LATERAL (
    SELECT CASE nspname WHEN 'ledger' THEN '{Role.OWNER}' ELSE '{Role.PROJECTOR}' END AS whose
) AS of
WHERE (nspname = 'ledger' OR nspname IN ({_SCHEMAS})) AND owner <> whose::regrole
ORDER BY what <> 'SCHEMA'
"""
"""Statements that give what is ours to its owner, schemas first: who owns a table may make one."""


def _roles(*, login: bool) -> Iterable[str]:
    """Statements that make the roles; another database of the server may be making them as well."""
    for role in Role:
        may = " LOGIN" if login and role in LOGINS else ""
        yield (
            f"DO $$ BEGIN CREATE ROLE {role}{may}; EXCEPTION WHEN duplicate_object"
            " OR unique_violation THEN NULL; END $$"
        )
        if may:
            yield (
                f"DO $$ BEGIN IF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = '{role}')"
                f" THEN ALTER ROLE {role} LOGIN; END IF; END $$"
            )
    # Who is no superuser must be of the roles whose things it makes, also when it made them itself.
    for role in (Role.OWNER, Role.PROJECTOR):
        yield (
            f"DO $$ BEGIN IF NOT pg_has_role('{role}', 'USAGE') THEN"
            f" EXECUTE format('GRANT {role} TO %I', current_user); END IF; END $$"
        )
    for table, inherit in ((roles.MEMBERS, "TRUE"), (roles.MAY_BECOME, "FALSE")):
        for member, groups in table.items():
            yield from (_member(member, group, inherit) for group in groups)


def _member(member: Role, group: Role, inherit: str) -> str:
    return (
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_auth_members"
        f" WHERE roleid = '{group}'::regrole AND member = '{member}'::regrole) THEN"
        f" GRANT {group} TO {member} WITH INHERIT {inherit}, SET TRUE; END IF; END $$"
    )


def _ledger(columns: dict[tuple[str, str], list[str]]) -> Iterable[str]:
    everybody = ", ".join(LOGINS)
    yield f"COMMENT ON SCHEMA ledger IS '{digest()}'"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM {everybody}"
    yield f"GRANT USAGE ON SCHEMA ledger TO {everybody}"
    for table, lines in RIGHTS.items():
        if ("ledger", table) in columns:
            yield from _grants("ledger", table, lines, columns)
    for function, who in FUNCTIONS.items():
        yield f"GRANT EXECUTE ON FUNCTION ledger.{function} TO {', '.join(map(_role, who))}"


def _read(schemas: list[str], columns: dict[tuple[str, str], list[str]]) -> Iterable[str]:
    readers, owner = ", ".join(map(_role, READERS)), Role.PROJECTOR
    yield (
        f"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {owner}',"
        " current_database()); END $$"
    )
    for what, right in (("SCHEMAS", "USAGE"), ("TABLES", "SELECT")):
        yield (f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT {right} ON {what} TO {readers}")
    yield (
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA read"
        f" GRANT SELECT, INSERT, UPDATE ON TABLES TO {Role.RELAY}"
    )
    for schema in schemas:
        yield f"GRANT USAGE ON SCHEMA {schema} TO {readers}"
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {readers}"
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {readers}"
    for table, lines in TOLD.items():
        if ("read", table) in columns:
            yield from _grants("read", table, lines, columns)


def _grants(
    schema: str,
    table: str,
    lines: dict[str, str],
    columns: dict[tuple[str, str], list[str]],
) -> Iterable[str]:
    for name, letters in lines.items():
        for some, among in _PART.findall(letters):
            listed = among
            if among == ALL_BUT_SEALED:
                listed = ", ".join(f'"{c}"' for c in columns[schema, table] if c != "sealed")
            words = (WORDS[letter] + (f" ({listed})" if listed else "") for letter in some)
            yield f"GRANT {', '.join(words)} ON {schema}.{table} TO {_role(name)}"


def _role(name: str) -> str:
    return Role[name.upper()]
