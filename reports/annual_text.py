"""The wording of the annual report (法治政府建设年度报告): its five statutory parts.

These are the sentences that carry figures and statements; they hold no number. What staff write
for a section stands before them and comes from the ledger. In a sentence

    {F16}           the figure with its unit        {F16:name}     the figure's name
    {F16:alone}     without what stands beside it   {F61:number}   without the unit, too
    {F13?yes|no}    one wording or the other
    {asof} {span}   12月底, 全年                     {S01:words}    a claim: the words where the
                                                                   statement holds, else what is
                                                                   missing
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.codes import label
from domain.reporting import SectionCode


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section: its code in `report-section-written`, its sentences.

    Paragraphs are parted by empty lines; other line ends mean nothing.
    """

    code: SectionCode
    text: str = ""

    @property
    def heading(self) -> str:
        """What stands above it where its part has others, too."""
        return label(self.code, SectionCode)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The sentences by paragraph."""
        return tuple(
            paragraph.replace("\n", "")
            for paragraph in re.split(r"\n{2,}", self.text.strip())
            if paragraph
        )


@dataclass(frozen=True, slots=True)
class PartText:
    """A statutory part."""

    heading: str
    sections: tuple[SectionText, ...]


OPENING = SectionText(
    "opening",
    """
本报告依照法治政府建设年度报告的法定内容编写。报告中的数值和带标记的表述均由事件账本得出：
存量为{asof}的状态，发生数为{span}的合计；可逐项查看口径、构成和此后的变动。
""",
)

_STUDY = SectionText(
    "study",
    """
{span}共组织学法{F01}，同一场学习兼有几种形式的只计一次。
{S12:各场学习学了哪些法律法规均有记载，所列法规都可在法规目录中查到}。
""",
)
_DISCLOSURE = SectionText(
    "disclosure",
    """
政府网站工作动态栏{span}首次公开信息{F03}，前后两条之间最长相隔{F02}。
{S09:年内办过政务公开培训}。{S11:各办事指南均已印发，政策法规宣传栏在年内更新}。
""",
)
_ASSISTANCE = SectionText(
    "assistance",
    """
保障标准。截至{asof}，低保标准为城市{F05}、农村{F04}，
农村标准为城市标准的{F11}；特困人员基本生活标准为城市{F07}、农村{F06}，
不低于低保标准的{F12}；困难残疾人生活补贴标准{F08}，重度残疾人护理补贴标准{F09}；
散居孤儿和事实无人抚养儿童基本生活保障标准{F10}。
{F13?按新标准应发的月份均已按新标准发放或补足|仍有月份低于应执行的标准且未补足}。
{S16:提标前各应享月份的差额均已补发，年内退出保障的对象也在其中}。

保障对象。截至{asof}，全区在保低保对象{F14}、共{F15}；特困人员{F17}；
散居孤儿{F19}，事实无人抚养儿童{F21}；重度残疾人护理补贴对象{F23}，
困难残疾人生活补贴对象{F25}，两项补贴可以同时领取，人数不宜相加。

资金发放。{span}发放到账低保金{F16}、特困人员基本生活供养金{F18}、
散居孤儿基本生活保障费{F20}、事实无人抚养儿童基本生活保障金{F22}、
重度残疾人护理补贴{F24}、困难残疾人生活补贴{F26}。金额以到账日期为准，已减退回、
含补发；照料护理、价格补贴和追回的款项另计。
""",
)
_ENFORCEMENT = SectionText(
    "enforcement",
    """
执法数量。{span}执法{F28}：行政检查{F29}，行政处罚{F30}；
其中在粤执法平台办理{F31}。社会组织双随机抽查实际检查{F36}，
{S19:抽取先于检查，抽到的全部检查，每家由两名以上持证人员到场，抽查比例达到要求}。

执法程序。{S04:每次检查、调查均先亮明证件}。{S05:各案的文字和音像记录齐备}。
{S06:处罚决定均在期限内送达并有回证}。{S07:事前、事中、事后三个环节的公示均已完成}。
{S08:列入重大执法决定目录的案件均先经法制审核}。

执法力量。截至{asof}，在岗且持有效行政执法证的{F38}，占须持证岗位的{F39}；
{span}新通过执法资格考试{F37}。受聘担任法律顾问的律师{F27}，
{S03:受聘于同一家律师事务所，年内提供了法律服务}。
""",
)
_REGISTRATION = SectionText(
    "registration",
    """
社会组织。{span}新成立登记{F32}，其中社会团体{F33}、民办非企业单位{F34}；
清理整治僵尸型社会组织{F35}。{S17:年末登记数等于年初数加新成立、减注销和撤销}。

婚姻和收养登记。{span}办理结婚登记{F40}、离婚登记{F41}，
补领结婚登记证{F42}、补领离婚登记证{F43}；上述业务中双方户籍都不在本区的{F44}。
办理收养登记{F47}。

殡葬管理。新版骨灰证件自{F45}起启用，{S01:旧版证件按号段清点封存，启用后未再签发}。
{S02:与殡葬管理机构联合抽查骨灰存放单位，限期整改的均有期限和结果}。

地名管理。第一批街路巷已批准命名{F46}，
{S18:每条道路的申报、论证、批准、备案、公告依次完成且要素齐全}。
""",
)
_PUBLICITY = SectionText(
    "publicity",
    """
普法活动。{F48:name}{F48}，{F49:name}{F49}，
{S14:各场颁证的新人均已先行办妥登记，协办单位有记载}。社工站活动{F50}，
未成年人保护普法活动{F51}，社会救助宣传月{F52}；慈善宣传周{F53:alone}企业、{F54:alone}
参加，募集物资折价{F55:alone}，不计入各项救助发放金额。

学习培训。{S10:民政领域应知应会法律法规清单已编制}。线上培训班{F56}，
与线下培训班合计参训{F57}。村（社区）儿童主任培训覆盖{F58:alone}
村（社区），{S15:与全区村（社区）名册一致}。
""",
)
_SHORTCOMINGS = SectionText(
    "shortcomings",
    """
截至{asof}，在岗持证执法人员{F59}，其中局班子成员{F60}；班子成员以外，
平均每个股室持证{F61:number}人。
""",
)
_LEADERSHIP = SectionText(
    "leadership",
    """
{S13:年内主要负责人听取过法治政府建设工作汇报并作出部署}。
""",
)
_OTHER = SectionText(
    "other",
    """
{S20:报告各处数值之间的恒等关系均成立}。本报告落款日期为{F64}，发布时间为{F63}。
""",
)

PARTS = (
    PartText(
        "推进法治政府建设的主要举措和成效",
        (_STUDY, _DISCLOSURE, _ASSISTANCE, _ENFORCEMENT, _REGISTRATION, _PUBLICITY),
    ),
    PartText("存在的不足和原因", (_SHORTCOMINGS,)),
    PartText("主要负责人履行推进法治建设第一责任人职责情况", (_LEADERSHIP,)),
    PartText("下一年度工作安排", (SectionText("next-year"),)),
    PartText("其他需要报告的情况", (_OTHER,)),
)
