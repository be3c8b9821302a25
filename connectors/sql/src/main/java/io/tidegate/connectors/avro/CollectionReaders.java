package io.tidegate.connectors.avro;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;

/** Readers of arrays and maps, which Avro writes in counted blocks. */
final class CollectionReaders {
    private CollectionReaders() {}

    static ValueReader array(int minItemBytes, ValueReader item) {
        return input -> {
            List<Object> items = new ArrayList<>();
            for (int count = input.readBlockCount(minItemBytes); count > 0; count = input.readBlockCount(minItemBytes)) {
                for (int i = 0; i < count; i++) {
                    items.add(item.read(input));
                }
            }
            return new GenericArrayData(items.toArray());
        };
    }

    static ValueReader map(ValueReader value) {
        return input -> {
            Map<Object, Object> entries = new HashMap<>();
            for (int count = input.readBlockCount(1); count > 0; count = input.readBlockCount(1)) {
                for (int i = 0; i < count; i++) {
                    Object key = input.readString();
                    entries.put(key, value.read(input));
                }
            }
            return new GenericMapData(entries);
        };
    }
}
