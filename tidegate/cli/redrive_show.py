"""A dry run for people and for machines."""

from typing import Any

import click

from tidegate.redrive.judged import DryRun, Judged
from tidegate.redrive.verdicts import MEANINGS


def print_dry_run(found: DryRun) -> None:
    """Counts by verdict and cause, then the samples with what the recipe changes."""
    for (verdict, cause), count in sorted(found.counts.items(), key=lambda each: -each[1]):
        click.echo(f"{count:>10,}  {MEANINGS[verdict]}{f': {cause}' if cause else ''}")
    if found.late_for_metrics:
        click.echo(f"{found.late_for_metrics:>10,}  of those that would pass are too late for the metrics")
    for judged in found.samples:
        _print_sample(judged)
    total = len(found.plan.letters)
    click.echo(f"\n{found.passes:,} of {total:,} letters of {found.plan.plan_id} would pass.")
    if found.passes:
        click.echo(f"Next, to send them: tidegate redrive run {found.plan.plan_id}")


def _print_sample(judged: Judged) -> None:
    letter = judged.letter
    click.echo(f"\n{MEANINGS[judged.verdict]}: letter {letter.dead_letter_id}, record {letter.source}")
    if judged.detail:
        click.echo(f"  {judged.cause}: {judged.detail}" if judged.cause else f"  {judged.detail}")
    for change in judged.changes:
        click.echo(f"  {change.field}: {change.before} -> {change.after}")


def dry_run_facts(found: DryRun) -> dict[str, Any]:
    """The same as JSON."""
    counts = [
        {"verdict": verdict.value, "cause": cause, "letters": count} for (verdict, cause), count in found.counts.items()
    ]
    return {
        "plan": found.plan.plan_id,
        "letters": len(found.plan.letters),
        "would_pass": found.passes,
        "late_for_metrics": found.late_for_metrics,
        "counts": counts,
        "samples": [_sample(judged) for judged in found.samples],
    }


def _sample(judged: Judged) -> dict[str, Any]:
    return {
        "letter": judged.letter.dead_letter_id,
        "record": str(judged.letter.source),
        "verdict": judged.verdict.value,
        "cause": judged.cause,
        "detail": judged.detail,
        "late_for_metrics": judged.late_for_metrics,
        "changes": [change._asdict() for change in judged.changes],
    }
