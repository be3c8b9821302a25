"""The Flink jobs of a run: started, followed, and found again after a crash of whoever started them."""

from collections.abc import Callable
from pathlib import Path

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import drop_branch
from tidegate.clients.lake_rows import table_if_there
from tidegate.contracts.naming import files_table, lake_table
from tidegate.files.orders import ComparingOrder, JudgingOrder, documents_file, store
from tidegate.files.patience import Patience, behind_load, named, of_load, remedy
from tidegate.files.publish import is_run_published
from tidegate.files.run import BRANCHES, Run
from tidegate.files.staged import TABLES, is_aside, read_compared
from tidegate.job_names import FILE_DOCUMENTS, FILE_DUPLICATES, FILE_METRICS, FILES, flink_name
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.replay.run import FINISHED, begin, require_finished, wait_until_ended, wait_until_gone
from tidegate.settings import Settings
from tidegate.sql.file_duplicates import Comparing
from tidegate.sql.replay_index import DocumentsAgain

_REMEDY_BEHIND = "The rows are published. See `tidegate logs taskmanager`; then load again: it goes on."


def judge(settings: Settings, run: Run) -> None:
    """Returns when all rows of the run's files lie aside.

    A job of this run that lives, or has ended well and left something, is taken for it; else all is written once more.
    What was published out of what lies aside was whole: it is not judged again, by what may be another contract now.

    Raises:
        TidegateError: the job failed. GivenUpError: it does so again and again, and is left as it is.
    """
    if is_aside(settings, run) and is_run_published(settings, run.dataset, run.mark):
        return
    client = FlinkClient(settings)
    name = flink_name(FILES, run.run_id)
    job = _newest(client, name)
    if job is None or not (job.live or (job.state == FINISHED and is_aside(settings, run))):
        clear(settings, run)
        job = _begin(settings, client, name, f"{FILES}.py", store(settings, JudgingOrder(run.run_id, run.judging)))
    _wait(client, run, job, "the job that reads the files", checkpoints=True)


def compare(settings: Settings, run: Run, comparing: Comparing, expected: frozenset[int]) -> None:
    """Returns when duplicates are known: of each ``expected`` file it is written that its rows were compared.

    Raises:
        TidegateError: the job failed, or has ended without what it was to write. GivenUpError: as :func:`judge`.
    """
    client = FlinkClient(settings)
    name = flink_name(FILE_DUPLICATES, run.run_id)
    if (job := _newest(client, name)) is not None and job.live:
        wait_until_ended(client, job.job_id, Patience(client, of_load(run), checkpoints=False), client.begun)
    if expected <= read_compared(settings, run)[1].keys():
        return
    order = store(settings, ComparingOrder(run.run_id, comparing))
    job = _begin(settings, client, name, f"{FILE_DUPLICATES}.py", order)
    _wait(client, run, job, "the job that looks for duplicates", checkpoints=False)


def give_up_jobs(settings: Settings, run_id: str) -> None:
    """Ends those of a run that is begun anew as another: one that fails time and again would hold its slots for ever.

    Raises:
        TransientError: Flink does not answer. TidegateError: a job does not end.
    """
    names = {flink_name(each, run_id) for each in (FILES, FILE_DUPLICATES)}
    _end(FlinkClient(settings), lambda name: name in names)


def write_rows(settings: Settings, asked: DocumentsAgain) -> None:
    """Returns when the rows are documents. A job of this order that lives, or has ended well, is taken for it.

    Raises:
        TidegateError: the job failed. GivenUpError: it does so again and again, and is left as it is.
    """
    client = FlinkClient(settings)
    name = flink_name(FILE_DOCUMENTS, asked.plan_id)
    job = _newest(client, name)
    if job is None or not (job.live or job.state == FINISHED):
        job = _begin(settings, client, name, f"{FILE_DOCUMENTS}.py", documents_file(settings, asked.dataset))
    _wait_behind(client, job, "the job that writes the documents")


def count_figures(settings: Settings, plan_id: str, order: Path) -> None:
    """Returns when the figures lie aside.

    Raises:
        TidegateError: the job failed. GivenUpError: as :func:`write_rows`.
    """
    client = FlinkClient(settings)
    name = flink_name(FILE_METRICS, plan_id)
    job = _newest(client, name)
    if job is None or not job.live:
        job = _begin(settings, client, name, f"{FILE_METRICS}.py", order)
    _wait_behind(client, job, "the job that counts metrics")


def give_up_documents(settings: Settings, dataset: str) -> None:
    """Ends the jobs that write documents of a dataset: another is to begin.

    Raises:
        TransientError: Flink does not answer. TidegateError: a job does not end.
    """
    mine = flink_name(FILE_DOCUMENTS, f"{dataset}-")
    _end(FlinkClient(settings), lambda name: name.startswith(mine))


def clear(settings: Settings, run: Run) -> None:
    """Takes away what lies aside of the run, in all of its tables, but for what is published."""
    _clear(settings, run.dataset, lambda branch: branch == run.branch)


def clear_others(settings: Settings, run: Run) -> None:
    """The same of runs that have ended: who was killed at their very end has left it."""
    _clear(settings, run.dataset, lambda branch: branch.startswith(BRANCHES) and branch != run.branch)


def _clear(settings: Settings, dataset: str, is_meant: Callable[[str], bool]) -> None:
    for name in (lake_table("silver", dataset), *(files_table(dataset, each) for each in TABLES)):
        table = table_if_there(settings, name)
        with lake_errors(settings):
            for branch in filter(is_meant, [*table.metadata.refs] if table is not None else []):
                drop_branch(table, branch)


def _wait(client: FlinkClient, run: Run, job: FlinkJob, what: str, *, checkpoints: bool) -> None:
    ended = wait_until_ended(client, job.job_id, Patience(client, of_load(run), checkpoints=checkpoints), client.begun)
    if ended.state != FINISHED:
        failures = client.recent_failures(ended.job_id)
        require_finished(client, ended, f"{what}{named(run, failures)}", remedy=remedy(run, failures))


def _wait_behind(client: FlinkClient, job: FlinkJob, what: str) -> None:
    """For what follows a load."""
    waited = behind_load(what, _REMEDY_BEHIND)
    ended = wait_until_ended(client, job.job_id, Patience(client, waited, checkpoints=False), client.begun)
    require_finished(client, ended, what, remedy=_REMEDY_BEHIND)


def _end(client: FlinkClient, is_meant: Callable[[str], bool]) -> None:
    """The jobs with such a name that live."""
    for job in [each for each in client.jobs() if each.live and is_meant(each.name)]:
        client.cancel(job.job_id)
        wait_until_gone(client, job.job_id)


def _newest(client: FlinkClient, name: str) -> FlinkJob | None:
    jobs = [job for job in client.jobs() if job.name == name]
    return max(jobs, key=lambda job: job.start_time_ms, default=None)


def _begin(settings: Settings, client: FlinkClient, name: str, program: str, order: Path) -> FlinkJob:
    return begin(settings, client, name, [str(JOBS_FOLDER / program), "--plan", str(order)])
