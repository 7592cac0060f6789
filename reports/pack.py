"""A publish pack: what the portal of a district needs to show a page of the bureau as its own.

Departments of a county keep no site of their own (国办发〔2017〕47号, 国办公开办函〔2019〕61号).
Their staff put the body of the page, its labels and its attachments into the portal's own editor.
The same page is the same bytes, whenever it is packed.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from infra.visible import visible

FRAGMENT, META, README = "fragment.html", "meta.json", "说明.txt"
_MADE_AT = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say; it says nothing of when it was made."""
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Pack:
    """What a page is for a portal: its body, its labels, and what stands beside it as files."""

    title: str
    fragment: str
    meta: Mapping[str, Any]


def zipped(pack: Pack, attachments: Mapping[str, bytes]) -> bytes:
    """The pack as a zip; `attachments` are by their names in it."""
    fragment = pack.fragment.encode()
    files = {FRAGMENT: fragment, **attachments}
    meta = {
        **pack.meta,
        "title": pack.title,
        "files": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }
    told = visible(json.dumps(meta, ensure_ascii=False, indent=2), lines=True)
    files |= {META: f"{told}\n".encode(), README: _readme(pack, attachments).encode("utf-8-sig")}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _MADE_AT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            made.writestr(info, files[name])
    return buffer.getvalue()


def _readme(pack: Pack, attachments: Mapping[str, bytes]) -> str:
    """For the clerk who puts it into the portal."""
    lines = [
        f"《{visible(pack.title)}》发布包",
        "",
        f"1. {FRAGMENT}：正文，不带样式和脚本，复制到门户网站编辑器的源代码中即可。",
        "   其中 data-path 是数值在本单位数据页面上的地址，门户可据以加链接，也可不用。",
        f"2. {META}：索引号、标题、栏目、日期、来源，逐项填入门户的对应栏；",
        "   另有各文件的校验码（SHA-256）。",
        *(f"{n}. {name}：附件，原样上传。" for n, name in enumerate(sorted(attachments), 3)),
        "",
        "正文和数值请勿改动；确需更正的，由本单位重新发布后另取发布包。",
        "刊载后请把网址和刊载日期告知本单位，登记后与发布的内容核对。",
        "",
    ]
    return "\r\n".join(lines)
