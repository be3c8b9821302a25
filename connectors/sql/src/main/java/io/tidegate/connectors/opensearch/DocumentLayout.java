package io.tidegate.connectors.opensearch;

import java.io.Serializable;
import java.util.List;

/**
 * Where a row's document goes, as the table's options say it.
 *
 * @param index a fixed name or {@code name-{column|yyyy.MM.dd}}
 * @param idColumns the identity; their texts make the {@code _id}
 * @param versionColumn its value is the document's version; null for none
 * @param rowColumn the number of the row, where a record is several rows; null for none
 */
record DocumentLayout(
        String index, List<String> idColumns, String idDelimiter, String versionColumn, String rowColumn)
        implements Serializable {}
