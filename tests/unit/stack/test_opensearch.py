"""The search server's configuration and command."""

from pathlib import Path

import pytest
import yaml

from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.lockfile import LockedFile
from tidegate.stack.opensearch import OpenSearch
from tidegate.stack.state import load_state


@pytest.fixture
def server(tmp_path: Path) -> OpenSearch:
    """A server whose program is unpacked already."""
    cache = tmp_path / "cache"
    locked = [LockedFile("opensearch", "opensearch-3.zip", 1, "0" * 64), LockedFile("opensearch", "icu4j.jar", 1, "1")]
    program = cache / "unpacked" / f"opensearch-{locked[0].sha256[:12]}" / "opensearch-3.0.0"
    for file in (
        program / "config" / "log4j2.properties",
        program / "lib" / "opensearch.jar",
        program / "agent" / "opensearch-agent-bootstrap-3.jar",
        cache / "jars" / "opensearch" / "icu4j.jar",
        cache / "java" / "java-21.jsa",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    settings = Settings.model_validate({"home": tmp_path / "home", "opensearch_heap_mb": 700})
    return OpenSearch(load_state(settings, choice="auto"), Cache(cache, locked))


def test_it_listens_on_loopback_and_keeps_its_files_in_the_stack(server: OpenSearch) -> None:
    server.temporary.mkdir(parents=True)  # as each start does
    server.prepare()

    home = server.stack.home
    config = yaml.safe_load((home / "data" / "opensearch" / "conf" / "opensearch.yml").read_text())
    assert config["http.host"] == config["transport.host"] == "127.0.0.1"
    assert (config["http.port"], config["transport.port"]) == tuple(map(server.stack.ports.get, server.port_names))
    assert all(Path(config[name]).is_relative_to(home) for name in ("path.data", "path.logs"))


def test_its_heap_is_the_setting_and_its_memory_goes_with_it(server: OpenSearch) -> None:
    assert "-Xmx700m" in server.command().argv
    assert server.memory_mb > 700


def test_icu_is_on_the_classpath_with_its_word_breaks_switched_on(server: OpenSearch) -> None:
    argv = server.command().argv

    assert [Path(path).name for path in argv[argv.index("-cp") + 1].split(":")] == ["opensearch.jar", "icu4j.jar"]
    assert "-Djava.locale.providers=CLDR,SPI" in argv
