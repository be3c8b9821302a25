"""All that must be there before the first event: servers, topics and schemas, search templates, products, jobs."""

from rich.console import Console

from tidegate.clients.opensearch import SearchClient
from tidegate.demo.options import DATASET, JOBS, DemoOptions
from tidegate.demo.phases import Phases
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.measure.child import Child
from tidegate.registration.register import register_all
from tidegate.search.templates import apply_templates, searchable
from tidegate.settings import Settings
from tidegate.stack import local
from tidegate.stack.start_display import StartDisplay

LAKE_INTERVAL_S = 10.0


def start_stack(settings: Settings, options: DemoOptions, phases: Phases, console: Console) -> Settings:
    """Starts what is missing of the stack; returns the settings that name its servers.

    The lake commits every 10 s here, so that a short run has something to show; a real one makes larger files.
    """
    with phases.phase("up") as note:
        display = StartDisplay(console)
        try:
            up = local.up(settings, on_phase=display.on_phase, console=console, choice=options.ports)
        finally:
            display.close()
        note.text = f"servers run, their data is in {up.home}"
    if "lake_checkpoint_interval_s" in up.model_fields_set:
        return up
    return up.model_copy(update={"lake_checkpoint_interval_s": LAKE_INTERVAL_S})


def prepare(settings: Settings, phases: Phases) -> None:
    """Contracts, templates and sample products; what is there already is left as it is."""
    with phases.phase("contracts", "topics and schemas") as note:
        done = register_all(settings, settings.schemas_dir)
        known = len(done.topics.created) + len(done.topics.unchanged)
        note.text = f"{known} topics ({len(done.topics.created)} new), {len(done.subjects)} subjects"
    with phases.phase("templates", "search templates") as note:
        applied = apply_templates(SearchClient(settings), settings, searchable(settings.schemas_dir))
        note.text = ", ".join(each.template for each in applied)
    with phases.phase("products", "sample products") as note:
        child = Child(settings, settings.home / "logs" / "demo-load.log", "load", "products", "--sample")
        try:
            note.text = f"{child.result()['upserts']:,} sample products"
        finally:
            child.stop()


def start_jobs(settings: Settings, phases: Phases) -> tuple[str, ...]:
    """Starts the jobs that don't run for the demo's dataset yet, and waits until their tasks run.

    Returns the names that those have in Flink.
    """
    live = live_jobs(settings)
    missing = tuple(job for job in JOBS if of_dataset(live, job, DATASET) is None)
    with phases.phase("jobs", "starting " + ", ".join(missing)) as note:
        started = start(settings, Start(missing, (DATASET,))) if missing else None
        if started and started.failures:
            raise started.failures[0]
        note.text = f"{', '.join(JOBS)} run" + ("" if missing else " already")
    return tuple(job.name for job in started.jobs) if started else ()
