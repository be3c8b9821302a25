package io.tidegate.connectors.opensearch;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** How to reach OpenSearch; {@code hosts} are base addresses, {@code credentials} null for none. */
record ConnectionConfig(
        List<String> hosts,
        Credentials credentials,
        Duration connectTimeout,
        Duration requestTimeout,
        boolean compression)
        implements Serializable {

    /** A user of OpenSearch's; the password is never printed. */
    record Credentials(String username, String password) implements Serializable {

        @Override
        public String toString() {
            return username + ":***";
        }
    }
}
