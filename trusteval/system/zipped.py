"""What is refused of zip archives that others packed, and the one way to read a member of one.

An archive may unpack to more than it says, name a place outside of itself, or name one twice, so
that two tools read two files; nothing is ever written where a member says.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from trusteval.system.bounded import shown_size

MOST_MEMBERS = 4096
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error, OverflowError)
"""What reading a damaged archive raises."""
_ENCRYPTED = 0x1
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def why_refused(members: Sequence[zipfile.ZipInfo], *, most: int) -> str | None:
    """Say what of an archive's members is refused; together they unpack to at most `most` bytes."""
    return next(_refused(members, most), None)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what a member holds; raises one of BROKEN, also where it is not of the size it says.

    No more is unpacked than that.
    """
    with archive.open(member) as file:
        content = file.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise ValueError("it has not the size that the archive says")
    return content


def member_of(content: bytes, name: str, *, most: int) -> bytes | None:
    """Return what a member of an archive holds, None where there is none of that name.

    Raises ValueError for what is no zip archive, is damaged, or is refused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [member for member in archive.infolist() if not member.is_dir()]
            if (why := why_refused(files, most=most)) is not None:
                raise ValueError(why)
            named = {member.filename: member for member in files}
            return read_member(archive, named[name]) if name in named else None
    except (*BROKEN, NotImplementedError, RuntimeError) as error:
        raise ValueError(str(error)) from error


def _refused(members: Sequence[zipfile.ZipInfo], most: int) -> Iterator[str]:
    if len(members) > MOST_MEMBERS:
        yield f"it has more than {MOST_MEMBERS:,} members"
    total = sum(member.file_size for member in members)
    if total > most:
        yield f"it unpacks to more than {shown_size(most)}"
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
            yield f"{name!r} is encrypted, or packed in a way that is not read here"


def _is_inside(name: str) -> bool:
    """Whether a name is that of a file below the archive's root, however it is unpacked."""
    parts = PurePosixPath(name).parts
    is_plain = name.isascii() and name.isprintable() and "\\" not in name and ":" not in name
    is_relative = bool(parts) and not name.startswith("/") and ".." not in parts
    return is_plain and is_relative and name == "/".join(parts)
