"""What the monitor is put together from."""

from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

import pytest

from tests.frozen_server import HALF_AN_ANSWER, frozen_server
from tests.metrics import parse
from tests.polling import wait_for
from tests.project import PROJECT
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.contracts.load import stream_datasets
from tidegate.errors import TidegateError
from tidegate.job_names import NAMES
from tidegate.metric_names import JOB_UP
from tidegate.monitor import jobs
from tidegate.monitor.contracts import watched_streams
from tidegate.monitor.jobs import JobReader
from tidegate.monitor.lake import LakeReader
from tidegate.monitor.proof_process import ProofProcess
from tidegate.monitor.reading import Reader
from tidegate.monitor.run import Options, intervals_s, proof_process, proof_readers, readers, serving
from tidegate.settings import Settings
from tidegate.stack.ports import free_ports

SETTINGS = Settings.model_validate({"schemas_dir": PROJECT / "schemas", "lake_checkpoint_interval_s": 7})


def test_every_job_is_looked_after_with_its_own_interval() -> None:
    assert set(intervals_s(SETTINGS)) == set(NAMES)
    assert intervals_s(SETTINGS)["lake"] == 7


def silent(*said: str, **fields: Any) -> None:
    """Whatever the monitor has to say is not what is tested."""


def down(options: Options, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The jobs whose being down is told, of a Flink without any."""
    monkeypatch.setattr(FlinkClient, "jobs", lambda client: list[FlinkJob]())
    (reader,) = (each for each in readers(SETTINGS, [], options) if isinstance(each, JobReader))
    return {sample.labels[0] for sample in reader.read() if sample.metric is JOB_UP and sample.value == 0}


def test_a_job_that_is_not_to_run_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert down(Options(), monkeypatch) == {"refine", "lake", "index", "metrics"}
    assert down(Options(jobs=("refine", "lake")), monkeypatch) == {"refine", "lake"}


def test_an_unknown_job_is_one_clear_error() -> None:
    with pytest.raises(TidegateError, match=r"no job 'refin'\. Known: index, lake, metrics, refine\."):
        readers(SETTINGS, [], Options(jobs=("refin",)))


def test_a_proof_is_about_what_the_jobs_write() -> None:
    def left_out(jobs: tuple[str, ...] | None) -> list[str]:
        command = proof_process(SETTINGS, Options(jobs=jobs)).command("clicks", datetime(2026, 1, 1, tzinfo=UTC))
        return [argument for argument in command if argument.startswith("--no-")]

    assert left_out(None) == left_out(("refine", "lake", "index")) == []
    assert left_out(("refine", "lake")) == ["--no-index"]
    datasets = stream_datasets(SETTINGS.schemas_dir)
    assert proof_readers(datasets, ProofProcess(SETTINGS), Options(prove_every_s=60, jobs=("lake",))) == []


def test_each_server_has_one_reader_that_tells_whether_it_is_there() -> None:
    found = readers(SETTINGS, stream_datasets(SETTINGS.schemas_dir), Options())
    servers = [reader.server for reader in found if reader.server]
    assert sorted(servers) == ["kafka", "lake", "opensearch", "registry"], "Flink's are told by the reader of the jobs"
    assert len({reader.name for reader in found}) == len(found)


@pytest.mark.parametrize(
    ("jobs", "asked"),
    [
        (("refine", "index"), {"opensearch", "jobs"}),
        (("refine", "metrics"), {"opensearch", "jobs"}),
        (("refine", "lake"), {"lake", "jobs"}),
        ((), set()),
    ],
)
def test_a_server_that_no_job_needs_is_not_asked_and_so_never_down(jobs: tuple[str, ...], asked: set[str]) -> None:
    found = readers(SETTINGS, watched_streams(SETTINGS.schemas_dir), Options(jobs=jobs))
    told = {reader.server or reader.name for reader in found}
    assert told & {"opensearch", "lake", "jobs"} == asked


def test_proofs_are_made_only_if_asked_for() -> None:
    datasets = stream_datasets(SETTINGS.schemas_dir)
    assert proof_readers(datasets, ProofProcess(SETTINGS), Options()) == []
    named = [reader.name for reader in proof_readers(datasets, ProofProcess(SETTINGS), Options(prove_every_s=60))]
    assert named == ["proofs under way", "proof of app_logs", "proof of clicks", "proof of orders"]


def test_a_taken_port_is_one_clear_error() -> None:
    options, (port,) = Options(every_s=60), free_ports(1)
    away = SETTINGS.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    with (
        serving(away, options, ("127.0.0.1", port), silent) as served,
        pytest.raises(TidegateError, match="--port"),
        serving(away, options, ("127.0.0.1", served), silent),
    ):
        pass


@pytest.mark.parametrize("said", [b"", HALF_AN_ANSWER], ids=["silent", "half an answer"])
def test_frozen_servers_are_told_by_name_and_no_scrape_waits_for_them(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "deadline_s", 1.0)
    monkeypatch.setattr(LakeReader, "deadline_s", 1.0)
    monkeypatch.setattr(jobs, "ANSWER_S", 0.5)
    with frozen_server(said) as server:
        url = f"http://127.0.0.1:{server}"
        frozen = SETTINGS.model_copy(
            update={
                "kafka_bootstrap_servers": f"127.0.0.1:{server}",
                **dict.fromkeys(("registry_url", "opensearch_url", "lake_catalog_uri", "flink_rest_url"), url),
            }
        )
        with serving(frozen, Options(every_s=60), ("127.0.0.1", 0), silent) as port:

            def scraped() -> dict[str, float]:
                with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as answer:
                    return parse(answer.read().decode()).by("tidegate_up", "server")

            assert scraped() == {}
            servers = ("kafka", "registry", "opensearch", "lake", "flink")
            wait_for("all of them to be down", lambda: scraped() == dict.fromkeys(servers, 0), timeout_s=30)
