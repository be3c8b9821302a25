"""What the tests of the deployment share: the parser, the resolved project, Flink's configuration."""

from typing import Any

import pytest
import yaml

from tests.deploy_parser import parser, project
from tests.project import PROJECT

__all__ = ["flink_config", "parser", "project"]


@pytest.fixture(scope="session")
def flink_config() -> dict[str, Any]:
    """The image's ``config.yaml``."""
    config = yaml.safe_load((PROJECT / "deploy" / "docker" / "flink-config.yaml").read_text())
    assert isinstance(config, dict)
    return config
