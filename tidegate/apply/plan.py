"""What has to be done for some datasets, as a value that can be shown before anything is. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tidegate.apply.job_steps import JobStep
from tidegate.errors import TidegateError


@dataclass(frozen=True, slots=True)
class Lacking:
    """What of one dataset is not on the servers as its contract calls for: each in the words of the plan."""

    dataset: str
    topics: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    dashboards: bool = False

    @property
    def registration(self) -> bool:
        """Whether topics or subjects are missing."""
        return bool(self.topics or self.subjects)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan: for whom, and what will be done."""

    dataset: str
    action: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that will be done, why some datasets can't be applied, and what is left alone on purpose."""

    lacking: tuple[Lacking, ...] = ()
    jobs: tuple[JobStep, ...] = ()
    problems: Mapping[str, TidegateError] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def lines(self) -> list[Line]:
        """In the order in which it is done; none if all is as it should be."""
        return [line for each in self.lacking for line in _lines(each)] + [
            Line(", ".join(step.datasets), str(step)) for step in self.jobs
        ]


def _lines(lacking: Lacking) -> Iterator[Line]:
    name = lacking.dataset
    yield from (Line(name, f"create topic {topic}") for topic in lacking.topics)
    yield from (Line(name, f"register subject {subject}") for subject in lacking.subjects)
    yield from (Line(name, f"put search template {template}") for template in lacking.templates)
    if lacking.dashboards:
        yield Line(name, "import dashboards")
