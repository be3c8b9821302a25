"""Faults in the midst of a load of files: typed again, the same command goes on, and every row is counted once."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import revive
from tests.faults.http_proxy import Trouble, proxy_to
from tests.faults.servers import kill
from tests.faults.small_disk import small_disk
from tests.pipeline import tidegate
from tests.polling import HANGS_S, wait_for
from tests.sales import HEADER, TIME, Sales, counts, sales_of_its_own
from tidegate.clients.flink import FlinkClient
from tidegate.clients.lake_rows import open_table, rows_held
from tidegate.settings import Settings

pytestmark = pytest.mark.long
ROWS, BAD_EVERY = 300_000, 100
BAD = ROWS // BAD_EVERY
HEADER_LINES = 1
TIMES = 10
"""So often a load is typed again: cron does it every few minutes."""


@pytest.fixture(scope="module")
def sales(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sales]:
    with sales_of_its_own(tmp_path_factory.mktemp("faults")) as made:
        yield made


def put(sales: Sales, name: str) -> None:
    """A file whose rows take the job some seconds."""
    rows = (f"{name}-{n},x,{'1.00' if n % BAD_EVERY else 'much'},{TIME}" for n in range(ROWS))
    sales.put(f"{name}.csv", "\n".join([HEADER, *rows, ""]))


@contextmanager
def begun(sales: Sales) -> Iterator["subprocess.Popen[str]"]:
    """A load, as a user's command, whose job reads the files."""
    client = FlinkClient(sales.settings)
    known = {job.job_id for job in client.jobs()}
    loading = load(sales)

    def reads() -> bool:
        assert loading.poll() is None, loading.communicate()
        return any(job.job_id not in known and client.begun(job.job_id) for job in client.jobs())

    try:
        wait_for("its job", reads, timeout_s=120)
        yield loading
    finally:
        if loading.poll() is None:
            loading.kill()
        loading.communicate()


def load(sales: Sales) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tidegate", "files", "load", sales.name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(sales: Sales, loading: "subprocess.Popen[str]") -> None:
    """The load, and further ones, until one has nothing to complain of; each says in one line what was wrong."""
    for _ in range(TIMES):
        said = loading.communicate(timeout=HANGS_S)
        if loading.returncode == 0:
            return
        errors = [line for line in said[1].splitlines() if line.startswith("error: ")]
        assert (loading.returncode, len(errors)) == (1, 1), said
        loading = load(sales)
    raise AssertionError(said)


def assert_loaded_once(sales: Sales, name: str) -> None:
    """By the file's own count, by the rows that silver has of it, and by the proof of all."""
    ((_, number), file), *others = sales.newest(f"{name}.csv").items()
    assert not others
    assert (file["state"], *counts(file)) == ("loaded", ROWS, ROWS - BAD, BAD, 0, 0, HEADER_LINES)
    silver = open_table(sales.settings, f"silver.{sales.name}")
    assert rows_held(sales.settings, silver, f"_source_partition = {number}").rows == ROWS - BAD
    tidegate("prove", sales.name)


@pytest.mark.parametrize("server", ["taskmanager", "jobmanager", "seaweedfs", "kafka"])
def test_no_row_is_lost_or_doubled_when_a_server_is_killed_while_files_are_judged(sales: Sales, server: str) -> None:
    put(sales, server)
    with begun(sales) as loading:
        kill(sales.settings, server)
        revive(sales.settings)
        ended(sales, loading)
    assert_loaded_once(sales, server)


def test_no_row_is_lost_or_doubled_when_the_command_is_killed_while_files_are_judged(sales: Sales) -> None:
    put(sales, "command")
    with begun(sales) as loading:
        loading.kill()
    ended(sales, load(sales))
    assert_loaded_once(sales, "command")


def test_no_row_is_lost_or_doubled_when_the_store_is_slow_and_refuses_every_other_request(
    sales: Sales, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sales, "refused")
    with proxy_to(sales.settings.s3_endpoint, seed=18) as proxy, monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_S3_ENDPOINT", proxy.url)
        with begun(sales) as loading:
            with proxy.troubled(Trouble("/", share=0.5, status=503, delay_s=0.5)):
                wait_for("the store to refuse", lambda: proxy.refused > 30)
            ended(sales, loading)
    assert proxy.passed > 30
    assert_loaded_once(sales, "refused")


def test_a_copy_that_finds_no_room_is_made_when_there_is_some(
    sales: Sales, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sales, "roomless")
    (tmp_path / "store").mkdir()
    with small_disk(tmp_path / "store", size_mb=4) as store:
        monkeypatch.setenv("TIDEGATE_FILES_STORE", store.as_uri())
        loading = load(sales)
        _, said = loading.communicate(timeout=HANGS_S)
        assert loading.returncode == 1, said
        assert "o space left" in said and "Traceback" not in said, said
        subprocess.run(["mount", "-o", "remount,size=200m", str(store)], check=True)
        ended(sales, load(sales))
        assert_loaded_once(sales, "roomless")
