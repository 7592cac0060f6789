"""A zipped file (DOCX, XLSX) and its XML: bounded before anything is unpacked or built.

The standard library's parser is asked event by event: a part that declares a document type or
entities is refused, so is one that is nested too deep or has too many elements.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from xml.parsers import expat

from reports.handed.file import NotReadable

MOST_PART = 64 * 2**20
MOST_UNPACKED = 128 * 2**20
MOST_PARTS = 5_000
MOST_DEPTH = 200
MOST_ELEMENTS = 2_000_000

Begin = Callable[[str, Mapping[str, str]], None]
"""Of an element: its name without its namespace, its attributes without theirs."""
Said = Callable[[str], None]


class Archive:
    """The parts of a zipped file. Raises NotReadable at what is damaged or too much."""

    def __init__(self, raw: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise _damaged(error) from None
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise NotReadable(
                f"解压后超过 {MOST_UNPACKED:,} 字节，不予读取 / too large when unpacked"
            )
        if any(part.flag_bits & 1 for part in parts):
            raise NotReadable("文件加了密码：请去掉后再交 / it has a password: take it off")
        self.names = tuple(part.filename for part in parts)

    def part(self, name: str) -> bytes:
        """The bytes of a part, never more than it said that it has."""
        try:
            with self._zip.open(name) as part:
                found = part.read(MOST_PART + 1)
        except (
            *(KeyError, zipfile.BadZipFile, zlib.error, ValueError, OSError),
            *(NotImplementedError, EOFError, RuntimeError),
        ) as error:
            raise _damaged(error) from None
        if len(found) > MOST_PART:
            raise NotReadable(f"{name} 解压后过大，不予读取 / a part is too large")
        return found

    def walk(self, name: str, begin: Begin, end: Said, text: Said) -> None:
        """Go through the XML of a part. Raises NotReadable where it is none, or too much."""
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        depth = count = 0

        def begun(tag: str, attributes: Mapping[str, str]) -> None:
            nonlocal depth, count
            depth += 1
            count += 1
            if depth > MOST_DEPTH or count > MOST_ELEMENTS:
                raise NotReadable("XML 嵌套过深或过多，不予读取 / XML too deep, or too much of it")
            begin(_bare(tag), {_bare(key): value for key, value in attributes.items()})

        def ended(tag: str) -> None:
            nonlocal depth
            depth -= 1
            end(_bare(tag))

        def declared(*_: object) -> None:
            raise NotReadable("文件含有实体声明，不予读取 / it declares entities")

        parser.StartDoctypeDeclHandler = declared
        parser.EntityDeclHandler = declared
        parser.StartElementHandler = begun
        parser.EndElementHandler = ended
        parser.CharacterDataHandler = text
        try:
            parser.Parse(self.part(name), True)  # noqa: FBT003  the library's own signature
        except (expat.ExpatError, ValueError, LookupError) as error:
            if isinstance(error, NotReadable):
                raise
            raise _damaged(error) from None

    def text(self, name: str) -> str:
        """All text of a part, one piece after the other."""
        pieces: list[str] = []
        self.walk(name, lambda *_: None, lambda _: None, pieces.append)
        return "".join(pieces)


def _bare(name: str) -> str:
    return name.rpartition("\n")[2]


def _damaged(error: Exception) -> NotReadable:
    return NotReadable(
        f"文件不完好：请在 WPS 或 Word 中打开后另存 / damaged: {type(error).__name__}"
    )
