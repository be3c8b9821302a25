"""``tidegate contract`` and ``tidegate index`` as typed, without servers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.contracts import SCHEMAS, copy_of_clicks, spoil
from tidegate.cli import contract, index
from tidegate.errors import ContractError
from tidegate.settings import get_settings


@pytest.fixture(autouse=True)
def schemas_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The project's contracts, wherever the tests are started."""
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(SCHEMAS))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def _contract(*arguments: str) -> Result:
    return CliRunner().invoke(contract.command, arguments)


def test_list_names_every_dataset() -> None:
    listed = json.loads(_contract("list", "--json").stdout)
    assert [entry["dataset"] for entry in listed] == ["app_logs", "clicks", "orders", "products"]


def test_a_table_in_a_pipe_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    table = _contract("list").stdout
    assert "raw.app_logs" in table
    assert "…" not in table


def test_show_tells_columns_privacy_and_rules() -> None:
    shown = _contract("show", "clicks").stdout
    assert all(word in shown for word in ("event_id", "hmac", "no_heartbeats"))


def test_check_without_flink_says_what_it_left_out() -> None:
    result = _contract("check", "--no-flink")
    assert result.exit_code == 0
    assert "not compiled" in result.stdout
    assert len(result.stdout.splitlines()) == 1


def test_check_prints_one_line_per_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(copy_of_clicks(tmp_path, "probe") / "contract.yaml", "key: session_id", "key: session")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path))
    get_settings.cache_clear()
    result = _contract("check", "probe", "--no-flink")
    assert result.exit_code == 1
    assert result.stdout.startswith("probe/contract.yaml: topic.key: there is no field session")
    (problem,) = json.loads(_contract("check", "probe", "--no-flink", "--json").stdout)["problems"]
    assert sorted(problem) == ["file", "place", "problem", "remedy"]


def test_register_wants_a_dataset() -> None:
    with pytest.raises(ContractError, match="--all"):
        contract.command.main(["register"], standalone_mode=False)


def test_index_template_prints_json() -> None:
    printed = json.loads(CliRunner().invoke(index.command, ["template", "clicks"]).stdout)
    assert printed["index_patterns"] == ["events-clicks-*"]
