"""Old topics go with the subjects that nothing needs any more, once jobs are switched, and not before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.replay.plans import PLAN, plan
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.replay import silver_forget
from tidegate.replay.range_plan import NextSilver
from tidegate.replay.silver_forget import Forgotten, forget, refuse_to_forget, to_forget
from tidegate.replay.store import DONE, FILLED, SWITCHED, Status, load_status, store_status
from tidegate.settings import Settings

SILVER = plan(target="lake,silver", silver=NextSilver(2, 4, 10, 100))


class Registry:
    """Schemas by subject, each text with one id wherever it is."""

    def __init__(self) -> None:
        self.schemas = {
            "silver.clicks-value": ["a", "b"],
            "dropped.clicks-value": ["d"],
            "silver.clicks.v2-value": ["a", "b", "c"],
            "dropped.clicks.v2-value": ["d"],
        }

    def __enter__(self) -> "Registry":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def versions(self, subject: str) -> list[int]:
        return [*range(1, len(self.schemas.get(subject, ())) + 1)]

    def version(self, subject: str, version: int) -> str:
        return self.schemas[subject][version - 1]

    def lookup(self, subject: str, schema: str) -> int | None:
        return ord(schema) if schema in self.schemas.get(subject, ()) else None

    def delete(self, subject: str) -> None:
        del self.schemas[subject]


class Servers:
    """Topics and the registry, and what was told to the audit."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry = Registry()
        self.topics = {"silver.clicks", "dropped.clicks", "silver.clicks.v2", "dropped.clicks.v2", "raw.clicks"}
        self.audit: list[Any] = []
        self.refs = {"main", SILVER.before_tag}


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Servers:
    servers = Servers(Settings(home=tmp_path, schemas_dir=SCHEMAS))

    @contextmanager
    def audited(_settings: Settings, action: Any) -> Iterator[dict[str, int]]:
        servers.audit.append(action)
        yield {}

    monkeypatch.setattr(silver_forget, "audited", audited)
    monkeypatch.setattr(silver_forget, "RegistryClient", lambda _: servers.registry)
    monkeypatch.setattr(silver_forget, "existing_topics", lambda _: frozenset(servers.topics))
    monkeypatch.setattr(silver_forget, "delete_topics", lambda _, names: servers.topics.difference_update(names))
    table = SimpleNamespace(metadata=SimpleNamespace(refs=servers.refs))
    monkeypatch.setattr(silver_forget, "open_table", lambda *_: table)
    monkeypatch.setattr(silver_forget, "drop_branch", lambda _, tag: servers.refs.remove(tag))
    monkeypatch.setattr(silver_forget, "load_stream", lambda *_: load_stream(SCHEMAS, "clicks").of_silver_version(2))
    store_status(servers.settings, SILVER.plan_id, Status(DONE, jobs={"refine": ["clicks"]}))
    return servers


def test_topics_and_subjects_of_before_go_and_nothing_else(servers: Servers) -> None:
    what = to_forget(servers.settings, SILVER)
    assert [*what.lines()] == [
        "topics: silver.clicks, dropped.clicks",
        "subjects: silver.clicks-value, dropped.clicks-value",
        f"tags of the lake's table: {SILVER.before_tag}",
    ]

    assert forget(servers.settings, SILVER, what, "ann@host").forgotten_at

    assert servers.topics == {"silver.clicks.v2", "dropped.clicks.v2", "raw.clicks"}
    assert servers.registry.schemas.keys() == {"silver.clicks.v2-value", "dropped.clicks.v2-value"}
    assert servers.refs == {"main"}
    (action,) = servers.audit
    assert (action.action, action.actor, action.plan_id) == ("replay forget", "ann@host", SILVER.plan_id)
    assert "topics: silver.clicks, dropped.clicks" in action.detail
    assert load_status(servers.settings, SILVER.plan_id).forgotten_at


def test_one_that_was_killed_is_gone_on_with(servers: Servers) -> None:
    servers.topics -= {"silver.clicks", "dropped.clicks"}
    servers.refs.remove(SILVER.before_tag)
    del servers.registry.schemas["silver.clicks-value"]
    assert [*to_forget(servers.settings, SILVER).lines()] == ["subjects: dropped.clicks-value"]
    del servers.registry.schemas["dropped.clicks-value"]
    assert to_forget(servers.settings, SILVER) == Forgotten((), ())


def test_a_subject_stays_whose_schemas_the_new_one_has_not(servers: Servers) -> None:
    """Records were copied with the ids of their schemas, which may go with their last subject."""
    servers.registry.schemas["silver.clicks.v2-value"] = ["b", "c"]
    what = to_forget(servers.settings, SILVER)
    assert (what.subjects, what.kept) == (("dropped.clicks-value",), ("silver.clicks-value",))
    assert [*what.lines()][-1] == "kept, as the new topics' records need their schemas: silver.clicks-value"


@pytest.mark.parametrize(
    ("state", "version", "said"),
    [
        (FILLED, 2, "is filled: jobs still use the topics of before"),
        (SWITCHED, 2, "is switched: jobs still use the topics of before"),
        (DONE, 1, "says version 1 of silver, whose topics would be deleted"),
    ],
)
def test_topics_that_may_be_used_stay(state: str, version: int, said: str) -> None:
    refuse_to_forget(SILVER, Status(DONE, jobs={"refine": ["clicks"]}), 2)
    refuse_to_forget(SILVER, Status(DONE, jobs={"refine": ["clicks"]}), 3)
    with pytest.raises(TidegateError, match=said):
        refuse_to_forget(SILVER, Status(state, jobs={"refine": ["clicks"]}), version)


def test_after_a_switch_whose_proof_does_not_hold_its_user_decides() -> None:
    refuse_to_forget(SILVER, Status(SWITCHED, jobs={"refine": ["clicks"]}, proof_holds=False), 2)


def test_a_replay_without_a_switch_leaves_nothing_to_forget() -> None:
    with pytest.raises(TidegateError, match="makes no new version of silver"):
        refuse_to_forget(PLAN, Status(DONE), 1)
