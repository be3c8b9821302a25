"""The largest memory that was seen of each process."""

import os
from pathlib import Path

import pytest

from tidegate.measure.memory import MemoryWatch
from tidegate.stack import process
from tidegate.stack.process import ProcessFiles


def test_without_a_stack_only_this_process_and_the_producer_are_measured(tmp_path: Path) -> None:
    watch = MemoryWatch(tmp_path)
    watch.producer_pid = os.getpid()
    watch.sample()

    peaks = watch.peak_rss_mb()
    assert set(peaks) == {"demo", "producer", "stack"}
    assert peaks["demo"] > 10 and peaks["stack"] == 0


def test_the_peak_of_the_stack_is_the_largest_sum_of_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"kafka": 0, "registry": 0}

    def running(files: ProcessFiles) -> str | None:
        return files.name if files.name in sizes else None

    monkeypatch.setattr(process, "running", running)
    monkeypatch.setattr(process, "rss_bytes", lambda name: sizes[name])
    watch = MemoryWatch(tmp_path)
    for kafka_mb, registry_mb in ((100, 300), (250, 50)):
        sizes.update(kafka=kafka_mb * 2**20, registry=registry_mb * 2**20)
        watch.sample()

    peaks = watch.peak_rss_mb()
    assert (peaks["kafka"], peaks["registry"], peaks["stack"]) == (250, 300, 400)


def test_a_producer_that_has_ended_is_no_error(tmp_path: Path) -> None:
    watch = MemoryWatch(tmp_path)
    watch.producer_pid = 2**22 + 1  # above every pid
    watch.sample()

    assert "producer" not in watch.peak_rss_mb()
