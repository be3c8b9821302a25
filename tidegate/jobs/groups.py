"""Which datasets share a Flink job, by the setting ``TIDEGATE_JOB_GROUPS``. Pure.

``shared``: all of them. ``each``: every one has its own. Else groups by ``;`` and their datasets by ``,``, such as
``clicks,orders;readings``: those that it does not name share one.
"""

from collections.abc import Collection, Mapping, Sequence

from tidegate.errors import TidegateError

SHARED, EACH = "shared", "each"
_LONGEST = 60
"""Of a group's name, which is part of the names of folders."""


def grouped(setting: str, datasets: Sequence[str], alone: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """The datasets of each group by its name, which is empty of the group that shares the job's own name.

    Those that are to be ``alone`` have a job of their own, whatever the setting says.

    Raises:
        TidegateError: a dataset is in two groups.
    """
    found: dict[str, tuple[str, ...]] = {}
    of = _groups(setting)
    for dataset in datasets:
        group = dataset if setting.strip() == EACH or dataset in alone else of.get(dataset, "")
        found[group] = (*found.get(group, ()), dataset)
    return found


def name_of(datasets: Sequence[str]) -> str:
    """What a group of these is called."""
    name = "-".join(datasets)
    return name if len(name) <= _LONGEST else f"{datasets[0]}-and-{len(datasets) - 1}-more"


def to_start(
    groups: Mapping[str, Sequence[str]], wanted: Collection[str], taken: Collection[str], *, named: bool
) -> dict[str, tuple[str, ...]]:
    """The jobs that start the wanted ones of the ``groups``, by group.

    A group whose name is taken by a job that runs is started beside that, under the names of its datasets; so is a part
    of a group that was asked for by name: it is not to be the job that all share.
    """
    found = {}
    for group, datasets in groups.items():
        part = tuple(dataset for dataset in datasets if dataset in wanted)
        if part:
            beside = group in taken or (named and len(part) < len(datasets))
            found[name_of(part) if beside else group] = part
    return found


def _groups(setting: str) -> dict[str, str]:
    """The name of the group of each dataset that the setting names."""
    of: dict[str, str] = {}
    if setting.strip() in (SHARED, EACH):
        return of
    for text in setting.split(";"):
        datasets = [name for each in text.split(",") if (name := each.strip())]
        if doubled := [name for name in datasets if name in of]:
            raise TidegateError(
                f"TIDEGATE_JOB_GROUPS has {doubled[0]} in two groups.", remedy="A dataset runs in one job of a kind."
            )
        of |= dict.fromkeys(datasets, name_of(datasets) if datasets else "")
    return of
