"""Three workers: two have a stack each, the third what needs none, by file and at a low priority."""

import os
import subprocess
import sys

import pytest
from hypothesis import settings

from tests import polling
from tests.workers import NICENESS, be_worker, longest_first, scope_of

BESIDE = [
    "tests/unit/a/test_one.py::test_x[1]",
    "tests/unit/a/test_one.py::test_x[a::b]",
    "tests/unit/test_two.py::test_y",
    "tests/flink/test_three.py::test_z",
]
SERVERS = ["tests/stack/test_demo.py::test_first", "tests/stack/test_b.py::test_v"]
JOBS = ["tests/jobs/test_d.py::test_u", "tests/faults/test_c.py::test_w"]


def test_a_file_that_needs_no_server_stays_on_one_worker() -> None:
    assert [scope_of(nodeid) for nodeid in BESIDE] == [
        "tests/unit/a/test_one.py",
        "tests/unit/a/test_one.py",
        "tests/unit/test_two.py",
        "tests/flink/test_three.py",
    ]


@pytest.mark.parametrize("folder", ["stack", "containers", "one_that_is_new"])
def test_those_without_jobs_are_one_scope_so_one_worker_has_their_stack(folder: str) -> None:
    assert scope_of(f"tests/{folder}/test_a.py::test_x") == scope_of("tests/stack/test_b.py::test_y[1]")


def test_those_with_jobs_are_one_scope_and_not_that_of_the_servers() -> None:
    assert {scope_of(nodeid) for nodeid in JOBS} == {scope_of("tests/jobs/test_b.py::test_y[1]")}
    assert scope_of(JOBS[0]) != scope_of(SERVERS[0])


def test_those_of_the_jobs_begin_then_of_the_servers_and_else_the_order_stays() -> None:
    assert longest_first([*BESIDE, *SERVERS, *JOBS], [*BESIDE, *SERVERS, *JOBS]) == [*JOBS, *SERVERS, *BESIDE]


def test_to_step_back_twice_is_to_step_back_once() -> None:
    code = (
        "import os; from tests.workers import step_back; step_back(); print(os.nice(0)); step_back(); print(os.nice(0))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [*map(int, said.split())] == [max(NICENESS, os.nice(0))] * 2


def test_a_worker_has_no_width_and_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings.get_current_profile_name()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(polling, "patience", 1)
    try:
        be_worker()
        assert settings().deadline is None
        assert polling.patience > 1
        assert "COLUMNS" not in os.environ
    finally:
        settings.load_profile(before)
