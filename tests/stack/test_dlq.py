"""Looking at dead letters and deciding on them, on real Kafka and a real registry."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.synthetic import SyntheticDataset
from tidegate.cli import audit, dlq_act, dlq_one, dlq_settle
from tidegate.cli import dlq as cli
from tidegate.errors import TidegateError
from tidegate.proof.ledger_reader import LedgerReader
from tidegate.proof.told import ToldVerdict
from tidegate.settings import Settings

ROUNDS = 5
LETTERS = 20


@pytest.fixture
def dataset(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyntheticDataset:
    """A dataset of its own with ten letters of decode and ten of rule; commands find its contract and keep apart."""
    synthetic = SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")
    synthetic.write_outputs(synthetic.write_raw(ROUNDS))
    settings = synthetic.settings.model_copy(update={"home": tmp_path})
    for module in (cli, dlq_act, dlq_one, dlq_settle, audit):
        monkeypatch.setattr(module, "get_settings", lambda: settings)
    return synthetic


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli.command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def told(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json"))


def states(name: str) -> dict[str, int]:
    (stats,) = told("stats", name)["datasets"]
    assert sum(stats["states"].values()) == stats["letters"]
    return {state: number for state, number in stats["states"].items() if number}


def test_letters_are_counted_and_listed_while_they_come(dataset: SyntheticDataset) -> None:
    name = dataset.dataset.name
    assert states(name) == {"open": LETTERS}
    assert told("stats", name, "--by", "stage")["groups"][0] | {"oldest_open_s": 0} == {
        "stage": "decode",
        "letters": 10,
        "open": 10,
        "oldest_open_s": 0,
    }
    more = dataset.dead_letter_record("transform", "TRANSFORM_FAILED", 0, 0)
    dataset.send(f"dlq.{name}", [(0, dataset.dead_letter.encode(more))])
    hidden = dataset.dead_letter_record("transform", "TRANSFORM_FAILED", 0, 3)
    dataset.send(f"dlq.{name}", [(1, dataset.dead_letter.encode(hidden))], commit=False)

    assert states(name) == {"open": LETTERS + 1}
    (line,) = told("list", name, "--stage", "transform")["lines"]
    assert line["id"] == more["dead_letter_id"]
    assert f"{LETTERS + 1} letters = {LETTERS + 1} open" in said("stats", name)
    assert "decode TRUNCATED: 10 letters, 10 open" in said("list", name, "--code", "TRUNCATED", "--size", "3")


def test_letters_are_parked_discarded_and_reopened_and_who_did_it_is_kept(dataset: SyntheticDataset) -> None:
    name = dataset.dataset.name
    assert "10 letters" in said("park", name, "--stage", "rule", "--reason", "asked the team")
    assert states(name) == {"open": 10, "parked": 10}
    refused = CliRunner().invoke(cli.command, ["discard", name, "--reason", "a test"])
    assert isinstance(refused.exception, TidegateError) and "--yes" in str(refused.exception)
    said("discard", name, "--code", "TRUNCATED", "--reason", "of no use", "--actor", "anna", "--yes")
    assert states(name) == {"parked": 10, "discarded": 10}
    assert "10 discarded" in said("park", name, "--stage", "decode", "--reason", "again")
    said("reopen", name, "--state", "parked", "--reason", "answered")
    assert states(name) == {"open": 10, "discarded": 10}

    result = CliRunner().invoke(audit.command, ["list", "--dataset", name, "--json"], catch_exceptions=False)
    actions = json.loads(result.output)
    assert [(action["action"], action["phase"], action["counts"]) for action in actions] == [
        ("park", "begun", {}),
        ("park", "ended", {"letters": 10, "entries": 10}),
        ("discard", "begun", {}),
        ("discard", "ended", {"letters": 10, "entries": 10}),
        ("reopen", "begun", {}),
        ("reopen", "ended", {"letters": 10, "entries": 10}),
    ]
    assert actions[2]["actor"] == "anna" and "of no use" in actions[2]["detail"]
    shown = CliRunner().invoke(audit.command, ["show", actions[2]["action_id"][:12]], catch_exceptions=False)
    assert "letters: 10" in shown.output and "by anna" in shown.output
    reader = LedgerReader(dataset.settings, dataset.dataset)
    assert reader.extend()
    assert reader.judge_told(None) == ToldVerdict(expected=LETTERS, actual=LETTERS, faults={})


def test_a_purge_takes_what_is_done_with_and_nothing_else(dataset: SyntheticDataset) -> None:
    name = dataset.dataset.name
    assert "Nothing to purge" in said("purge", name)
    said("discard", name, "--code", "TRUNCATED", "--reason", "of no use", "--yes")
    with pytest.raises(TidegateError, match=r"before 1:3 of .* not done with: 3 open \(first: \w+\)"):
        said("purge", name, "--before", "1:3", "--yes")
    purged = said("purge", name, "--yes")
    assert "letters are deleted from" in purged or "Nothing to purge" in purged
    said("discard", name, "--reason", "of no use", "--yes")
    said("purge", name, "--yes")

    assert states(name) == {"discarded": LETTERS}
    assert told("list", name, "--size", "1")["letters"] == LETTERS
    assert "No letter" in said("export", name, "--output", str(dataset.settings.schemas_dir / "none.jsonl"))


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_letters_are_exported_whole(dataset: SyntheticDataset, tmp_path: Path, ending: str) -> None:
    name, output = dataset.dataset.name, tmp_path / f"letters.{ending}"
    said("export", name, "--code", "TRUNCATED", "--output", str(output))

    if ending == "jsonl":
        records = [json.loads(line) for line in output.read_text().splitlines()]
    else:
        records = pq.read_table(output).to_pylist()
    assert len(records) == 10
    assert {record["error_code"] for record in records} == {"TRUNCATED"}
    assert {record["letter_topic"] for record in records} == {f"dlq.{name}"}


def test_one_letter_is_shown_whole_with_what_became_of_it(dataset: SyntheticDataset) -> None:
    name = dataset.dataset.name
    payload = dataset.raw.encode({"event_id": "e1", "event_time": 1, "note": "told"})[:-2]
    record = dataset.dead_letter_record("decode", "TRUNCATED", 0, 5) | {"payload": payload}
    record["dead_letter_id"] = "f" * 32
    dataset.send(f"dlq.{name}", [(1, dataset.dead_letter.encode(record))])

    shown = said("show", "ffffff", "--dataset", name)
    assert "decode TRUNCATED" in shown and "to do: Look at `payload`" in shown
    assert "event_id: e1" in shown and "it can't be read: TRUNCATED: field note" in shown
    assert f"tidegate redrive plan {name} --id {'f' * 32}" in shown
    said("discard", name, "--id", "f" * 32, "--reason", "of no use", "--yes")
    found = told("show", "ffffff", "--dataset", name, "--reveal")
    assert (found["state"], found["history"][0]["reason"]) == ("discarded", "of no use")
    assert found["record"]["fields"]["event_id"] == "e1"
    result = CliRunner().invoke(audit.command, ["list", "--dataset", name, "--action", "reveal", "--json"])
    assert [action["phase"] for action in json.loads(result.output)] == ["begun", "ended"]
    with pytest.raises(TidegateError, match="no letter has an id"):
        said("show", "e" * 32, "--dataset", name)


def test_a_letter_whose_event_is_in_silver_all_the_same_is_resolved(dataset: SyntheticDataset) -> None:
    name, event = dataset.dataset.name, {"event_time": 1, "note": None}
    assert "No open or parked letter" in said("settle", name)
    wrong, other = (
        dataset.dead_letter_record("rule", "RULE_VIOLATED", 0, offset)
        | {"payload": dataset.raw.encode({"event_id": event_id, **event})}
        for offset, event_id in ((900, "0-0"), (901, "nowhere"))
    )
    dataset.send(f"dlq.{name}", [(0, dataset.dead_letter.encode(each)) for each in (wrong, other)])

    assert "1 letters would be resolved" in said("settle", name, "--dry-run")
    shown = said("show", wrong["dead_letter_id"], "--dataset", name)
    assert f"its event is in silver all the same, at silver.{name}/0/0: `tidegate dlq settle {name}`" in shown
    assert "1 of them are in silver all the same" in said("stats", name)
    assert "1 letters of" in said("settle", name)

    found = told("show", wrong["dead_letter_id"], "--dataset", name)
    assert (found["state"], found["history"][0]["outcome"]) == ("resolved", "elsewhere")
    assert found["history"][0]["outcome_place"] == [f"silver.{name}", 0, 0]
    assert told("show", other["dead_letter_id"], "--dataset", name)["state"] == "open"
