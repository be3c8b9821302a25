"""Whether figures stay right if the metrics job goes on from a state, and with what they then do."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flink_jobs.begun import NOT_KNOWN, Begun
from flink_jobs.job import StateFacts
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.job_names import METRICS
from tidegate.jobs.silver_versions import has_moved_on
from tidegate.settings import Settings
from tidegate.sql.metrics import Counted, max_lateness_hours

_HOUR = timedelta(hours=1)


def go_on(dataset: Stream, settings: Settings, begun: Begun) -> Begun:
    """A later ``TIDEGATE_METRICS_SINCE`` or a shorter lateness holds from now on for as long as the state lives."""
    return begun.limited(settings.metrics_since, _lateness_hours(dataset, settings))


def unusable(datasets: Sequence[Stream], settings: Settings, state: StateFacts) -> str | None:
    """Why the state is none to go on from; None if it is one."""
    return next(_reasons(datasets, settings, state), None)


def _reasons(datasets: Sequence[Stream], settings: Settings, state: StateFacts) -> Iterator[str]:
    for dataset in datasets:
        prefix = naming.operator_prefix(METRICS, dataset.name)
        if not dataset.metrics or not state.holds(prefix):
            continue
        version, in_state = dataset.contract.silver_version, state.silver_versions(prefix)
        if in_state and version not in in_state and has_moved_on(settings, dataset.contract, METRICS):
            switched = f"{dataset.name} was switched to version {version} of silver"
            yield f"it is of before {switched}, of which rows were counted since"
        lateness_hours = _lateness_hours(dataset, settings)
        # What came in the meantime has the other half to be late itself, and to be read.
        if state.age > timedelta(hours=lateness_hours / 2):
            yield (
                f"it is {state.age / _HOUR:.0f} hours old, and events of {dataset.name} count for "
                f"{lateness_hours:g} hours only"
            )
        kept_hours = state.begun.get(dataset.name, NOT_KNOWN).max_lateness_hours
        if kept_hours is not None and kept_hours < lateness_hours:
            yield (
                f"events of {dataset.name} are to count for {lateness_hours:g} hours, and it was kept for those of "
                f"{kept_hours:g}"
            )
        for metric in dataset.metrics:
            if not state.holds(f"{prefix}:{metric.name}"):
                yield f"it holds nothing of the metric {metric.name} of {dataset.name}"


def _lateness_hours(dataset: Stream, settings: Settings) -> float:
    return max_lateness_hours(dataset.contract, Counted(settings.metrics_max_lateness_hours))
