"""A whole run of a producer: from the contract to the summary of what was sent."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from producers.console import Reporter
from producers.generator import Mix, Pace, find_generator
from producers.ledger import Missing, summary_line
from producers.metrics import serve
from producers.publish import Progress
from producers.stopping import stop_on_signal
from producers.topic import end_offsets
from producers.workers import Outcome, Plan, default_workers, run_workers
from tidegate.contracts.load import Dataset
from tidegate.contracts.registry import RegistryClient
from tidegate.errors import ContractError
from tidegate.settings import Settings

Summary = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What else a generated run can be told; None stands for the default."""

    seed: int
    workers: int | None = None
    ledger: Path | None = None
    metrics_port: int | None = None


def registered_id(settings: Settings, dataset: Dataset) -> int:
    """The id under which the registry knows the dataset's newest schema; a producer never registers one itself.

    Raises:
        ContractError: the registry does not know it.
        TransientError: the registry does not answer.
    """
    subject = f"{dataset.contract.topic.name}-value"
    with RegistryClient(settings.registry_url) as registry:
        schema_id = registry.lookup(subject, dataset.latest)
    if schema_id is None:
        raise ContractError(
            f"the registry does not know the schema of {dataset.name} (subject {subject}).",
            remedy=f"Register it with `tidegate contract register {dataset.name}`.",
        )
    return schema_id


def produce_generated(settings: Settings, dataset: Dataset, mix: Mix, pace: Pace, options: Options) -> Summary:
    """Sends generated traffic and returns the summary.

    Raises:
        TidegateError: no generator, topic or schema, or the run could not go on.
    """
    find_generator(dataset.name)
    topic = dataset.contract.topic.name
    servers = settings.kafka_bootstrap_servers
    offsets_before = end_offsets(servers, topic)
    plan = Plan(
        dataset=dataset.name,
        schemas_dir=settings.schemas_dir,
        schema_id=registered_id(settings, dataset),
        bootstrap_servers=servers,
        topic=topic,
        mix=mix,
        pace=pace,
        seed=options.seed,
        workers=options.workers or default_workers(pace.rate_per_s),
        ledger=options.ledger,
    )
    outcome = _run(plan, options.metrics_port)
    offsets = {
        str(partition): [offsets_before.get(partition, 0), end]
        for partition, end in sorted(end_offsets(servers, topic).items())
    }
    summary: Summary = {
        "dataset": dataset.name,
        "seed": plan.seed,
        "workers": plan.workers,
        **describe(outcome, _missing_policy(dataset)),
        "offsets": offsets,
    }
    _finish_ledger(plan, summary)
    return summary


def describe(outcome: Outcome, missing: Missing) -> Summary:
    """The part of a summary that every kind of run has."""
    progress = outcome.progress
    seconds = outcome.ended_s - outcome.started_s
    return {
        **outcome.totals.as_json(),
        "delivered": progress.delivered,
        "failed": progress.failed,
        "first_failure": outcome.first_failure,
        "seconds": round(seconds, 3),
        "rate_per_s": round(progress.delivered / seconds, 1) if seconds else 0.0,
        "max_behind_s": round(progress.max_behind_s, 3),
        "expected": outcome.totals.expected(missing),
    }


def _run(plan: Plan, metrics_port: int | None) -> Outcome:
    with ExitStack() as stack:
        stop = stack.enter_context(stop_on_signal())
        metrics = stack.enter_context(serve(plan.dataset, metrics_port))
        reporter = stack.enter_context(Reporter(Console(stderr=True)))

        def on_progress(progress: Progress) -> None:
            metrics.latest = progress
            reporter(progress)

        return run_workers(plan, stop, on_progress)


def _missing_policy(dataset: Dataset) -> Missing:
    policies = [enrich.missing for enrich in dataset.contract.enrich]
    return "dead_letter" if "dead_letter" in policies else "keep"


def _finish_ledger(plan: Plan, summary: Summary) -> None:
    if plan.ledger is None:
        return
    with plan.ledger.open("w") as ledger:
        for worker in range(plan.workers):
            part = plan.ledger_part(worker)
            assert part is not None
            with part.open() as lines:
                ledger.writelines(lines)
            part.unlink()
        ledger.write(summary_line(summary))
