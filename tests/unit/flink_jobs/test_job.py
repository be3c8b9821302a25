"""What a start of a job is asked for, and which datasets it means."""

import argparse
import shutil
from pathlib import Path

import pytest

from flink_jobs.job import Arguments, Job, add_options, arguments_of, chosen_datasets
from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.load import stream_datasets
from tidegate.errors import ContractError
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql

SETTINGS = Settings.model_construct(
    schemas_dir=SCHEMAS, refine_checkpoint_interval_s=2.0, index_checkpoint_interval_s=5.0
)


def parsed(*words: str) -> Arguments:
    return arguments_of(add_options(argparse.ArgumentParser()).parse_args(words))


def test_a_start_goes_on_with_all_datasets_from_the_newest_state() -> None:
    assert parsed() == Arguments((), "latest", forget_removed=False, explain=False)


def test_a_start_can_be_told_otherwise() -> None:
    found = parsed(
        "--dataset", "clicks", "--dataset", "orders", "--recover-from", "none", "--forget-removed", "--explain"
    )

    assert found == Arguments(("clicks", "orders"), "none", forget_removed=True, explain=True)


def test_all_streams_are_meant_where_none_is_named() -> None:
    names = [dataset.name for dataset in chosen_datasets(parsed(), SETTINGS)]

    assert names == [dataset.name for dataset in stream_datasets(SCHEMAS)]
    assert "products" not in names


def test_a_dataset_that_cannot_work_is_left_out_aloud_and_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    spoil(schemas / "clicks" / "silver.avsc", '"name": "country"', '"name": "_key"')
    settings = SETTINGS.model_copy(update={"schemas_dir": schemas})

    names = [dataset.name for dataset in chosen_datasets(parsed(), settings)]

    assert names == ["app_logs", "orders"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: clicks is left out: clicks/silver.avsc: fields._key: ")


def test_where_none_can_work_there_is_nothing_to_start(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"no dataset of .* can work"):
        chosen_datasets(parsed(), SETTINGS.model_copy(update={"schemas_dir": tmp_path}))


def test_the_named_datasets_are_meant_in_their_order() -> None:
    chosen = chosen_datasets(parsed("--dataset", "orders", "--dataset", "clicks"), SETTINGS)

    assert [dataset.name for dataset in chosen] == ["orders", "clicks"]


def test_reference_data_is_no_jobs_dataset() -> None:
    with pytest.raises(ContractError, match="products is reference data"):
        chosen_datasets(parsed("--dataset", "products"), SETTINGS)


@pytest.mark.parametrize(("interval_of", "expected"), [("", 5.0), ("refine", 2.0)])
def test_a_job_has_its_own_checkpoint_interval_or_that_of_another(interval_of: str, expected: float) -> None:
    job = Job("index", lambda _stream, _settings, _begun: JobSql(0), interval_of=interval_of)

    assert job.checkpoint_interval_s(SETTINGS) == expected
