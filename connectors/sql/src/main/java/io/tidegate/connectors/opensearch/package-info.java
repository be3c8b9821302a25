/**
 * The table sink {@code opensearch-bulk}.
 *
 * <p>The way of a row: {@link io.tidegate.connectors.opensearch.DocumentConverter} makes it a document with an index and
 * an id, {@link io.tidegate.connectors.opensearch.OpenSearchWriter} collects documents into batches, {@link
 * io.tidegate.connectors.opensearch.BulkDelivery} sends a batch until every document has its verdict, and {@link
 * io.tidegate.connectors.opensearch.DeadLetterProducer} keeps those OpenSearch refuses.
 */
package io.tidegate.connectors.opensearch;
