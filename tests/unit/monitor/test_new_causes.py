"""A cause is told once, with its first letter, for an hour."""

from tidegate import metric_names
from tidegate.monitor.causes import Cause
from tidegate.monitor.new_causes import MOST, TOLD_S, NewCauses

CAUSE = Cause("rule", "RULE_VIOLATED", "price_positive", "7")


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def labels(causes: NewCauses, dataset: str = "clicks") -> list[tuple[str, ...]]:
    samples = list(causes.samples(dataset))
    assert all(sample.metric is metric_names.NEW_CAUSE and sample.value == 1.0 for sample in samples)
    return [tuple(sample.labels) for sample in samples]


def test_a_cause_that_was_not_known_is_told_with_its_first_letter_for_an_hour() -> None:
    clock = Clock()
    causes = NewCauses(clock)
    causes.see("clicks", {CAUSE: "first"}, known=[])
    causes.see("clicks", {CAUSE: "second"}, known=[])
    assert labels(causes) == [("clicks", "rule", "RULE_VIOLATED", "price_positive", "7", "first")]
    assert labels(causes, "orders") == []
    clock.now_s = TOLD_S + 1
    assert labels(causes) == []


def test_a_known_cause_is_not_told() -> None:
    causes = NewCauses(Clock())
    causes.see("clicks", {CAUSE: "first"}, known={CAUSE})
    assert labels(causes) == []


def test_a_flood_of_causes_is_bounded() -> None:
    causes = NewCauses(Clock())
    causes.see("clicks", {CAUSE._replace(schema_id=str(number)): "id" for number in range(10 * MOST)}, known=[])
    assert len(labels(causes)) == MOST
