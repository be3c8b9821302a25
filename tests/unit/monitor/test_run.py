"""What the monitor is put together from."""

from pathlib import Path

import pytest

from tidegate.contracts.load import stream_datasets
from tidegate.errors import TidegateError
from tidegate.jobs import job_names
from tidegate.monitor.proofs import ProofProcess
from tidegate.monitor.run import Options, intervals_s, proof_readers, readers, serving
from tidegate.settings import Settings
from tidegate.stack.ports import free_ports

ROOT = Path(__file__).parents[3]
SETTINGS = Settings.model_validate({"schemas_dir": ROOT / "schemas", "lake_checkpoint_interval_s": 7})


def test_every_job_is_looked_after_with_its_own_interval() -> None:
    assert set(intervals_s(SETTINGS)) == set(job_names(ROOT / "flink_jobs"))
    assert intervals_s(SETTINGS)["lake"] == 7


def test_each_server_has_one_reader_that_tells_whether_it_is_there() -> None:
    found = readers(SETTINGS, stream_datasets(SETTINGS.schemas_dir), Options())
    servers = [reader.server for reader in found if reader.server]
    assert sorted(servers) == ["flink", "kafka", "lake", "opensearch", "registry"]
    assert len({reader.name for reader in found}) == len(found)


def test_proofs_are_made_only_if_asked_for() -> None:
    datasets = stream_datasets(SETTINGS.schemas_dir)
    assert proof_readers(datasets, ProofProcess(), Options()) == []
    named = [reader.name for reader in proof_readers(datasets, ProofProcess(), Options(prove_every_s=60))]
    assert named == ["proof of app_logs", "proof of clicks", "proof of orders"]


def test_a_taken_port_is_one_clear_error() -> None:
    options, (port,) = Options(every_s=60), free_ports(1)
    away = SETTINGS.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    with (
        serving(away, options, ("127.0.0.1", port), lambda line: None) as served,
        pytest.raises(TidegateError, match="--port"),
        serving(away, options, ("127.0.0.1", served), lambda line: None),
    ):
        pass
