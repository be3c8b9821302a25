"""Our copies of suppliers' files, looked at again: whether each is there, as long as it was, and the same."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tidegate.clients.file_version import FileVersion
from tidegate.clients.landing import FileChangedError, Landing, UnreadableFileError, open_landing, root_for
from tidegate.settings import Settings

AT_ONCE = 4
CHUNK_BYTES = 8 * 1024 * 1024


def faults_of_copies(settings: Settings, versions: Sequence[FileVersion], *, deep: bool) -> dict[int, str]:
    """By number what is wrong with a copy; ``deep``: their bytes are read and hashed.

    Raises:
        TransientError, TidegateError: S3 is out of reach, or refuses.
    """
    stores = {root: open_landing(settings, root) for root in {root_for(each.stored) for each in versions}}

    def fault(version: FileVersion) -> str | None:
        return _fault(stores[root_for(version.stored)], version, deep=deep)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(versions, pool.map(fault, versions), strict=True)
        return {version.number: said for version, said in found if said is not None}


def _fault(store: Landing, version: FileVersion, *, deep: bool) -> str | None:
    try:
        there = store.look(version.stored)
        if there is None:
            return "is not there"
        if there.size != version.size:
            return f"has {there.size:,} bytes for {version.size:,}"
        if not deep:
            return None
        read = hashlib.sha256()
        for chunk in store.chunks(there, CHUNK_BYTES):
            read.update(chunk)
    except (FileChangedError, UnreadableFileError) as error:
        return f"could not be read: {error.problem.rstrip('.')}"
    return None if read.hexdigest() == version.sha256 else f"has another SHA-256: {read.hexdigest()}"
