"""The command line of Flink's client, what it is told, and what becomes of a start that is refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.polling import wait_for
from tests.project import PROJECT
from tidegate.errors import TidegateError, TransientError
from tidegate.jobs.flink_run import environment, make_ready, submit
from tidegate.jobs.warm_client import end_client
from tidegate.own_files import one_at_a_time
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings with a Flink whose client is no JVM: it runs the Python file that it is given."""
    make_client(tmp_path / "flink")
    yield Settings(home=tmp_path, flink_home=tmp_path / "flink")
    end_client()


def make_client(flink: Path) -> None:
    client = flink / "bin" / "flink"
    client.parent.mkdir(parents=True)
    client.write_text(f"#!/bin/sh\nwhile [ $1 != --python ]; do shift; done\nshift\nexec '{sys.executable}' \"$@\"\n")
    client.chmod(0o755)


def refuse(settings: Settings, said: str) -> TidegateError:
    """What a start is refused with whose program says this."""
    program = settings.home / "program.py"
    program.write_text(f"print({said!r})\nraise SystemExit(1)\n")
    with pytest.raises(TidegateError) as caught:
        submit(settings, "refine", [str(program)])
    return caught.value


def test_the_jobs_own_error_is_told_as_the_job_told_it(settings: Settings) -> None:
    said = (
        '{"timestamp": "t", "level": "error", "event": "failed", "dataset": null, "job": null, "run_id": "r", '
        '"error": "Kafka does not answer.", "remedy": "Start it.", "transient": true, "exit_code": 1}'
    )
    error = refuse(settings, f"from Flink\n{said}")

    assert isinstance(error, TransientError)
    assert (error.problem, error.remedy) == ("Kafka does not answer.", "Start it.")
    log = settings.home / "logs" / "run-refine.log"
    assert log.read_text() == "from Flink\nerror: Kafka does not answer. Start it.\n"


def test_where_the_job_told_of_no_error_flinks_own_cause_is_told(settings: Settings) -> None:
    error = refuse(settings, "org.apache.flink.client.program.ProgramInvocationException: failed\nCaused by: no slot")

    assert error.problem == "the job refine could not be started: Caused by: no slot."
    assert error.remedy == f"The whole output is in {settings.home / 'logs' / 'run-refine.log'}."


def test_the_client_is_told_the_settings_and_no_secret(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_PRIVACY_KEY", "secret")
    monkeypatch.setenv("TIDEGATE_REDRIVE_KEY", "secret")
    monkeypatch.chdir(PROJECT)
    told = environment(settings.model_copy(update={"parallelism": 2}))

    assert told["TIDEGATE_PARALLELISM"] == "2"
    assert told["TIDEGATE_LOG_FORMAT"] == "json"
    assert told["PYTHONPATH"].split(":")[0] == str(PROJECT)
    assert "secret" not in told.values()


def test_a_client_is_made_ready_by_the_same_command_as_jobs_ask(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    client = settings.home / "flink" / "bin" / "flink"
    client.write_text(client.read_text().replace("#!/bin/sh", "#!/bin/sh\necho $$ >> $FLINK_HOME/started"))
    (settings.home / "program.py").write_text("print('done')\n")
    make_ready(settings)

    assert submit(settings, "refine", [str(settings.home / "program.py")]) == "done\n"

    assert len((settings.home / "flink" / "started").read_text().split()) == 1


def test_where_there_is_no_flink_none_is_made_ready(tmp_path: Path) -> None:
    """The job tells of it."""
    make_ready(Settings(home=tmp_path))


COMMAND = """
import sys
from pathlib import Path
from tidegate.jobs.flink_run import submit
from tidegate.own_files import one_at_a_time
from tidegate.settings import Settings
home = Path(sys.argv[1])
with one_at_a_time(home / "lock", "one is at work.", "Wait."):
    submit(Settings(home=home, flink_home=home / "flink"), "refine", [str(home / "program.py"), str(home)])
"""
PROGRAM = """
import sys
from pathlib import Path
home = Path(sys.argv[1])
(home / "plans").touch()
(home / "go").read_text()
"""


def test_a_client_whose_command_is_killed_keeps_the_commands_lock_until_it_ends(settings: Settings) -> None:
    """It goes on, and starts its job: whoever came between would start a second one."""
    os.mkfifo(settings.home / "go")
    (settings.home / "program.py").write_text(PROGRAM)
    command = subprocess.Popen([sys.executable, "-c", COMMAND, str(settings.home)], cwd=PROJECT)
    wait_for("the program", (settings.home / "plans").exists)
    command.kill()
    command.wait()

    with pytest.raises(TidegateError, match="one is at work"):
        take(settings.home / "lock")

    (settings.home / "go").write_text("")
    wait_for("its end", lambda: take(settings.home / "lock"))


def take(lock: Path) -> bool:
    with one_at_a_time(lock, "one is at work.", "Wait."):
        return True
