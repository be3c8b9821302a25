"""The one list of jobs, held against what there is of each."""

from importlib import import_module

from tests.project import PROJECT
from tidegate.job_names import NAMES, REPLAY
from tidegate.settings import Settings


def test_the_list_has_every_file_that_defines_a_job() -> None:
    modules = {path.stem: import_module(f"flink_jobs.{path.stem}") for path in (PROJECT / "flink_jobs").glob("*.py")}
    defined = {stem: module.JOB.name for stem, module in modules.items() if hasattr(module, "JOB")}

    assert defined == {name: name for name in NAMES}
    assert hasattr(modules[REPLAY], "job_of")


def test_every_job_has_a_setting_for_its_checkpoint_interval_and_every_such_setting_a_job() -> None:
    settings = Settings.model_validate({"lake_checkpoint_interval_s": 7})

    assert {name: settings.checkpoint_interval_s(name) for name in NAMES}["lake"] == 7
    assert {name for name in Settings.model_fields if name.endswith("_checkpoint_interval_s")} == {
        f"{name}_checkpoint_interval_s" for name in NAMES
    }


def test_init_starts_all_of_them_unless_told_otherwise() -> None:
    script, example = PROJECT / "deploy" / "docker" / "init.sh", PROJECT / ".env.example"

    assert f"${{INIT_JOBS-{' '.join(NAMES)}}}" in script.read_text()
    assert f"INIT_JOBS={' '.join(NAMES)}\n" in example.read_text()
