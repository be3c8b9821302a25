"""Uids of operators: what a restored job finds its state by, so they must stay when the job grows."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pyflink.datastream import StreamExecutionEnvironment

from flink_jobs.uids import versioned

_VIRTUAL = ("PartitionTransformation", "UnionTransformation", "SideOutputTransformation")
_NODE = re.compile(r"\[\d+\]")


def name_operators(
    environment: StreamExecutionEnvironment,
    prefix: str,
    parts_of: Mapping[str, str],
    versions: Mapping[str, int] | None = None,
) -> None:
    """Gives every operator that has none a uid made of its table or kind.

    ``prefix`` names job and dataset: another dataset in the job leaves the uids of this one as they are. ``parts_of``
    names the part of the job that writes to a sink's table. Operators that work for one part only, and are no sources,
    are counted within it, so that another part leaves them as they are too. A sink that is called by its table, as
    Iceberg's are, keeps that uid unless it is of such a part: several datasets may write to that table. ``versions``:
    of tables that read a version of silver's topic, as ``JobSql.versions`` has them; nothing but such a source's
    uid depends on it.
    """
    sinks = list(environment._j_stream_execution_environment.getTransformations())
    parts: defaultdict[int, set[str]] = defaultdict(set)
    for sink in sinks:
        part = parts_of.get(_NODE.split(str(sink.getName()))[0], "")
        for transformation in transformations([sink]):
            parts[int(transformation.getId())].add(part)
    seen: Counter[str] = Counter()
    for transformation in transformations(sinks):
        own = parts_of.get(str(transformation.getUid()))
        if own:
            transformation.setUid(f"{prefix}:{own}:{transformation.getUid()}")
        if transformation.getUid() is not None or transformation.getClass().getSimpleName() in _VIRTUAL:
            continue
        of = [*parts[int(transformation.getId())]] if transformation.getInputs() else []
        part = of[0] if len(of) == 1 else ""
        label = ":".join(filter(None, (prefix, part, _NODE.sub("", str(transformation.getName())))))
        if not transformation.getInputs():
            label = versioned(label, (versions or {}).get(label.rpartition(".")[2], 1))
        seen[label] += 1
        transformation.setUid(f"{label}:{seen[label]}")


def transformations(sinks: list[Any]) -> Iterator[Any]:
    """Every transformation that leads to the sinks, each once, from the sinks up."""
    visited: set[int] = set()
    pending = list(sinks)
    while pending:
        transformation = pending.pop(0)
        if int(transformation.getId()) in visited:
            continue
        visited.add(int(transformation.getId()))
        yield transformation
        pending.extend(transformation.getInputs())
