"""The local stack as its user meets it: started, used, killed, started again, stopped."""

import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest
from rich.console import Console

from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import local
from tidegate.stack.doctor import Doctor
from tidegate.stack.process import processes_of
from tidegate.stack.supervisor import Phase

CONSOLE = Console(stderr=True)
MEMORY_LIMIT_MB = 6000


def no_phase(name: str, phase: Phase) -> None:
    """Progress is not what is tested here."""


def pids(settings: Settings) -> dict[str, int | None]:
    return {server.name: server.pid for server in local.status(settings)}


def kill(settings: Settings, name: str) -> None:
    pid = pids(settings)[name]
    assert pid is not None
    process = psutil.Process(pid)
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_every_server_is_healthy_and_the_whole_stays_within_its_memory(stack: Settings) -> None:
    servers = local.status(stack)
    assert {server.name: server.detail for server in servers if not server.healthy} == {}
    assert sum(server.rss_mb for server in servers) < MEMORY_LIMIT_MB


def test_doctor_finds_nothing_wrong_with_a_running_stack(stack: Settings) -> None:
    findings = list(Doctor(stack).examine())
    assert [finding for finding in findings if finding.verdict != "ok"] == []
    assert {"kafka", "transaction timeout", "Flink jars"} <= {finding.check for finding in findings}


def test_doctor_compares_the_transaction_timeout_with_the_broker(stack: Settings) -> None:
    too_long = stack.model_copy(update={"transaction_timeout_s": 3600})
    (failed,) = (finding for finding in Doctor(too_long).examine() if finding.verdict == "failed")
    assert failed.check == "transaction timeout"
    assert "900 s" in failed.detail


def test_up_leaves_alone_what_runs(stack: Settings) -> None:
    before = pids(stack)
    local.up(stack, on_phase=no_phase, console=CONSOLE)
    assert pids(stack) == before


def test_the_registry_keeps_schemas_and_ids_through_kill_9(stack: Settings) -> None:
    url = f"{stack.registry_url}/subjects/kill-test-value/versions"
    schema = {"schema": '{"type": "record", "name": "Kept", "fields": []}'}
    schema_id = httpx.post(url, json=schema).raise_for_status().json()["id"]
    kill(stack, "registry")
    local.up(stack, on_phase=no_phase, console=CONSOLE)
    kept = httpx.get(f"{stack.registry_url}/schemas/ids/{schema_id}").raise_for_status().json()
    assert "Kept" in kept["schema"]
    assert httpx.post(url, json=schema).raise_for_status().json()["id"] == schema_id


def test_up_starts_a_killed_task_manager_again(stack: Settings) -> None:
    before = pids(stack)
    kill(stack, "taskmanager")
    local.up(stack, on_phase=no_phase, console=CONSOLE)
    after = pids(stack)
    assert after["taskmanager"] not in (None, before["taskmanager"])
    assert {**after, "taskmanager": 0} == {**before, "taskmanager": 0}


def test_ports_of_a_running_stack_are_not_moved(stack: Settings) -> None:
    with pytest.raises(TidegateError, match="tidegate down"):
        local.up(stack, on_phase=no_phase, console=CONSOLE, choice="auto")


def test_a_port_in_use_is_named_with_its_server_and_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("TIDEGATE_PORT_S3", str(port))
        with pytest.raises(TidegateError, match=f"Port {port} of seaweedfs .* TIDEGATE_PORT_S3"):
            local.up(own_stack(tmp_path), on_phase=no_phase, console=CONSOLE, only=["seaweedfs"])


def test_down_leaves_no_process_and_the_data_stays(tmp_path: Path) -> None:
    settings = own_stack(tmp_path)
    local.up(settings, on_phase=no_phase, console=CONSOLE, only=["seaweedfs"], choice="auto")
    assert list(processes_of(tmp_path))
    assert local.down(settings) == ["seaweedfs"]
    assert list(processes_of(tmp_path)) == []
    assert mentions(tmp_path) == []
    assert any((tmp_path / "data" / "seaweedfs").iterdir())


def test_down_finds_a_server_whose_pid_file_was_lost(tmp_path: Path) -> None:
    settings = own_stack(tmp_path)
    local.up(settings, on_phase=no_phase, console=CONSOLE, only=["seaweedfs"], choice="auto")
    (tmp_path / "run" / "seaweedfs.json").unlink()
    local.down(settings, purge=True)
    assert mentions(tmp_path) == []
    assert not tmp_path.exists()


def own_stack(home: Path) -> Settings:
    return Settings.model_validate({"home": home})


def mentions(home: Path) -> list[int]:
    """Processes whose command line names the folder, asked from the system and not from the stack."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and str(home) in " ".join(process.info["cmdline"] or []):
            found.append(process.pid)
    return found
