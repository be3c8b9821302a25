"""Which snapshots go: the old ones of ``main`` behind the last that somebody needs, and those that nobody reaches."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tidegate.clients.lake_commits import CHECKPOINT_ID, OPERATOR_ID
from tidegate.lake_care.past import JOB_REMEMBERED_MS, Kept, plan_expiry

NOW = 2 * JOB_REMEMBERED_MS


@dataclass
class Metadata:
    """Snapshots by id: their parent, how long before now they were made, and what they say of a job."""

    made: dict[int, tuple[int | None, int]]
    current: int
    named: dict[str, tuple[str, int]] = field(default_factory=dict)
    said: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def snapshots(self) -> list[Any]:
        return [
            SimpleNamespace(
                snapshot_id=each,
                parent_snapshot_id=parent,
                timestamp_ms=NOW - ago,
                summary=SimpleNamespace(additional_properties=self.said.get(each, {})),
            )
            for each, (parent, ago) in self.made.items()
        ]

    @property
    def refs(self) -> dict[str, Any]:
        found = {"main": ("branch", self.current), **self.named}
        return {name: SimpleNamespace(snapshot_ref_type=kind, snapshot_id=at) for name, (kind, at) in found.items()}

    def snapshot_by_id(self, snapshot_id: int) -> Any:
        return next((each for each in self.snapshots if each.snapshot_id == snapshot_id), None)

    def current_snapshot(self) -> Any:
        return self.snapshot_by_id(self.current)


def line(*ago: int) -> dict[int, tuple[int | None, int]]:
    """Snapshots 1, 2, 3, … of ``main``, each the next one's parent."""
    return {at: (at - 1 or None, each) for at, each in enumerate(ago, start=1)}


def expired(metadata: Metadata, older_than: int = 10) -> tuple[set[int], tuple[Kept, ...]]:
    found = plan_expiry(metadata, NOW - older_than)
    assert found.snapshots == len(metadata.made)
    return set(found.expired), found.kept


def test_old_ones_of_main_go_and_the_current_one_stays_however_old_it_is() -> None:
    assert expired(Metadata(line(40, 30, 20, 5), 4)) == ({1, 2, 3}, ())
    assert expired(Metadata(line(40, 30), 2)) == ({1}, ())


def test_main_is_not_holed_where_clocks_differ() -> None:
    assert expired(Metadata(line(40, 30, 8, 12, 5), 5))[0] == {1, 2}


def test_a_tag_holds_its_snapshot_and_nothing_else() -> None:
    metadata = Metadata(line(50, 40, 30, 5), 4, {"before-r1": ("tag", 2)})

    assert expired(metadata) == ({1, 3}, (Kept("the tag before-r1", (2,)),))


def test_a_branch_holds_its_own_and_main_back_to_where_it_left_that() -> None:
    """The mark of what was published from it is on ``main`` behind that place."""
    made = {**line(60, 50, 40, 30, 5), 7: (2, 45), 8: (7, 44)}

    gone, kept = expired(Metadata(made, 5, {"replay-r1": ("branch", 8)}))

    assert gone == {1}
    assert kept == (Kept("the branch replay-r1", (8, 7, 4, 3, 2)),)


def test_a_branch_whose_beginning_is_gone_holds_all_that_main_has() -> None:
    made = {**line(60, 50, 5), 7: (99, 45)}

    assert expired(Metadata(made, 3, {"files-1": ("branch", 7)}))[0] == set()


def test_what_no_branch_reaches_goes_when_it_is_old() -> None:
    """As of a branch that was dropped."""
    made = {**line(60, 5), 7: (1, 45), 8: (1, 4)}

    assert expired(Metadata(made, 2))[0] == {1, 7}


def test_main_is_kept_back_to_the_last_commit_of_each_job() -> None:
    """Its sink looks for it by walking back, and writes a checkpoint again that it does not find."""
    said = {
        2: {CHECKPOINT_ID: "6", OPERATOR_ID: "a"},
        3: {CHECKPOINT_ID: "7", OPERATOR_ID: "a"},
        4: {CHECKPOINT_ID: "7", OPERATOR_ID: "b"},
    }

    gone, kept = expired(Metadata(line(60, 50, 40, 30, 20, 5), 6, said=said))

    assert gone == {1, 2}
    assert kept == (Kept("the last commit of a job", (5, 4)), Kept("the last commit of a job", (5, 4, 3)))


def test_a_job_that_has_not_committed_for_a_quarter_holds_nothing() -> None:
    long = JOB_REMEMBERED_MS + 20
    said = {1: {CHECKPOINT_ID: "6", OPERATOR_ID: "a"}}

    assert expired(Metadata(line(long, 50, 5), 3, said=said))[0] == {1, 2}


def test_nothing_goes_of_a_table_that_is_young_or_empty() -> None:
    assert expired(Metadata(line(4, 3, 2), 3)) == (set(), ())
    assert expired(Metadata({}, 0)) == (set(), ())
