package io.tidegate.connectors.json;

import java.io.IOException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;

/** Reads one value of a known schema into Flink's internal representation of it. */
@FunctionalInterface
interface JsonValueReader {
    /**
     * @param input stands at the value's first token, and then at its last
     * @param rescued gets the fields within that the schema lacks
     */
    Object read(JsonParser input, Rescued rescued) throws IOException;
}
