"""The verdict on a partition: what holds, and each way of tampering that must be found."""

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proof.raw_rows import RawRows
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.proof.verdict import Outputs, PartitionVerdict, judge
from tidegate.proof.window import Window

Kind = str
KINDS = ("silver", "dead_letter", "dropped", "duplicate")
WINDOW = Window(partition=0, start=0, end=100, high=100)


def silver_rows(*rows: tuple[int, str], partition: int = 0) -> Rows:
    identities = fingerprints(identity.encode() for _, identity in rows)
    return make_rows([partition] * len(rows), [offset for offset, _ in rows], identities)


def marked(*offsets: int) -> Rows:
    return make_rows([0] * len(offsets), offsets)


def raw_of(identities: list[str], decodable: list[bool] | None = None) -> RawRows:
    rows = silver_rows(*enumerate(identities))
    return RawRows(rows, np.array([True] * len(rows) if decodable is None else decodable, np.bool_))


def verdict_on(raw: RawRows, outputs: Outputs, window: Window = WINDOW) -> PartitionVerdict:
    (verdict,) = judge([window], raw, outputs)
    return verdict


def faults(verdict: PartitionVerdict) -> tuple[list[int], list[int], list[int]]:
    difference = verdict.difference
    return difference.missing.tolist(), difference.doubled.tolist(), difference.unexplained.tolist()


RAW = raw_of(["a", "b", "c", "d", "a"])
GOOD = Outputs(silver_rows((0, "a"), (1, "b")), dead_letter=marked(2), dropped=marked(3))


def test_each_offset_in_one_set_and_a_duplicate_elsewhere_holds() -> None:
    verdict = verdict_on(RAW, GOOD)

    assert faults(verdict) == ([], [], [])
    assert (verdict.raw, verdict.silver, verdict.dead_letter, verdict.dropped, verdict.duplicate) == (5, 2, 1, 1, 1)


def test_a_removed_silver_row_is_missing() -> None:
    assert faults(verdict_on(RAW, replace(GOOD, silver=silver_rows((0, "a"))))) == ([1], [], [])


def test_a_removed_original_is_missing_and_so_is_its_duplicate() -> None:
    assert faults(verdict_on(RAW, replace(GOOD, silver=silver_rows((1, "b"))))) == ([0, 4], [], [])


def test_a_removed_dead_letter_is_missing() -> None:
    assert faults(verdict_on(RAW, replace(GOOD, dead_letter=marked()))) == ([2], [], [])


def test_a_doubled_silver_row_is_doubled() -> None:
    twice = silver_rows((0, "a"), (1, "b"), (1, "b"))

    assert faults(verdict_on(RAW, replace(GOOD, silver=twice))) == ([], [1], [])


def test_a_duplicate_that_reached_silver_is_doubled() -> None:
    both = silver_rows((0, "a"), (1, "b"), (4, "a"))

    assert faults(verdict_on(RAW, replace(GOOD, silver=both))) == ([], [4], [])


def test_an_offset_in_two_sets_is_doubled() -> None:
    assert faults(verdict_on(RAW, replace(GOOD, dead_letter=marked(1, 2)))) == ([], [1], [])
    assert faults(verdict_on(RAW, replace(GOOD, dropped=marked(3, 2)))) == ([], [2], [])


def test_a_doubled_dead_letter_is_doubled() -> None:
    assert faults(verdict_on(RAW, replace(GOOD, dead_letter=marked(2, 2)))) == ([], [2], [])


def test_a_row_in_place_of_another_is_found_although_counts_are_equal() -> None:
    copied = silver_rows((0, "a"), (0, "a"))
    invented_offset = silver_rows((0, "a"), (500, "b"))
    invented_identity = silver_rows((0, "a"), (1, "z"))
    stolen_identity = silver_rows((0, "a"), (1, "a"))

    assert faults(verdict_on(RAW, replace(GOOD, silver=copied))) == ([1], [0], [])
    assert faults(verdict_on(RAW, replace(GOOD, silver=invented_offset))) == ([1], [], [500])
    assert faults(verdict_on(RAW, replace(GOOD, silver=invented_identity))) == ([1], [], [1])
    assert faults(verdict_on(RAW, replace(GOOD, silver=stolen_identity))) == ([1], [1], [1])


def test_a_lost_broken_record_is_missing_even_if_its_identity_is_in_silver() -> None:
    raw = raw_of(["a", "a"], decodable=[True, False])
    outputs = Outputs(silver_rows((0, "a")), marked(), marked())

    assert faults(verdict_on(raw, outputs)) == ([1], [], [])


def exploding_raw(*counts: int, names: str = "abcdefgh") -> RawRows:
    """Records with so many items each; a record without items stands for a row that silver never has."""
    rows = [
        (offset, f"{names[offset]}_{position}")
        for offset, count in enumerate(counts)
        for position in (range(1, count + 1) if count else (0,))
    ]
    return RawRows(silver_rows(*rows), np.ones(len(rows), np.bool_))


def test_a_record_with_all_its_items_in_silver_counts_once() -> None:
    raw = exploding_raw(2, 1, 3, names="aba")
    outputs = Outputs(silver_rows((0, "a_1"), (0, "a_2"), (1, "b_1")), marked(), marked())

    verdict = verdict_on(raw, outputs)

    assert faults(verdict) == ([], [], [])
    assert (verdict.raw, verdict.silver, verdict.silver_rows, verdict.duplicate) == (3, 2, 3, 1)


def test_a_record_that_lost_an_item_is_missing_and_no_duplicate_of_itself() -> None:
    outputs = Outputs(silver_rows((0, "a_1"), (1, "b_1")), marked(), marked())

    assert faults(verdict_on(exploding_raw(2, 1), outputs)) == ([0], [], [])


def test_an_item_too_many_or_twice_is_found() -> None:
    too_many = Outputs(silver_rows((0, "a_1"), (0, "a_2")), marked(), marked())
    twice = Outputs(silver_rows((0, "a_1"), (0, "a_1")), marked(), marked())

    assert faults(verdict_on(exploding_raw(1), too_many)) == ([], [], [0])
    assert faults(verdict_on(exploding_raw(1), twice)) == ([], [0], [])


def test_a_record_without_items_is_missing_unless_refused() -> None:
    raw = exploding_raw(1, 0)
    silver = silver_rows((0, "a_1"))

    assert faults(verdict_on(raw, Outputs(silver, marked(), marked()))) == ([1], [], [])
    assert faults(verdict_on(raw, Outputs(silver, marked(1), marked()))) == ([], [], [])


def test_missing_offsets_beyond_all_outputs_are_also_behind() -> None:
    raw = raw_of(["a", "b", "c", "d"])
    outputs = Outputs(silver_rows((0, "a"), (2, "c")), marked(), marked())

    verdict = verdict_on(raw, outputs)

    assert faults(verdict)[0] == [1, 3]
    assert verdict.behind == 1


def test_rows_outside_the_window_do_not_count_but_their_identities_do() -> None:
    window = Window(partition=0, start=1, end=2, high=3)
    raw = RawRows(silver_rows((1, "a")), np.array([True]))
    outputs = Outputs(silver_rows((0, "a"), (2, "c")), marked(), marked())

    verdict = verdict_on(raw, outputs, window)

    assert faults(verdict) == ([], [], [])
    assert (verdict.silver, verdict.duplicate) == (0, 1)


def test_a_partition_that_raw_does_not_have_is_unexplained() -> None:
    stranger = concat([GOOD.silver, silver_rows((0, "x"), partition=9)])

    verdicts = judge([WINDOW], RAW, replace(GOOD, silver=stranger))

    assert [faults(verdict) for verdict in verdicts] == [([], [], []), ([], [], [0])]


@st.composite
def right_runs(draw: st.DrawFn) -> tuple[RawRows, Outputs, list[Kind]]:
    """Raw records with a verdict each, and outputs in any order that say just that."""
    kinds: list[Kind] = ["silver", *draw(st.lists(st.sampled_from(KINDS), max_size=40))]
    names = ["0" if kind == "duplicate" else str(offset) for offset, kind in enumerate(kinds)]

    def offsets(kind: Kind) -> list[int]:
        return draw(st.permutations([offset for offset, found in enumerate(kinds) if found == kind]))

    silver = silver_rows(*((offset, names[offset]) for offset in offsets("silver")))
    return raw_of(names), Outputs(silver, marked(*offsets("dead_letter")), marked(*offsets("dropped"))), kinds


@given(right_runs())
def test_a_right_run_holds_and_its_counts_add_up(run: tuple[RawRows, Outputs, list[Kind]]) -> None:
    raw, outputs, kinds = run

    verdict = verdict_on(raw, outputs)

    assert faults(verdict) == ([], [], [])
    assert [getattr(verdict, kind) for kind in KINDS] == [kinds.count(kind) for kind in KINDS]


@given(run=right_runs(), choice=st.randoms(use_true_random=False))
def test_a_right_run_with_one_row_removed_or_doubled_does_not_hold(
    run: tuple[RawRows, Outputs, list[Kind]], choice: Random
) -> None:
    raw, outputs, _ = run
    row = int(choice.random() * len(outputs.silver))
    others = np.arange(len(outputs.silver)) != row
    removed = outputs.silver.where(others)
    doubled = concat([outputs.silver, outputs.silver.where(~others)])
    offset = int(outputs.silver.offset[row])

    assert offset in faults(verdict_on(raw, replace(outputs, silver=removed)))[0]
    assert offset in faults(verdict_on(raw, replace(outputs, silver=doubled)))[1]


ONE_ROW = Outputs(silver_rows((0, "a_1")), marked(), marked())


def line(offset: int, number: int) -> Rows:
    """The letter of one row of a record."""
    return make_rows([0], [offset], np.array([[number, 0]], np.uint64))


def test_a_record_with_rows_in_silver_and_a_letter_for_the_other_is_whole() -> None:
    silver = silver_rows((0, "a_1"), (0, "a_3"))

    verdict = verdict_on(exploding_raw(3), Outputs(silver, marked(), marked(), refused=line(0, 2)))

    assert faults(verdict) == ([], [], [])
    assert (verdict.raw, verdict.silver, verdict.silver_rows, verdict.dead_letter) == (1, 1, 2, 0)


def test_a_record_all_of_whose_rows_are_letters_is_a_dead_letter_and_explains_its_duplicate() -> None:
    refused = concat([line(0, 1), line(0, 2)])

    verdict = verdict_on(exploding_raw(2, 2, names="aa"), Outputs(silver_rows(), marked(), marked(), refused=refused))

    assert faults(verdict) == ([], [], [])
    assert (verdict.silver, verdict.dead_letter, verdict.duplicate) == (0, 1, 1)


def test_a_letter_for_one_row_excuses_no_other_row() -> None:
    verdict = verdict_on(exploding_raw(3), replace(ONE_ROW, refused=line(0, 2)))

    assert faults(verdict) == ([0], [], [])
    assert verdict.torn.tolist() == [0]


def test_a_row_in_silver_and_in_a_letter_or_in_two_letters_is_doubled() -> None:
    both = replace(ONE_ROW, refused=line(0, 1))
    twice = Outputs(silver_rows(), marked(), marked(), refused=concat([line(0, 1), line(0, 1)]))
    whole_too = Outputs(silver_rows(), marked(0), marked(), refused=line(0, 1))

    for outputs in (both, twice, whole_too):
        assert faults(verdict_on(exploding_raw(1), outputs)) == ([], [0], [])


def test_a_letter_of_a_row_that_the_record_does_not_have_is_unexplained() -> None:
    assert faults(verdict_on(exploding_raw(1), replace(ONE_ROW, refused=line(0, 2)))) == ([], [], [0])


def test_rows_of_a_record_that_is_a_dead_letter_as_a_whole_are_doubled_though_one_is_lost() -> None:
    assert faults(verdict_on(exploding_raw(2), replace(ONE_ROW, dead_letter=marked(0)))) == ([], [0], [])


def test_what_repeats_a_record_that_failed_after_its_identity_had_passed_is_a_duplicate() -> None:
    raw, outputs = raw_of(["a", "a"]), Outputs(silver_rows(), marked(0), marked())
    assert faults(verdict_on(raw, outputs)) == ([1], [], []), "a record that a rule rejects has a letter each time"
    late = verdict_on(raw, replace(outputs, after_dedup=marked(0)))
    assert (faults(late), late.duplicate) == (([], [], []), 1)


def test_what_lies_behind_an_open_transaction_is_undecided_and_not_missing() -> None:
    raw = raw_of(["a", "b", "c", "b", "e"])
    hidden = concat([silver_rows((1, "b")), marked(4)])

    verdict = verdict_on(raw, Outputs(silver_rows((0, "a")), marked(), marked(), hidden=hidden))

    assert verdict.undecided.tolist() == [1, 3, 4], "the second b repeats one that is hidden"
    assert faults(verdict) == ([2], [], [])


def test_what_is_decided_stays_so_whatever_an_open_transaction_holds() -> None:
    verdict = verdict_on(RAW, replace(GOOD, hidden=concat([GOOD.silver, GOOD.dead_letter])))

    assert (faults(verdict), verdict.undecided.tolist(), verdict.duplicate) == (([], [], []), [], 1)


def test_an_event_without_a_verdict_soon_after_the_edge_of_silver_may_be_a_duplicate() -> None:
    raw = raw_of(["a", "b", "c", "d"], decodable=[True, True, False, True])
    (verdict,) = judge([WINDOW], raw, Outputs(silver_rows((0, "a")), marked(), marked()), expired_before={0: 3})

    assert verdict.expired.tolist() == [1]
    assert faults(verdict) == ([2, 3], [], []), "2 can't be decoded: it has a letter or is lost"


def test_a_torn_record_soon_after_the_edge_of_silver_is_no_duplicate() -> None:
    (verdict,) = judge([WINDOW], exploding_raw(2), ONE_ROW, expired_before={0: 3})

    assert (faults(verdict)[0], verdict.expired.tolist()) == ([0], [])
