"""Does what a plan says; what can't be done for one dataset holds up no other."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tidegate.apply.job_steps import JobStep
from tidegate.apply.look import dashboard_of
from tidegate.apply.plan import Lacking, Plan
from tidegate.apply.stopping import makes_savepoint
from tidegate.clients.dashboards import import_objects
from tidegate.clients.flink import FlinkClient
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs.plan_start import Start
from tidegate.jobs.savepoints import remove_old
from tidegate.jobs.start import start
from tidegate.jobs.stop import stop
from tidegate.registration.register import SubjectReport, register_all
from tidegate.search.dashboards.saved_objects import ndjson
from tidegate.search.templates import apply_templates, searchable
from tidegate.settings import Settings

Say = Callable[[str], object]
"""Hears each thing that was done, and each warning, in a line."""


@dataclass(slots=True)
class Outcome:
    """Why a dataset could not be applied, by name."""

    problems: dict[str, TidegateError] = field(default_factory=dict)


def carry_out(settings: Settings, plan: Plan, say: Say) -> Outcome:
    """Topics and subjects first, then search and dashboards, jobs last: they find all that they need."""
    outcome = Outcome(dict(plan.problems))
    streams = [each for each in sound_datasets(settings.schemas_dir).datasets if isinstance(each, Stream)]
    for lacking in plan.lacking:
        try:
            for done in _provide(settings, lacking, streams):
                say(done)
        except TidegateError as error:
            outcome.problems[lacking.dataset] = error
    for step in plan.jobs:
        _run(settings, step, outcome, say)
    return outcome


def _provide(settings: Settings, lacking: Lacking, streams: Sequence[Stream]) -> Iterator[str]:
    name = lacking.dataset
    if lacking.registration:
        done = register_all(settings, settings.schemas_dir, [name])
        yield f"{name}: {len(done.topics.created)} topics created, {_added(done.subjects)} schemas registered"
        yield from (f"warning: {warning}" for warning in (*done.topics.warnings, *done.warnings))
    if lacking.templates:
        put = apply_templates(SearchClient(settings), settings, searchable(settings.schemas_dir, [name]))
        yield f"{name}: {len(lacking.templates)} search templates put"
        if conflicts := [conflict for each in put for conflict in each.conflicts]:
            raise ContractError(f"{conflicts[0]}.", remedy=f"See `tidegate index apply {name}`: the jobs go on.")
    if lacking.dashboards:
        yield f"{name}: {import_objects(settings, ndjson(dashboard_of(name, streams)))} dashboard objects imported"


def _added(subjects: Sequence[SubjectReport]) -> int:
    return sum(each.added for each in subjects)


def _run(settings: Settings, step: JobStep, outcome: Outcome, say: Say) -> None:
    """A step whose dataset failed before is left out; in a shared job the others go on."""
    names = [name for name in step.datasets if name not in outcome.problems]
    if not names:
        return
    stopped: tuple[str, ...] = ()
    try:
        if step.stops:
            savepoint = stop(settings, step.stops, savepoint=makes_savepoint(FlinkClient(settings), step.stops))
            stopped = step.waiting
            say(f"{step.stops} stopped, {f'savepoint {savepoint}' if savepoint else 'its newest checkpoint stays'}")
            if savepoint:
                remove_old(settings, step.stops, savepoint)
        if not step.jobs:
            return
        started = start(settings, Start(step.jobs, () if step.shared else (*step.datasets, *step.waiting)))
    except TidegateError as error:
        outcome.problems.update(dict.fromkeys((*names, *stopped), error))
        return
    for job in started.jobs:
        say(f"{job.name} runs: {settings.flink_rest_url}/#/job/running/{job.job_id}/overview")
    for failure in started.failures:
        outcome.problems.update(dict.fromkeys(_named(failure, (*names, *stopped)), failure))


def _named(failure: TidegateError, datasets: Sequence[str]) -> Sequence[str]:
    """The datasets that a failure is about: those it names, else all that it may be."""
    return [name for name in datasets if re.search(rf"\b{name}\b", failure.problem)] or datasets
