"""The files of a release: what was signed and published is also known by its bytes.

A release says what it says; each form of it (DOCX, PDF, a page that is saved) is a file that any
machine makes again, byte by byte. Their hashes are told with the release, so that whoever holds a
file finds out whether it is the published one.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from domain.event import Count, Day, Digest, Part
from domain.reporting.releases import Edition, PlanEvent

FileForm = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,9}$")]
"""As a file's name ends: docx, pdf, html, md, xlsx."""


class ReleaseFile(Part):
    """A file that a release is given out as."""

    form: FileForm
    sha256: Digest
    bytes: Count
    """Its size."""


class ReleaseFilesRecorded(PlanEvent):
    """校验: what the files of a release are; a form that could not be made then is not in it."""

    TYPE: ClassVar[str] = "reporting.release-files-recorded.v1"
    TITLE: ClassVar[str] = "发布文件校验"
    BASIS: ClassVar[str] = "党政机关公文处理工作条例"
    ON: ClassVar[str] = "recorded_on"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "files": [{"form": "docx", "sha256": "5e" * 32, "bytes": 24_576}]
    }

    edition: Edition
    recorded_on: Day
    files: Annotated[tuple[ReleaseFile, ...], Field(min_length=1, max_length=20)]
