"""``tidegate produce``: which options go together, and the summary in words."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from producers.sending.session import Summary
from tests.contracts import SCHEMAS
from tidegate.cli.produce import _server_logs, _text, command
from tidegate.settings import Settings

SENT: Summary = {
    "sent": 1200, "delivered": 1199, "failed": 1, "seconds": 2.0, "rate_per_s": 600.0, "max_behind_s": 0.25
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("clicks --from access.log --rate 5", "--rate does not go with --from"),
        ("clicks --from access.log --bad-ratio 0.1", "--bad-ratio does not go with --from"),
        ("app_logs --follow --count 5", "--count does not go with --follow alone"),
        ("app_logs --follow --format jsonl", "--format does not go with --follow alone"),
        ("clicks --allow-rejects 2", "--allow-rejects does not go without --from"),
        ("clicks --speed 2", "--speed does not go without --from"),
        ("clicks --metrics-host 127.0.0.2", "--metrics-host does not go without --metrics-port"),
    ],
)
def test_options_that_mean_nothing_together_are_wrong_usage(arguments: str, said: str) -> None:
    result = CliRunner().invoke(command, arguments.split())

    assert result.exit_code == 2
    assert said in result.output


def test_the_summary_says_what_was_sent_and_what_was_not() -> None:
    assert _text(SENT) == ("sent 1,200, delivered 1,199, failed 1 in 2.0 s: 600/s, at most 0.2 s behind schedule")


def test_of_a_file_the_summary_says_how_many_lines_were_rejected() -> None:
    of_file = {**SENT, "lines": 1202, "rejected": 2, "rejects_file": "lines.rejects"}

    assert _text(of_file).splitlines()[1] == "lines 1,202, rejected 2"


@pytest.mark.parametrize(
    ("allowed", "code"), [([], 3), (["--allow-rejects", "100%"], 0), (["--allow-rejects", "1"], 3)]
)
def test_rejected_lines_are_an_exit_code_of_their_own(
    monkeypatch: pytest.MonkeyPatch, allowed: list[str], code: int
) -> None:
    summary = {**SENT, "failed": 0, "lines": 2, "rejected": 2, "rejects_file": "lines.rejects"}
    monkeypatch.setattr("tidegate.cli.produce.produce_recorded", lambda *_: summary)

    result = CliRunner().invoke(command, ["clicks", "--from", "lines", *allowed])

    assert result.exit_code == code
    assert "2 of 2 rows were rejected; they are kept in lines.rejects" in result.stderr


def test_a_live_source_is_told_where_every_local_server_logs(tmp_path: Path) -> None:
    logs = _server_logs(Settings(home=tmp_path))

    assert {"kafka", "registry", "opensearch", "jobmanager"} <= logs.keys()
    assert logs["kafka"] == (tmp_path / "logs" / "kafka.log", tmp_path / "logs" / "kafka.previous.log")


def test_a_dataset_that_comes_in_files_is_refused_with_what_makes_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(SCHEMAS))
    found = CliRunner().invoke(command, ["transactions", "--count", "1"]).exception
    assert str(found) == "transactions comes in files. `tidegate files make transactions` makes some."
