"""What a dry run says of each letter of a plan, counted, with the first few of each kind. Pure."""

from dataclasses import dataclass, field

from tidegate.redrive.compare import Changes
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A letter of the plan with what would become of it; ``detail`` says more where there is more."""

    letter: PlannedLetter
    verdict: Verdict
    cause: str = ""
    detail: str = ""
    changes: Changes = ()
    late_for_metrics: bool = False


@dataclass
class DryRun:
    """The outcome of a dry run. ``samples``: of each verdict and cause the first few, with what the recipe changes."""

    plan: RedrivePlan
    sample: int
    counts: dict[tuple[Verdict, str], int] = field(default_factory=dict)
    samples: list[Judged] = field(default_factory=list)
    late_for_metrics: int = 0
    _told: dict[tuple[Verdict, str], int] = field(default_factory=dict)

    def wants_sample(self, verdict: Verdict, cause: str) -> bool:
        """Whether one more of these is shown."""
        return self._told.get((verdict, cause), 0) < self.sample

    def add(self, judged: Judged) -> None:
        """Counts one letter."""
        kind = judged.verdict, judged.cause
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.late_for_metrics += judged.late_for_metrics
        if self.wants_sample(*kind):
            self._told[kind] = self._told.get(kind, 0) + 1
            self.samples.append(judged)

    @property
    def passes(self) -> int:
        """How many letters would become silver, or documents."""
        return self._counted(Verdict.PASSES)

    @property
    def all_pass(self) -> bool:
        """Whether every letter of the plan would, or need not, as its document is there."""
        return self.passes + self._counted(Verdict.THERE) == len(self.plan.letters)

    def _counted(self, wanted: Verdict) -> int:
        return sum(count for (verdict, _), count in self.counts.items() if verdict is wanted)
