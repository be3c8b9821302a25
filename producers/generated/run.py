"""A run of generated traffic: from the contract to the summary of what was sent and what must become of it."""

from dataclasses import dataclass
from pathlib import Path

from producers.datasets.find import find_generator
from producers.generated.generator import Mix, Pace
from producers.generated.ledger import Missing, summary_line
from producers.generated.worker import Plan
from producers.generated.workers import default_workers, run_workers
from producers.sending.progress_metrics import Address
from producers.sending.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate.contracts.dataset import Dataset
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What else a generated run can be told; None stands for the default."""

    seed: int
    workers: int | None = None
    ledger: Path | None = None
    metrics: Address | None = None


def produce_generated(settings: Settings, dataset: Dataset, mix: Mix, pace: Pace, options: Options) -> Summary:
    """Sends generated traffic and returns the summary.

    Raises:
        TidegateError: no generator, topic or schema, or the run could not go on.
    """
    find_generator(dataset.name)
    plan = Plan(
        dataset=dataset.name,
        schemas_dir=settings.schemas_dir,
        schema_id=registered_id(settings, dataset),
        settings=settings,
        topic=dataset.contract.topic.name,
        mix=mix,
        pace=pace,
        seed=options.seed,
        workers=options.workers or default_workers(pace.rate_per_s),
        ledger=options.ledger,
    )
    with watched_offsets(settings, plan.topic) as offsets, session(plan.dataset, options.metrics) as run:
        outcome = run_workers(plan, run.stop, run.on_progress)
    summary: Summary = {
        "dataset": dataset.name,
        "seed": plan.seed,
        "workers": plan.workers,
        **delivery(outcome.progress, outcome.first_failure, outcome.ended_s - outcome.started_s),
        **outcome.totals.as_json(),
        "expected": outcome.totals.expected(_missing_policy(dataset)),
        "offsets": offsets,
    }
    _finish_ledger(plan, summary)
    return summary


def _missing_policy(dataset: Dataset) -> Missing:
    policies = [enrich.missing for enrich in dataset.contract.enrich]
    return "dead_letter" if "dead_letter" in policies else "keep"


def _finish_ledger(plan: Plan, summary: Summary) -> None:
    """Puts the workers' parts and the summary together."""
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
