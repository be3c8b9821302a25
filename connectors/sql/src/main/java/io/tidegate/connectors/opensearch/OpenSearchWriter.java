package io.tidegate.connectors.opensearch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.DequeRequestBuffer;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.SimpleBatchCreator;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.FlinkRuntimeException;

/** Collects documents into batches and hands them to the sender; a checkpoint waits for what is under way. */
final class OpenSearchWriter extends AsyncSinkWriter<RowData, DocumentEntry> {

    /** The sender repeats a request itself until it is settled: the base class must not send it a second time. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofDays(365);

    private final long maxEntryBytes;
    private final BulkSender sender;
    private final DeadLetters deadLetters;

    OpenSearchWriter(
            DocumentConverter converter,
            BulkConfig bulk,
            BulkSender sender,
            WriterInitContext context,
            Collection<BufferedRequestState<DocumentEntry>> states) {
        super(
                converter,
                context,
                configuration(bulk),
                states,
                new SimpleBatchCreator<>(bulk.maxSizeBytes()),
                new DequeRequestBuffer<>());
        this.maxEntryBytes = bulk.maxSizeBytes();
        this.sender = sender;
        this.deadLetters = sender.deadLetters;
    }

    @Override
    protected void submitRequestEntries(List<DocumentEntry> batch, ResultHandler<DocumentEntry> handler) {
        sender.send(batch).whenComplete((nothing, failure) -> {
            if (failure == null) {
                handler.complete();
            } else {
                handler.completeExceptionally(new FlinkRuntimeException("The OpenSearch sink stops: " + failure.getMessage(), failure));
            }
        });
    }

    /** A document beyond the limit goes no further than the dead letters; it only must fit into a batch until then. */
    @Override
    protected long getSizeInBytes(DocumentEntry entry) {
        return Math.min(entry.sizeBytes(), maxEntryBytes);
    }

    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
        super.flush(endOfInput);
        deadLetters.flush();
    }

    @Override
    public void close() {
        sender.close();
        deadLetters.close();
    }

    private static AsyncSinkWriterConfiguration configuration(BulkConfig bulk) {
        return AsyncSinkWriterConfiguration.builder()
                .setMaxBatchSize(bulk.maxActions())
                .setMaxBatchSizeInBytes(bulk.maxSizeBytes())
                .setMaxInFlightRequests(bulk.maxInFlight())
                .setMaxBufferedRequests(bulk.maxBuffered())
                .setMaxTimeInBufferMS(bulk.interval().toMillis())
                .setMaxRecordSizeInBytes(bulk.maxSizeBytes())
                .setRequestTimeoutMS(REQUEST_TIMEOUT.toMillis())
                .setFailOnTimeout(false)
                .build();
    }
}
