"""Why a message is refused: reason codes, and faults that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from domain.envelope import Received

MAX_BYTES = 65_535
"""Largest event, in bytes (an entry of the ledger's Merkle tile has a 16-bit length)."""
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
MOST_FAULTS = 20
"""So many faults of one message are told; a wrong unit may stand in a thousand lines."""

REASONS: dict[str, str] = {
    "unsupported_content_mode": "报送方式不支持；"
    "请按 CloudEvents 的 structured、binary 或者 batched 方式发送 JSON"
    " / send JSON, in structured, binary or batched mode of CloudEvents",
    "invalid_utf8": "不是有效的 UTF-8；请用 UTF-8 编码发送 / send UTF-8 text",
    "too_deep": f"嵌套超过 {MAX_DEPTH} 层；请减少嵌套 / flatten the message",
    "oversize": f"超过 {MAX_BYTES} 字节；"
    "文件请报送摘要值，不要放在事件里 / send files by digest, not inline",
    "not_json": "不是 JSON 对象；每个事件发送一个 JSON 对象 / send one JSON object per event",
    "duplicate_key": "同一对象中键重复；每个键只写一次 / write each key once",
    "not_a_number": "NaN 或 Infinity；请写 JSON 数值 / write a JSON number",
    "forbidden_character": "含 U+0000 或孤立代理项；请删去该字符 / remove it",
    "number_out_of_range": "数值超出 ±(2^53−1)；请核对计量单位 / check the unit",
    "malformed_envelope": "CloudEvents 信封有误；请对照合同 / see the contract",
    "unknown_type": "事件类型未登记；"
    "事件类型见 mingjian contracts export / see `mingjian contracts export`",
    "unknown_source": "来源系统未登记；请向本局申请登记 / ask the bureau for registration",
    "unauthorised": "该来源无权发布此类事件；请与本局联系 / ask the bureau",
    "wrong_division": "不属于本账本的区划；"
    "请发往该区划的账本 / send to the ledger of that division",
    "wrong_clock": "receivedat 只用于且必须用于回放账本，且不得晚于现在；"
    "请对照合同 / see the contract",
    "personal_data_misplaced": "不封存的字段中有居民身份证号；"
    "人员请写在专用字段 / name persons in their own fields",
    "missing_field": "缺少必填字段；请补填 / add it",
    "unknown_field": "合同中没有的字段；请删去该字段 / remove it",
    "wrong_check_digit": "校验码不符；请核对号码 / check the number",
    "no_such_date": "日期不存在；请核对日期 / check the date",
    "negative_amount": "金额为负；请改用退款或者更正 / send a return or a correction instead",
    "amount_not_integer": "金额须为整数分；请以分为单位写整数 / write an integer number of 分",
    "malformed_value": "字段值不符合合同；见“应为” / see expected",
    "not_in_bureau": "本局没有这个代码；"
    "请用本局所列代码，或者申请列入 / use a code that the bureau lists, or ask it to list yours",
    "id_conflict": "同一 source 与 id 已有不同内容；"
    "请换新 id，在 corrects 中写明原事件 / use a new id, name the old one in corrects",
    "not_registered": "该来源尚未登记到本账本；"
    "请向本局申请登记 / ask the bureau to register your system for this ledger",
    "source_suspended": "该来源已暂停报送；"
    "请与本局联系，恢复后原样重发 / ask the bureau; once it is resumed, send the same again",
    "division_not_granted": "该来源未获准报送这个镇街；"
    "请核对镇街代码，或者与本局联系 / check the township, or ask the bureau",
    "over_ceiling": "金额超过该来源每件的限额；"
    "请核对金额和单位（分），确实无误的与本局联系"
    " / check the sum, and that it is in fen; if it is right, ask the bureau",
    "over_daily_limit": "超过该来源当日的限额；"
    "请与本局联系，或者次日原样重发 / ask the bureau, or send the same again another day",
    "correction_mismatch": "更正须与原事件同类型同对象；"
    "请撤销原事件，另发新事件 / revoke it and send a new event instead",
    "wrong_reference": "所指的不是这一类事件；"
    "请写明应为类型的事件 / name an event of one of the types expected",
    "judge_failed": "处理时程序出错；"
    "来件无需修改，请报告本局 / nothing to mend in the message, report to the bureau",
    "storage_refused": "数据库拒收；请报告本局 / report to the bureau",
}
"""Reason codes of quarantine, with meaning and remedy, in the order they are tested.

The remedy follows the meaning after “；”, in both languages.
"""

IN_ENGLISH: dict[str, str] = {
    "unsupported_content_mode": "this is no content mode of CloudEvents that is read here",
    "invalid_utf8": "this is not valid UTF-8",
    "too_deep": f"objects and lists stand more than {MAX_DEPTH} deep in each other",
    "oversize": f"this is longer than {MAX_BYTES} bytes",
    "not_json": "this is not a JSON object",
    "duplicate_key": "a key stands twice in one object",
    "not_a_number": "NaN or Infinity stands where a number should",
    "forbidden_character": "there is a U+0000 or a lone surrogate in it",
    "number_out_of_range": "a number is beyond ±(2^53−1)",
    "malformed_envelope": "an attribute of the CloudEvent is missing or wrong",
    "unknown_type": "there is no such event type",
    "unknown_source": "no source of that name is registered",
    "unauthorised": "this source may not publish that",
    "wrong_division": "this is for another division's ledger",
    "wrong_clock": "receivedat is for replay ledgers only, needed there, and never in the future",
    "personal_data_misplaced": "a resident number stands in a field that is not sealed",
    "missing_field": "a required field is missing",
    "unknown_field": "the contract has no such field",
    "wrong_check_digit": "the check digit does not fit the number",
    "no_such_date": "there is no such day",
    "negative_amount": "an amount is negative",
    "amount_not_integer": "an amount is not an integer number of 分",
    "malformed_value": "a value is not as the contract has it",
    "not_in_bureau": "the bureau does not list this code",
    "id_conflict": "another content was sent under this source and id before",
    "not_registered": "this source is not registered for this ledger",
    "source_suspended": "this source is suspended",
    "division_not_granted": "this source may not speak for this township",
    "over_ceiling": "a sum is over what this source may say in one event",
    "over_daily_limit": "this is over what this source may say in a day",
    "correction_mismatch": "a correction is of the type and the thing of what it corrects",
    "wrong_reference": "the event that is named is of another type",
    "judge_failed": "the program failed on this message",
    "storage_refused": "the database refused this message",
}
"""What each code means, in English."""


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


def meaning(code: str) -> Words:
    """What is wrong, by its code; of one that an older release gave, the code itself."""
    return Words(REASONS.get(code, code).partition("；")[0], IN_ENGLISH.get(code, code))


def remedy(code: str, meant: object = None) -> Words:
    """What to do about it; `meant` is what to put there instead, where that is known."""
    if code == "unknown_field" and meant:
        return Words(f"请将该字段改名为 {meant}", f"rename it to {meant}")
    zh, _, en = REASONS.get(code, "").partition("；")[2].partition(" / ")
    return Words(zh, en)


class Fault(NamedTuple):
    """One thing wrong with a message: reason code, JSON pointer, what was expected. No content."""

    code: str
    pointer: str
    expected: str


def fault(code: str, pointer: str = "", expected: str = "") -> Fault:
    """A fault that expects the remedy of its code, if nothing more is known."""
    return Fault(code, pointer, expected or REASONS[code])


class Unacceptable(Exception):
    """What arrived cannot be accepted; it goes to quarantine for the first of these faults."""

    def __init__(
        self, code: str, pointer: str = "", expected: str = "", *, others: Iterable[Fault] = ()
    ) -> None:
        super().__init__(code, pointer, expected)
        self.faults = (fault(code, pointer, expected), *others)
        self.as_before: Received | None = None
        """What 0.1.0 would have read: it may stand in the ledger, or be parked, from then."""
        self.whole: bytes | None = None
        """What to keep instead of a body: the event with its attributes, which stood in headers."""

    @property
    def code(self) -> str:
        """Reason code of the first fault."""
        return self.faults[0].code

    @property
    def pointer(self) -> str:
        """Where the first fault is."""
        return self.faults[0].pointer

    @property
    def expected(self) -> str:
        """What was expected there."""
        return self.faults[0].expected
