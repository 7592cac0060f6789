"""On which standard or law a field itself rests (依据), beside the law of the event that has it.

By the names of definitions, so that it is said once for all fields of a type; of a few fields by
their own name. Laws are written as everywhere (domain/laws.py). The texts of the GB standards are
sold and were not read here: what is said of them is from practice, and says so.
"""

from __future__ import annotations

from domain.laws import in_chinese

NOT_READ = "（未核对原文）"
"""After a standard whose own text was not read, as where limits are from practice."""
NORMS = {
    "Day": "GB/T 7408",
    "Instant": "RFC 3339",
    "Division": "GB/T 2260",
    "Township": "GB/T 10114",
    "Village": "GB/T 10114（前 9 位）",
    "VillagesOnRegister": "GB/T 10114（前 9 位）",
    "Uscc": "GB 32100-2015；其中主体标识码 GB 11714",
    "IdKind": "GB 11643-1999（居民身份证号）",
    "MarriageSex": "GB/T 2261.1（性别分类；代码用英文词）",
}
FIELDS = {
    "id_number": "GB 11643-1999（居民身份证号）",
    "card_number": "GB 11643-1999（前 18 位）",
    "firm_code": "GB 32100-2015（此处不核对校验码）",
}
BASES = {
    "AssistanceCareLevel": "特困人员认定办法",
    "AssistanceSupportMode": "特困人员认定办法",
    "ChildrenSituation": "民发〔2019〕62号; 民发〔2020〕125号",
    "MarriageArchivedNumber": "民发〔2015〕230号",
    "MarriageCertificateNumber": "民发〔2015〕230号",
    "MarriageOutside": "婚姻登记条例（国令387号） 2, 5",
    "MarriageRefusalReason": "婚姻登记条例（国令387号） 6",
    "OrganisationsOrganisationKind": (
        "社会团体登记管理条例; 民办非企业单位登记管理暂行条例; 基金会管理条例"
    ),
    "PenaltiesCollection": "行政处罚法 67",
    "PenaltiesCollectionGround": "行政处罚法 68, 69",
    "PenaltiesListedGround": "行政处罚法 58",
    "PenaltiesServiceMethod": "行政处罚法 61",
    "VillagesVillageKind": "村民委员会组织法 3(2); 城市居民委员会组织法 6(2)",
}
READ = frozenset({"RFC 3339"})


def of_type(name: str) -> str:
    """What a definition rests on; empty where nothing stands behind it."""
    if name in BASES:
        return in_chinese(BASES[name])
    return _marked(NORMS.get(name, ""))


def of_field(name: str) -> str:
    """The same of a field by its name, whose type says nothing of its own."""
    return _marked(FIELDS.get(name, ""))


def _marked(norm: str) -> str:
    return norm if not norm or norm in READ else norm + NOT_READ
