package io.tidegate.connectors.opensearch;

import java.util.concurrent.CompletableFuture;

/** Carries one bulk request; an outage of the network makes the future fail with an {@link java.io.IOException}. */
@FunctionalInterface
interface BulkTransport {

    CompletableFuture<Reply> post(byte[] body);

    /** What the server said to the request as a whole. */
    record Reply(int status, byte[] body) {}
}
