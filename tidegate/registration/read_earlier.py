"""A dataset as it was at another time: what the registry holds of it, or what git has at a commit."""

import os
import re
import subprocess
from pathlib import Path

from tidegate.avro.types import AvroSchema
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Dataset, Reference
from tidegate.contracts.history.earlier import Earlier
from tidegate.contracts.load import CONTRACT_FILE, MAP_FILE, MAPPED_FILE, parse_avsc, parse_earlier_contract
from tidegate.contracts.model import Contract
from tidegate.contracts.topics import raw_subject
from tidegate.errors import ContractError
from tidegate.registration.registered import registered_schemas
from tidegate.registration.silver_history import schemas_before
from tidegate.registration.theirs import look_at

REGISTRY = "registry"
_VERSION = re.compile(r"^v(\d+)\.avsc$")
_METRIC = re.compile(r"^metrics/([^/]+)\.avsc$")
_GIT_ENVIRONMENT = {"LC_ALL": "C"}
"""What git says is read here, so it speaks one language."""


def from_registry(registry: RegistryClient, dataset: Dataset) -> Earlier:
    """What is registered for a dataset; nothing for a new one. Metrics that the dataset no longer has are not seen."""
    contract = dataset.contract

    def schemas(topic: str) -> list[AvroSchema]:
        return of_subject(naming.subject(topic))

    def of_subject(subject: str) -> list[AvroSchema]:
        return [*registered_schemas(registry, subject).values()]

    raw: list[AvroSchema] = []
    if contract.topic.registered_by == "producers":
        look_at(registry, dataset)
        raw = [dataset.versions[number] for number in sorted(dataset.versions)]
    elif not (contract.is_json or contract.file):  # of which the registry has at most a JSON Schema of its producers
        raw = of_subject(raw_subject(contract))
    if isinstance(dataset, Reference):
        return Earlier("the registry", raw, [])
    metrics = {metric.name: schemas(metric.topic) for metric in dataset.metrics}
    silver = schemas(contract.silver_topic) or schemas_before(registry, dataset)
    return Earlier("the registry", raw, silver, metrics)


def from_git(reference: str, dataset: Dataset) -> Earlier:
    """What git has of a dataset's folder at a commit, tag or branch; nothing if it was not there yet.

    Raises:
        ContractError: no git repository, no such commit, or a file that can't be read as it was then.
    """
    folder = dataset.folder
    files = _git(folder, "ls-tree", "-r", "--name-only", reference, "./").splitlines()

    def text(file: str) -> str:
        return _git(folder, "show", f"{reference}:./{file}")

    def schema(file: str) -> AvroSchema:
        return parse_avsc(text(file), Path(dataset.name) / file)

    numbers = sorted(int(found[1]) for file in files if (found := _VERSION.match(file)))
    try:
        return Earlier(
            f"git {reference}",
            raw=[schema(f"v{number}.avsc") for number in numbers],
            silver=[schema("silver.avsc")] if "silver.avsc" in files else [],
            metrics={found[1]: [schema(file)] for file in files if (found := _METRIC.match(file))},
            mapped=schema(MAPPED_FILE) if MAPPED_FILE in files else None,
            map_sql=text(MAP_FILE) if MAP_FILE in files else None,
            contract=_contract(text(CONTRACT_FILE), dataset) if CONTRACT_FILE in files else None,
            has_contracts=True,
        )
    except ContractError as error:
        raise ContractError(f"git {reference}: {error.problem}", remedy="Compare with another commit.") from error


def _contract(text: str, dataset: Dataset) -> Contract:
    return parse_earlier_contract(text, Path(dataset.name) / CONTRACT_FILE)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | _GIT_ENVIRONMENT)
    except FileNotFoundError as error:
        raise ContractError("git is not installed.", remedy="Install it, or use --against registry.") from error
    if done.returncode == 0:
        return done.stdout
    reason = (done.stderr.strip().splitlines() or ["no message"])[-1].removeprefix("fatal: ")
    if reason.startswith("not a git repository"):
        raise ContractError(f"the contract folder {folder.parent} is not in git.", remedy="Use --against registry.")
    raise ContractError(f"git says: {reason}.", remedy="Name a commit, tag or branch of this repository.")
