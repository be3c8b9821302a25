package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import java.util.List;

/** The body of a bulk request: for each document an action line and the document itself, unless it is deleted. */
final class BulkBody {

    static final String DELETE = "delete";

    private final String operation;
    private final VersionClock clock;

    /**
     * Bodies whose actions are {@code index} (the last write wins) or {@code create} (the first one does).
     *
     * @param clock gives each document its version as it is sent; null if rows bring their own, or have none
     */
    BulkBody(String operation, VersionClock clock) {
        this.operation = operation;
        this.clock = clock;
    }

    byte[] of(List<DocumentEntry> entries) {
        JsonBuffer body = new JsonBuffer();
        for (DocumentEntry entry : entries) {
            Address address = entry.address();
            body.ascii("{\"").ascii(entry.isDeletion() ? DELETE : operation).ascii("\":{\"_index\":").string(address.index());
            body.ascii(",\"_id\":").string(address.id());
            Long version = clock == null ? address.version() : Long.valueOf(clock.next());
            if (version != null) {
                body.ascii(",\"version_type\":\"external_gte\",\"version\":").ascii(version.toString());
            }
            body.ascii("}}\n");
            if (!entry.isDeletion()) {
                body.raw(entry.json()).raw('\n');
            }
        }
        return body.toBytes();
    }

    /** Whether a document that conflicts is to be sent again: it is the newest here, so it gets a version beyond the index's. */
    boolean passBeyond(String conflict) {
        if (clock != null) {
            clock.passBeyond(conflict);
        }
        return clock != null;
    }
}
