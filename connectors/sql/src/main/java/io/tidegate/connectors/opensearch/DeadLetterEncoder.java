package io.tidegate.connectors.opensearch;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.DeadLetterIds;
import io.tidegate.common.DeadLetterLimits;
import io.tidegate.common.Names;
import io.tidegate.common.Sha256;
import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericData;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumWriter;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryEncoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.EncoderFactory;

/** Writes a refused document as a dead letter in Confluent framing; it is off the hot path, so plain Avro does. */
final class DeadLetterEncoder {

    /** The job that dead letters name as their processor. */
    record Processor(String dataset, String name, String version, String jobId) {}

    private final Schema schema;
    private final int schemaId;
    private final Processor processor;

    DeadLetterEncoder(Schema schema, int schemaId, Processor processor) {
        this.schema = schema;
        this.schemaId = schemaId;
        this.processor = processor;
    }

    /** The same document gets the same id at every attempt: from its raw record's coordinates, else from its address. */
    static String idOf(DocumentEntry entry) {
        MessageDigest digest = Sha256.newDigest();
        SourceRecord source = entry.source();
        if (source != null) {
            return DeadLetterIds.of(
                            digest, source.topic(), source.partition(), source.offset(), Names.INDEX_STAGE, source.row())
                    .toString();
        }
        DocumentEntry.Address address = entry.address();
        if (address != null) {
            return DeadLetterIds.ofDocument(digest, address.index(), address.id(), Names.INDEX_STAGE).toString();
        }
        return Sha256.hex(digest.digest(entry.json()), Names.ID_HEX_DIGITS).toString();
    }

    /** OpenSearch's reasons repeat ids and values: they are cut as what a letter keeps of its document is. */
    static String messageOf(DocumentEntry entry, Rejection rejection) {
        return DeadLetterLimits.message(rejection.message(), null, null, entry.json().length);
    }

    byte[] encode(DocumentEntry entry, Rejection rejection, Instant now) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream frame = new DataOutputStream(bytes)) {
            ConfluentHeader.write(schemaId, frame);
            BinaryEncoder avro = EncoderFactory.get().binaryEncoder(frame, null);
            new GenericDatumWriter<GenericRecord>(schema).write(record(entry, rejection, now), avro);
            avro.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private GenericRecord record(DocumentEntry entry, Rejection rejection, Instant now) {
        byte[] json = entry.json();
        return new GenericRecordBuilder(schema)
                .set("dead_letter_id", idOf(entry))
                .set("failed_at", now.toEpochMilli())
                .set("first_failed_at", now.toEpochMilli())
                .set("dataset", processor.dataset())
                .set("stage", Names.INDEX_STAGE)
                .set("error_code", rejection.code())
                .set("error_message", messageOf(entry, rejection))
                .set("violations", List.of())
                .set("retryable", false)
                .set("attempt", 1)
                .set("processor", processorRecord())
                .set("contract", contract(entry.source()))
                .set("source", source(entry.source()))
                .set("payload", ByteBuffer.wrap(json, 0, Math.min(json.length, Names.PAYLOAD_LIMIT_BYTES)))
                .set("payload_encoding", "json")
                .set("payload_sha256", Sha256.hexOf(json).toString())
                .set("payload_truncated", json.length > Names.PAYLOAD_LIMIT_BYTES)
                .build();
    }

    private GenericRecord processorRecord() {
        return new GenericRecordBuilder(schema.getField("processor").schema())
                .set("name", processor.name())
                .set("version", processor.version())
                .set("job_id", processor.jobId())
                .build();
    }

    private GenericRecord contract(SourceRecord source) {
        return new GenericRecordBuilder(schema.getField("contract").schema())
                .set("subject", source == null ? "" : source.topic() + Names.SUBJECT_SUFFIX)
                .set("schema_id", source == null ? null : source.schemaId())
                .build();
    }

    private GenericRecord source(SourceRecord source) {
        if (source == null) {
            return null;
        }
        Schema nullable = schema.getField("source").schema();
        Schema type = nullable.getTypes().get(nullable.getIndexNamed("tidegate.Source"));
        GenericData.Record coordinates = new GenericData.Record(type);
        coordinates.put("topic", source.topic());
        coordinates.put("partition", source.partition());
        coordinates.put("offset", source.offset());
        coordinates.put("timestamp", source.timestampMs() == null ? 0L : source.timestampMs());
        coordinates.put("headers", Map.of());
        coordinates.put("row", source.row());
        return coordinates;
    }
}
