"""Jobs go over to the next version of silver, which a replay has filled; or back, for as long as that can be.

Each step looks at what is there and does what is lacking, so that whoever is killed types it again. Two steps are
stored, as what follows depends on them: which jobs had the dataset, before the first of them is stopped; and that the
readers' places in the new topic are about to be written, from which on there is no way back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tidegate.clients.audit import audited, new_action
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import REFINE
from tidegate.jobs.away import bring_back, homes_of, refuse_what_could_not_start_again, take_out
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.jobs.plan_start import GroupStart
from tidegate.jobs.silver_versions import READERS
from tidegate.proof.reconcile import Scope, default_wait_s, prove
from tidegate.replay.fill_run import Ends, ends_now, fill
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.silver_readers import (
    begin_at,
    ends_of,
    have_read,
    wait_until_near,
    wait_until_read,
    wait_until_sealed,
)
from tidegate.replay.silver_run import end_filling
from tidegate.replay.store import (
    COMMITTING,
    DONE,
    FILLED,
    SWITCHED,
    SWITCHING,
    Status,
    load_status,
    store_status,
)
from tidegate.replay.switch_steps import (
    filled_since,
    homes_in,
    others_of,
    readers_of,
    refuse_to_go_back,
    refuse_to_switch,
    refuse_version,
    refuse_without_refine,
    to_jobs,
)
from tidegate.settings import Settings

_MANY = 50_000
"""Records that are filled in faster than a job starts."""
_LONGEST_CATCH_UP_S = 600.0
Say = Callable[[str], object]
"""Hears each step when it is done."""


@dataclass(frozen=True, slots=True)
class _Switch:
    """``old`` and ``new``: the dataset with the version that jobs leave, and the one that they go over to."""

    settings: Settings
    plan: RangePlan
    old: Stream
    new: Stream
    say: Say

    def keep(self, status: Status) -> Status:
        return store_status(self.settings, self.plan.plan_id, status)

    def old_ends(self) -> Ends:
        return ends_now(self.settings, self.old, self.old.contract.silver_version)

    @property
    def dataset(self) -> str:
        return self.plan.dataset


def switch_on(settings: Settings, plan: RangePlan, actor: str, say: Say) -> Status:
    """Goes on where an earlier one has ended, in a turn of its own.

    Raises:
        TidegateError: the plan is not filled, the contract does not say the new version, a job does not run or makes no
            savepoint, or the new topics do not hold what they should.
        TransientError: a server does not answer, or a job does not catch up; type it again.
    """
    status = load_status(settings, plan.plan_id)
    refuse_to_switch(plan, status)
    what = _opened(settings, plan, say)
    refuse_version(
        load_stream(settings.schemas_dir, plan.dataset), what.new.contract.silver_version, settings.schemas_dir
    )
    if status.state == FILLED:
        status = _begun(what, status)
    detail = f"{what.old.contract.silver_topic} to {what.new.contract.silver_topic}"
    with audited(settings, new_action("replay switch", plan.dataset, actor, plan_id=plan.plan_id, detail=detail)):
        status = what.keep(status)
        if status.state == SWITCHING:
            status = _filled_to_the_end(what, status)
        if status.state == COMMITTING:
            status = _readers_moved(what, status)
        status = _started(what, status)
        return _proved(what, status)


def go_back(settings: Settings, plan: RangePlan, actor: str, say: Say) -> Status:
    """Starts the jobs on the version of before, as they were; the plan is filled then, and can be switched later.

    Raises:
        TidegateError: nothing was stopped, there is no way back any more, the contract does not say the version of
            before, or a job can't be started.
    """
    status = load_status(settings, plan.plan_id)
    refuse_to_go_back(plan, status)
    what = _opened(settings, plan, say)
    refuse_version(
        load_stream(settings.schemas_dir, plan.dataset), what.old.contract.silver_version, settings.schemas_dir
    )
    with audited(settings, new_action("replay switch back", plan.dataset, actor, plan_id=plan.plan_id)):
        end_filling(settings, plan, status)  # it takes the room that jobs need to start
        stood_s = bring_back(settings, plan.dataset, homes_in(status.jobs, (REFINE, *READERS)))
        _tell_started(what, status, stood_s)
        return what.keep(replace(status, state=FILLED, jobs={}, stopped_at=None))


def _opened(settings: Settings, plan: RangePlan, say: Say) -> _Switch:
    stream = load_stream(settings.schemas_dir, plan.dataset)
    new = plan.silver_version
    return _Switch(settings, plan, stream.of_silver_version(new - 1), stream.of_silver_version(new), say)


def _begun(what: _Switch, status: Status) -> Status:
    """Which jobs there are to be stopped, once little is left to be done meanwhile; nothing is stopped yet."""
    homes = homes_of(live_jobs(what.settings), what.dataset, (REFINE, *READERS))
    running = [home.job for home in homes]
    refuse_without_refine(what.old, running)
    readers = readers_of(what.old, running, have_read(what.settings, what.old, READERS))
    mine = [home for home in homes if home.job in (REFINE, *readers)]
    refuse_what_could_not_start_again(what.settings, mine)
    status = _nearly_filled(what, status)
    wait_until_near(what.settings, what.old, readers)
    return replace(status, state=SWITCHING, jobs=to_jobs(mine), stopped_at=now_ms())


def _nearly_filled(what: _Switch, status: Status) -> Status:
    """The topics may have been filled days ago: then jobs would stand still for as long as what came since takes."""
    ends = what.old_ends()
    since = filled_since(status, ends)
    if since <= _MANY:
        return status
    what.say(f"{since:,} records came since the topics were filled: these are filled in while all jobs go on")
    return _filled(what, status, ends)


def _filled_to_the_end(what: _Switch, status: Status) -> Status:
    """Nobody writes to the old topics or reads them any more, and the new ones have all of them."""
    readers = homes_in(status.jobs, READERS)
    _take_out(what, status, homes_in(status.jobs, [REFINE]))
    wait_until_sealed(what.settings, what.old)
    ends = what.old_ends()
    running = [job.job for job in live_jobs(what.settings) if what.dataset in job.fingerprints]
    wait_until_read(what.settings, what.old, [home.job for home in readers], running=running)
    what.say(f"{_names(readers)} have read all of {what.old.contract.silver_topic}")
    _take_out(what, status, readers)
    status = _filled(what, status, ends)
    what.say(f"{what.new.contract.silver_topic} holds what it should")
    _refuse_intruders(what, ends)
    return what.keep(replace(status, state=COMMITTING, begin_at=ends_of(what.settings, what.new)))


def _filled(what: _Switch, status: Status, ends: Ends) -> Status:
    try:
        return fill(what.settings, what.plan, status, ends)
    except TransientError:
        raise
    except TidegateError as error:
        again = f"tidegate replay switch {what.plan.plan_id}"
        back = f"; `{again} --back` starts the jobs as they were" if status.state == SWITCHING else ""
        raise TidegateError(error.problem, remedy=f"`{again}` fills them anew{back}.") from error


def _take_out(what: _Switch, status: Status, homes: Sequence[GroupStart]) -> None:
    stood_s = take_out(what.settings, what.dataset, homes)
    others = others_of(to_jobs(homes), what.dataset)
    told = f"; {', '.join(others)} stood still for {stood_s:.0f} s" if others and stood_s else ""
    what.say(f"{_names(homes)} of {what.dataset} stopped{told}")


def _refuse_intruders(what: _Switch, ends: Ends) -> None:
    """Somebody else's contract may say the version of before: then the guard lets him start."""
    live = live_jobs(what.settings)
    holder = next((job for name in (REFINE, *READERS) if (job := of_dataset(live, name, what.dataset))), None)
    if holder is not None:
        raise TidegateError(
            f"somebody has started {holder.name} with {what.dataset} while it is switched.",
            remedy="Type this again: it is stopped, and what it has written is filled in.",
        )
    wait_until_sealed(what.settings, what.old)
    if what.old_ends() != ends:
        raise TidegateError(
            f"somebody has written to {what.old.contract.silver_topic} while it is switched.",
            remedy="Type this again: what was written is filled in.",
        )


def _readers_moved(what: _Switch, status: Status) -> Status:
    readers = homes_in(status.jobs, READERS)
    begin_at(what.settings, what.new, [home.job for home in readers], status.begin_at)
    what.say(f"{_names(readers)} go on at the end of {what.new.contract.silver_topic}")
    return what.keep(replace(status, state=SWITCHED))


def _started(what: _Switch, status: Status) -> Status:
    stood_s = bring_back(what.settings, what.dataset, homes_in(status.jobs, (REFINE, *READERS)))
    _tell_started(what, status, stood_s)
    return status


def _tell_started(what: _Switch, status: Status, stood_s: float) -> None:
    others = others_of(status.jobs, what.dataset)
    told = f"; {', '.join(others)} for {stood_s:.0f} s once more" if others and stood_s else ""
    mine_s = _stood_still_s(status)
    what.say(f"{', '.join(status.jobs)} run as before; {what.dataset} stood still for {mine_s:.0f} s{told}")


def _stood_still_s(status: Status) -> float:
    """How long the dataset has, until now."""
    return 0.0 if status.stopped_at is None else (now_ms() - status.stopped_at) / 1000


def _proved(what: _Switch, status: Status) -> Status:
    """Whoever types the command again has a proof that does not hold made once more.

    Jobs have as long as the dataset stood still to take what came meanwhile.
    """
    wait_s = default_wait_s(what.settings) + min(_stood_still_s(status), _LONGEST_CATCH_UP_S)
    report = prove(what.settings, what.dataset, Scope(wait_s=wait_s))
    state = DONE if report.holds else SWITCHED
    return what.keep(replace(status, state=state, ended_at=now_ms(), proof=report.verdict(), proof_holds=report.holds))


def _names(homes: Sequence[GroupStart]) -> str:
    return ", ".join(home.job for home in homes)
