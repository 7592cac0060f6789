"""The bureau 445102 from the tables in code, until it is read from its folder."""

from __future__ import annotations

from domain.bureau.bureau import Bureau
from domain.bureau.places import Place
from domain.bureau.rules import Rules
from domain.bureau.sources import Source
from domain.calendar import HOLIDAY_NOTICES, Calendar
from domain.identifiers import DIVISIONS, STATISTICAL_AREAS, TOWNSHIPS
from domain.laws import LAWS, Laws

_PAYING = frozenset(
    f"assistance.{fact}"
    for fact in (
        "arrears-paid",
        "funds-released",
        "funds-requested",
        "overpayment-found",
        "overpayment-written-off",
        "payee-changed",
        "payment-instructed",
        "payment-returned",
        "payment-settled",
        "payroll-approved",
        "payroll-prepared",
        "recovery-ordered",
        "recovery-received",
    )
)
_SOURCES = (
    ("social-assistance", "社会救助信息系统", {"assistance"}, frozenset[str]()),
    ("payouts", "惠民惠农补贴资金发放系统", set[str](), _PAYING),
    ("child-welfare", "儿童福利信息系统", {"children"}, frozenset[str]()),
    ("disability", "残疾人两项补贴信息系统", {"disability"}, frozenset[str]()),
    ("standards", "保障标准管理", {"standards"}, frozenset[str]()),
    ("organisations", "社会组织法人库", {"organisations"}, frozenset[str]()),
    ("enforcement", "粤执法平台", {"inspection", "penalties"}, frozenset[str]()),
    ("bureau-enforcement", "局内执法台账", {"inspection", "penalties"}, frozenset[str]()),
    ("personnel", "人事与执法资格管理", {"officers"}, frozenset[str]()),
    ("marriage", "婚姻登记系统", {"marriage"}, frozenset[str]()),
    ("adoption", "收养登记系统", {"adoption"}, frozenset[str]()),
    ("funeral", "殡葬管理系统", {"funeral"}, frozenset[str]()),
    ("placenames", "地名信息系统", {"placename"}, frozenset[str]()),
    ("website", "政府网站集约化平台", {"disclosure"}, frozenset[str]()),
    ("office", "局办公室台账", {"outreach", "reporting", "villages"}, frozenset[str]()),
)
BUILT_IN = Bureau(
    division="445102",
    name="潮州市湘桥区民政局",
    short="湘桥区",
    whole="全区",
    own="本区",
    province="广东省",
    city="潮州市",
    sample=True,
    townships={code: Place(code, name) for code, name in TOWNSHIPS.items()}
    | {code: Place(code, name, statistical=True) for code, name in STATISTICAL_AREAS.items()},
    villages={},
    sources={
        name: Source(name, title, frozenset(lines), classes, divisions=frozenset({"445102"}))
        for name, title, lines, classes in _SOURCES
    },
    programmes={},
    standards={},
    rules=Rules({}),
    calendar=Calendar(HOLIDAY_NOTICES),
    laws=Laws(LAWS),
    divisions=DIVISIONS,
    files={},
    digest="0" * 64,
)
