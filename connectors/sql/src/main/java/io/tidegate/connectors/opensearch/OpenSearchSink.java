package io.tidegate.connectors.opensearch;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;

/** Rows to OpenSearch: every row is indexed or a dead letter, at least once; the fixed id makes a repeat harmless. */
final class OpenSearchSink extends AsyncSinkBase<RowData, DocumentEntry> {

    private static final long serialVersionUID = 1L;

    private final DocumentConverter converter;
    private final Settings settings;

    OpenSearchSink(DocumentConverter converter, Settings settings) {
        super(
                converter,
                settings.bulk().maxActions(),
                settings.bulk().maxInFlight(),
                settings.bulk().maxBuffered(),
                settings.bulk().maxSizeBytes(),
                settings.bulk().interval().toMillis(),
                settings.bulk().maxSizeBytes());
        this.converter = converter;
        this.settings = settings;
    }

    /** Everything a task needs besides the rows. */
    record Settings(
            ConnectionConfig connection, BulkConfig bulk, Operation operation, Backoff backoff, DeadLetterConfig deadLetters)
            implements java.io.Serializable {}

    /** The bulk action of a document, and whether its version is when it is sent. */
    record Operation(String action, boolean versionClock) implements java.io.Serializable {

        BulkBody body() {
            return new BulkBody(action, versionClock ? new VersionClock(InstantSource.system()) : null);
        }
    }

    @Override
    public StatefulSinkWriter<RowData, BufferedRequestState<DocumentEntry>> createWriter(WriterInitContext context)
            throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<RowData, BufferedRequestState<DocumentEntry>> restoreWriter(
            WriterInitContext context, Collection<BufferedRequestState<DocumentEntry>> states) throws IOException {
        String jobId = context.getJobInfo().getJobId().toHexString();
        BulkSender sender = new BulkSender(
                new HttpBulkTransport(settings.connection()),
                settings.operation().body(),
                settings.backoff(),
                DeadLetterProducer.open(settings.deadLetters(), jobId),
                new SinkMetrics(context.metricGroup()));
        return new OpenSearchWriter(converter, settings.bulk(), sender, context, states);
    }

    @Override
    public SimpleVersionedSerializer<BufferedRequestState<DocumentEntry>> getWriterStateSerializer() {
        return new DocumentEntrySerializer();
    }
}
