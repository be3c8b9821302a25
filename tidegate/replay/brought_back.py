"""Documents that replays have removed and that a start of the index job would bring back."""

from tidegate.job_names import INDEX
from tidegate.jobs.plan_start import Start
from tidegate.replay.store import all_plans, load_status
from tidegate.settings import Settings


def brought_back(settings: Settings, what: Start) -> list[str]:
    """A sentence for each replay that has removed some: from an older state the job sends their rows again."""
    if INDEX not in what.jobs or what.recover_from == "latest":
        return []
    found = [(plan, load_status(settings, plan.plan_id).documents.get("removed", 0)) for plan in all_plans(settings)]
    return [
        f"index may bring back {removed:,} documents of {plan.dataset} that the replay {plan.plan_id} has removed: "
        "plan its range again with `--target index` once the job has caught up."
        for plan, removed in found
        if removed and (not what.datasets or plan.dataset in what.datasets)
    ]
