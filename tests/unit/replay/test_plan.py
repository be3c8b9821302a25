"""A plan of offsets: what it is made of, what it asks for, how it is written down."""

from dataclasses import replace

import numpy as np

from tidegate.proof.rows import Difference
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window
from tidegate.replay.plan import Plan
from tidegate.sql.scope import Scope

NONE = np.array([], np.int64)


def verdicts_of(missing: dict[int, list[int]]) -> list[PartitionVerdict]:
    return [
        PartitionVerdict(
            Window(number, 0, 10, 10), 10, 10, 10, 0, 0, 0, 0, NONE, Difference(np.array(offsets, np.int64), NONE, NONE)
        )
        for number, offsets in missing.items()
    ]


def test_a_plan_of_millions_takes_the_first_and_says_how_many_are_left() -> None:
    plan = Plan.of_missing("clicks", verdicts_of({0: [5, 7], 1: [1, 2, 3], 2: [], 3: [8]}), limit=4)

    assert plan.offsets == {0: (5, 7), 1: (1, 2), 2: (), 3: ()}, "every partition is named"
    assert (plan.count, plan.left) == (4, 2)


def test_a_plan_names_what_the_proof_found_missing() -> None:
    missing = {0: [5, 7, 9], 1: []}
    plan = Plan.of_missing("clicks", verdicts_of(missing))

    assert (plan.count, plan.left) == (3, 0)
    assert plan.scope() == Scope("replay", {0: (5, 7, 9), 1: ()})
    assert Plan.from_json(plan.to_json()) == plan


def test_of_letters_alone_every_record_is_refined_to_them_out_of_where_it_is() -> None:
    plan = Plan("clicks", {0: (5,), 1: ()}, letters_of="20260102t030405-abcd", from_bronze=True)

    assert plan.scope() == Scope("replay", plan.offsets, frozenset({"dlq"}), every=True, from_bronze=True)
    assert Plan.from_json(plan.to_json()) == plan


def test_what_a_replay_has_judged_is_no_loss_of_refine() -> None:
    (verdict,) = verdicts_of({0: [5, 7]})
    assert Plan.of_missing("clicks", [replace(verdict, replayed=np.array([7]))]).offsets == {0: (5,)}
