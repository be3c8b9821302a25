package io.tidegate.connectors.opensearch;

import java.io.Serializable;
import java.util.List;

/**
 * Where a row's document goes, as the table's options say it.
 *
 * @param index a fixed name or {@code name-{column|yyyy.MM.dd}}
 * @param idColumns the identity; their texts make the {@code _id}
 * @param version where a document's version comes from
 * @param rowColumn the number of the row, where a record is several rows; null for none
 */
record DocumentLayout(
        String index, List<String> idColumns, String idDelimiter, Version version, String rowColumn)
        implements Serializable {

    /**
     * Of a document: the value of a column, or the same for all; both null for none.
     */
    record Version(String column, Long fixed) implements Serializable {

        static final Version NONE = new Version(null, null);
    }
}
