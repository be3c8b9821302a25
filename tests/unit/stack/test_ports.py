"""Choosing ports."""

import socket
import subprocess
import sys

import pytest

from tidegate.errors import TidegateError
from tidegate.stack import ports
from tidegate.stack.ports import (
    Ports,
    accepts_connections,
    busy_ports,
    choose_ports,
    free_ports,
    is_free,
    port_setting,
    recorded_ports,
)


def test_automatic_ports_are_all_different_and_free() -> None:
    ports = choose_ports("auto", None).model_dump().values()
    assert len(set(ports)) == len(Ports.model_fields)
    assert all(is_free(port) for port in ports)


def test_a_listening_port_is_not_free_and_accepts_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
        assert accepts_connections(port)
        assert busy_ports(Ports(kafka=port), ["kafka"]) == ["kafka"]
    assert not accepts_connections(port)


def test_free_ports_gives_as_many_as_asked() -> None:
    assert len(set(free_ports(3))) == 3


def test_what_another_running_process_or_this_one_has_chosen_is_not_chosen_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = "from tidegate.stack.ports import free_ports; print(*free_ports(1), flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    theirs = int(other.stdout.readline())
    monkeypatch.setattr(ports, "AUTO_RANGE", range(theirs, theirs + 1))
    with pytest.raises(TidegateError, match="Fewer than 1 free ports"):
        free_ports(1)

    other.communicate("\n")
    assert free_ports(1) == [theirs], "a process that has ended keeps none"
    with pytest.raises(TidegateError, match="Fewer than 1 free ports"):
        free_ports(1)


def test_last_times_ports_are_used_again_unless_the_environment_moves_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded = Ports(kafka=20001, s3=20002).model_dump()
    monkeypatch.setenv(port_setting("s3"), "20003")
    chosen = choose_ports(None, recorded)
    assert (chosen.kafka, chosen.s3) == (20001, 20003)


def test_a_running_stack_keeps_its_ports_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_PORT_KAFKA", "20003")
    assert recorded_ports({"kafka": 20001}).kafka == 20001


def test_default_ports_forget_the_recorded_ones() -> None:
    assert choose_ports("default", {"kafka": 20001}).kafka == 9092


def test_a_port_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_PORT_KAFKA", "many")
    with pytest.raises(TidegateError, match="TIDEGATE_PORT_KAFKA is not a port number"):
        choose_ports(None, None)
