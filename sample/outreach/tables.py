"""What happened in the outreach of the sample year, as tables: dates, titles, turnout (虚构)."""

from __future__ import annotations

from typing import NamedTuple

OUTLINE = "习近平法治思想学习纲要"

STUDY: tuple[tuple[int, int, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (1, 19, "党组会议学法", ("party-group", "first-agenda"), ("未成年人网络保护条例",)),
    (2, 27, "中心组专题学习", ("centre-group",), ("中华人民共和国宪法", "中华人民共和国民法典")),
    (3, 22, "机关学习会", ("staff-meeting",), ("信访工作条例",)),
    (4, 26, "党支部学法", ("party-branch",), ("中华人民共和国民法典",)),
    (5, 17, "地名法规讲座", ("special-topic", "lecture"), ("地名管理条例", "地名管理条例实施办法")),
    (6, 21, "党组会议学法", ("party-group", "first-agenda"), ("社会救助暂行办法",)),
    (7, 19, "法治思想专题学习", ("centre-group", "special-topic"), ("中华人民共和国行政处罚法",)),
    (9, 6, "新慈善法学习", ("staff-meeting",), ("中华人民共和国慈善法",)),
    (10, 25, "党组会议学法", ("party-group", "first-agenda"), ("信访工作条例", "政府信息公开条例")),
    (12, 4, "国家宪法日学习", ("special-topic", "party-branch"), ("中华人民共和国宪法",)),
)
TOLD_TWICE = 8
"""Number of the session that the party branch reported as well, as a lecture."""

ACTIVITIES: tuple[tuple[str, str, int, int, int], ...] = (
    ("warm-sunset", "长者生日会", 3, 12, 42),
    ("warm-sunset", "长者健康课堂", 5, 22, 36),
    ("warm-sunset", "重阳敬老活动", 10, 11, 55),
    ("warm-sunset", "冬至暖心活动", 12, 20, 47),
    ("sunflower-guard", "假期安全课堂", 2, 3, 31),
    ("sunflower-guard", "成长陪伴小组", 7, 16, 28),
    ("sunflower-guard", "亲子工作坊", 8, 9, 38),
    ("sunflower-guard", "防溺水演练", 6, 15, 43),
    ("neighbour-help", "邻里互助日", 4, 13, 64),
    ("neighbour-help", "邻里互助日", 9, 21, 58),
    ("volunteer-day", "志愿者培训", 3, 5, 40),
    ("volunteer-day", "志愿服务日", 12, 5, 72),
)
"""Programme, title, month, day, 人次; the last four are not in the figure."""
RECOUNTED = (3, 44)
"""Index of the activity whose sign-in sheet was counted again in 2025, and the right number."""

PUBLICITY: tuple[tuple[str, str, str, int, int, int, tuple[str, ...]], ...] = (
    ("growing-together", "未成年人保护进社区", "示例社区广场", 5, 31, 98, ("未成年人保护法",)),
    ("growing-together", "网络保护进校园", "示例小学", 6, 7, 113, ("未成年人网络保护条例",)),
    ("growing-together", "暑期护苗宣讲", "示例镇文化站", 7, 12, 76, ("未成年人保护法",)),
    ("assistance-month", "救助政策有奖问答", "{street}", 9, 11, 536, ("社会救助暂行办法",)),
    ("assistance-month", "救助政策集中宣传", "{square}", 9, 20, 611, ("社会救助暂行办法",)),
    ("civil-code-month", "民法典宣传", "婚姻登记处", 5, 20, 120, ("中华人民共和国民法典",)),
    ("constitution-week", "宪法宣传", "示例广场东", 12, 4, 145, ("中华人民共和国宪法",)),
)
LECTURES = (8, 7, 6, 9, 7, 5, 8, 7, 6, 10, 7, 8, 6, 7, 9, 4, 8, 7, 6, 8, 9)
"""人次 of the online sittings; the fifth and sixth are one issue in two sittings."""
SAME_ISSUE = 6
CLASS_SIZE = 48


class Course(NamedTuple):
    """A training course."""

    programme: str
    title: str
    kind: str
    mode: str = "offline"


LECTURE = Course("shuangbai-lectures", "双百大讲堂", "social-work", "online")
CLASS = Course("social-work-class", "社工业务培训班", "social-work")
DIRECTORS = Course("children-directors", "儿童主任培训班", "children-directors")
OTHER_TRAINING = (
    ("JZ", 3, 28, 41, Course("assistance", "社会救助经办培训", "assistance")),
    ("GK", 4, 18, 26, Course("disclosure", "政务公开工作培训", "disclosure")),
    ("ZF", 6, 27, 15, Course("enforcement", "行政执法业务培训", "enforcement")),
)
"""Trainings that no figure counts: code, month, day, 人次, course."""

GUIDES_ISSUED = ((3, 25), (5, 8), (6, 18))
DEPLOYED = ((3, 15, "ZF-01"), (7, 5, "ZF-02"))
"""Month, day, and who deployed the work of the rule of law; the first is the responsible person."""
