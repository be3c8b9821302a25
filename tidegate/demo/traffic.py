"""The traffic of a run: the project's own producer, generated or from a file."""

from tidegate.demo.options import BAD_RATIO, DATASET, DUPLICATE_RATIO, LATE_RATIO, DemoOptions
from tidegate.measure.child import Child
from tidegate.settings import Settings


def arguments(options: DemoOptions) -> list[str]:
    """What follows `tidegate` on the producer's command line."""
    command = ["produce", DATASET]
    if options.input is not None:
        return [*command, "--from", str(options.input)]
    return [
        *command,
        *("--rate", f"{options.rate_per_s:g}"),
        *("--seconds", f"{options.seconds:g}"),
        *("--bad-ratio", str(BAD_RATIO)),
        *("--duplicate-ratio", str(DUPLICATE_RATIO)),
        *("--late-ratio", str(LATE_RATIO)),
    ]


def describe(options: DemoOptions) -> str:
    """The traffic in words."""
    if options.input is not None:
        return f"the lines of {options.input}"
    return f"{options.rate_per_s:,.0f} clicks/s for {options.seconds:g} s; of them 1 % bad, 1 % sent twice, 1 % late"


def start(settings: Settings, options: DemoOptions) -> Child:
    """Starts the producer."""
    return Child(settings, settings.home / "logs" / "demo-produce.log", *arguments(options))
