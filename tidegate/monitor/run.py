"""Puts the readers together and serves what they read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from tidegate.clients.flink import job_managers
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.job_names import INDEX, LAKE, METRICS, NAMES, REFINE
from tidegate.monitor.board import Board
from tidegate.monitor.contracts import ContractReader, proved_streams, watched_streams
from tidegate.monitor.jobs import JobReader, RefineReader
from tidegate.monitor.lake import LakeReader
from tidegate.monitor.latency import CommittedReader, SearchableReader, latencies_of
from tidegate.monitor.oldest import OldestReader
from tidegate.monitor.outputs import OutputReader
from tidegate.monitor.proof_process import Limits, ProofProcess
from tidegate.monitor.proofs import ProofReader, UnderWayReader
from tidegate.monitor.reading import Reader
from tidegate.monitor.servers import RegistryReader, RoomReader, SearchReader
from tidegate.monitor.traffic import TrafficReader
from tidegate.monitor.watch import Say, Watch
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """How often to read, and how often to prove the last ``prove_window_s``; None: never.

    A proof is ended after ``prove_limit_s``, or when its processes take more than ``prove_memory_mb`` together.
    ``jobs`` are those that should run; None: every one.
    """

    every_s: float = 5.0
    prove_every_s: float | None = None
    prove_window_s: float = 3600.0
    prove_limit_s: float = 1800.0
    prove_memory_mb: float = 1500.0
    jobs: tuple[str, ...] | None = None


def intervals_s(settings: Settings) -> dict[str, float]:
    """Every job, with its checkpoint interval."""
    return {name: settings.checkpoint_interval_s(name) for name in NAMES}


def watched(settings: Settings, options: Options) -> dict[str, float]:
    """The jobs that should run, with their checkpoint intervals.

    Raises:
        TidegateError: there is no such job.
    """
    known = intervals_s(settings)
    wanted = tuple(known) if options.jobs is None else options.jobs
    if unknown := [name for name in wanted if name not in known]:
        raise TidegateError(f"there is no job {unknown[0]!r}.", remedy=f"Known: {', '.join(sorted(known))}.")
    return {name: known[name] for name in wanted}


def readers(settings: Settings, datasets: Sequence[Stream], options: Options) -> list[Reader]:
    """One reader per concern; none of them asks a server before its first reading.

    A server that no job needs which should run is not asked: where nobody runs it, it is not down.
    """
    contracts = [dataset.contract for dataset in datasets]
    jobs = watched(settings, options)
    every_s = options.every_s
    latencies = latencies_of(settings, datasets)
    wanted: list[Reader] = [
        ContractReader(settings.schemas_dir),
        TrafficReader(OffsetReader(settings), contracts, list(jobs), every_s),
        OutputReader(settings, OffsetReader(settings), contracts, every_s),
        OldestReader(OffsetReader(settings), SingleRecords(settings), contracts, every_s),
        CommittedReader(settings, OffsetReader(settings), SingleRecords(settings), latencies),
        RegistryReader(settings, contracts, every_s),
        SearchableReader(latencies, searches=INDEX in jobs),
    ]
    if INDEX in jobs or METRICS in jobs:
        wanted += [SearchReader(settings, contracts, every_s), RoomReader(settings)]
    if LAKE in jobs:
        wanted.append(LakeReader(settings, [dataset.name for dataset in datasets], every_s))
    if jobs:
        wanted.append(JobReader(job_managers(settings, timeout_s=5), jobs, every_s))
    if REFINE in jobs:
        wanted.append(RefineReader(job_managers(settings, timeout_s=5), every_s))
    return wanted


def proof_readers(datasets: Sequence[Stream], process: ProofProcess, options: Options) -> list[Reader]:
    """One per dataset, if proofs are wanted; without refine every event would be missing."""
    if options.prove_every_s is None or (options.jobs is not None and REFINE not in options.jobs):
        return []
    window = timedelta(seconds=options.prove_window_s)
    names = [dataset.name for dataset in datasets]
    return [
        UnderWayReader(process, names, options.prove_every_s, options.every_s),
        *(ProofReader(process, name, window, options.prove_every_s) for name in names),
    ]


def all_readers(settings: Settings, process: ProofProcess, options: Options) -> list[Reader]:
    """Those of all datasets whose contracts can be read, and of the proofs."""
    return [
        *readers(settings, watched_streams(settings.schemas_dir), options),
        *proof_readers(proved_streams(settings.schemas_dir), process, options),
    ]


def proof_process(settings: Settings, options: Options) -> ProofProcess:
    """Makes proofs of what the jobs that should run write."""
    layers = (LAKE, INDEX)
    without = [layer for layer in layers if options.jobs is not None and layer not in options.jobs]
    return ProofProcess(settings, without, Limits(options.prove_limit_s, options.prove_memory_mb))


def read_once(settings: Settings, options: Options, say: Say) -> tuple[str, bool]:
    """The metrics as text after one reading of everything, and whether no reading failed."""
    board, process = Board(), proof_process(settings, options)
    wanted = all_readers(settings, process, options)
    watches = [Watch(reader, board, say) for reader in wanted]
    for watch in watches:
        watch.begin()
    results = [watch.end() for watch in watches]
    return generate_latest(_registry(board)).decode(), all(results)


@contextmanager
def serving(settings: Settings, options: Options, address: tuple[str, int], say: Say) -> Iterator[int]:
    """Reads and serves while the block runs; gives the port, which differs where 0 was asked for.

    Raises:
        TidegateError: the address can't be listened on.
    """
    process, board = proof_process(settings, options), Board()
    with _http_server(board, address) as port:
        watches = [Watch(reader, board, say) for reader in all_readers(settings, process, options)]
        try:
            for watch in watches:
                watch.start()
            yield port
        finally:
            for watch in watches:
                watch.stop()
            process.stop()


def _registry(board: Board) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(board)
    return registry


@contextmanager
def _http_server(board: Board, address: tuple[str, int]) -> Iterator[int]:
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
