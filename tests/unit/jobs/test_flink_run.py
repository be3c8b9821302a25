"""The command line of Flink's client, what it is told, and what becomes of a start that is refused."""

from pathlib import Path

import pytest

from tests.project import PROJECT
from tidegate.errors import TidegateError, TransientError
from tidegate.jobs.flink_run import environment, submit
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a Flink whose ``flink run`` says what ``refusal`` is told to say, and fails."""
    (tmp_path / "flink" / "bin").mkdir(parents=True)
    (tmp_path / "flink" / "bin" / "flink").touch()
    return Settings(home=tmp_path, flink_home=tmp_path / "flink")


def refuse(settings: Settings, said: str) -> TidegateError:
    """What a start is refused with whose client says this."""
    assert settings.flink_home is not None
    client = settings.flink_home / "bin" / "flink"
    client.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\nexit 1\n")
    client.chmod(0o755)
    with pytest.raises(TidegateError) as caught:
        submit(settings, "refine", ["flink_jobs/refine.py"])
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
