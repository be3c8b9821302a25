package io.tidegate.connectors.opensearch;

import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.types.RowKind;

/** The planner's view of the sink: it takes inserts and, if the order of writes is kept, updates by identity. */
final class OpenSearchTableSink implements DynamicTableSink {

    private final OpenSearchSink sink;
    private final boolean ordered;
    private final Integer parallelism;

    OpenSearchTableSink(OpenSearchSink sink, boolean ordered, Integer parallelism) {
        this.sink = sink;
        this.ordered = ordered;
        this.parallelism = parallelism;
    }

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        if (requested.containsOnly(RowKind.INSERT)) {
            return ChangelogMode.insertOnly();
        }
        if (!ordered) {
            throw new ValidationException("The query updates rows, and two requests under way may overtake each other:"
                    + " set sink.version-column, or sink.max-in-flight-requests = 1.");
        }
        return ChangelogMode.newBuilder()
                .addContainedKind(RowKind.INSERT)
                .addContainedKind(RowKind.UPDATE_AFTER)
                .addContainedKind(RowKind.DELETE)
                .build();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        return SinkV2Provider.of(sink, parallelism);
    }

    @Override
    public DynamicTableSink copy() {
        return new OpenSearchTableSink(sink, ordered, parallelism);
    }

    @Override
    public String asSummaryString() {
        return "opensearch-bulk";
    }
}
