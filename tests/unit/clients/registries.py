"""A registry in memory, for tests of what registers on first use."""

from types import TracebackType

from tidegate.avro.types import AvroSchema


class MemoryRegistry:
    """Gives out ids and knows what it gave them to; ``registered`` are the subjects written to."""

    def __init__(self) -> None:
        self.schemas: list[tuple[str, AvroSchema]] = []

    @property
    def registered(self) -> list[str]:
        return [subject for subject, _ in self.schemas]

    def __enter__(self) -> "MemoryRegistry":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def lookup(self, subject: str, schema: AvroSchema) -> int | None:
        return self.schemas.index((subject, schema)) + 1 if (subject, schema) in self.schemas else None

    def register(self, subject: str, schema: AvroSchema) -> int:
        self.schemas.append((subject, schema))
        return len(self.schemas)

    def by_id(self, schema_id: int) -> AvroSchema | None:
        return self.schemas[schema_id - 1][1] if 0 < schema_id <= len(self.schemas) else None
