package io.tidegate.connectors.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.Test;

class ReferenceLayoutTest {
    private static final ReferenceLayout LAYOUT = ReferenceLayout.of(
            DataTypes.ROW(
                    DataTypes.FIELD("machine", DataTypes.BIGINT()),
                    DataTypes.FIELD("since", DataTypes.TIMESTAMP_LTZ(3)),
                    DataTypes.FIELD("as_of", DataTypes.TIMESTAMP_LTZ(3))),
            "machine",
            "since",
            "as_of");

    @Test
    void aKeyIsTheTextThatItIsInKafka() {
        assertEquals(StringData.fromString("17"), ReferenceLayout.keyText(17L));
        assertEquals(StringData.fromString("-3"), ReferenceLayout.keyText(-3));
        assertEquals(StringData.fromString("a"), ReferenceLayout.keyText(StringData.fromString("a")));
    }

    @Test
    void theKeyOfALookupIsReadInItsOwnType() {
        assertEquals(17L, LAYOUT.keyGetter(1).getFieldOrNull(GenericRowData.of(null, 17L)));
    }
}
