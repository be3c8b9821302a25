package io.tidegate.connectors.opensearch;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Delivers batches of documents until each has its verdict; the parts that all batches share. */
final class BulkSender {

    final BulkTransport transport;
    final BulkBody body;
    final Backoff backoff;
    final DeadLetters deadLetters;
    final SinkMetrics metrics;
    final ServerState state = new ServerState();

    private volatile boolean closed;

    BulkSender(
            BulkTransport transport, BulkBody body, Backoff backoff, DeadLetters deadLetters, SinkMetrics metrics) {
        this.transport = transport;
        this.body = body;
        this.backoff = backoff;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    /**
     * Sends a batch. The future completes when every document is indexed or a dead letter, however long that takes: no
     * answer of OpenSearch, or of what stands before it, makes it fail. It does so if a dead letter can't be kept.
     */
    CompletableFuture<Void> send(List<DocumentEntry> batch) {
        return new BulkDelivery(this).start(batch);
    }

    boolean isClosed() {
        return closed;
    }

    /** Stops all retries; futures under way stay incomplete. */
    void close() {
        closed = true;
    }
}
