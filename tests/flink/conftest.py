"""A Flink distribution with all jars, without a cluster: jobs are planned in the test's own processes."""

import os
from pathlib import Path

import pytest
from rich.console import Console

from tidegate.jobs.flink_run import CLIENT_JVM
from tidegate.settings import get_settings
from tidegate.stack import flink_home
from tidegate.stack.fetch import Cache
from tidegate.stack.java import java_home


@pytest.fixture(scope="session")
def flink_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables under which ``pyflink`` plans with the connectors' jar."""
    cache = Cache(get_settings().cache)
    cache.fetch(["flink"], Console(stderr=True))
    home = flink_home.make(tmp_path_factory.mktemp("flink"), cache)
    project = Path(__file__).parents[2]
    found = {"FLINK_HOME": str(home), "JAVA_HOME": str(java_home()), "PYTHONPATH": str(project)}
    return {"JVM_ARGS": CLIENT_JVM, **os.environ, **found}
