package io.tidegate.connectors.opensearch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether OpenSearch takes documents; each change of it is said once, however often documents go again. */
final class ServerState {

    private static final Logger LOG = LoggerFactory.getLogger(ServerState.class);
    private static final int MAX_QUOTED_CHARS = 500;

    private String cause = "";

    /** Notes that documents wait; true if this is another cause than before. */
    synchronized boolean refuses(String newCause, String reason) {
        if (cause.equals(newCause)) {
            return false;
        }
        cause = newCause;
        LOG.warn(
                "OpenSearch does not take documents ({}): {}. None is lost: they are sent again until it takes them."
                        + " tidegate doctor says what it can tell; see the runbook.",
                cause,
                quoted(reason));
        return true;
    }

    /** Notes that all documents of a request went in; true if they did not before. */
    synchronized boolean takes() {
        if (cause.isEmpty()) {
            return false;
        }
        LOG.info("OpenSearch takes documents again, after {}.", cause);
        cause = "";
        return true;
    }

    static String quoted(String reason) {
        return reason.length() > MAX_QUOTED_CHARS ? reason.substring(0, MAX_QUOTED_CHARS) + "…" : reason;
    }
}
