package io.tidegate.connectors.opensearch;

import java.io.Serializable;
import java.time.Duration;

/**
 * How documents are collected into requests.
 *
 * @param maxActions documents in a request at most
 * @param maxSizeBytes bytes in a request at most; a document beyond it is dead-lettered
 * @param interval how long a document waits for company at most
 * @param maxInFlight requests under way at the same time
 * @param maxBuffered documents that wait before the sink holds the job back
 */
record BulkConfig(int maxActions, long maxSizeBytes, Duration interval, int maxInFlight, int maxBuffered)
        implements Serializable {}
