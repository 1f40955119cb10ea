"""A bundle as a zip archive: the same files give the same bytes; what others wrote is bounded.

Members are stored as they are, so that no library's compression decides the archive's bytes.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.zipped import BROKEN, read_member, why_refused

MANIFEST = "manifest.json"
"""The member that names all others; it comes first."""
MOST = 512 * MIB
"""What a bundle and all that it unpacks to may hold; one of a full run has some 20 MiB."""
_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say; a bundle says itself when its run began."""
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The members of an archive; `damaged` says of those that cannot be read why.

    `is_ours` says that the archive's bytes are those that `packed` makes of its members.
    """

    files: Mapping[str, bytes]
    damaged: Mapping[str, str] = field(default_factory=dict)
    is_ours: bool = True


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of some files; the same files give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files, key=lambda name: (name != MANIFEST, name)):
            member = zipfile.ZipInfo(name, date_time=_TIME)
            member.create_system, member.external_attr = _UNIX, _MODE
            archive.writestr(member, files[name])
    return whole.getvalue()


def unpacked(path: Path) -> Unpacked:
    """Read all members of an archive.

    Raises UsageError for what is no zip of plain files, names a place outside of itself or one
    place twice, or unpacks beyond all bounds.
    """
    try:
        content = read_bytes(path, most=MOST)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refused = why_refused(archive.infolist(), most=MOST)
            if refused is not None:
                raise UsageError(f"{path} is no bundle: {refused}")
            found = _read(archive)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (*BROKEN, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"{path} is no zip archive that can be read: {error}") from error
    is_ours = not found.damaged and packed(found.files) == content
    return Unpacked(found.files, found.damaged, is_ours)


def _read(archive: zipfile.ZipFile) -> Unpacked:
    files, damaged = dict[str, bytes](), dict[str, str]()
    for member in archive.infolist():
        try:
            files[member.filename] = read_member(archive, member)
        except BROKEN as error:
            damaged[member.filename] = str(error)
    return Unpacked(files, damaged)
