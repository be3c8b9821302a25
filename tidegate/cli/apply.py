"""``tidegate apply``: topics, schemas, search, dashboards and jobs as the contracts call for them."""

import json
import re
import sys
from collections.abc import Mapping

import click
from rich.markup import escape
from rich.table import Table

from tidegate import log
from tidegate.apply.carry_out import carry_out
from tidegate.apply.plan import Plan
from tidegate.apply.prepare import prepare
from tidegate.cli.output import LEFT_OUT, tables
from tidegate.errors import TidegateError
from tidegate.job_names import NAMES
from tidegate.settings import get_settings


@click.command("apply")
@click.argument("datasets", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and stop there.")
@click.option("--jobs", metavar="NAMES", help="Jobs that should run, separated by commas or spaces.  [all]")
@click.option("--no-jobs", is_flag=True, help="Leave Flink's jobs alone.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(datasets: tuple[str, ...], dry_run: bool, jobs: str | None, no_jobs: bool, as_json: bool) -> None:
    """Bring what runs to what the contracts of DATASETS say, or of all. Safe to repeat: it does only what is missing.

    A new dataset is started beside the running jobs, which go on. Exit code 3 if a dataset can't be applied; the others
    are.

    \b
    Examples:
      tidegate apply readings --dry-run
      tidegate apply readings
    """
    settings = get_settings()
    plan = prepare(settings, datasets, () if no_jobs else _named(jobs))
    if not as_json:
        _show(plan)
    problems: Mapping[str, TidegateError] = plan.problems
    if not dry_run:
        problems = carry_out(settings, plan, _silent if as_json else click.echo).problems
    if as_json:
        click.echo(json.dumps(_facts(plan, problems, applied=not dry_run), indent=2))
    for name, error in problems.items():
        text = f"{click.style('not applied:', fg='red')} {name}: {error}"
        log.tell(text, "not_applied", "warning", dataset=name, error=error.problem, remedy=error.remedy)
    sys.exit(LEFT_OUT if problems else 0)


def _named(jobs: str | None) -> tuple[str, ...]:
    names = NAMES if jobs is None else tuple(re.findall(r"[^\s,]+", jobs))
    if unknown := [name for name in names if name not in NAMES]:
        raise TidegateError(f"there is no job {unknown[0]!r}.", remedy=f"Known: {', '.join(sorted(NAMES))}.")
    return names


def _show(plan: Plan) -> None:
    lines = plan.lines()
    if lines:
        table = Table("dataset", "to do")
        for line in lines:
            table.add_row(escape(line.dataset), escape(line.action))
        tables().print(table)
    elif not plan.problems:
        click.echo("Nothing to do: all is as the contracts say.")
    for note in plan.notes:
        click.echo(note)


def _facts(plan: Plan, problems: Mapping[str, TidegateError], *, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "steps": [{"dataset": line.dataset, "action": line.action} for line in plan.lines()],
        "problems": {name: {"problem": error.problem, "remedy": error.remedy} for name, error in problems.items()},
        "notes": [*plan.notes],
    }


def _silent(_line: str) -> None:
    """What was done is in the JSON."""
