"""RemoteFile: a file out there, and where it may lie here. A name from outside is never trusted with the way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.errors import DownloadError

#: What may be fetched: models, and what stands beside them.
_ENDINGS: Final = frozenset({".gguf", ".md", ".txt", ".json", ".jinja"})
_BARE_NAMES: Final = frozenset({"LICENSE", "LICENCE", "NOTICE", "COPYING"})
#: File systems take 255 bytes; `.part.json` and the like come on top.
_MOST_NAME_BYTES: Final = 200
_MOST_FOLDERS: Final = 8
_FORBIDDEN: Final = re.compile(r'[\\:*?"<>|]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository, pinned to a commit: what it is called, where it is, and what it has to be.

    `path` is inside the repository, with `/` between folders; `sha256` is 64 small hexadecimal digits.
    """

    repo: str
    commit: str
    path: str
    url: str
    size_bytes: int
    sha256: str

    def __post_init__(self) -> None:
        if self.size_bytes < 0 or not _SHA256.fullmatch(self.sha256):
            raise ValueError("a file to fetch needs its size and its sha256")

    @property
    def name(self) -> str:
        """What a person reads: the file's name without its folders."""
        return self.path.rpartition("/")[2]

    def place(self, folder: Path) -> Path:
        """Where it belongs below the models folder: publisher, repository, path. Raises DownloadError."""
        parts = [*self.repo.split("/"), *self.path.split("/")]
        if len(parts) > _MOST_FOLDERS or not all(map(is_harmless, parts)) or not _is_wanted(self.name):
            raise DownloadError(
                "The repository calls a file {name}, which is not a name that can be kept here; it was not fetched.",
                name=ascii(self.path[:120]),
            )
        return folder.joinpath(*parts)


def is_harmless(part: str) -> bool:
    """Whether a folder's or file's name stays in its folder, on every system."""
    return (
        0 < len(part.encode("utf-8", "surrogatepass")) <= _MOST_NAME_BYTES
        and not part.startswith((".", " ", "~"))
        and not part.endswith((".", " "))
        and not _FORBIDDEN.search(part)
        and not _RESERVED.fullmatch(part)
        and not any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for each in part)
    )


def _is_wanted(name: str) -> bool:
    is_ours = ".part." in name.lower()  # as what we write beside a file that is on its way
    return not is_ours and (Path(name).suffix.lower() in _ENDINGS or name in _BARE_NAMES)
