"""What differs between two contracts, and what of it spoils what is there."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.history.contract_changes import contract_breaks, contract_changes
from tidegate.contracts.load import load_stream

HMAC_OF_IP = """  - field: ip
    method: hmac
    purpose: count distinct visitors without storing an address
    retention_days: 30
"""
EXPLODE = """explode:
  field: lines
  position: line_number
"""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts, to change."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def compared(schemas: Path, name: str) -> tuple[list[str], list[str]]:
    """The lines that are shown, and the problems."""
    old, new = load_stream(SCHEMAS, name).contract, load_stream(schemas, name)
    return contract_changes(old, new.contract), [str(found) for found in contract_breaks(new, old, "git HEAD")]


def test_order_comments_and_written_defaults_make_no_difference(schemas: Path) -> None:
    contract = schemas / "clicks/contract.yaml"
    spoil(contract, HMAC_OF_IP, "")
    spoil(contract, "enrich:", f"{HMAC_OF_IP}enrich:")
    spoil(contract, "owner:", "# whom to ask\nkind: stream\nowner:")
    assert compared(schemas, "clicks") == ([], [])


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "problem"),
    [
        (
            "clicks",
            "identity: [event_id]",
            "identity: [event_id, session_id]",
            '~ identity ["event_id"] -> ["event_id", "session_id"]',
            "identity was event_id, is event_id, session_id. Restore it, or make a new dataset",
        ),
        (
            "clicks",
            "key: session_id",
            "key: event_id",
            "~ topic.key session_id -> event_id",
            "topic.key was session_id, is event_id. Restore it, or name a new topic",
        ),
        (
            "clicks",
            "key: session_id",
            "key: null",
            "- topic.key session_id",
            "topic.key was session_id, is null. Restore it, or name a new topic",
        ),
        (
            "clicks",
            HMAC_OF_IP,
            "",
            '- privacy.ip {"field": "ip", "method": "hmac"',
            "ip had privacy hmac, has none. Restore it: silver, lake and index would hold the field in clear",
        ),
        (
            "orders",
            EXPLODE,
            "",
            '- explode {"field": "lines", "position": "line_number"}',
            "explode was lines by line_number, is not there. Restore it, or make a new dataset",
        ),
        (
            "clicks",
            "events-clicks-{event_time|yyyy.MM.dd}",
            "events-clicks-{event_time|yyyy.MM}",
            "~ index.pattern events-clicks-{event_time|yyyy.MM.dd} -> events-clicks-{event_time|yyyy.MM}",
            "index.pattern was events-clicks-{event_time|yyyy.MM.dd}, is events-clicks-{event_time|yyyy.MM}. ",
        ),
        (
            "clicks",
            "compatibility: BACKWARD_TRANSITIVE",
            "compatibility: NONE",
            "~ compatibility BACKWARD_TRANSITIVE -> NONE",
            "compatibility was BACKWARD_TRANSITIVE, is NONE, which promises less. Restore it",
        ),
        (
            "clicks",
            "compatibility: BACKWARD_TRANSITIVE",
            "compatibility: BACKWARD",
            "~ compatibility BACKWARD_TRANSITIVE -> BACKWARD",
            "compatibility was BACKWARD_TRANSITIVE, is BACKWARD, which promises less. Restore it",
        ),
    ],
    ids=["identity", "key", "no key", "privacy", "explode", "index", "no promise", "a lesser promise"],
)
def test_what_spoils_is_shown_and_a_problem(
    schemas: Path, name: str, old: str, new: str, line: str, problem: str
) -> None:
    spoil(schemas / name / "contract.yaml", old, new)
    lines, problems = compared(schemas, name)
    assert [shown[: len(line)] for shown in lines] == [line]
    assert [found.partition(": against git HEAD: ")[2][: len(problem)] for found in problems] == [problem]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  field: event_time\n", "  field: received_at\n", "~ event_time.field event_time -> received_at"),
        ("severity: drop", "severity: reject", "~ rules.no_heartbeats.severity drop -> reject"),
        (
            "check: quantity BETWEEN 1 AND 1000",
            "check: quantity > 0",
            "~ rules.quantity_is_positive.check quantity BETWEEN 1 AND 1000 -> quantity > 0",
        ),
        (
            "compatibility: BACKWARD_TRANSITIVE",
            "compatibility: FULL_TRANSITIVE",
            "~ compatibility BACKWARD_TRANSITIVE -> FULL_TRANSITIVE",
        ),
        ("method: hmac", "method: mask", "~ privacy.ip.method hmac -> mask"),
        ("retention_days: 400", "retention_days: 30", "~ privacy.user_id.retention_days 400 -> 30"),
    ],
)
def test_other_changes_are_only_shown(schemas: Path, old: str, new: str, line: str) -> None:
    spoil(schemas / "clicks/contract.yaml", old, new)
    assert compared(schemas, "clicks") == ([line], [])


def test_rules_that_came_and_went_are_shown(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", "name: no_heartbeats", "name: no_pulse")
    lines, problems = compared(schemas, "clicks")
    assert [line.partition(" {")[0] for line in lines] == ["- rules.no_heartbeats", "+ rules.no_pulse"]
    assert problems == []


def test_another_key_in_another_topic_is_no_problem(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", "raw.clicks\n", "raw.clicks2\n")
    spoil(schemas / "clicks/contract.yaml", "key: session_id", "key: event_id")
    assert compared(schemas, "clicks")[1] == []


def test_a_method_that_keeps_more_is_a_problem(schemas: Path) -> None:
    old = load_stream(SCHEMAS, "clicks").contract
    masked = [entry.model_copy(update={"method": "mask"}) for entry in old.privacy]
    (first, _) = contract_breaks(load_stream(schemas, "clicks"), old.model_copy(update={"privacy": masked}), "HEAD")
    assert first.problem == "ip had privacy mask, has hmac, which keeps more of it"


def test_a_field_that_is_gone_needs_no_privacy(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", HMAC_OF_IP, "")
    dataset = load_stream(schemas, "clicks")
    fields = [field for field in dataset.latest["fields"] if field["name"] != "ip"]
    without_ip = replace(dataset, versions={**dataset.versions, 2: {**dataset.latest, "fields": fields}})
    assert contract_breaks(without_ip, load_stream(SCHEMAS, "clicks").contract, "git HEAD") == []


def test_a_personal_field_under_a_new_name_keeps_its_privacy(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", HMAC_OF_IP, "")
    dataset = load_stream(schemas, "clicks")
    fields = [
        {**field, "name": "address", "aliases": ["ip"]} if field["name"] == "ip" else field
        for field in dataset.latest["fields"]
    ]
    renamed = replace(dataset, versions={**dataset.versions, 2: {**dataset.latest, "fields": fields}})
    (problem,) = contract_breaks(renamed, load_stream(SCHEMAS, "clicks").contract, "git HEAD")
    assert problem.problem == "ip had privacy hmac, address, which is read by that alias, has none"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (1, 2, None),
        (2, 2, None),
        (2, 1, "silver.version was 2, is 1. Go back to 2: what was written since is in silver.clicks.v2 alone."),
        (1, 3, "silver.version was 1, is 3. Make it 2: each version is filled from the one before."),
    ],
)
def test_silver_has_the_same_version_or_the_next(before: int, after: int, problem: str | None) -> None:
    old, new = (load_stream(SCHEMAS, "clicks").of_silver_version(version) for version in (before, after))
    found = [str(each) for each in contract_breaks(new, old.contract, "git HEAD")]
    assert [each.partition(": ")[2] for each in found] == ([] if problem is None else [f"against git HEAD: {problem}"])
    assert contract_changes(old.contract, new.contract) == (
        [] if before == after else [f"~ silver.version {before} -> {after}"]
    )
