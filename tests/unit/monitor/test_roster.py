"""Which readers there are, for which jobs and datasets."""

import shutil
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError
from tidegate.job_names import NAMES
from tidegate.metric_names import JOB_UP
from tidegate.monitor.contracts import Contracts
from tidegate.monitor.jobs import JobReader
from tidegate.monitor.latency import SearchableReader
from tidegate.monitor.proof_process import ProofProcess
from tidegate.monitor.proofs import ProofReader, UnderWayReader
from tidegate.monitor.roster import Options, Roster, intervals_s
from tidegate.settings import Settings

SETTINGS = Settings.model_validate({"schemas_dir": SCHEMAS, "lake_checkpoint_interval_s": 7})


def roster(options: Options) -> Roster:
    return Roster(SETTINGS, Contracts(SETTINGS.schemas_dir), ProofProcess(SETTINGS), options)


def test_every_job_is_looked_after_with_its_own_interval() -> None:
    assert set(intervals_s(SETTINGS)) == set(NAMES)
    assert intervals_s(SETTINGS)["lake"] == 7


def down(options: Options, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The jobs whose being down is told, of a Flink without any."""
    monkeypatch.setattr(FlinkClient, "jobs", lambda client: list[FlinkJob]())
    (reader,) = (each for each in roster(options).readers() if isinstance(each, JobReader))
    return {sample.labels[0] for sample in reader.read() if sample.metric is JOB_UP and sample.value == 0}


def test_a_job_that_is_not_to_run_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert down(Options(), monkeypatch) == {"refine", "lake", "index", "metrics"}
    assert down(Options(jobs=("refine", "lake")), monkeypatch) == {"refine", "lake"}


def test_an_unknown_job_is_one_clear_error() -> None:
    with pytest.raises(TidegateError, match=r"no job 'refin'\. Known: index, lake, metrics, refine\."):
        roster(Options(jobs=("refin",)))


def test_each_server_has_one_reader_that_tells_whether_it_is_there() -> None:
    found = roster(Options()).readers()
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
    found = roster(Options(jobs=jobs)).readers()
    told = {reader.server or reader.name for reader in found}
    assert told & {"opensearch", "lake", "jobs"} == asked


def test_daily_files_are_watched_where_the_lake_is() -> None:
    names = {reader.name for reader in roster(Options()).readers()}
    assert "files" in names
    assert "files" not in {reader.name for reader in roster(Options(jobs=("refine", "index"))).readers()}


def proofs(options: Options) -> list[str]:
    return [each.name for each in roster(options).readers() if isinstance(each, UnderWayReader | ProofReader)]


def test_proofs_are_made_only_if_asked_for() -> None:
    assert proofs(Options()) == proofs(Options(prove_every_s=60, jobs=("lake",))) == []
    names = ["proofs under way", "proof of app_logs", "proof of clicks", "proof of orders"]
    assert proofs(Options(prove_every_s=60)) == names


def test_a_dataset_that_comes_makes_readers_anew_and_what_was_measured_and_proved_stays(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder, ignore=shutil.ignore_patterns("orders"))
    contracts = Contracts(folder)
    found = Roster(SETTINGS, contracts, ProofProcess(SETTINGS), Options(prove_every_s=60))
    before = found.readers()
    (searchable,) = (each for each in before if isinstance(each, SearchableReader))
    measured = len(list(searchable.read()))
    shutil.copytree(SCHEMAS / "orders", folder / "orders")
    assert contracts.renew()
    after = found.readers()
    stay = {each.name for each in before if each in after}
    assert stay == {
        "room of OpenSearch",
        "jobs",
        "refined",
        "error budgets",
        "proof of app_logs",
        "proof of clicks",
    }
    assert {each.name for each in after} - {each.name for each in before} == {"proof of orders"}
    (searchable,) = (each for each in after if isinstance(each, SearchableReader))
    assert len(list(searchable.read())) == measured // 2 * 3
