"""The faces of letters that a PDF is set in: the official ones where they are, else free ones.

The standard (GB/T 9704-2012) names faces that may not be handed on with a program; an office that
has a licence puts the files into the folder MINGJIAN_FONTS. What is lacking there is looked for
among the fonts of the machine, the official face first, then those that stand in for it. Bytes of a
PDF depend on the files, so the digest of each is told with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.settings import settings
from reports.render import extra, official

PACKAGE = "typst"
HOW = (
    "没有可用的中文字体：安装 fonts-noto-cjk（Noto Serif CJK SC、Noto Sans CJK SC），"
    "或把仿宋、黑体、楷体、宋体、方正小标宋简体的字体文件放入一个目录，以 MINGJIAN_FONTS 指明"
    " / no Chinese font: install fonts-noto-cjk, or name a folder of fonts in MINGJIAN_FONTS"
)
"""What to do where there is none."""


class FontsMissing(extra.Unmade):
    """No font is there for a face that a document needs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A face of the standard: the names that it goes by in files, and what stands in for it.

    `weight` is that of what stands in, 400 for regular and 700 for bold.
    """

    official: tuple[str, ...]
    free: tuple[str, ...]
    weight: int = 400


_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "FandolSong")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "FandolHei")
_ANY = (*_SERIF, *_SANS, "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "AR PL UMing CN")
WANTED = {
    "title": Wanted(
        (official.TITLE, "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋_GBK"),
        _ANY,
        700,
    ),
    "body": Wanted(
        (official.FANG, "FangSong", "仿宋_GB2312", "FangSong_GB2312"),
        ("Zhuque Fangsong (technical preview)", "朱雀仿宋", "FandolFang", "FandolFang R", *_ANY),
    ),
    "hei": Wanted((official.HEI, "SimHei"), (*_SANS, *_ANY)),
    "kai": Wanted(
        (official.KAI, "KaiTi", "楷体_GB2312", "KaiTi_GB2312"),
        ("LXGW WenKai", "霞鹜文楷", "FandolKai", "AR PL UKai CN", *_ANY),
    ),
    "song": Wanted((official.SONG, "SimSun", "NSimSun"), _ANY),
}
"""By the part that each plays in a document."""
RARE = (
    *("SimSun-ExtB", "SimSun-ExtG", "FangSong-ExtB", "Noto Serif CJK SC", "Noto Sans CJK SC"),
    *("Plangothic P1", "Plangothic P2", "HanaMinA", "HanaMinB"),
)
"""What is asked, in this order, for a character that a face does not have; each that is there."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face as it was found: its name in the file, and the digest of the file."""

    role: str
    family: str
    official: bool
    weight: int
    file: Path
    sha256: str
    stamp: tuple[int, int]
    """Of the file when it was read: its size in bytes, its time in nanoseconds."""

    @property
    def told(self) -> dict[str, Any]:
        """For programs; where the file lies is no part of it."""
        return {
            "role": self.role,
            "family": self.family,
            "official": self.official,
            "weight": self.weight,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Faces:
    """All faces that a document is set in: one for each part, then those for rare characters."""

    parts: tuple[Face, ...]
    rare: tuple[Face, ...]

    @property
    def families(self) -> dict[str, list[str]]:
        """For each part the names that are asked one after the other."""
        rare = [face.family for face in self.rare]
        return {part.role: list(dict.fromkeys([part.family, *rare])) for part in self.parts}

    @property
    def weights(self) -> dict[str, int]:
        """For each part how heavy its letters are."""
        return {part.role: part.weight for part in self.parts}

    @property
    def told(self) -> list[dict[str, Any]]:
        """For programs: what the bytes of a document depend on, beside what it says."""
        return [face.told for face in (*self.parts, *self.rare)]

    @contextmanager
    def book(self) -> Iterator[Any]:
        """Exactly these files, as typst takes them: no other font of the machine plays a part."""
        import typst  # noqa: PLC0415  of an extra

        files = dict.fromkeys(face.file for face in (*self.parts, *self.rare))
        with TemporaryDirectory(prefix="mingjian-fonts-") as made:
            folders: list[str] = []
            for number, file in enumerate(files):  # a folder each: their order is ours
                folder = Path(made, str(number))
                folder.mkdir()
                (folder / f"font{file.suffix}").symlink_to(file)
                folders.append(str(folder))
            yield typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
            )


def found() -> Faces:
    """The faces that are here. Raises DocumentsMissing, FontsMissing."""
    extra.require(PACKAGE)
    folder = settings().fonts
    if folder is not None and not folder.is_dir():
        raise FontsMissing(f"MINGJIAN_FONTS 所指的目录不存在 / there is no such folder: {folder}")
    there = _found(folder)
    if all(_stamp(face.file) == face.stamp for face in (*there.parts, *there.rare)):
        return there
    _found.cache_clear()  # a font was changed or taken away meanwhile
    return _found(folder)


@lru_cache(maxsize=4)
def _found(folder: Path | None) -> Faces:
    import typst  # noqa: PLC0415  of an extra

    def listed(*folders: str, machine: bool = False) -> list[Any]:
        fonts = typst.Fonts(
            include_system_fonts=machine, include_embedded_fonts=False, font_paths=list(folders)
        )
        return _listed(fonts)

    given = listed(str(folder)) if folder is not None else []
    machine = listed(machine=True)
    parts = tuple(_part(role, wanted, given, machine) for role, wanted in WANTED.items())
    rare = [_first((name,), 400, given, machine) for name in RARE]
    return Faces(
        parts, tuple(_face("rare", each, official=False) for each in rare if each is not None)
    )


def _listed(fonts: Any) -> list[Any]:
    """Of a folder or the machine what lies in files, always in the same order."""
    upright = (each for each in fonts.fonts() if each.path and each.style == "normal")
    return sorted(upright, key=lambda each: (each.path, each.index))


def _part(role: str, wanted: Wanted, given: list[Any], machine: list[Any]) -> Face:
    """An official face of the folder or the machine, else what stands in for it."""
    if each := _first(wanted.official, 400, given, machine):
        return _face(role, each, official=True)
    if each := _first(wanted.free, wanted.weight, given, machine):
        return _face(role, each, official=False)
    raise FontsMissing(f"{HOW}（{wanted.official[0]}）")


def _first(names: Iterable[str], weight: int, *places: list[Any]) -> Any | None:
    """The first name that is there, in the weight that is closest to the one wanted."""
    for name in names:
        for place in places:
            if there := [each for each in place if each.family == name]:
                return min(there, key=lambda each: abs(each.weight - weight))
    return None


def _face(role: str, each: Any, *, official: bool) -> Face:
    file = Path(each.path).resolve()
    stamp = _stamp(file)
    return Face(role, each.family, official, each.weight, file, _digest(file, stamp), stamp)


def _stamp(file: Path) -> tuple[int, int]:
    """Of a file that is gone one that no file has."""
    try:
        stat = file.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=64)
def _digest(file: Path, _stamp: tuple[int, int]) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
