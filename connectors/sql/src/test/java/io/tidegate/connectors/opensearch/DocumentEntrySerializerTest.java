package io.tidegate.connectors.opensearch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

class DocumentEntrySerializerTest {

    @Test
    void waitingDocumentsSurviveACheckpoint() throws Exception {
        byte[] json = "{\"a\":\"ä\"}".getBytes();
        List<DocumentEntry> entries = List.of(
                new DocumentEntry(new Address("i", "ü", 7L), json, new SourceRecord("t", 1, 2, 3L, 4, 5L), null),
                new DocumentEntry(new Address("i", "j", null), json, new SourceRecord("t", 1, 2, null, null, null), null),
                new DocumentEntry(null, json, null, Rejection.refused("why")));
        DocumentEntrySerializer serializer = new DocumentEntrySerializer();
        List<RequestEntryWrapper<DocumentEntry>> waiting =
                entries.stream().map(entry -> new RequestEntryWrapper<>(entry, entry.sizeBytes())).toList();

        List<DocumentEntry> restored = serializer
                .deserialize(serializer.getVersion(), serializer.serialize(new BufferedRequestState<>(waiting)))
                .getBufferedRequestEntries().stream().map(RequestEntryWrapper::getRequestEntry).toList();

        assertEquals(entries.size(), restored.size());
        for (int i = 0; i < entries.size(); i++) {
            assertEquals(entries.get(i).address(), restored.get(i).address());
            assertEquals(entries.get(i).source(), restored.get(i).source());
            assertEquals(entries.get(i).rejection(), restored.get(i).rejection());
            assertArrayEquals(json, restored.get(i).json());
        }
    }

    /** Its only difference: no byte that says whether a row's number follows, here the one before the last. */
    @Test
    void aCheckpointOfTheFirstFormIsRead() throws Exception {
        DocumentEntry entry =
                new DocumentEntry(new Address("i", "j", null), "{}".getBytes(), new SourceRecord("t", 1, 2, 3L, 4, null), null);
        DocumentEntrySerializer serializer = new DocumentEntrySerializer();
        byte[] state = serializer.serialize(new BufferedRequestState<>(List.of(new RequestEntryWrapper<>(entry, 9))));

        DocumentEntry restored = serializer.deserialize(1, Arrays.copyOf(state, state.length - 1))
                .getBufferedRequestEntries().get(0).getRequestEntry();

        assertEquals(entry.source(), restored.source());
        assertEquals(2, serializer.getVersion());
    }
}
