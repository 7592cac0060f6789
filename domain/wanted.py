"""What was expected where a fault is, in both languages.

A fault says it in the words of its contract, in English with the codes and the Chinese names that
belong to it; here the same is said in Chinese.
"""

from __future__ import annotations

import re
from functools import partial

from domain.bureau.listed import WITHIN
from domain.documents import IN_CHINESE
from domain.faults import REASONS, Words, remedy
from domain.refusal import NAMED as ATTRIBUTE

_SAID: dict[str, str] = {
    "a value: this is required": "须有值",
    "a line of text that is not blank, without control or direction characters": (
        "一行不为空的文字，不含控制字符和方向字符"
    ),
    "text that is not blank, without control or direction characters": (
        "不为空的文字，不含控制字符和方向字符"
    ),
    "a month, YYYY-MM, of the years 1900 to 2199": "月份，写作 YYYY-MM，1900 至 2199 年",
    "letters, digits and . _ -, the first no mark, at most 80; no space, no slash": (
        "字母、数字和 . _ -，首字符为字母或数字，至多 80 个字符，不含空格和斜杠"
    ),
    "a number as printed, without spaces or slashes, at most 80 characters": (
        "所印的文号、证号，不含空格和斜杠，至多 80 个字符"
    ),
    "the 9 digits of a township": "镇街代码，9 位数字",
    "the 12 digits of a village": "村（社区）代码，12 位数字",
    "the 6 digits of a county or district": "县级区划代码，6 位数字",
    "a SHA-256 in 64 hex digits, small letters": "SHA-256，64 位小写十六进制数",
    "application/json, in UTF-8": "application/json，UTF-8 编码；可以不写",
    "an integer from 0 to 2^53 - 1, or its digits as text": (
        "0 至 2^53−1 的整数，也可以写成数字文本"
    ),
    "letters, digits and . _ : -, the first no mark, at most 120; no space, no slash": (
        "字母、数字和 . _ : -，首字符为字母或数字，至多 120 个字符，不含空格和斜杠"
    ),
    "the name your system was registered under: a-z, 0-9 and -": (
        "贵系统登记的名称，由 a-z、0-9 和 - 组成"
    ),
    '"<source>/<id>" of the event that is corrected': "被更正的事件，写作“来源/编号”",
    "`data`, a JSON object": "用 data，为 JSON 对象",
    "a date from 1900-01-01 to 2199-12-31, YYYY-MM-DD": (
        "日期，写作 YYYY-MM-DD，1900-01-01 至 2199-12-31"
    ),
    "a date, YYYY-MM-DD": "日期，写作 YYYY-MM-DD",
    "a date that exists, YYYY-MM-DD": "确有的日期，写作 YYYY-MM-DD",
    "a date that exists": "确有的日期",
    "a moment with its offset, YYYY-MM-DDThh:mm:ss+hh:mm": (
        "带时区的时刻，写作 YYYY-MM-DDThh:mm:ss+hh:mm，如 2024-05-10T10:00:00+08:00"
    ),
    "a moment of the years 1900 to 2199": "1900 至 2199 年间的时刻",
    "a moment that is not in the future": "不晚于现在的时刻",
    "when it was received: this is a replay ledger": "本账本为回放账本：写明当时收到的时刻",
    "a number: this source is registered as numbering its events": ("顺序号：该来源登记为逐件编号"),
    "no receivedat: this is a live ledger": "本账本为实时账本：不写 receivedat",
    "corrects and correctionkind": "corrects 与 correctionkind 同时写明，或者都不写",
    "an integer number of 分（1/100 元）": "以分（1/100 元）为单位的整数",
    "an integer": "整数",
    "a name, with a letter in it": "姓名或者名称，须含文字",
    "another event": "另一事件",
    "each key once in an object": "同一对象中每个键只写一次",
    "a JSON object; of a list, each item by itself": "JSON 对象；数组中的各项请逐条发送",
    "the number of this id_kind": "该类证件的号码",
    "why, where id_kind is none": "无证件（none）的原因",
    "none where id_kind is none": "无证件（none）时不写号码",
    "letters and digits, no control characters": "字母和数字，不含控制字符",
    "the number as printed": "证件所印的号码",
    "resident-id, with the 18 characters of today": "resident-id，及现行的 18 位号码",
    "15 digits with a date of birth that exists": "15 位数字，其中的出生日期须确有",
    "each month once": "每月只写一次",
    "not before first_number": "不小于 first_number",
    "none: the number says it": "不写：证件号码已表明",
    "subject, person or unregistered_body": "subject、person、unregistered_body 之一",
    "kind, division, year, number: J110101-2010-000001": "字号，如 J110101-2010-000001",
    "the process ended twice at this record": "程序在这条来件处两次中止",
    "a unified social credit code (GB 32100)": "统一社会信用代码（GB 32100）",
    "a disability card number: resident number, kind and grade, 20 characters": (
        "残疾人证号：居民身份证号、残疾类别、残疾等级，20 位"
    ),
    "the county of the household register, or residence_outside": (
        "户籍所在县，或者填 residence_outside"
    ),
    "J110101-2010-000001, or as printed before: 示湘结字010400123": (
        "字号，如 J110101-2010-000001，或者旧证所印的字号，如 示湘结字010400123"
    ),
    "each of them once": "每项只写一次",
    "8 to 30 digits": "8 至 30 位数字",
    "5 to 20 digits, + or -": "5 至 20 位数字、+ 或者 -",
    "a period such as 2024, 2024-03, 2024-Q1, 2024-H1 or 2024-03/ytd": (
        "期间，如 2024、2024-03、2024-Q1、2024-H1、2024-03/ytd"
    ),
    "the ending of a file's name, such as docx": "文件扩展名，如 docx",
    "a time of the day, hh:mm": "时刻，写作 hh:mm",
    "a path that begins with /, of letters, digits and . _ / -": (
        "以 / 开头的路径，由字母、数字和 . _ / - 组成"
    ),
    "the number of a finding, such as A01-0123456789ab": "疑点编号，如 A01-0123456789ab",
    "<kind>/<number> of what is inspected": "检查对象，写作“类别/编号”",
    "an address that begins with https://": "以 https:// 开头的网址",
    WITHIN: "12 位数字，前 9 位为本局的镇街代码（该镇街未列村、社区）",
    "nothing: the bureau lists none": "不写：本局没有列出这类代码",
    "no byte order mark (EF BB BF) before the object": "对象之前没有字节顺序标记（EF BB BF）",
    "an event: the message is empty": "一个事件：来件是空的",
    "one content-type": "只有一个 content-type",
    "each attribute in one header": "每个属性只在一个消息头中",
    "data in the body, in no header": "data 在消息体中，不在消息头中",
    "the data as JSON, and nothing else": "消息体只有 data，为 JSON",
    "content-type in place of ce-datacontenttype": "用 content-type，不用 ce-datacontenttype",
    "UTF-8 text": "UTF-8 文本",
    "UTF-8, percent-encoded": "UTF-8，百分号编码",
    "a JSON list of events, as a batch is": "事件的 JSON 数组，即一批",
    ATTRIBUTE: "属性名由 a-z 和 0-9 组成，至多 20 个字符；值为文本、整数或者布尔值，不含人员的号码",
    **IN_CHINESE,
}
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (rf"one of (.+); or {re.escape(WITHIN)}", rf"以下之一：\1；或者{_SAID[WITHIN]}"),
        (r"one of (.+)", r"以下之一：\1"),
        (r"(.+), … \((\d+) in all\)", r"\1 …（共 \2 个）"),
        (r"('.+') or ('[^']+')", r"\1、\2"),
        (r"(.+), not in the future", r"\1，不晚于现在"),
        (
            r"the data alone, or content-type (.+): this is a whole event",
            r"只有 data；整个事件的 content-type 用 \1",
        ),
        (r"at most (\d+) bytes", r"至多 \1 字节"),
        (
            (
                r"structured mode \((.+)\), batched mode \((.+)\), or binary mode with JSON data;"
                r" UTF-8, not compressed(?:; this is .+)?"
            ),
            r"structured（\1）、batched（\2）方式，或者 data 为 JSON 的 binary 方式；UTF-8，不压缩",
        ),
        (r"at least (\d+)", r"至少 \1 个"),
        (r"at most (\d+)", r"至多 \1 个"),
        (r"at most (\d+) 分 in one event", r"每件至多 \1 分"),
        (r"at most (\d+) 分 in one event of (.+)", r"\2 每件至多 \1 分"),
        (r"at most (\d+) events a day", r"每日至多 \1 件"),
        (r"at most (\d+) events a day of (.+)", r"\2 每日至多 \1 件"),
        (r"at most (\d+) 分 a day", r"每日至多 \1 分"),
        (r"at most (\d+) 分 a day of (.+)", r"\2 每日至多 \1 分"),
        (r"greater than or equal to (.+)", r"不小于 \1"),
        (r"less than or equal to (.+)", r"不大于 \1"),
        (r"greater than (.+)", r"大于 \1"),
        (r"less than (.+)", r"小于 \1"),
        (r"(.+)\?", r"是否应为 \1"),
        (r"no other fields than (.+)", r"只有这些字段：\1"),
        (r"none beside (.+)", r"有 \1 时不写"),
        (r"(.+), without quotes", r"\1，不加引号"),
        (
            r"(.+), without a fraction, an exponent, or the sign of zero",
            r"\1，不带小数、指数，零不带符号",
        ),
        (r"(.+): multiply 元 by 100", r"\1：元数乘以 100"),
        (r"(.+); or leave it out", r"\1；没有的不写"),
        (r"String should have (at least \d+) character.*", r"文本，\1"),
        (r"String should have (at most \d+) character.*", r"文本，\1"),
        (r"a valid string|a string", "文本"),
        (r"a valid boolean", "true 或者 false"),
        (r"a valid (?:list|tuple)|a list", "数组"),
        (r"an object|a valid dictionary or .+", "JSON 对象"),
        (r"a valid integer", "整数"),
    )
)


_PLACES = re.compile(r"\\([1-9])")


def wanted(code: str, expected: str) -> Words:
    """What was expected, in Chinese and in English; the remedy where no more is known."""
    if expected in ("", REASONS.get(code)):
        return remedy(code)
    return Words(in_chinese(expected), expected)


def in_chinese(expected: str) -> str:
    """The same in Chinese, as far as there are words for it."""
    said = _SAID.get(expected)
    if said is not None:
        return said
    for pattern, words in _FORMS:
        if (found := pattern.fullmatch(expected)) is not None:
            return _PLACES.sub(partial(_inner, found), words)
    return expected


def _inner(found: re.Match[str], place: re.Match[str]) -> str:
    return in_chinese(found[int(place[1])])
