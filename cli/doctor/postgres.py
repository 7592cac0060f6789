"""What the doctor asks PostgreSQL: is it safe, is the ledger whole, are the read models there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg

from cli.doctor.finding import Finding, Level, disk, fine, look, wrong
from cli.doctor.sources import sources
from consumers import selfcheck
from domain.bureau.reading import FolderWrong
from domain.money import format_yuan
from infra import bureaus
from infra.settings import Settings
from ledger import adopted, aside, evidence, mighty, migration, offsets, rights, secret, store
from ledger.seal import Sealer
from projections import checkpoint
from projections.catalogue import READ_MODELS
from projections.read_model import VERSION
from projections.snapshot import old_notice, serving
from rules import working
from rules.rule import looking_rules
from upkeep.rebuild import tables

CLOCK_SECONDS = 2.0
REMEDIES = {
    "fsync": "ALTER SYSTEM SET fsync = on；重新加载 / SELECT pg_reload_conf()",
    "full_page_writes": "ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf()",
    "synchronous_commit": "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf()；"
    "也查角色与数据库的设置 / look at ALTER ROLE and ALTER DATABASE settings too",
    "server_version_num": "升级到 PostgreSQL 18 / upgrade",
}


async def postgres_findings(
    connection: asyncpg.Connection, given: Settings, name: str
) -> list[Finding]:
    """All checks of the database and what stands in it."""
    found = [finding async for finding in _server(connection)]
    if not await store.exists(connection):
        remedy = "mingjian ledger create 或 / or mingjian demo"
        return [*found, look("ledger", "还没有账本 / no ledger in this database yet", remedy)]
    form = await _form(connection)
    found.append(form)
    if form.level is not Level.FINE:
        return found
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        text = f"还没有账本 {name} / no ledger of that name yet"
        return [*found, look("ledger", text, "mingjian ledger create")]
    found += [finding async for finding in _ledger(connection, ledger, given)]
    if not given.embedded:
        found.append(await _user(connection, ledger))
    found.append(await _bureau(connection, ledger, given))
    found += [finding async for finding in sources(connection, ledger, given)]
    found += [finding async for finding in _read_models(connection, ledger)]
    found += [finding async for finding in _aside(connection, name)]
    return [*found, await _books(connection, name)]


async def _form(connection: asyncpg.Connection) -> Finding:
    try:
        await migration.require(connection)
        await serving(connection)
    except migration.Unfit as error:
        return wrong("form", str(error), "docs/operating.md, “Upgrading”")
    last = migration.migrations()[-1].name
    return fine("form", f"数据库结构 / form of the database: {last}")


async def _server(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    version = await connection.fetchval("SHOW server_version")
    faults = await selfcheck.database_faults(connection)
    for fault in faults:
        yield wrong(f"postgres.{fault.setting}", str(fault), REMEDIES[fault.setting])
    if not faults:
        text = f"PostgreSQL {version}，提交即落盘 / a commit is on disk: fsync, synchronous_commit"
        yield fine("postgres", text)
    if await connection.fetchval("SHOW data_checksums") == "on":
        yield fine("postgres.checksums", "数据校验和已开 / data checksums on")
    else:
        yield look(
            "postgres.checksums",
            "数据校验和未开：坏盘不会被发现 / data checksums off: a bad disk goes unseen",
            "停库后 / with the server stopped: pg_checksums --enable",
        )
    local = "SELECT inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()"
    if await connection.fetchval(local):
        # Not every role may see it; then it is no row.
        where = "SELECT setting FROM pg_settings WHERE name = 'data_directory'"
        if (directory := await connection.fetchval(where)) is not None:
            yield disk("disk.postgres", Path(directory))
    before = time.time()
    there = (await connection.fetchval("SELECT clock_timestamp()")).timestamp()
    away = max(before - there, there - time.time(), 0.0)
    text = f"与 PostgreSQL 时钟相差 / clocks differ by {away:.1f} s"
    if away > CLOCK_SECONDS:
        yield wrong("clock", text, "两边都用 NTP 校时 / set both by NTP")
    else:
        yield fine("clock", text)


async def _user(connection: asyncpg.Connection, ledger: store.Ledger) -> Finding:
    """Whether who asks here could change what is recorded, and all have the rights of today."""
    who = await connection.fetchval("SELECT session_user")
    if not await rights.given(connection):
        return look(
            "postgres.roles",
            "数据库用户的权限不是本程序的 / rights are not those of this program",
            "以管理员 / as administrator: mingjian roles --apply",
        )
    if await mighty.who(connection) is None:
        return fine(
            "postgres.roles", f"数据库用户 / user {who}：不能改动已入账的记录 / append only"
        )
    text = f"数据库用户 {who} 能改动已入账的记录 / may change what is recorded"
    remedy = "服务以自己的用户运行 / services have users of their own: mingjian roles --apply"
    if not ledger.sample:
        text += "；服务会拒绝以它运行 / services refuse to run as it"
    return look("postgres.roles", text, remedy)


async def _ledger(
    connection: asyncpg.Connection, ledger: store.Ledger, given: Settings
) -> AsyncIterator[Finding]:
    name, position = ledger.name, ledger.position
    marks = f"{ledger.kind}{'，示例 / sample' if ledger.sample else ''}"
    text = f"账本 / ledger {name}（{marks}）：位置 / position {position}"
    if ledger.restoring:
        yield wrong(
            f"ledger.{name}", f"{text}，尚未恢复完 / restore unfinished", "mingjian restore"
        )
    else:
        yield fine(f"ledger.{name}", text)
    count, last = await evidence.count_and_last(connection, name)
    if count == last == position:
        yield fine(f"dense.{name}", f"{name}：位置连续 / positions dense, 1 – {position}")
    else:
        yield wrong(
            f"dense.{name}",
            f"{name}：位置不连续 / positions not dense: {count} 条 / entries，末条 / last {last}，"
            f"计数 / counter {position}",
            "停止写入，从备份或主题恢复 / stop writing; restore (docs/operating.md)",
        )
    yield await _secret(connection, ledger, given)
    if not ledger.sample:
        yield _master(ledger.name, given)


def _master(name: str, given: Settings) -> Finding:
    """Whether persons' keys are wrapped by something that stands in no backup with them."""
    check = f"master.{name}"
    if given.master_key_file is not None:
        return fine(check, f"{name}：人员密钥由主密钥文件包裹 / master key file in use")
    text = (
        f"{name}：没有主密钥文件，人员密钥由账本密钥包裹：已遗忘的人在旧备份中仍可打开"
        " / no file of master keys: old backups still open for who has the secret"
    )
    return look(check, text, "mingjian keys new-master FILE（docs/operating.md）")


async def _secret(connection: asyncpg.Connection, ledger: store.Ledger, given: Settings) -> Finding:
    name = ledger.name
    check = f"secret.{name}"
    async with connection.transaction(readonly=True):  # it changes nothing
        fits = await secret.fit(connection, Sealer(given.secret, name), ledger)
    if fits is None:
        text = f"{name}：没有可用来核对密钥的记录 / no entry to verify the secret by"
        return look(check, text, "自行核对 MINGJIAN_LEDGER_SECRET / make sure of it yourself")
    if not fits and given.sample:
        text = f"{name}：没有给出密钥 / MINGJIAN_LEDGER_SECRET is not given"
        return look(check, text, "接收与写入的命令都要它 / whatever writes needs it")
    if fits and not ledger.sample and (why := secret.weakness(given.secret)) is not None:
        text = f"{name}：密钥相符，但太弱，能猜到化名背后的号码 / fits, and is weak: {why}"
        return wrong(check, text, "密钥不能更换：限制谁能读账本 / it cannot be changed")
    if fits:
        return fine(check, f"{name}：密钥相符 / MINGJIAN_LEDGER_SECRET fits")
    return wrong(
        check,
        f"{name}: MINGJIAN_LEDGER_SECRET 不是这个账本的 / is not this ledger's",
        "不要用它写入：同一人会变成两人 / do not write with it: a person would become two",
    )


async def _bureau(connection: asyncpg.Connection, ledger: store.Ledger, given: Settings) -> Finding:
    """Whether the ledger goes by the folder that the settings name."""
    check, adopt = f"bureau.{ledger.name}", "mingjian bureau adopt --by WHO --why REASON"
    told = [] if ledger.restoring else await adopted.digests(connection, ledger.name)
    if not told:
        return look(check, f"{ledger.name}：尚未采用单位资料 / no bureau adopted yet", adopt)
    try:
        ours = bureaus.ours(given)
    except (OSError, FolderWrong) as error:
        return wrong(check, f"{ledger.name}：单位资料 / folder: {error}", "mingjian bureau check")
    number, _, digest = told[-1]
    if ours.division == ledger.name and ours.digest != digest:
        text = (
            f"{ledger.name}：配置的单位资料不是采用的（经办日志第 {number} 条）"
            f" / the folder differs from the one adopted: {ours.digest[:12]}, {digest[:12]}"
        )
        return look(check, text, adopt)
    return fine(check, f"{ledger.name}：采用的单位资料 / bureau adopted: {digest[:12]}")


async def _read_models(
    connection: asyncpg.Connection, ledger: store.Ledger
) -> AsyncIterator[Finding]:
    name, position = ledger.name, ledger.position
    check = f"read_models.{name}"
    version = await serving(connection)
    if version is None:
        yield look(check, f"{name}：没有读模型 / no read models", "mingjian rebuild")
        return
    if version != VERSION:
        yield look(check, f"{name}: {old_notice(version)}", "mingjian rebuild")
        return
    stands = await checkpoint.stands(connection, name, [model.name for model in READ_MODELS])
    for stand in stands.values():
        if (halt := stand.halt) is not None:
            yield wrong(
                f"read_model.{halt.read_model}.{name}",
                f"{name}：读模型 {halt.read_model} 停在位置 {halt.position} 之前"
                f" / has halted before that entry: {halt.error}",
                f"改正程序后 / mend the code: mingjian rebuild --model {halt.read_model}；或略去"
                f" / or mingjian models leave-out {halt.read_model} {halt.position} --by --why",
            )
        if stand.without:
            yield look(
                f"left_out.{stand.read_model}.{name}",
                f"{name}：读模型 {stand.read_model} 略去 / entries left out: {len(stand.without)}",
                "mingjian models",
            )
    folded = {stand.read_model: stand.position for stand in stands.values() if not stand.halt}
    slowest = min(folded, key=lambda model: folded[model], default="")
    behind = position - folded.get(slowest, position)
    if behind > 0:
        text = f"{name}：读模型落后 / read models behind by {behind} ({slowest})"
        yield look(check, text, "mingjian run projector 或 / or mingjian rebuild")
    elif behind < 0:
        text = f"{name}：读模型超前于账本 / read models ahead of the ledger by {-behind}"
        yield wrong(check, text, "数据库被换过？/ database replaced? mingjian rebuild")
    else:
        yield fine(check, f"{name}：读模型已跟上 / read models up to date")
    async for finding in _findings(connection, name):
        yield finding
    if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{tables.NEXT}.progress"):
        done = await tables.position(connection, name)
        yield look(
            f"rebuild.{name}",
            f"{name}：有未完成的重建 / an unfinished rebuild stands at {done} of {position}",
            "mingjian rebuild 接着做 / goes on；--discard 放弃 / drops it",
        )


async def _findings(connection: asyncpg.Connection, name: str) -> AsyncIterator[Finding]:
    """Whether rules are worked out as far as the read models hold."""
    for stand in (await working.stands(connection, name, looking_rules())).values():
        if (halt := stand.halt) is not None:
            yield wrong(
                f"rule.{halt.read_model}.{name}",
                f"{name}：规则 {halt.read_model} 停在位置 {halt.position} 之前"
                f" / has halted before that entry: {halt.error}",
                "改正程序后重启投影服务，或 / mend the code, then run the projector or"
                " mingjian findings",
            )
    if behind := await working.behind(connection, name):
        text = f"{name}：疑点落后 / findings behind by {behind}"
        yield look(f"findings.{name}", text, "mingjian run projector 或 / or mingjian findings")
    else:
        yield fine(f"findings.{name}", f"{name}：疑点已查到末端 / findings up to date")


async def _aside(connection: asyncpg.Connection, name: str) -> AsyncIterator[Finding]:
    commands = {"parked": ("待关联", "mingjian parked list"), "quarantine": ("未通过校验", "")}
    for table, (events, fen) in (await aside.claims(connection, name)).items():
        word, remedy = commands[table]
        text = f"{name}：{word} / {table} {events}"
        if events:
            text += f"，涉及 / claiming {format_yuan(fen)} 元"
            remedy = remedy or "mingjian quarantine list；修复后 / then release"
            yield look(f"{table}.{name}", text, remedy)
        else:
            yield fine(f"{table}.{name}", text)


async def _books(connection: asyncpg.Connection, name: str) -> Finding:
    partitions, epoch, consumed, events, unequal = await offsets.sums(connection, name)
    text = (
        f"{name}：接收 / intake: {partitions} 个分区 / partitions，已读 / consumed {consumed}，"
        f"事件 / events {events}，最大纪元 / highest epoch {epoch}"
    )
    if unequal:
        return wrong(
            f"books.{name}",
            f"{text}；{unequal} 个分区账不平 / do not balance",
            "mingjian reconcile 逐个列出 / lists them",
        )
    return fine(f"books.{name}", f"{text}，账平 / books balance")
