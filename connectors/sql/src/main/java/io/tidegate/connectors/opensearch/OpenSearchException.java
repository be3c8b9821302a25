package io.tidegate.connectors.opensearch;

/** OpenSearch refused a request in a way that retrying can't fix; the message names the remedy. */
final class OpenSearchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OpenSearchException(String message) {
        super(message);
    }
}
