"""Fingerprints are kept in a file of the cache, which anything may have been written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from trusteval.checkpoints.fingerprints import file_fingerprint, remembered


@pytest.mark.parametrize(
    "kept", ["null", "[]", "7", '"text"', "{", "[" * 100_000, "{}", '{"%s": null}', '{"%s": ["x"]}']
)
def test_fingerprints_that_are_none_are_found_anew_and_kept(tmp_path: Path, kept: str) -> None:
    file, cache = tmp_path / "weights", tmp_path / "cache"
    file.write_bytes(b"weights")
    cache.mkdir()
    stat = file.stat()
    key = f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    text = kept.replace("%s", key)
    (cache / "fingerprints.json").write_text(text, encoding="utf-8")
    found = remembered([file], find=file_fingerprint, cache=cache)
    assert found == [file_fingerprint(file)]
    assert remembered([file], find=lambda _: "another", cache=cache) == found
