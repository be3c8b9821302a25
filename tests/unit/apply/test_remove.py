"""Taking a dataset out: its part is stopped before anything is deleted. Real servers: tests/jobs/test_apply.py."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS
from tidegate.apply import remove as module
from tidegate.apply.remove import plan_removal, remove
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader, Offsets
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs.live import LiveJob
from tidegate.jobs.stop import Stopped
from tidegate.settings import Settings

SETTINGS = Settings(schemas_dir=SCHEMAS, home=Path("/nowhere"))
DONE: list[object] = []
KNOWN = {"transactions": ["one version"], "day_ends": ["one", "two"]}
"""What is known of files that came; of day_ends the folder is gone."""
LIVE = [
    LiveJob("refine.readings", "1", "refine", {"readings": "a"}),
    LiveJob("lake", "2", "lake", {"readings": "a", "clicks": "b"}),
]


@pytest.fixture(autouse=True)
def servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold readings, whose folder is gone; refine of it fails again and again, and OpenSearch refuses."""
    DONE.clear()

    def committed(_reader: OffsetReader, groups: Iterable[str]) -> dict[str, Offsets]:
        return {group: {("raw.readings", 0): 7} if "refine" in group else {} for group in groups}

    def stop_jobs(
        _settings: Settings, kinds: Sequence[str], datasets: Sequence[str], *, savepoint: bool
    ) -> list[Stopped]:
        DONE.append((tuple(kinds), tuple(datasets), savepoint))
        return [
            Stopped(kind, "file:/s" if savepoint else None, ("clicks",) if kind == "lake" else ()) for kind in kinds
        ]

    def refuse(_client: SearchClient, template: str, _pattern: str) -> list[str]:
        raise TidegateError(f"OpenSearch keeps {template}.", remedy="Ask it.")

    monkeypatch.setattr(OffsetReader, "committed", committed)
    monkeypatch.setattr(module, "existing_topics", lambda _settings: {"raw.readings", "silver.readings", "raw.clicks"})
    monkeypatch.setattr(RegistryClient, "versions", lambda _client, subject: [1] if "raw" in subject else [])
    monkeypatch.setattr(RegistryClient, "delete", lambda _client, subject: DONE.append(subject))
    monkeypatch.setattr(module, "live_jobs", lambda _settings: LIVE)
    monkeypatch.setattr(module, "makes_savepoint", lambda _client, name: name != "refine.readings")
    monkeypatch.setattr(module, "stop_jobs", stop_jobs)
    monkeypatch.setattr(module, "delete_topics", lambda _settings, names: DONE.append(names))
    monkeypatch.setattr(module, "delete_groups", lambda _settings, names: DONE.append(names))
    monkeypatch.setattr(SearchClient, "delete", refuse)
    monkeypatch.setattr(module, "open_catalog", lambda _settings: "catalog")
    monkeypatch.setattr(module, "drop_table", lambda _settings, _catalog, table: "silver" not in table)
    monkeypatch.setattr(module, "replay_tables", lambda _settings, _catalog, dataset: [f"replays.{dataset}__x"])
    monkeypatch.setattr(FlinkClient, "jobs", lambda _client: [])
    monkeypatch.setattr(module, "read_versions", lambda _settings, dataset: KNOWN.get(dataset, []))
    monkeypatch.setattr(module, "forget_versions", lambda _settings, dataset: len(KNOWN.get(dataset, [])))


def test_what_is_there_is_found_by_its_name_alone() -> None:
    removal = plan_removal(SETTINGS, "readings", purge=False)
    assert [part.name for part in removal.parts] == ["refine.readings", "lake"]
    assert removal.written.topics == ("raw.readings", "silver.readings")
    assert removal.written.subjects == ("raw.readings-value",), "those that the registry has"
    assert removal.written.groups == ("tidegate-refine-readings",)


def test_a_name_that_nothing_knows_is_an_error() -> None:
    with pytest.raises(ContractError, match="nothing is known of a dataset 'reading'"):
        plan_removal(SETTINGS, "reading", purge=False)


def test_its_part_is_stopped_and_all_else_stays() -> None:
    assert remove(SETTINGS, plan_removal(SETTINGS, "readings", purge=False), DONE.append) == []
    assert DONE == [
        (("lake",), ("readings",), True),
        "lake stopped, savepoint file:/s; it goes on with clicks",
        (("refine",), ("readings",), False),
        "refine stopped, its newest checkpoint stays",
    ]


def test_what_is_to_be_deleted_is_after_the_stop_and_a_refusal_holds_up_nothing_else() -> None:
    (problem,) = remove(SETTINGS, plan_removal(SETTINGS, "readings", purge=True), DONE.append)
    assert problem.problem == "OpenSearch keeps events-readings."
    assert DONE[4:] == [
        ("raw.readings", "silver.readings"),
        ("tidegate-refine-readings",),
        "topics deleted: raw.readings, silver.readings",
        "raw.readings-value",
        "subjects deleted: raw.readings-value",
        "tables of the lake deleted: bronze.readings, replays.readings__x",
    ]


def test_what_this_machine_has_read_of_its_letters_stays_unless_all_is_deleted(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"home": tmp_path})
    folders = [tmp_path / "dead_letters" / name for name in ("readings", "readings.silver", "clicks", "ledger")]
    for folder in folders:
        (folder / "of-a-topic").mkdir(parents=True)
    kept = "what this machine has read of its dead letters"

    removal = plan_removal(settings, "readings", purge=False)
    remove(settings, removal, DONE.append)
    assert f"{kept}: readings, readings.silver" in removal.stays()
    assert all(folder.is_dir() for folder in folders)

    removal = plan_removal(settings, "readings", purge=True)
    remove(settings, removal, DONE.append)
    assert f"delete {kept}: readings, readings.silver" in removal.ends()
    assert DONE[-1] == f"{kept} deleted: readings, readings.silver"
    assert [folder.is_dir() for folder in folders] == [False, False, True, True]
    assert plan_removal(settings, "readings", purge=True).written.folders == ()


def test_of_daily_files_all_goes_that_would_keep_them_from_being_loaded_anew(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for name in ("transactions/ab/abcd", "transactions/cd/cdef", "customers/ab/abcd"):
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_text("rows")
    settings = SETTINGS.model_copy(update={"files_store": f"file://{store}"})
    removal = plan_removal(settings, "transactions", purge=True)

    remove(settings, removal, DONE.append)

    assert f"delete copies of files, and what is known of the files: file://{store}/transactions/" in removal.ends()
    assert removal.written.tables == (
        "silver.transactions",
        "files.transactions_verdicts",
        "files.transactions_letters",
        "files.transactions_splits",
        *(f"gold.transactions_{file.stem}" for file in sorted((SCHEMAS / "transactions" / "metrics").glob("*.sql"))),
    )
    assert DONE[-1] == "copies of files deleted: 2; versions of files forgotten: 1"
    assert [path.name for path in store.iterdir() if path.name != ".incoming"] == ["customers"]


def test_without_a_folder_a_dataset_comes_in_files_if_some_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "existing_topics", lambda _settings: {"dlq.day_ends", "dlq.readings"})
    assert "files.day_ends_verdicts" in plan_removal(SETTINGS, "day_ends", purge=False).written.tables
    assert plan_removal(SETTINGS, "readings", purge=False).written.copies == ()
