/**
 * Lookup connector {@code versioned-kafka}: reference data from a Kafka topic, kept in memory with all its versions, so that an
 * event can be enriched with what was true at the event's own time.
 */
package io.tidegate.connectors.reference;
