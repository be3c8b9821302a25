"""The deployment's files as the tools read them: by compose-go and BuildKit's parser, both in ``tests/compose``."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.project import PROJECT

COMPOSE_FILE = PROJECT / "docker-compose.yml"
ENV_EXAMPLE = PROJECT / ".env.example"
SECRETS = {
    "TIDEGATE_S3_ACCESS_KEY",
    "TIDEGATE_S3_SECRET_KEY",
    "TIDEGATE_PRIVACY_KEY",
    "TIDEGATE_REDRIVE_KEY",
    "POSTGRES_PASSWORD",
    "GRAFANA_ADMIN_PASSWORD",
}


@pytest.fixture(scope="session")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built once per session; skips where Go is missing."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed: compose-go, the parser of `docker compose`, can't be built")
    program = tmp_path_factory.mktemp("parser") / "compose"
    command = ["go", "build", "-buildvcs=false", "-mod=readonly", "-o", str(program), "."]
    built = subprocess.run(command, cwd=PROJECT / "tests" / "compose", capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return program


def env_file(folder: Path, **changes: str) -> Path:
    """An ``.env`` as ``make-env.sh`` makes it; ``changes`` replace values."""
    file = folder / ".env"
    script = [str(PROJECT / "deploy" / "docker" / "make-env.sh"), str(ENV_EXAMPLE), str(file)]
    subprocess.run(["sh", *script], check=True, capture_output=True)
    lines = [line.partition("=") for line in file.read_text().splitlines()]
    file.write_text("".join(f"{name}{equals}{changes.get(name, value)}\n" for name, equals, value in lines))
    return file


def run(parser: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the parser with nothing of this environment's variables but the path."""
    environment = {"PATH": os.environ["PATH"]}
    command = [str(parser), *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def project(parser: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """``docker-compose.yml``, resolved with generated secrets and with the services of every profile."""
    result = run(parser, "project", COMPOSE_FILE, env_file(tmp_path_factory.mktemp("env")))
    assert result.returncode == 0, result.stderr
    resolved = json.loads(result.stdout)
    assert isinstance(resolved, dict)
    return resolved
