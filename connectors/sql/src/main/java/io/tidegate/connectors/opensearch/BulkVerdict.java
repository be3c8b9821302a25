package io.tidegate.connectors.opensearch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** What OpenSearch decided about one document of a bulk request. */
record BulkVerdict(Outcome outcome, int status, String reason) {

    enum Outcome {
        DONE,
        RETRY,
        REJECTED
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;

    /** Refusals that tell about the index, not about the document: an operator lifts them and the document passes. */
    private static final Set<String> STATE_OF_INDEX =
            Set.of("cluster_block_exception", "index_closed_exception", "index_not_found_exception", "security_exception");

    /**
     * The verdicts of a reply, in the order of the request; empty if every document is done.
     *
     * @throws IOException if the body isn't the answer to a bulk request of that many documents
     */
    static List<BulkVerdict> parse(byte[] reply, int documents) throws IOException {
        if (!hasErrors(reply)) {
            return List.of();
        }
        JsonNode items = JSON.readTree(reply).path("items");
        if (items.size() != documents) {
            throw new IOException("OpenSearch answered for " + items.size() + " of " + documents + " documents");
        }
        List<BulkVerdict> verdicts = new ArrayList<>(documents);
        for (JsonNode item : items) {
            verdicts.add(of(item.fields().next()));
        }
        return verdicts;
    }

    private static BulkVerdict of(Map.Entry<String, JsonNode> answer) {
        JsonNode result = answer.getValue();
        int status = result.path("status").asInt();
        boolean gone = status == NOT_FOUND && answer.getKey().equals(BulkBody.DELETE);
        JsonNode error = result.path("error");
        if (status / 100 == 2 || status == CONFLICT || gone) {
            return new BulkVerdict(Outcome.DONE, status, "");
        }
        String reason = status + " " + describe(error);
        boolean passes = status >= 500 || status == TOO_MANY_REQUESTS
                || STATE_OF_INDEX.contains(error.path("type").asText());
        return new BulkVerdict(passes ? Outcome.RETRY : Outcome.REJECTED, status, reason);
    }

    /** OpenSearch's type and reason, followed by those of the causes, which name the value at fault. */
    private static String describe(JsonNode error) {
        StringBuilder text = new StringBuilder();
        for (JsonNode cause = error; cause.isObject(); cause = cause.path("caused_by")) {
            text.append(text.isEmpty() ? "" : "; caused by ");
            text.append(cause.path("type").asText()).append(": ").append(cause.path("reason").asText());
        }
        return text.toString();
    }

    /** Reads only up to {@code errors}, which comes before the items. */
    private static boolean hasErrors(byte[] reply) throws IOException {
        try (JsonParser parser = JSON.createParser(reply)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME && "errors".equals(parser.currentName())) {
                    return parser.nextToken() == JsonToken.VALUE_TRUE;
                }
            }
        }
        throw new IOException("OpenSearch's answer to a bulk request has no field 'errors'");
    }
}
