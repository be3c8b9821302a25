"""One client for many programs: whose output is whose, when it is another one, and what becomes of it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.polling import wait_for
from tests.project import PROJECT
from tests.unit.jobs.test_flink_run import make_client
from tidegate.jobs.warm_client import Answer, Asked, end_client, make_ready, run_warm


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
    return run_warm(command(flink), Asked([str(file), *arguments], told(flink, **environment), PROJECT))


def ready(flink: Path, program: str = "", **environment: str) -> None:
    """Starts a client that runs a program of this text until it is asked."""
    file = flink / "until_asked.py"
    file.write_text(program)
    make_ready(command(flink), Asked([str(file)], told(flink, **environment), PROJECT))


def command(flink: Path) -> list[str]:
    return [str(flink / "bin" / "flink"), "run", "--python", "flink_jobs/warm_client.py"]


def told(flink: Path, **environment: str) -> dict[str, str]:
    return {**os.environ, "FLINK_HOME": str(flink), "PYTHONPATH": str(PROJECT), **environment}


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


WRITES_ITS_PARENT = "import os, sys; open({file!r}, 'w').write(str(os.getppid()))"
SAYS_ITS_NUMBERS = """
import os, signal
open({file!r}, "w").write(f"{{os.getppid()}} {{os.getpid()}}")
signal.pause()
"""


def written(file: Path) -> int:
    """The number of a process that another one writes there."""
    return int(wait_for("the program", lambda: file.read_text().strip()))


def test_one_that_was_made_ready_is_the_one_that_is_asked(flink: Path, tmp_path: Path) -> None:
    ready(flink, WRITES_ITS_PARENT.format(file=str(tmp_path / "client")))
    client = written(tmp_path / "client")
    ready(flink)
    assert client_of(run(flink, PARENT)) == client
    ready(flink)
    assert client_of(run(flink, PARENT)) == client


def test_who_asks_does_not_wait_for_what_it_runs_until_then(flink: Path, tmp_path: Path) -> None:
    program = f"import os, signal; open({str(tmp_path / 'number')!r}, 'w').write(str(os.getpid())); signal.pause()"
    ready(flink, program)
    number = written(tmp_path / "number")
    assert run(flink, "print('done')").said == "done\n"
    assert not psutil.pid_exists(number)


def test_what_it_runs_until_it_is_asked_may_fail(flink: Path, tmp_path: Path) -> None:
    ready(flink, WRITES_ITS_PARENT.format(file=str(tmp_path / "client")) + "\nraise SystemExit('broken')")
    client = written(tmp_path / "client")
    assert run(flink, PARENT) == Answer(0, f"{client}\n")


def test_one_that_was_made_ready_otherwise_is_not_asked(flink: Path, tmp_path: Path) -> None:
    ready(flink, WRITES_ITS_PARENT.format(file=str(tmp_path / "client")), JVM_ARGS="-Xmx1g")
    client = written(tmp_path / "client")
    assert client_of(run(flink, PARENT)) != client
    assert not psutil.pid_exists(client)


def test_of_one_that_was_made_ready_and_does_not_come_up_it_is_told_when_it_is_asked(flink: Path) -> None:
    (flink / "bin" / "flink").write_text("#!/bin/sh\necho Caused by: no Java\nexit 4\n")
    ready(flink)
    assert run(flink, PARENT) == Answer(4, "Caused by: no Java\n")


def test_one_that_was_silent_for_too_long_is_replaced(flink: Path, tmp_path: Path) -> None:
    """It has ended before anybody looked whether it has come."""
    ready(flink, WRITES_ITS_PARENT.format(file=str(tmp_path / "client")))
    client = written(tmp_path / "client")
    os.kill(client, signal.SIGKILL)
    assert client_of(run(flink, PARENT)) != client


def test_one_that_nobody_asks_ends_with_its_command_and_leaves_nothing(
    flink: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    numbers = tmp_path / "numbers"
    ready(flink, SAYS_ITS_NUMBERS.format(file=str(numbers)))
    client, program = map(int, wait_for("the program", lambda: numbers.read_text().split()))
    end_client()
    assert not psutil.pid_exists(client)
    assert not psutil.pid_exists(program)
    assert [*(tmp_path / "temporary").iterdir()] == []


def test_one_that_is_ended_takes_what_it_runs_with_it(flink: Path, tmp_path: Path) -> None:
    """The JVM ends its Python so."""
    numbers = tmp_path / "numbers"
    ready(flink, SAYS_ITS_NUMBERS.format(file=str(numbers)))
    client, program = map(int, wait_for("the program", lambda: numbers.read_text().split()))
    os.kill(client, signal.SIGTERM)
    wait_for("its end", lambda: not psutil.pid_exists(program))


def test_one_that_is_still_on_its_way_ends_with_its_command_too(flink: Path) -> None:
    (flink / "bin" / "flink").write_text("#!/bin/sh\necho $$ > $FLINK_HOME/number\nexec sleep 1000\n")
    ready(flink)
    number = written(flink / "number")
    end_client()
    assert not psutil.pid_exists(number)


KILLED = """
import os, sys
from pathlib import Path
from tidegate.jobs.warm_client import Asked, make_ready
flink = sys.argv[1]
command = [f"{flink}/bin/flink", "run", "--python", "flink_jobs/warm_client.py"]
make_ready(command, Asked([f"{flink}/until_asked.py"], {**os.environ, "FLINK_HOME": flink}, Path.cwd()))
os.kill(os.getpid(), int(sys.argv[2]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_command_that_is_killed_leaves_no_client_and_no_folder(flink: Path, tmp_path: Path, number: int) -> None:
    """Though the client comes up only then, and finds nobody."""
    os.mkfifo(flink / "go")
    client = flink / "bin" / "flink"
    waiting = "#!/bin/sh\necho $$ > $FLINK_HOME/number\nread go < $FLINK_HOME/go"
    client.write_text(client.read_text().replace("#!/bin/sh", waiting))
    (tmp_path / "temporary").mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(flink), str(int(number))],
        cwd=PROJECT,
        env=told(flink, TMPDIR=str(tmp_path / "temporary")),
        stdout=subprocess.DEVNULL,
    )
    assert killed.returncode == -number
    coming = written(flink / "number")
    (flink / "go").write_text("now\n")
    wait_for("its end", lambda: not psutil.pid_exists(coming) or psutil.Process(coming).status() == "zombie")
    assert [*(tmp_path / "temporary").iterdir()] == []
