package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * Makes a row a document: its JSON, its index, its id and the coordinates of the raw record it came from. A row that is
 * deleted makes the deletion of its document.
 */
final class DocumentConverter implements ElementConverter<RowData, DocumentEntry> {

    private static final long serialVersionUID = 1L;

    private final RowType table;
    private final DocumentLayout layout;
    private final long maxDocumentBytes;

    private transient JsonBuffer buffer;
    private transient JsonValue json;
    private transient IndexName index;
    private transient DocumentId id;
    private transient DocumentVersion version;
    private transient SourceColumns source;

    /**
     * A converter that is checked against the table now and built again on each task.
     *
     * @throws org.apache.flink.table.api.ValidationException if the layout doesn't fit the table
     */
    DocumentConverter(RowType table, DocumentLayout layout, long maxDocumentBytes) {
        this.table = table;
        this.layout = layout;
        this.maxDocumentBytes = maxDocumentBytes;
        build();
    }

    @Override
    public void open(WriterInitContext context) {
        build();
    }

    @Override
    public DocumentEntry apply(RowData row, SinkWriter.Context context) {
        buffer.clear();
        if (row.getRowKind() != RowKind.DELETE) {
            json.write(row, buffer);
        }
        byte[] document = buffer.toBytes();
        SourceRecord origin = source.of(row);
        String indexName = index.of(row);
        String documentId = id.of(row);
        Long documentVersion = version.of(row);
        Rejection rejection = rejection(indexName, documentId, documentVersion);
        if (rejection != null) {
            return new DocumentEntry(null, document, origin, rejection);
        }
        Address address = new Address(indexName, documentId, documentVersion);
        return withinLimit(new DocumentEntry(address, document, origin, null));
    }

    private Rejection rejection(String indexName, String documentId, Long documentVersion) {
        if (indexName == null) {
            return Rejection.refused(index.missing());
        }
        if (documentId == null) {
            return Rejection.refused(id.missing());
        }
        if (documentVersion == null && version.isUsed()) {
            return Rejection.refused(version.missing());
        }
        return null;
    }

    private DocumentEntry withinLimit(DocumentEntry entry) {
        if (entry.sizeBytes() <= maxDocumentBytes) {
            return entry;
        }
        String message = "the document takes " + entry.sizeBytes() + " bytes; sink.bulk-flush.max-size allows "
                + maxDocumentBytes;
        return new DocumentEntry(entry.address(), entry.json(), entry.source(), Rejection.tooLarge(message));
    }

    private void build() {
        buffer = new JsonBuffer();
        json = JsonValue.document(table);
        index = IndexName.parse(layout.index(), table);
        id = new DocumentId(layout.idColumns(), layout.idDelimiter(), table);
        version = new DocumentVersion(layout.version(), table);
        source = new SourceColumns(table, layout.rowColumn());
    }
}
