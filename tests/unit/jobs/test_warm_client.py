"""One client for many programs: whose output is whose, when it is another one, and what becomes of it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.polling import wait_for
from tests.project import PROJECT
from tests.unit.jobs.test_flink_run import make_client
from tidegate.jobs.warm_client import Answer, Asked, end_client, run_warm


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    end_client()


@pytest.fixture
def flink(tmp_path: Path) -> Path:
    make_client(tmp_path / "flink")
    (tmp_path / "flink" / "conf").mkdir()
    (tmp_path / "flink" / "conf" / "config.yaml").touch()
    return tmp_path / "flink"


def run(flink: Path, program: str, *arguments: str, **environment: str) -> Answer:
    """What a program of this text says."""
    file = flink / "program.py"
    file.write_text(program)
    return run_warm(
        [str(flink / "bin" / "flink"), "run", "--python", "flink_jobs/warm_client.py"],
        Asked(
            [str(file), *arguments],
            {**os.environ, "FLINK_HOME": str(flink), "PYTHONPATH": str(PROJECT), **environment},
            PROJECT,
        ),
    )


def client_of(answer: Answer) -> int:
    return int(answer.said.split()[-1])


PARENT = "import os; print(os.getppid())"


def test_each_program_has_its_own_arguments_environment_output_and_exit_code(flink: Path) -> None:
    first = run(flink, "import os, sys; print(sys.argv[1:], os.environ['COLOUR'])", "a b", "", COLOUR="grün")
    second = run(flink, "import os, sys; sys.stderr.write(os.environ.get('COLOUR', 'none')); sys.exit(3)")
    assert (first, second) == (Answer(0, "['a b', ''] grün\n"), Answer(3, "none"))


def test_a_client_is_kept_until_what_it_was_started_with_changes(flink: Path) -> None:
    kept = {client_of(run(flink, PARENT, TIDEGATE_RUN_ID=name)) for name in ("a", "b")}
    assert len(kept) == 1
    kept.add(client_of(run(flink, PARENT, JVM_ARGS="-Xmx1g")))
    os.utime(flink / "conf" / "config.yaml", (1, 1))
    kept.add(client_of(run(flink, PARENT, JVM_ARGS="-Xmx1g")))
    assert len(kept) == 3
    assert len([number for number in kept if psutil.pid_exists(number)]) == 1


def test_another_one_takes_the_place_of_one_that_has_ended(flink: Path) -> None:
    first = client_of(run(flink, PARENT))
    os.kill(first, signal.SIGKILL)
    assert client_of(run(flink, PARENT)) != first


def test_a_client_that_dies_while_it_works_is_not_asked_a_second_time(flink: Path, tmp_path: Path) -> None:
    """The program may have started its job."""
    program = f"""
import os, signal
open({str(tmp_path / "times")!r}, "a").write("once ")
os.kill(os.getppid(), signal.SIGKILL)
"""
    assert run(flink, program).returncode != 0
    assert (tmp_path / "times").read_text() == "once "


def test_one_that_does_not_come_up_says_why(flink: Path) -> None:
    (flink / "bin" / "flink").write_text("#!/bin/sh\necho Caused by: no Java\nexit 4\n")
    assert run(flink, PARENT) == Answer(4, "Caused by: no Java\n")


def test_it_ends_with_the_one_who_asks(flink: Path) -> None:
    client = client_of(run(flink, PARENT))
    end_client()
    wait_for("its end", lambda: not psutil.pid_exists(client))


def test_a_modules_name_beside_the_program_hides_none_of_pythons_own(flink: Path) -> None:
    (flink / "queue.py").write_text("raise SystemExit('hidden')")
    assert run(flink, f"import queue; print(queue.__file__ == {str(flink / 'queue.py')!r})").said == "False\n"


def test_big_messages_arrive_whole(flink: Path) -> None:
    said = run(flink, "import os; print(os.environ['LONG'] * 100)", LONG="x" * 100_000)
    assert len(said.said) == 10_000_001
