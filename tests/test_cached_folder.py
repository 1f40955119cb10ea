"""A cached folder is whole or absent, and a place that cannot hold it is named."""

from pathlib import Path

import pytest

from tests.small_disk import run_on_small_disk
from trusteval.cached_folder import make_once
from trusteval.errors import UsageError

_FILLS_THE_DISK = """
import sys
from pathlib import Path
import numpy
from safetensors.numpy import save_file
from trusteval.cached_folder import make_once
from trusteval.errors import DiskSpaceError

def with_python(scratch):
    (scratch / "weights").write_bytes(bytes(10**6))

def with_safetensors(scratch):
    save_file({"weights": numpy.zeros(10**6, dtype="uint8")}, scratch / "model.safetensors")

for make in (with_python, with_safetensors):
    target = Path(sys.argv[1]) / "model"
    try:
        make_once(target, marker="model.safetensors", doing="building", make=make)
    except DiskSpaceError as error:
        print(error)
print(sorted(p.name for p in target.parent.iterdir() if p.suffix != ".lock"))
"""


def test_disk_that_runs_full_while_a_folder_is_made_is_one_error_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    """On a real file system of 100 kilobytes, if this user may mount one."""
    small = tmp_path / "small"
    ran = run_on_small_disk(_FILLS_THE_DISK, small, size="100k")
    said = f"building model: no space left in {small}\n"
    assert ran.stdout == said + said + "[]\n", ran.stderr


def test_place_that_cannot_be_written_is_named() -> None:
    with pytest.raises(UsageError, match=r"^cannot write to /proc/nowhere: "):
        make_once(
            Path("/proc/nowhere/model"), marker="x", doing="building", make=lambda scratch: scratch
        )


def test_finished_folder_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "marker").touch()

    def fail(scratch: Path) -> Path:
        raise AssertionError(scratch)

    make_once(tmp_path / "model", marker="marker", doing="building", make=fail)
