"""Puts the readers together and serves what they read."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from tidegate.errors import TidegateError
from tidegate.job_names import INDEX, LAKE
from tidegate.monitor.board import Board
from tidegate.monitor.contracts import ContractReader, Contracts
from tidegate.monitor.crew import Crew
from tidegate.monitor.proof_process import Limits, ProofProcess
from tidegate.monitor.reading import Reader
from tidegate.monitor.roster import Options, Roster
from tidegate.monitor.watch import Say, Watch
from tidegate.settings import Settings


def proof_process(settings: Settings, options: Options) -> ProofProcess:
    """Makes proofs of what the jobs that should run write."""
    layers = (LAKE, INDEX)
    without = [layer for layer in layers if options.jobs is not None and layer not in options.jobs]
    return ProofProcess(settings, without, Limits(options.prove_limit_s, options.prove_memory_mb))


def read_once(settings: Settings, options: Options, say: Say) -> tuple[str, bool]:
    """The metrics as text after one reading of everything, and whether no reading failed."""
    board, process, contracts = Board(), proof_process(settings, options), Contracts(settings.schemas_dir)
    wanted = [ContractReader(contracts), *Roster(settings, contracts, process, options).readers()]
    watches = [Watch(reader, board, say) for reader in wanted]
    for watch in watches:
        watch.begin()
    results = [watch.end() for watch in watches]
    return generate_latest(_registry(board)).decode(), all(results)


@contextmanager
def serving(settings: Settings, options: Options, address: tuple[str, int], say: Say) -> Iterator[int]:
    """Reads and serves while the block runs; gives the port, which differs where 0 was asked for.

    Contracts may come, change and go meanwhile.

    Raises:
        TidegateError: the address can't be listened on.
    """
    process, board, contracts = proof_process(settings, options), Board(), Contracts(settings.schemas_dir)
    roster, crew = Roster(settings, contracts, process, options), Crew(board, say)

    def everyone() -> list[Reader]:
        return [first, *roster.readers()]

    first = ContractReader(contracts, changed=lambda: crew.man(everyone()))
    with http_server(board, address) as port:
        try:
            crew.man(everyone())
            yield port
        finally:
            crew.dismiss()
            process.stop()


def _registry(board: Board) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(board)
    return registry


@contextmanager
def http_server(board: Board, address: tuple[str, int]) -> Iterator[int]:
    """Serves what is on the board while the block runs; gives the port.

    Raises:
        TidegateError: the address can't be listened on.
    """
    host, port = address
    try:
        server, thread = start_http_server(port, addr=host, registry=_registry(board))
    except OSError as error:
        raise TidegateError(
            f"{host}:{port} can't be listened on ({error.strerror}).", remedy="Give another --host or --port."
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
