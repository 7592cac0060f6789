"""Which parameters (参数) rules and reports ask for, and what kind of value each has.

Code names a parameter, never its number: the number, from when on and by which text, is data. The
country's stand in bureaus/cn/rules.toml; a bureau's folder says where it differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["number", "yes-no", "grades", "roundings"]
"""grades: kinds and grades of disability, "5/3" = 智力三级, "*/1" = grade 1 of every kind.
roundings: ways to make a whole 元 of a part of one, each of which will do."""


class Parameter(NamedTuple):
    """One parameter: what it is called, its unit and kind of value."""

    name: str
    title: str
    unit: str = ""
    kind: Kind = "number"


_ALL = (
    Parameter("assistance.notice-days", "审核确认前公示期", "日"),
    Parameter("assistance.decide-working-days", "受理至审核确认的期限", "工作日"),
    Parameter("assistance.deferred-working-days", "延长后受理至审核确认的期限", "工作日"),
    Parameter("assistance.review-months", "定期核查间隔", "月"),
    Parameter("assistance.end-notice-working-days", "特困终止供养公示期限", "工作日"),
    Parameter("assistance.whole-yuan", "低保金按整元计发", kind="yes-no"),
    Parameter("assistance.rounding", "不足一元的取整方向，多个则均可", kind="roundings"),
    Parameter("assistance.phase-out-months", "低保渐退期最长月数", "月"),
    Parameter("assistance.township-limit-yuan", "临时救助委托乡镇（街道）审批的限额", "元"),
    Parameter("assistance.death-handling-months", "死亡后办理停保的期限", "月"),
    Parameter("assistance.settle-days", "审批、拨付后到账的期限", "日"),
    Parameter("assistance.repay-days", "退票后重发的期限", "日"),
    Parameter("assistance.recovery-order-days", "发现多发后责令退回的期限", "日"),
    Parameter("assistance.papers-working-days", "先行救助后补办手续期限", "工作日"),
    Parameter("children.decide-working-days", "儿童保障申请至确认的期限", "工作日"),
    Parameter("reporting.record-days", "业务日期后提示补录的天数", "日"),
    Parameter("reporting.annual-publish-months", "法治政府建设年度报告公开期限", "月"),
    Parameter("assistance.account-persons", "同一账户领取人数上限", "人"),
    Parameter("disability.nursing-grades", "可享护理补贴的残疾类别/等级", kind="grades"),
    Parameter("inspection.least-officers", "执法人员最少人数", "人"),
    Parameter("inspection.publish-working-days", "行政检查结果公示期限", "工作日"),
    Parameter("penalties.publish-working-days", "行政处罚决定公示期限", "工作日"),
    Parameter("penalties.serve-working-days", "行政处罚决定书送达期限", "工作日"),
    Parameter("penalties.withdraw-working-days", "处罚决定撤销后撤回公示期限", "工作日"),
    Parameter("penalties.shown-body-years", "对法人、其他组织的处罚决定公示期", "年"),
    Parameter("penalties.shown-person-years", "对自然人的处罚决定公示期", "年"),
    Parameter("penalties.decide-days", "行政处罚办案期限", "日"),
    Parameter("penalties.hearing-working-days", "要求听证期限", "工作日"),
    Parameter("penalties.hearing-person-yuan", "对公民应当告知听证权利的罚没金额", "元"),
    Parameter("penalties.hearing-body-yuan", "对法人、其他组织应当告知听证权利的罚没金额", "元"),
    Parameter("penalties.evidence-working-days", "先行登记保存证据处理期限", "工作日"),
    Parameter("penalties.collect-yuan", "可以当场收缴的罚款上限", "元"),
    Parameter("penalties.notice-service-days", "公告送达期间", "日"),
    Parameter("penalties.simple-person-yuan", "对公民当场处罚的罚款上限", "元"),
    Parameter("penalties.simple-body-yuan", "对法人、其他组织当场处罚的罚款上限", "元"),
    Parameter("penalties.limitation-years", "行政处罚追责期限", "年"),
    Parameter("penalties.grave-limitation-years", "危害生命健康、金融安全的追责期限", "年"),
    Parameter("inspection.draw-percent", "社会组织年度抽查最低比例", "%"),
    Parameter("marriage.cooling-off-days", "离婚冷静期", "日"),
    Parameter("marriage.certificate-days", "冷静期届满后申请发证期限", "日"),
    Parameter("marriage.man-years", "男性法定婚龄", "周岁"),
    Parameter("marriage.woman-years", "女性法定婚龄", "周岁"),
    Parameter("adoption.adopter-years", "收养人最低年龄", "周岁"),
    Parameter("adoption.gap-years", "无配偶者收养异性子女的最小年龄差", "周岁"),
    Parameter("adoption.consent-years", "须征得被收养人同意的最低年龄", "周岁"),
    Parameter("adoption.child-years", "被收养人的年龄须在此以下", "周岁"),
    Parameter("adoption.children-before", "收养人原有子女最多人数", "人"),
    Parameter("adoption.review-days", "收养登记审查期限", "日"),
    Parameter("adoption.search-days", "查找生父母公告期限", "日"),
    Parameter("organisations.term-years", "社会组织每届任期最长年限", "年"),
    Parameter("organisations.decide-days", "社会组织登记审查期限", "日"),
    Parameter("organisations.deregister-days", "清算结束后申请注销登记期限", "日"),
    Parameter("organisations.capital-yuan", "社会团体注册资金最低限额", "元"),
    Parameter("disclosure.publish-working-days", "政府信息主动公开期限", "工作日"),
    Parameter("disclosure.catalogue-working-days", "标准目录所列信息公开期限", "工作日"),
    Parameter("disclosure.request-working-days", "依申请公开答复期限", "工作日"),
    Parameter("disclosure.annual-report-months", "政府信息公开工作年度报告公布期限", "月"),
    Parameter("disclosure.update-days", "工作动态栏目更新间隔上限", "日"),
    Parameter("disclosure.column-months", "其他栏目更新间隔上限", "月"),
    Parameter("placename.filing-days", "地名备案期限", "日"),
    Parameter("placename.announcement-days", "地名公告期限", "日"),
)
PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _ALL}
"""By name: the stem of the line, a dot, and what it is in kebab-case."""
