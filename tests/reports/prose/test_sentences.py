"""Rule by rule: sentences that are wrong, and lawful ones beside them that look alike."""

from __future__ import annotations

from datetime import date

import pytest

from reports.prose import CODES, Known, Rule, check, paragraphs
from tests.reports.prose.planted import differences
from tests.support.bureau import SAMPLE

# What a bureau's own report of a year really had, in other words.
OF_A_REAL_REPORT = """\
某局2024年法治政府建设年度报告
2025-01-17 09:30  ⟦empty_field|稿件作者：⟧   ⟦empty_field|浏览量：-⟧ 【字体】
根据《法治政府建设实施纲要（2021⟦wrong_dash|一⟧2025年）》，报告如下：
一、学习
传达《学习纲要》、《学习概论》、⟦title_twice|《学习纲要》⟧。
二、举措
依法行政。
三、成效
农村标准700元/人·月，城市标准874元/人·月，困难补贴⟦amount_without_unit|215/人·月⟧，护理补贴⟦amount_without_unit|281/人·月⟧，\
儿童⟦amount_without_unit|1484/人·月⟧，农村标准占城市标准的比例⟦bound_for_exact|超过76%⟧，特困按农村标准1120元/人·月，为低保的1.6倍。
至12月，⟦payouts_incomplete|发放低保金1809.05万元；⟧⟦mixed_units|特困户715人⟧，发放供养金984.14万元；孤儿16名，发放生活费28.49万元；\
儿童86名，发放保障金149.74万元；发放护理补贴1764.79万元；发放生活补贴297.56万元。
执法19宗，其中行政检查17宗，行政处罚2宗，运用平台执法18宗。开展“⟦wrong_phrase|双随机一抽查⟧”活动。\
现有6名人员持有行政执法证，⟦wrong_phrase|执证⟧率⟦share_without_base|86%⟧。新成立登记7个，其中社会团体6个，民办非企业单位1个。
结婚登记2207对，离婚登记442对，补领127对，补领离婚证8对，异地办理共699对。
5月20日为12对新人颁证；⟦act_on_a_day_off|10月1日⟧为⟦same_count_twice|12对新人⟧颁发结婚证。“情暖夕阳⟦unbalanced_mark|””⟧活动参加320人次。
宣传⟦law_misnamed|《社会救助工作条例》⟧、《未成年人网络保护条例》。
⟦numbering_restarts|二、⟧不足
⟦one_officer|现场执法只能由其他部门1名执法人员⟧协助。植树寄托⟦wrong_phrase|感养情⟧。
三、安排
某局
⟦cut_off_missing|2024年12月31日⟧
⟦empty_attachment|附件：⟧
"""


def test_what_a_real_report_had_is_found_and_no_more() -> None:
    assert differences(OF_A_REAL_REPORT) == ([], [])


def test_each_code_is_found_in_some_sentence_of_the_tests() -> None:
    """Those that only ask are in no planted text: they are here, or in the report above."""
    asked = [code for code, rule in CODES.items() if rule.weight == "ask"]
    told = OF_A_REAL_REPORT + "".join(WRONG)

    assert [code for code in asked if f"⟦{code}|" not in told] == []


WRONG = [
    "二〇二一⟦wrong_dash|一⟧二〇二五年规划，⟦date_impossible|14月⟧底报送。",
    "临时救助标准为⟦amount_without_unit|每人1500⟧，⟦amount_without_unit|经费由50万⟧增加到80万。",
    "社会组织⟦sum_wrong|207家：社会团体95家、民办非企业单位113家⟧。",
    "重点检查养老机构、殡葬机构、⟦item_twice|养老机构⟧。",
    "落实“双随机、一公开⟦unbalanced_mark|“⟧监管。",
    "检查养老机构8家；骨灰存放单位5家；社会组织12家；⟦sum_wrong|合计26家⟧。",
    "全年⟦amount_without_unit|发放低保金共1809.05万⟧，筹集⟦amount_without_unit|善款20万⟧。",
    "各村（社区）⟦claim_without_figure|均⟧设立了工作站。",
    "⟦mixed_units|低保家庭1435人⟧，加强⟦wrong_phrase|法制⟧宣传。",
    "1、学习\n2、宣传\n⟦numbering_skips|4、⟧检查",
    "（一）甲⟦half_width_mark|,⟧乙",
    "开展⟦unbalanced_mark|”双随机“⟧抽查。",
    "⟦sum_wrong|发放低保金150.29万元，其中城市68.74万元、农村81.45万元⟧。",
    "学习⟦law_unknown|《中华人民共和国民政法》⟧。",
    "执法⟦sum_wrong|17+2=20⟧宗。",
    "⟦sum_wrong|低保1435户、2622人，其中城市570户、1067人，农村865户、1556人⟧。",
    "持证7人，在岗8人，持证率⟦share_wrong|78%⟧。",
    "特困标准1120元为低保标准700元的⟦share_wrong|1.8⟧倍。",
    "在册2622人，其中女性⟦sum_wrong|2700人⟧。",
    "慰问金发放⟦amount_without_unit|金额为28.49万⟧。",
    "定于2024年⟦date_impossible|13月⟧召开，时间为上午⟦date_impossible|25:00⟧。",
    "2023年⟦date_impossible|2月29日⟧召开。",
    "重点抓好以下⟦count_not_as_announced|四个方面⟧：一是学习。二是宣传。三是检查。",
    "服务对象⟦claim_without_figure|无一投诉⟧。",
    "来信12件，群众诉求⟦claim_without_figure|全部⟧解决。",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_sentence_is_found(text: str) -> None:
    assert differences(text) == ([], [])


LAWFUL = [
    "社会组织207家：社会团体95家、民办非企业单位112家。",
    "组织学法10次：中心组4次、党组会3次。",
    "按1:3的比例配套；党员、群众，学习10次，其中中心组4次、党组会3次、讲座3次。",
    "两项补贴可以同时享受，均按月发放，均以到账日期为准。",
    "检查养老机构8家；骨灰存放单位5家；合计13家。",
    "大专以上学历的5人，均为执法人员；人均12次。",
    "结婚登记2207对，离婚登记442对，网上预约1765人次。",
    "低保对象1435户2622人，人均每月574.96元，户均1.83人。",
    "持证6名，其中2名是局班子成员。",
    "在册2622人，其中老年人800人、未成年人300人。",
    "持证率86%（6人/7人），农村标准为城市标准的80.09%（700 / 874）。",
    "按照不低于5%的比例随机抽取，力争覆盖率达到90%。",
    "结婚登记2207对，比上年增长5.1%；标准由720元提高到750元，提高4.2%。",
    "完成全年任务的184%，占全市总数的23.7%。",
    "原《中华人民共和国婚姻法》已经废止，依《中华人民共和国民法典》办理。\n2024年12月31日",
    "《中华人民共和国慈善法》修改后自2024年9月5日起施行。\n2024年12月31日",
    "学习《社会救助法（草案）》和《湘江保护条例》征求意见稿。",
    "制定《某区临时救助实施办法》和《首问负责制规定》。",
    "电话0768-1234567，文号GB/T 9704-2012，日期2024-03-15，时间16:52，网址https://a.cn/?b=1。",
    "（一）甲\n1.乙\n2.丙\n（二）丁\n1.戊\n2.己",
    "一是学习。二是宣传。\n一是检查。二是整改。",
    "统一是方向，其一是学习，其二是宣传。",
    "附件：1. 名单\n2. 图片",
    "附件：\n1. 名单\n2. 图片",
    "检查要点：1）台账；2）现场；3）整改。",
    "每人每年2次体检，标准为1.6倍，补贴标准每人每月281元。",
    "第一批40条道路已全部命名。处罚2家单位，均已缴款。",
    "确保责任全部落实，力争实现全覆盖。",
    "平均每个部门0.57人，年均12次，均衡发展，均可办理。",
    "经民政部通报，做法为全省首创。",
    "将于2025年3月1日举办，2025年2月底前完成。\n2024年12月31日",
    "低保、特困、孤儿，低保、临时救助、养老。",
    "《甲》讲了一遍。《甲》又讲一遍。",
    "本村（社区）参加，为低保户20户送去米油。",
    "真的吗？！他说……好——行。",
    "城市\t820\t52.10\n农村\t1802\t99.10\n合计\t2622\t151.20",
    "项目\t金额（万元）\n甲\t1.24\n乙\t1.24\n丙\t1.24\n合计\t3.73",
    "1月分别发放0.94万元、0.00万元、0.00万元。",
    "发放低保金150.29万元，其中城市68.74万元、农村81.54万元。",
    "十四五规划（2021—2025年）实施，2月至3月、9～12月开展。",
]


@pytest.mark.parametrize("text", LAWFUL)
def test_nothing_is_said_of_a_lawful_sentence(text: str) -> None:
    assert list(map(str, check(paragraphs(text), bureau=SAMPLE))) == []


def test_a_bound_is_wrong_where_the_figure_is_known() -> None:
    (said,) = check(
        ["慈善宣传周参与企业200多家。"],
        bureau=SAMPLE,
        figures=[Known("慈善宣传周参与企业", 236, "家"), Known("慈善宣传周人次", 25184, "人次")],
    )

    assert (said.code, said.found) == ("bound_for_exact", "200多家")
    assert said.expected == "236家（慈善宣传周参与企业）"
    assert check(["慈善宣传周参与企业200多家。"], bureau=SAMPLE) == []


def test_a_bound_of_something_else_is_left_alone() -> None:
    known = [Known("低保户数", 1435, "户")]

    assert check(["走访困难老年人超过1400户。"], bureau=SAMPLE, figures=known) == []
    assert check(["低保对象超过500户。"], bureau=SAMPLE, figures=known) == []


def test_a_statement_bears_out_its_claim() -> None:
    claim = "每次检查和调查均出示了执法证件。"

    assert [one.code for one in check([claim], bureau=SAMPLE)] == ["claim_without_figure"]
    assert check([claim], bureau=SAMPLE, statements=[claim]) == []


def test_a_law_is_judged_at_the_date_of_the_text() -> None:
    cited = ["依据《关于严格规范涉企行政检查的意见》确定频次。"]

    before = check(cited, bureau=SAMPLE, dated=date(2024, 12, 31))
    assert [one.code for one in before] == ["law_not_in_force"]
    assert check(cited, bureau=SAMPLE, dated=date(2025, 1, 3)) == []
    assert check(cited, bureau=SAMPLE) == []


def test_an_edition_is_judged_by_itself() -> None:
    cited = ["依据《婚姻登记条例》（国令804号）办理。"]

    early = check(cited, bureau=SAMPLE, dated=date(2024, 12, 31))
    assert [one.code for one in early] == ["law_not_in_force"]
    assert check(cited, bureau=SAMPLE, dated=date(2025, 5, 10)) == []


def test_a_remark_says_where_what_and_what_to_do() -> None:
    (said,) = check(["报告", "一、甲", "三、乙"], bureau=SAMPLE)

    assert said._asdict() == {
        "code": "numbering_skips",
        "paragraph": 3,
        "start": 0,
        "end": 2,
        "found": "三、",
        "expected": "二、",
        "todo": "补上缺少的部分，或改正序号",
        "weight": "fault",
        "message": "序号跳号：“三、”，应为：二、",
        "english": "the numbering skips: '三、', expected 二、",
    }
    assert str(said) == (
        "第3段第1字 numbering_skips 序号跳号：“三、”，应为：二、。补上缺少的部分，或改正序号 / "
        "the numbering skips: '三、', expected 二、"
    )


def test_remarks_are_in_the_order_of_their_places() -> None:
    said = check(["一、甲,乙", "一、丙，，丁"], bureau=SAMPLE)

    assert said == sorted(said, key=lambda one: (one.paragraph, one.start))
    assert check([], bureau=SAMPLE) == []


@pytest.mark.parametrize("rule", CODES.values(), ids=CODES)
def test_a_rule_is_told_in_full(rule: Rule) -> None:
    assert all((rule.code, rule.name, rule.english, rule.todo, rule.why))
