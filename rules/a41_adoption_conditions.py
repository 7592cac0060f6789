"""收养条件或者程序不符: who may adopt whom, the assessment, the search for parents."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A41",
    name="收养条件或者程序不符",
    severity="unlawful",
    basis="民法典 1093, 1098, 1100, 1102, 1104-1105; 中国公民收养子女登记办法 8",
    breaches=(
        "adoption/adopter-under-age",
        "adoption/too-near-in-age",
        "adoption/child-grown-up",
        "adoption/too-many-children",
        "adoption/person-named-twice",
        "adoption/child-did-not-consent",
        "adoption/too-few-assessors",
        "adoption/not-assessed",
        "adoption/search-too-short",
    ),
)
