"""A real PostgreSQL of the test's own: the binaries that the package ``pgserver`` carries, on a free port."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.polling import wait_for
from tidegate.stack.ports import LOOPBACK, free_ports

PASSWORD = "a test's own"
# PostgreSQL refuses to run as root, and wants a user with a name: in a user namespace, root's files are nobody's.
AS_NOBODY = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a server with the database ``shop``; its password is ``PASSWORD``."""
    spec = find_spec("pgserver")
    assert spec is not None and spec.submodule_search_locations is not None
    programs = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    data, secret = folder / "data", folder / "password"
    data.mkdir(parents=True)
    secret.write_text(PASSWORD)
    prefix = AS_NOBODY if os.geteuid() == 0 else []
    setup = [*prefix, str(programs / "initdb"), "-D", str(data), "-U", "tester", "-A", "scram-sha-256"]
    subprocess.run([*setup, "--pwfile", str(secret), "--no-sync"], check=True, capture_output=True, text=True)
    port = free_ports(1)[0]
    options = ["-D", str(data), "-h", LOOPBACK, "-p", str(port), "-k", str(data), "-c", "fsync=off"]
    server = subprocess.Popen([*prefix, str(programs / "postgres"), *options], stderr=subprocess.DEVNULL)
    address = f"postgresql://tester@{LOOPBACK}:{port}"
    try:
        wait_for("PostgreSQL", lambda: _answers(f"{address}/postgres"), timeout_s=30)
        with psycopg.connect(f"{address}/postgres", password=PASSWORD, autocommit=True) as connection:
            connection.execute("CREATE DATABASE shop")
        yield f"{address}/shop"
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, password=PASSWORD).close()
    except psycopg.OperationalError:
        return False
    return True
