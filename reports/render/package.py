"""Files of offices are zips: the same document is the same bytes on every machine."""

from __future__ import annotations

import zipfile
from io import BytesIO

_ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say; it says nothing of when it was made."""


def stored(package: bytes) -> bytes:
    """The same parts, in order, without times, and without compression: that differs by machine."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as given, zipfile.ZipFile(buffer, "w") as made:
        for part in given.namelist():
            info = zipfile.ZipInfo(part, _ZIP_BEGINS)
            info.create_system, info.external_attr = 3, 0o644 << 16
            made.writestr(info, given.read(part))
    return buffer.getvalue()
