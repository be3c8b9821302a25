package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import java.util.List;

/** The body of a bulk request: for each document an action line and the document itself, unless it is deleted. */
final class BulkBody {

    static final String DELETE = "delete";

    private final String operation;

    /** Bodies whose actions are {@code index} (the last write wins) or {@code create} (the first one does). */
    BulkBody(String operation) {
        this.operation = operation;
    }

    byte[] of(List<DocumentEntry> entries) {
        JsonBuffer body = new JsonBuffer();
        for (DocumentEntry entry : entries) {
            Address address = entry.address();
            body.ascii("{\"").ascii(entry.isDeletion() ? DELETE : operation).ascii("\":{\"_index\":").string(address.index());
            body.ascii(",\"_id\":").string(address.id());
            if (address.version() != null) {
                body.ascii(",\"version_type\":\"external_gte\",\"version\":").ascii(address.version().toString());
            }
            body.ascii("}}\n");
            if (!entry.isDeletion()) {
                body.raw(entry.json()).raw('\n');
            }
        }
        return body.toBytes();
    }
}
