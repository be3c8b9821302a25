package io.tidegate.connectors.opensearch;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

/**
 * Where refused documents are kept and how they are labelled.
 *
 * @param producer settings of the Kafka producer, at least {@code bootstrap.servers}
 */
record DeadLetterConfig(String topic, Labels labels, Registry registry, Map<String, String> producer)
        implements Serializable {

    /** The dataset and the job that a dead letter names. */
    record Labels(String dataset, String processor) implements Serializable {}

    /** The registry's base address, the subject, the dead letter's Avro schema, and how long to wait for an answer. */
    record Registry(String url, String subject, String schema, Duration retryTimeout) implements Serializable {}
}
