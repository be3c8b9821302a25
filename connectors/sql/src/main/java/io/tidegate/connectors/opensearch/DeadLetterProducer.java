package io.tidegate.connectors.opensearch;

import io.tidegate.common.DeadLetterHeaders;
import io.tidegate.common.Names;
import io.tidegate.common.RegistryClient;
import io.tidegate.connectors.opensearch.DeadLetterEncoder.Processor;
import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.Producer;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.flink.util.FlinkRuntimeException;

/** Dead letters in a Kafka topic, at least once: all are acknowledged before a checkpoint completes. */
final class DeadLetterProducer implements DeadLetters {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final Producer<byte[], byte[]> producer;
    private final DeadLetterEncoder encoder;
    private final Clock clock;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    DeadLetterProducer(String topic, Producer<byte[], byte[]> producer, DeadLetterEncoder encoder, Clock clock) {
        this.topic = topic;
        this.producer = producer;
        this.encoder = encoder;
        this.clock = clock;
    }

    /**
     * Looks the schema's id up in the registry and connects to Kafka.
     *
     * @throws IOException if the registry doesn't hold the schema, or didn't answer in time
     */
    static DeadLetterProducer open(DeadLetterConfig config, String jobId) throws IOException {
        DeadLetterConfig.Registry registry = config.registry();
        int schemaId = new RegistryClient(registry.url(), registry.retryTimeout())
                .idOf(registry.subject(), registry.schema());
        Processor processor =
                new Processor(config.labels().dataset(), config.labels().processor(), version(), jobId);
        DeadLetterEncoder encoder =
                new DeadLetterEncoder(new Schema.Parser().parse(registry.schema()), schemaId, processor);
        Producer<byte[], byte[]> producer = new KafkaProducer<>(
                producerSettings(config.producer()), new ByteArraySerializer(), new ByteArraySerializer());
        return new DeadLetterProducer(config.topic(), producer, encoder, Clock.systemUTC());
    }

    @Override
    public void add(DocumentEntry entry, Rejection rejection) {
        failOnLoss();
        byte[] key = DeadLetterEncoder.idOf(entry).getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(topic, key, encoder.encode(entry, rejection, clock.instant()));
        headers(entry, rejection).forEach(message.headers()::add);
        producer.send(message, (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    @Override
    public void flush() {
        producer.flush();
        failOnLoss();
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }

    private void failOnLoss() {
        Exception cause = failure.get();
        if (cause != null) {
            throw new FlinkRuntimeException(
                    "A dead letter could not be written to the topic '" + topic
                            + "'. Check that the topic exists and its brokers are up.",
                    cause);
        }
    }

    private static Map<String, byte[]> headers(DocumentEntry entry, Rejection rejection) {
        SourceRecord source = entry.source();
        return DeadLetterHeaders.of(
                source == null ? null : source.topic(),
                source == null ? null : source.partition(),
                source == null ? null : source.offset(),
                Names.INDEX_STAGE,
                rejection.code(),
                DeadLetterEncoder.messageOf(entry, rejection));
    }

    static Map<String, Object> producerSettings(Map<String, String> given) {
        Map<String, Object> settings = new HashMap<>(given);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Names.REQUEST_MAX_BYTES);
        return settings;
    }

    private static String version() {
        String version = DeadLetterProducer.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
