"""A cached folder is whole or absent, and a place that cannot hold it is named."""

import sys
from pathlib import Path

import pytest

from tests.other_user import run_as_other_user
from tests.small_disk import run_on_small_disk
from trusteval.errors import UsageError
from trusteval.system.atomic_folder import make_once

_FILLS_THE_DISK = """
import sys
from pathlib import Path
import numpy
from safetensors.numpy import save_file
from trusteval.system.atomic_folder import make_once
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


def test_whoever_may_read_the_folder_may_read_the_files_in_it(tmp_path: Path) -> None:
    """safetensors and transformers write weights for their user alone."""

    def make(scratch: Path) -> Path:
        made = scratch / "made"
        (made / "part").mkdir(parents=True)
        for file in (made / "marker", made / "part" / "model.safetensors"):
            file.touch(mode=0o600)
        return made

    make_once(tmp_path / "model", marker="marker", doing="building", make=make)
    (tmp_path / "usual").touch()
    usual = (tmp_path / "usual").stat().st_mode
    made = tmp_path / "model"
    assert {file.stat().st_mode for file in made.rglob("*") if file.is_file()} == {usual}
    assert sorted(file.name for file in made.iterdir()) == ["marker", "part"]


_MAKES = """
import sys
from pathlib import Path
from trusteval.system.atomic_folder import make_once
from trusteval.errors import PlaceError
folder = Path(sys.argv[1])
make_once(folder / "whole", marker="marker", doing="building", make=None)
try:
    make_once(folder / "new", marker="marker", doing="building", make=None)
except PlaceError as error:
    print(error)
"""


@pytest.mark.parametrize("has_lock", [False, True])
def test_cache_that_can_only_be_read_gives_what_is_whole_and_names_what_it_lacks(
    tmp_path: Path, has_lock: bool
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "marker").touch()
    if has_lock:
        (tmp_path / "new.lock").touch()
        (tmp_path / "new.lock").chmod(0o666)
    ran = run_as_other_user(
        [sys.executable, "-c", _MAKES, str(tmp_path)],
        folder=Path(__file__).parents[2],
        environment={},
    )
    assert ran.stdout == (
        f"cannot write to {tmp_path}: Permission denied; building new needs a folder that can be "
        "written (TRUSTEVAL_CACHE names the cache)\n"
    ), ran.stderr
