"""``tidegate contract`` as typed, without servers."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.contracts import SCHEMAS, copy_of_clicks, spoil
from tests.mapped import FOLDER, machines
from tests.unit.contracts.git import commit
from tidegate.cli import contract
from tidegate.contracts.load import dataset_names, load_datasets
from tidegate.errors import ContractError


@pytest.fixture(autouse=True)
def schemas_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's contracts, wherever the tests are started."""
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(SCHEMAS))


def _contract(*arguments: str) -> Result:
    return CliRunner().invoke(contract.command, arguments)


def test_list_names_every_dataset() -> None:
    listed = json.loads(_contract("list", "--json").stdout)
    assert [entry["dataset"] for entry in listed] == dataset_names(SCHEMAS)


def test_a_contract_that_cannot_be_read_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    spoil(schemas / "clicks" / "contract.yaml", "dataset: clicks", "dataset: [")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    result = _contract("list", "--json")
    assert [entry["dataset"] for entry in json.loads(result.stdout)] == [
        n for n in dataset_names(SCHEMAS) if n != "clicks"
    ]
    assert result.stderr.startswith("warning: clicks is left out: clicks/contract.yaml: file: ")


def test_a_table_in_a_pipe_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    table = _contract("list").stdout
    sources = [c.topic.name if c.file is None else c.file.pattern for c in (d.contract for d in load_datasets(SCHEMAS))]
    assert [source for source in sources if source not in table] == []
    assert "…" not in table


def test_show_tells_columns_privacy_and_rules() -> None:
    shown = _contract("show", "clicks").stdout
    assert "gold.clicks.page_views" in shown
    assert all(word in shown for word in ("event_id", "hmac", "no_heartbeats"))


def test_files_are_shown_by_their_pattern_and_have_no_topic() -> None:
    assert "files landing/catalog/{date:yyyy-MM-dd}/*.jsonl* (json_lines)" in _contract("show", "catalog").stdout
    assert "topic" not in json.loads(_contract("show", "catalog", "--json").stdout)
    assert "topic" in json.loads(_contract("show", "clicks", "--json").stdout)


def test_show_tells_what_a_mapping_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(FOLDER.parent))
    shown = _contract("show", "machines").stdout
    assert [column.name for column in machines().record_columns if column.name not in shown] == []


def test_show_tells_what_is_personal_within_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path))
    sample = tmp_path / "visits.jsonl"
    sample.write_text('{"id": "v-1", "at": "2026-11-21T09:00:00Z", "guest": {"fullName": "Ada", "room": 7}}\n')
    _contract("new", "visits", "--sample", str(sample))
    privacy = [{"field": "guest.fullName", "method": "hmac", "purpose": "to count guests", "retention_days": 30}]
    with (tmp_path / "visits" / "contract.yaml").open("a") as contract_file:
        contract_file.write(f"privacy: {json.dumps(privacy)}\n")
    assert "fullName: hmac" in _contract("show", "visits").stdout


def test_check_without_flink_says_what_it_left_out_and_only_then_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_out = "Rules were not compiled, examples not run"
    assert _contract("check", "--no-flink").stdout == f"{left_out}: as --no-flink says.\n"
    monkeypatch.setattr("tidegate.cli.contract.has_flink", lambda: False)
    result = _contract("check")
    assert (result.exit_code, result.stdout) == (0, f"{left_out}: that needs Flink (pip install 'tidegate[flink]').\n")


def test_check_prints_one_line_per_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(copy_of_clicks(tmp_path, "probe") / "contract.yaml", "key: session_id", "key: session")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path))
    result = _contract("check", "probe", "--no-flink")
    assert result.exit_code == 1
    assert result.stdout.startswith("probe/contract.yaml: topic.key: there is no field session")
    (problem,) = json.loads(_contract("check", "probe", "--no-flink", "--json").stdout)["problems"]
    assert sorted(problem) == ["file", "place", "problem", "remedy"]


@pytest.fixture
def in_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contracts, committed to a git repository of their own."""
    folder = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    commit(tmp_path)
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


def test_check_against_a_commit_without_a_change_finds_nothing(in_git: Path) -> None:
    result = _contract("check", "--no-flink", "--against", "HEAD")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


def test_check_and_diff_against_a_commit_tell_what_changed(in_git: Path) -> None:
    text, start = (in_git / "clicks/contract.yaml").read_text(), "\nprivacy:"
    (in_git / "clicks/contract.yaml").write_text(
        text.partition(start)[0] + "\nenrich:" + text.partition("\nenrich:")[2]
    )
    spoil(in_git / "orders/metrics/sales.avsc", '"name": "units", "type": "long"', '"name": "units", "type": "string"')
    checked = _contract("check", "--no-flink", "--against", "HEAD")
    assert checked.exit_code == 1
    assert "clicks/contract.yaml: against git HEAD: ip had privacy hmac, has none." in checked.stdout
    assert "orders/metrics/sales.avsc: against git HEAD: breaks BACKWARD_TRANSITIVE: units" in checked.stdout
    clicks = _contract("diff", "clicks", "--against", "HEAD")
    assert clicks.exit_code == 1
    assert "raw:\n  no change\n" in clicks.stdout
    assert '\ncontract:\n  - privacy.ip {"field": "ip"' in clicks.stdout
    orders = _contract("diff", "orders", "--against", "HEAD")
    assert "\nmetrics/sales:\n  ~ units BIGINT not null -> STRING not null\n" in orders.stdout


def test_check_against_a_commit_compares_the_sound_datasets_and_names_the_others(in_git: Path) -> None:
    spoil(in_git / "clicks/contract.yaml", "key: session_id", "key: session")
    spoil(in_git / "app_logs/contract.yaml", "key: service_name", "key: log_id")
    result = _contract("check", "--no-flink", "--against", "HEAD")
    assert result.exit_code == 1
    assert "app_logs/contract.yaml: against git HEAD: topic.key was service_name, is log_id." in result.stdout
    assert "\nNot compared with HEAD: clicks. " in result.stdout
    facts = json.loads(_contract("check", "--no-flink", "--against", "HEAD", "--json").stdout)
    assert facts["not_compared"] == ["clicks"]
    assert json.loads(_contract("check", "--no-flink", "--json").stdout)["not_compared"] == []


def test_register_wants_a_dataset() -> None:
    with pytest.raises(ContractError, match="--all"):
        contract.command.main(["register"], standalone_mode=False)
