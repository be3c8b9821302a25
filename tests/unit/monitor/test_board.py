"""What a scrape sees of the readings."""

import time

from prometheus_client import CollectorRegistry, generate_latest

from tidegate import metric_names
from tidegate.monitor.board import Board
from tidegate.monitor.reading import Distribution, Reader, Sample, Server, Since


class Read(Reader):
    """A reader by name only."""

    every_s = 1.0

    def __init__(self, name: str, server: Server | None = None, *, keeps_last: bool = False) -> None:
        self.name = name
        self.server = server
        self.keeps_last = keeps_last

    def read(self) -> list[Sample]:
        return []


def scrape(board: Board) -> list[str]:
    registry = CollectorRegistry()
    registry.register(board)
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if not line.startswith(("#", "tidegate_reading_age"))]


def reading_ages(board: Board) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(board)
    (ages,) = (each for each in registry.collect() if each.name == "tidegate_reading_age_seconds")
    return {sample.labels["reading"]: sample.value for sample in ages.samples}


def test_the_newest_reading_of_each_reader_is_shown() -> None:
    board = Board()
    jobs, traffic = Read("jobs", "flink"), Read("traffic", "kafka")
    board.put(jobs, [Sample(metric_names.JOB_UP, ("refine",), 1.0)])
    board.put(traffic, [Sample(metric_names.EVENTS_IN, ("clicks",), 7)])
    board.put(jobs, [Sample(metric_names.JOB_UP, ("refine",), 0.0)])
    assert set(scrape(board)) == {
        'tidegate_up{server="flink"} 1.0',
        'tidegate_up{server="kafka"} 1.0',
        'tidegate_reading_failures_total{reading="jobs"} 0.0',
        'tidegate_reading_failures_total{reading="traffic"} 0.0',
        'tidegate_job_up{job_name="refine"} 0.0',
        'tidegate_events_in_total{dataset="clicks"} 7.0',
    }


def test_of_a_server_that_is_away_nothing_is_said_but_that() -> None:
    board = Board()
    jobs = Read("jobs", "flink")
    board.put(jobs, [Sample(metric_names.JOB_UP, ("refine",), 1.0)])
    board.fail(jobs)
    assert set(scrape(board)) == {
        'tidegate_up{server="flink"} 0.0',
        'tidegate_reading_failures_total{reading="jobs"} 1.0',
    }


def test_nothing_old_is_said_for_new_whosoever_fault_it_is() -> None:
    """A counter that nobody reads any more looks like traffic that has stopped."""
    board = Board()
    outputs = Read("outputs")
    board.put(outputs, [Sample(metric_names.DROPPED, ("clicks", "r"), 7), Sample(metric_names.DROPPED, ("a", "r"), 1)])
    board.fail(outputs, [Sample(metric_names.DROPPED, ("clicks", "r"), 8)])
    assert set(scrape(board)) == {
        'tidegate_dropped_total{dataset="clicks",rule="r"} 8.0',
        'tidegate_reading_failures_total{reading="outputs"} 1.0',
    }


def test_a_reading_is_as_old_as_its_beginning_and_one_that_was_never_made_as_the_monitor() -> None:
    board, now_s = Board(), time.time()
    jobs, traffic = Read("jobs"), Read("traffic")
    board.expect(jobs)
    board.expect(traffic)
    board.put(jobs, [], began_s=now_s - 100)
    board.fail(jobs)
    board.expect(jobs)
    ages = reading_ages(board)
    assert 100 <= ages["jobs"] < 110
    assert 0 <= ages["traffic"] < 10


def test_the_same_sample_of_two_readers_is_told_once() -> None:
    """Prometheus refuses all of a scrape that says a thing twice."""
    board = Board()
    for name in ("here", "there"):
        board.put(Read(name), [Sample(metric_names.JOB_UP, ["refine"], 1.0)])
    assert [line for line in scrape(board) if "job_up" in line] == ['tidegate_job_up{job_name="refine"} 1.0']


def test_a_proof_that_can_not_be_made_leaves_the_last_one() -> None:
    board = Board()
    proof = Read("proof of clicks", keeps_last=True)
    board.put(proof, [Sample(metric_names.PROOF_OK, ("clicks",), 1.0)])
    board.fail(proof)
    assert 'tidegate_proof_ok{dataset="clicks"} 1.0' in scrape(board)
    assert not [line for line in scrape(board) if line.startswith("tidegate_up")]


def test_an_age_grows_from_scrape_to_scrape() -> None:
    board = Board()
    board.put(Read("jobs"), [Sample(metric_names.CHECKPOINT_AGE, ("refine",), Since(time.time() - 100))])
    ages = [float(scrape(board)[-1].rpartition(" ")[2]) for _ in range(2)]
    assert 100 <= ages[0] < ages[1] < 110


def test_a_moment_in_the_future_is_age_zero() -> None:
    board = Board()
    board.put(Read("jobs"), [Sample(metric_names.CHECKPOINT_AGE, ("refine",), Since(time.time() + 100))])
    assert scrape(board)[-1] == 'tidegate_checkpoint_age_seconds{job_name="refine"} 0.0'


def test_a_histogram_has_cumulative_buckets() -> None:
    board, measured = Board(), Distribution((1.0, 2.0))
    for seconds in (0.5, 1.0, 1.5, 9.0, -1.0):
        measured.observe(seconds)
    board.put(Read("latency"), [Sample(metric_names.COMMITTED_LATENCY, ("clicks",), measured)])
    name = "tidegate_committed_latency_seconds"
    assert [line for line in scrape(board) if line.startswith(name)] == [
        f'{name}_bucket{{dataset="clicks",le="1.0"}} 3.0',
        f'{name}_bucket{{dataset="clicks",le="2.0"}} 4.0',
        f'{name}_bucket{{dataset="clicks",le="+Inf"}} 5.0',
        f'{name}_count{{dataset="clicks"}} 5.0',
        f'{name}_sum{{dataset="clicks"}} 12.0',
    ]
