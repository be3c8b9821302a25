package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.avro.shaded.org.apache.avro.AvroRuntimeException;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** The compiled readers by schema id: each id is asked of the registry once, an unknown one again after a while. */
final class WriterSchemas {
    private static final long UNKNOWN_TTL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MAX_REJECTED = 10_000;

    /** Compiles the reader of records that were written with a schema. */
    @FunctionalInterface
    interface Compiler {
        RecordReader compile(Schema writer);
    }

    private record Rejection(BadRecord reason, long expiresNanos) {}

    private final RegistryClient registry;
    private final Compiler compiler;
    private final LongSupplier nanoTime;
    private final Map<Integer, RecordReader> readers = new HashMap<>();
    private final Map<Integer, Rejection> rejected = new HashMap<>();
    private int lastId;
    private RecordReader lastReader;

    WriterSchemas(RegistryClient registry, Compiler compiler, LongSupplier nanoTime) {
        this.registry = registry;
        this.compiler = compiler;
        this.nanoTime = nanoTime;
    }

    /**
     * @throws BadRecord UNKNOWN_SCHEMA or SCHEMA_MISMATCH
     * @throws IOException if the registry is out of reach
     */
    RecordReader reader(int id) throws IOException {
        if (lastReader == null || lastId != id) {
            RecordReader reader = readers.get(id);
            lastReader = reader != null ? reader : load(id);
            lastId = id;
        }
        return lastReader;
    }

    private RecordReader load(int id) throws IOException {
        Rejection known = rejected.get(id);
        if (known != null && known.expiresNanos - nanoTime.getAsLong() > 0) {
            throw known.reason;
        }
        JsonNode answer = registry.schemaById(id).orElse(null);
        if (answer == null) {
            BadRecord unknown = new BadRecord(ErrorCode.UNKNOWN_SCHEMA, "the registry has no schema with id " + id);
            throw reject(id, unknown, UNKNOWN_TTL_NANOS);
        }
        try {
            RecordReader reader = compiler.compile(parse(id, answer));
            readers.put(id, reader);
            return reader;
        } catch (BadRecord mismatch) {
            throw reject(id, mismatch, Long.MAX_VALUE / 2);
        }
    }

    private static Schema parse(int id, JsonNode answer) {
        String type = answer.path("schemaType").asText("AVRO");
        try {
            return new Schema.Parser().setValidateDefaults(false).parse(answer.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw new BadRecord(
                    ErrorCode.SCHEMA_MISMATCH, "schema " + id + " (" + type + ") is no Avro schema: " + e.getMessage());
        }
    }

    private BadRecord reject(int id, BadRecord reason, long ttlNanos) {
        if (rejected.size() >= MAX_REJECTED) {
            rejected.clear();
        }
        rejected.put(id, new Rejection(reason, nanoTime.getAsLong() + ttlNanos));
        return reason;
    }
}
