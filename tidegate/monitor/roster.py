"""Which readers there are: those of datasets are made anew when contracts change, the others stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tidegate.clients.flink import job_managers
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.errors import TidegateError
from tidegate.job_names import INDEX, LAKE, METRICS, NAMES, REFINE
from tidegate.monitor.budget_stops import BudgetStopReader
from tidegate.monitor.contracts import Contracts
from tidegate.monitor.files import FilesReader
from tidegate.monitor.jobs import JobReader, RefineReader
from tidegate.monitor.lake import LakeReader
from tidegate.monitor.latency import CommittedReader, Latencies, SearchableReader, latencies_of
from tidegate.monitor.oldest import OldestReader
from tidegate.monitor.open_letters import OpenReader
from tidegate.monitor.outputs import OutputReader
from tidegate.monitor.proof_process import ProofProcess
from tidegate.monitor.proofs import ProofReader, UnderWayReader
from tidegate.monitor.reading import Reader
from tidegate.monitor.servers import RegistryReader, RoomReader, SearchReader
from tidegate.monitor.traffic import TrafficReader
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


class Roster:
    """The readers of one monitor; ``contracts`` says which datasets there are now."""

    def __init__(self, settings: Settings, contracts: Contracts, process: ProofProcess, options: Options) -> None:
        self._settings = settings
        self._contracts = contracts
        self._process = process
        self._options = options
        self._lasting = lasting_readers(settings, contracts, options)
        self._proofs: dict[str, ProofReader] = {}
        self._latencies: list[Latencies] = []

    def readers(self) -> list[Reader]:
        """As of now. One that goes on with what it has read so far is the same as before."""
        self._latencies = latencies_of(self._settings, self._contracts.streams, self._latencies)
        of_datasets = dataset_readers(self._settings, self._contracts, self._latencies, self._options)
        return [*self._lasting, *of_datasets, *self._proof_readers()]

    def _proof_readers(self) -> list[Reader]:
        """One per dataset, if proofs are wanted; without refine every event would be missing."""
        options, names = self._options, self._contracts.proved
        if options.prove_every_s is None or (options.jobs is not None and REFINE not in options.jobs):
            return []
        window = timedelta(seconds=options.prove_window_s)
        self._proofs = {
            name: self._proofs.get(name) or ProofReader(self._process, name, window, options.prove_every_s)
            for name in names
        }
        return [UnderWayReader(self._process, names, options.prove_every_s, options.every_s), *self._proofs.values()]


def lasting_readers(settings: Settings, contracts: Contracts, options: Options) -> list[Reader]:
    """What no dataset has a part in, or what finds by itself which ones there are.

    A server that no job needs which should run is not asked: where nobody runs it, it is not down.
    """
    jobs = watched(settings, options)
    wanted: list[Reader] = []
    if INDEX in jobs or METRICS in jobs:
        wanted.append(RoomReader(settings))
    if jobs:

        def datasets() -> list[str]:
            return [stream.name for stream in contracts.streams]

        wanted.append(JobReader(job_managers(settings, timeout_s=5), jobs, options.every_s, datasets))
    if REFINE in jobs:
        wanted.append(RefineReader(job_managers(settings, timeout_s=5), options.every_s))
        wanted.append(BudgetStopReader(job_managers(settings, timeout_s=5), options.every_s))
    return wanted


def dataset_readers(
    settings: Settings, contracts: Contracts, latencies: Sequence[Latencies], options: Options
) -> list[Reader]:
    """One per concern; none of them asks a server before its first reading."""
    streams, every_s = [stream.contract for stream in contracts.streams], options.every_s
    with_letters = [*streams, *(files.contract for files in contracts.files)]
    jobs = watched(settings, options)
    wanted: list[Reader] = [
        TrafficReader(OffsetReader(settings), streams, list(jobs), every_s),
        OutputReader(settings, OffsetReader(settings), streams, every_s),
        OldestReader(OffsetReader(settings), SingleRecords(settings), with_letters, every_s),
        OpenReader(settings, OffsetReader(settings), SingleRecords(settings), with_letters),
        CommittedReader(settings, OffsetReader(settings), SingleRecords(settings), latencies),
        RegistryReader(settings, streams, every_s),
        SearchableReader(latencies, searches=INDEX in jobs),
    ]
    if INDEX in jobs or METRICS in jobs:
        wanted.append(SearchReader(settings, streams, every_s))
    if LAKE in jobs:
        wanted.append(LakeReader(settings, [each.dataset for each in with_letters], every_s))
        wanted.append(FilesReader(settings, contracts.files))
    return wanted
