"""Every code has its sentence, and every sentence only names what a value of that code can have."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum

import pytest

from archiver.cli.remark_texts import CURES, FINDINGS, GARBAGE, GITHUB, HALTS, OBSTACLES, UNSURE, remark_json
from archiver.fixity.github_findings import GitHubCode, GitHubFinding
from archiver.fixity.mend.log import Cure, Halt, Obstacle
from archiver.models.findings import Finding, FindingCode
from archiver.models.remarks import Remark
from archiver.tasks.gc import GarbageCode
from archiver.tasks.restore import Unsure

REMARK = {field.name for field in fields(Remark)}
TABLES = [
    (FindingCode, FINDINGS, REMARK),
    (Cure, CURES, REMARK),
    (Obstacle, OBSTACLES, REMARK),
    (Halt, HALTS, REMARK),
    (Unsure, UNSURE, REMARK),
    (GarbageCode, GARBAGE, set()),
    (GitHubCode, GITHUB, {field.name for field in fields(GitHubFinding)} | {"bytes"}),
]


@pytest.mark.parametrize(("codes", "texts", "known"), TABLES)
def test_a_sentence_for_each_code(codes: type[StrEnum], texts: Mapping[StrEnum, str], known: set[str]) -> None:
    assert list(texts) == list(codes)
    assert all(texts.values())
    named = {name for text in texts.values() for _, name, _, _ in string.Formatter().parse(text) if name}
    assert named <= known


def test_a_remark_says_what_it_is_about() -> None:
    finding = Finding("links.jsonl", FindingCode.LINK_OF_OTHER_ARTICLE, file="articles/{0}", url="https://x/?a={b}")
    assert remark_json(finding) == {
        "path": "links.jsonl",
        "code": "link-of-other-article",
        "about": {"file": "articles/{0}", "url": "https://x/?a={b}"},
        "detail": "https://x/?a={b} is no address of articles/{0}",
    }
