"""A bundle as a zip archive: the same files give the same bytes; what others wrote is bounded.

Members are stored as they are, so that no library's compression decides the archive's bytes.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, read_bytes, shown_size

MANIFEST = "manifest.json"
"""The member that names all others; it comes first."""
MOST = 512 * MIB
"""What a bundle and all that it unpacks to may hold; one of a full run has some 20 MiB."""
_MOST_MEMBERS = 4096
_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say; a bundle says itself when its run began."""
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_ENCRYPTED = 0x1
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


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
            refused = next(_refused(archive.infolist()), None)
            if refused is not None:
                raise UsageError(f"{path} is no bundle: {refused}")
            found = _read(archive)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (*_BROKEN, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"{path} is no zip archive that can be read: {error}") from error
    is_ours = not found.damaged and packed(found.files) == content
    return Unpacked(found.files, found.damaged, is_ours)


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error, OverflowError)


def _refused(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Say what of the members no bundle has."""
    if len(members) > _MOST_MEMBERS:
        yield f"it has more than {_MOST_MEMBERS:,} members"
    total = sum(member.file_size for member in members)
    if total > MOST:
        yield f"it unpacks to more than {shown_size(MOST)}"
    seen = set[str]()
    for member in members:
        name = member.filename
        if name.casefold() in seen:
            yield f"it has {name!r} twice"
        seen.add(name.casefold())
        if not _is_inside(member.orig_filename):
            yield f"{member.orig_filename!r} is no place inside of it"
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            yield f"{name!r} is a link or a device, expected plain files"
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _KNOWN:
            yield f"{name!r} is encrypted, or packed in a way that no bundle is"


def _is_inside(name: str) -> bool:
    """Whether a name is that of a file below the archive's root, however it is unpacked."""
    parts = PurePosixPath(name).parts
    is_plain = name.isascii() and name.isprintable() and "\\" not in name and ":" not in name
    is_relative = bool(parts) and not name.startswith("/") and ".." not in parts
    return is_plain and is_relative and name == "/".join(parts)


def _read(archive: zipfile.ZipFile) -> Unpacked:
    files, damaged = dict[str, bytes](), dict[str, str]()
    for member in archive.infolist():
        try:
            with archive.open(member) as file:
                content = file.read(member.file_size + 1)
        except _BROKEN as error:
            damaged[member.filename] = str(error)
            continue
        if len(content) != member.file_size:
            damaged[member.filename] = "it has not the size that the archive says"
        else:
            files[member.filename] = content
    return Unpacked(files, damaged)
