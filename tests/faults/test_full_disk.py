"""No room for checkpoints: nothing is committed meanwhile, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import StartDrill
from tests.faults.small_disk import small_disk
from tests.pipeline import Pipeline, tidegate
from tests.polling import wait_for

SIZE_MB = 200


@pytest.fixture
def checkpoints(healthy: Pipeline) -> Iterator[Path]:
    """The folder of refine's checkpoints on a small file system of its own, which the job runs on."""
    tidegate("stop", "refine")
    try:
        with small_disk(healthy.settings.home / "flink-checkpoints" / "refine", SIZE_MB) as folder:
            tidegate("run", "refine")
            yield folder
            tidegate("stop", "refine")
    finally:
        tidegate("run", "refine")


@pytest.mark.long
def test_no_event_is_lost_or_doubled_when_checkpoints_find_no_room(
    healthy: Pipeline, start_drill: StartDrill, checkpoints: Path
) -> None:
    drill = start_drill("no room for refine's checkpoints")
    drill.send()
    filler = checkpoints / "filler"
    _fill(filler)
    failures = healthy.failures()["refine"]
    wait_for("the job to fail for it", lambda: healthy.failures()["refine"] > failures)
    filler.unlink()
    drill.healed()
    drill.prove()


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as out:
        try:
            while out.write(bytes(65536)):
                pass
        except OSError:
            return
