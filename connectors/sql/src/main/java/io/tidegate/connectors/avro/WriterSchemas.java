package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/**
 * The compiled readers by schema id or GUID: each is asked of the registry once, an unknown one again after a while.
 *
 * <p>Records with ever other ids must not turn into one request each. An id near those that are known, as registries count
 * them up, is always asked for; any other only as often as the budget allows, and is unknown without a request beyond that.
 */
final class WriterSchemas {
    private static final long UNKNOWN_TTL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MAX_REJECTED = 10_000;
    private static final int NEAR = 1_000;
    private static final int REQUESTS_AT_ONCE = 200;
    private static final int REQUESTS_PER_SECOND = 20;
    private static final int NO_ID = 0;

    /** Compiles the reader of records that were written with a schema. */
    @FunctionalInterface
    interface Compiler {
        RecordReader compile(Schema writer);
    }

    /** @param schemaId 0 for one that is known by its GUID alone */
    record Writer(RecordReader reader, int schemaId) {}

    private record Rejection(BadRecord reason, long expiresNanos) {}

    private final RegistryClient registry;
    private final WriterSchemaParser parser;
    private final Compiler compiler;
    private final LongSupplier nanoTime;
    private final RequestBudget budget;
    private final Map<Integer, RecordReader> readers = new HashMap<>();
    private final Map<UUID, Writer> writers = new HashMap<>();
    private final Map<Object, Rejection> rejected = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Rejection> eldest) {
            return size() > MAX_REJECTED;
        }
    };
    private int highestId;
    private int lastId;
    private RecordReader lastReader;

    WriterSchemas(RegistryClient registry, Compiler compiler, LongSupplier nanoTime) {
        this.registry = registry;
        this.compiler = compiler;
        this.nanoTime = nanoTime;
        parser = new WriterSchemaParser(registry);
        budget = new RequestBudget(REQUESTS_AT_ONCE, REQUESTS_PER_SECOND, nanoTime);
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

    /**
     * The reader of records whose schema is known by a GUID, and the schema's id.
     *
     * @throws BadRecord as {@link #reader(int)}
     * @throws IOException as {@link #reader(int)}
     */
    Writer writer(UUID guid) throws IOException {
        Writer writer = writers.get(guid);
        if (writer == null) {
            requireNotRejected(guid);
            RecordReader reader = compile(guid, ask(guid, budget.take(), () -> registry.schemaByGuid(guid)));
            writer = new Writer(reader, registry.idOfGuid(guid).orElse(NO_ID));
            writers.put(guid, writer);
        }
        return writer;
    }

    private RecordReader load(int id) throws IOException {
        if (id < RegistryClient.FIRST_ID) {
            throw new BadRecord(ErrorCode.UNKNOWN_SCHEMA, "no registry has a schema with id " + id);
        }
        requireNotRejected(id);
        boolean mayAsk = id <= (long) highestId + NEAR || budget.take();
        JsonNode answer = ask(id, mayAsk, () -> registry.schemaById(id));
        highestId = Math.max(highestId, id);
        RecordReader reader = compile(id, answer);
        readers.put(id, reader);
        return reader;
    }

    @FunctionalInterface
    private interface Request {
        Optional<JsonNode> send() throws IOException;
    }

    private JsonNode ask(Object key, boolean mayAsk, Request request) throws IOException {
        if (!mayAsk) {
            throw new BadRecord(
                    ErrorCode.UNKNOWN_SCHEMA, "schema " + key + " was not looked up: too many unknown ones in a short time");
        }
        JsonNode answer = request.send().orElse(null);
        if (answer == null) {
            String why = key instanceof UUID ? "the registry has no schema with GUID %s, or knows no GUIDs"
                    : "the registry has no schema with id %s";
            throw reject(key, new BadRecord(ErrorCode.UNKNOWN_SCHEMA, why.formatted(key)), UNKNOWN_TTL_NANOS);
        }
        return answer;
    }

    private void requireNotRejected(Object key) {
        Rejection known = rejected.get(key);
        if (known != null && known.expiresNanos - nanoTime.getAsLong() > 0) {
            throw known.reason;
        }
    }

    /** Whatever is wrong with a schema, it stays so: no record of it is compiled for again. */
    private RecordReader compile(Object key, JsonNode answer) throws IOException {
        try {
            return compiler.compile(parser.parse(answer));
        } catch (BadRecord mismatch) {
            throw reject(key, new BadRecord(mismatch.code(), "schema " + key + ": " + mismatch.getMessage()), Long.MAX_VALUE / 2);
        } catch (RuntimeException | StackOverflowError unforeseen) {
            BadRecord mismatch = new BadRecord(ErrorCode.SCHEMA_MISMATCH, "schema " + key + " is not readable: " + unforeseen);
            throw reject(key, mismatch, Long.MAX_VALUE / 2);
        }
    }

    private BadRecord reject(Object key, BadRecord reason, long ttlNanos) {
        rejected.put(key, new Rejection(reason, nanoTime.getAsLong() + ttlNanos));
        return reason;
    }
}
