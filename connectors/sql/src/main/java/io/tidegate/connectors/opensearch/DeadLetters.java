package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;

/** Keeps the documents that can't be indexed. */
interface DeadLetters extends AutoCloseable {

    /**
     * Takes a document; may be called by several threads.
     *
     * @throws RuntimeException if an earlier one could not be kept
     */
    void add(DocumentEntry entry, Rejection rejection);

    /**
     * Returns when everything added so far is safe.
     *
     * @throws RuntimeException if something added could not be kept; the job must not go on
     */
    void flush();

    @Override
    void close();
}
