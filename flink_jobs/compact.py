"""Puts small files of a lake table together by Iceberg's own maintenance, once, and ends.

Run by ``tidegate lake compact``. Iceberg's tasks are made for a stream of changes: this one is a single change, so the
task is triggered once, commits when the stream has ended, and the job finishes (docs/adr/0042).
"""

import argparse
import sys
from collections.abc import Iterable
from functools import reduce
from pathlib import Path
from typing import Any

from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway

from flink_jobs.configured import configuration_of
from flink_jobs.submit import refused
from tidegate import log
from tidegate.clients import connection
from tidegate.errors import TidegateError
from tidegate.job_names import COMPACT, flink_name
from tidegate.lake_care.small_files import Compaction, by_columns
from tidegate.settings import LogSettings, Settings, get_settings

_COMMITS = 10
"""At most so many: what is committed stays, whatever becomes of the rest."""
_OPTIONS = {
    "execution.runtime-mode": "STREAMING",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "60",
    "restart-strategy.fixed-delay.delay": "5 s",
}
"""Five minutes for a TaskManager to come back; a job that ends must not be begun again for ever."""


def main() -> None:
    """Entry point: the file that says which table, which partitions, and the sizes."""
    parser = argparse.ArgumentParser(prog=COMPACT)
    parser.add_argument("--plan", type=Path, required=True, help="made by `tidegate lake compact`")
    asked = Compaction.from_json(parser.parse_args(sys.argv[1:]).plan.read_text())
    log.start(LogSettings())
    name = flink_name(COMPACT, asked.table)
    try:
        environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
        compact(environment, asked, table_loader(get_settings(), asked.table))
        job_id = str(environment.execute(name).get_job_id())
    except TidegateError as error:
        log.failed(error)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - of Java, whose classes py4j makes one of
        log.failed(refused(name, error))
        sys.exit(1)
    log.event("job_submitted", job=name, job_id=job_id)


def compact(environment: StreamExecutionEnvironment, asked: Compaction, loader: Any) -> None:
    """Adds the task to the environment; ``loader`` is Iceberg's of the table."""
    environment.configure(configuration_of({**_OPTIONS, "parallelism.default": str(asked.parallelism)}))
    java = environment._j_stream_execution_environment
    # Begun again after a crash it plans anew: what was committed is not small any more.
    java.getCheckpointConfig().disableCheckpointing()
    jvm = get_gateway().jvm
    api = jvm.org.apache.iceberg.flink.maintenance.api
    maintenance = api.TableMaintenance.forChangeStream(_one_change(java), loader, jvm.io.tidegate.maintenance.OneRun())
    maintenance.uidSuffix(asked.table).parallelism(asked.parallelism).add(_rewrite(api, asked, loader)).append()


def table_loader(settings: Settings, table: str) -> Any:
    """Of a table of the lake's catalog."""
    jvm = get_gateway().jvm
    options = jvm.java.util.HashMap()
    for key, value in connection.flink_sql(settings).lake_catalog.items():
        options.put(key, value)
    iceberg = jvm.org.apache.iceberg
    catalog = iceberg.flink.CatalogLoader.rest("lake", jvm.org.apache.hadoop.conf.Configuration(), options)
    return iceberg.flink.TableLoader.fromCatalog(catalog, iceberg.catalog.TableIdentifier.parse(table))


def _one_change(java: Any) -> Any:
    """A bounded stream of one commit."""
    jvm = get_gateway().jvm
    change = jvm.org.apache.iceberg.flink.maintenance.operator.TableChange
    changes = jvm.java.util.ArrayList()
    changes.add(change.builder().commitCount(1).build())
    of_change = jvm.org.apache.flink.api.common.typeinfo.TypeInformation.of(
        jvm.java.lang.Class.forName(change._fqn, True, jvm.java.lang.Thread.currentThread().getContextClassLoader())
    )
    return java.fromData(changes, of_change).name("Once").uid("once").setParallelism(1)


def _rewrite(api: Any, asked: Compaction, loader: Any) -> Any:
    sizes = asked.sizes
    task = (
        api.RewriteDataFiles.builder()
        .scheduleOnCommitCount(1)
        .targetFileSizeBytes(sizes.target)
        .minFileSizeBytes(sizes.smallest)
        .maxFileSizeBytes(sizes.largest)
        .minInputFiles(sizes.files)
        .maxFileGroupSizeBytes(sizes.group)
        .partialProgressEnabled(True)
        .partialProgressMaxCommits(_COMMITS)
    )
    types = _types(loader)
    chosen = by_columns(asked.partitions, types)
    return task.filter(_any_of(chosen, types)) if chosen else task  # without one, of the whole table


def _types(loader: Any) -> dict[str, str]:
    """By column, the name of its type."""
    own = loader.clone()
    own.open()
    try:
        return {field.name(): str(field.type()) for field in own.loadTable().schema().columns()}
    finally:
        own.close()


def _any_of(partitions: Iterable[str], types: dict[str, str]) -> Any:
    """The condition for rows of these partitions, such as ``year=2026/month=11/day=21``."""
    expressions = get_gateway().jvm.org.apache.iceberg.expressions.Expressions
    parts = [[_equal(expressions, part, types) for part in name.split("/")] for name in partitions]
    return reduce(getattr(expressions, "or"), (reduce(getattr(expressions, "and"), each) for each in parts))


def _equal(expressions: Any, part: str, types: dict[str, str]) -> Any:
    name, _, value = part.partition("=")
    if value == "null":
        return expressions.isNull(name)
    return expressions.equal(name, int(value) if types[name] in ("int", "long") else value)


if __name__ == "__main__":
    main()
