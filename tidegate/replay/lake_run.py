"""Runs a replay of a range from wherever it is: write aside, account, publish in one commit, settle letters, prove.

Where the index is written too, that comes after the commit: its documents are made from the lake's rows. Silver's next
topics are filled last, once the proof holds.
"""

from dataclasses import replace

from tidegate.clients.audit import Action, audited, new_action
from tidegate.clients.flink import FlinkClient
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import drop_branch, is_published, tag_what_was_before
from tidegate.clients.lake_rows import open_table
from tidegate.clients.replay_evidence import REPLAY_ID
from tidegate.clients.replay_notes import note_published
from tidegate.clock import now_ms
from tidegate.contracts.load import load_stream
from tidegate.dlq.turn import letters_turn
from tidegate.errors import TidegateError
from tidegate.replay.index_plan import refuse_index
from tidegate.replay.index_run import index_job, write_documents
from tidegate.replay.letters import settle_letters
from tidegate.replay.outlived import drop_outlived
from tidegate.replay.prove_range import prove_range
from tidegate.replay.publish import UnaccountedError, keep_evidence, prepare, publish
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.run import wait_until_gone
from tidegate.replay.silver_plan import refuse_what_is_filled
from tidegate.replay.silver_run import fill_next, refuse_version, take_away
from tidegate.replay.store import (
    CANCELLED,
    DONE,
    ENDED,
    FILLED,
    FILLING,
    INDEXED,
    INDEXING,
    PLANNED,
    PUBLISHED,
    WRITING,
    WRITTEN,
    Status,
    load_status,
    status_to_go_on,
    store_status,
)
from tidegate.replay.switch_steps import refuse_in_a_switch
from tidegate.replay.targets import INDEX, LAKE
from tidegate.replay.write_aside import Tell, clear_aside, clear_branch, job_of_plan, write_aside
from tidegate.settings import Settings


def run_lake(settings: Settings, plan: RangePlan, actor: str, tell: Tell = lambda _read: None) -> Status:
    """Goes on where an earlier run of the plan has ended; each step is done once.

    Raises:
        TidegateError: the plan has ended, its job failed, the table is not as it was planned, or the index does not
            take its documents; or a redrive of the dataset or a decision on letters is at work.
        TransientError: a server does not answer; run it again.
    """
    status = status_to_go_on(settings, plan.plan_id)
    refuse_in_a_switch(plan, status)
    if status.state == FILLED:
        return status
    _refuse_targets(settings, plan, status)
    into = ", ".join(plan.targets)
    action = new_action("replay", plan.dataset, actor, plan_id=plan.plan_id, detail=f"into {into}: {plan.asked}")
    with audited(settings, action) as counts:
        if LAKE in plan.targets and status.state not in (INDEXING, INDEXED, FILLING):
            status = _written_and_published(settings, plan, status, tell)
            clear_branch(settings, plan)
        if LAKE in plan.targets and status.state != FILLING:
            # Before the documents, which take long: a redrive of a letter that waits still would double its row.
            status = _lettered(settings, plan, status, action, counts)
        if INDEX in plan.targets and status.state != FILLING:
            status = write_documents(settings, plan, status)
        if status.state != FILLING:
            status = _proved(settings, plan, status)
            drop_outlived(settings, load_stream(settings.schemas_dir, plan.dataset))
        if plan.silver is not None and status.proof_holds:
            status = fill_next(settings, plan, status)
        counts.update({**status.counts, **{f"documents_{name}": number for name, number in status.documents.items()}})
        counts.update({f"filled_{name}": number for name, number in status.filled.items()})
    return status


def hold_to(settings: Settings, plan: RangePlan, rate: float) -> None:
    """The job, when it is begun the next time, reads no more than ``rate`` raw records a second."""
    store_status(settings, plan.plan_id, replace(load_status(settings, plan.plan_id), rate=rate))


def cancel(settings: Settings, plan: RangePlan, actor: str) -> Status:
    """Ends its job and takes away what was written aside; the table stays as it is.

    Where documents are to be written, or are being written, after the commit, these are left out: what is published and
    those that were written stay. Silver's next topics are deleted, if they were made.

    Raises:
        TidegateError: there is nothing to cancel: all is written already, or it has ended; or its jobs are switched.
    """
    status = load_status(settings, plan.plan_id)
    refuse_in_a_switch(plan, status)
    snapshot_id = _snapshot(settings, plan) if LAKE in plan.targets else None
    is_written = status.state == INDEXED or (snapshot_id is not None and INDEX not in plan.targets)
    if status.state in ENDED or (is_written and plan.silver is None):
        state = status.state if status.state in (*ENDED, INDEXED) else PUBLISHED
        raise TidegateError(
            f"the replay {plan.plan_id} is {state}: there is nothing to cancel.",
            remedy=f"`tidegate replay show {plan.plan_id}` tells what it has changed.",
        )
    action = new_action("replay cancel", plan.dataset, actor, plan_id=plan.plan_id)
    with audited(settings, action) as counts:
        client = FlinkClient(settings)
        for job in (job_of_plan(client, plan, status), index_job(client, plan, status)):
            if job is not None and job.live:
                client.cancel(job.job_id)
                wait_until_gone(client, job.job_id)
        if snapshot_id is not None:
            _note(settings, plan, snapshot_id)
            clear_branch(settings, plan)
            status = _lettered(settings, plan, status, action, counts)
        elif LAKE in plan.targets:
            clear_aside(settings, plan)
        take_away(settings, plan, status)
        if plan.silver is not None:
            with lake_errors(settings):
                drop_branch(open_table(settings, plan.table), plan.before_tag)
        ended = replace(status, state=CANCELLED, ended_at=now_ms(), snapshot_id=snapshot_id)
        return store_status(settings, plan.plan_id, ended)


def _refuse_targets(settings: Settings, plan: RangePlan, status: Status) -> None:
    """Before rows are published that could get no document, or would not be in topics that are filled already."""
    stream = load_stream(settings.schemas_dir, plan.dataset)
    if INDEX in plan.targets and status.state not in (INDEXED, FILLING):
        refuse_index(settings, stream)
    if LAKE in plan.targets and status.state in (PLANNED, WRITING, WRITTEN):
        refuse_what_is_filled(settings, stream)
    refuse_version(plan, stream)


def _written_and_published(settings: Settings, plan: RangePlan, status: Status, tell: Tell) -> Status:
    """Twice, if need be: a job that Flink has begun again may end well without its last files; the account sees it."""
    try:
        return _published(settings, plan, write_aside(settings, plan, status, tell))
    except UnaccountedError:
        begun_anew = load_status(settings, plan.plan_id)
        return _published(settings, plan, write_aside(settings, plan, begun_anew, tell))


def _published(settings: Settings, plan: RangePlan, status: Status) -> Status:
    """While no redrive is at work, which would send what has its rows by this commit: silver's topic has none."""
    if status.state != WRITTEN:
        return status
    with letters_turn(settings, plan.dataset):
        return _publish(settings, plan, status)


def _publish(settings: Settings, plan: RangePlan, status: Status) -> Status:
    if (snapshot_id := _snapshot(settings, plan)) is None:
        stream = load_stream(settings.schemas_dir, plan.dataset)
        try:
            prepared = prepare(settings, stream, plan)
        except UnaccountedError:
            # Nobody takes the job that wrote it for one to go on with.
            store_status(settings, plan.plan_id, replace(status, state=PLANNED, job_id=None, started_at=now_ms()))
            raise
        # Before the commit: whoever finds it done has no other way to know what it did.
        status = store_status(settings, plan.plan_id, replace(status, counts=prepared.account.counts()))
        keep_evidence(settings, plan, prepared.added)
        snapshot_id = publish(settings, plan, prepared.files, now_ms()).snapshot_id
    _note(settings, plan, snapshot_id)
    if plan.silver is not None:
        with lake_errors(settings):
            tag_what_was_before(open_table(settings, plan.table), snapshot_id, plan.before_tag)
    return store_status(settings, plan.plan_id, replace(status, state=PUBLISHED, snapshot_id=snapshot_id))


def _note(settings: Settings, plan: RangePlan, snapshot_id: int) -> None:
    """With the time of the commit: another replay may have come between it and now."""
    snapshot = open_table(settings, plan.table).snapshot_by_id(snapshot_id)
    note_published(settings, plan.aside.table, now_ms() if snapshot is None else snapshot.timestamp_ms)


def _lettered(settings: Settings, plan: RangePlan, status: Status, action: Action, counts: dict[str, int]) -> Status:
    """Of what an earlier run has done, nothing is left to do: its numbers stay."""
    found = settle_letters(settings, load_stream(settings.schemas_dir, plan.dataset), plan, action)
    counts["entries"] = found["resolved"] + found["reopened"]
    every = {name: status.letters.get(name, 0) + count for name, count in found.items()}
    return store_status(settings, plan.plan_id, replace(status, letters=every))


def _snapshot(settings: Settings, plan: RangePlan) -> int | None:
    return is_published(open_table(settings, plan.table), (REPLAY_ID, plan.plan_id))


def _proved(settings: Settings, plan: RangePlan, status: Status) -> Status:
    proof = prove_range(settings, plan, status)
    is_last = plan.silver is None
    ended = replace(
        status,
        state=DONE if is_last else status.state,
        ended_at=now_ms() if is_last else None,
        proof=proof.text,
        proof_holds=proof.holds,
    )
    return store_status(settings, plan.plan_id, ended)
