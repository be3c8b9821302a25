package io.tidegate.connectors.opensearch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What OpenSearch decided about one document of a bulk request.
 *
 * @param cause what kind of refusal it is, without anything of the document
 * @param reason OpenSearch's words, which name the value at fault
 */
record BulkVerdict(Outcome outcome, int status, String cause, String reason) {

    enum Outcome {
        DONE,
        /** The index holds a version that is higher. */
        CONFLICT,
        /** A state of the server: it passes, or an operator lifts it. */
        RETRY,
        /** A refusal of a kind that is not known: the document's fault if the index takes others. */
        UNSURE,
        /** The document's own fault. */
        REJECTED
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    /**
     * The verdicts of a reply, in the order of the request.
     *
     * @throws IOException if the body isn't the answer to a bulk request of that many documents
     */
    static List<BulkVerdict> parse(byte[] reply, int documents) throws IOException {
        JsonNode answer = JSON.readTree(reply);
        JsonNode items = answer.path("items");
        if (!answer.path("errors").isBoolean() || items.size() != documents) {
            throw new IOException("the answer is none to a bulk request of " + documents + " documents: " + items.size()
                    + " items");
        }
        List<BulkVerdict> verdicts = new ArrayList<>(documents);
        for (JsonNode item : items) {
            Iterator<Map.Entry<String, JsonNode>> fields = item.fields();
            if (!fields.hasNext()) {
                throw new IOException("the answer to a bulk request has an item that says nothing");
            }
            verdicts.add(of(fields.next()));
        }
        return verdicts;
    }

    /** The verdict on a request that was refused as a whole, which holds for each of its documents. */
    static BulkVerdict ofRequest(int status, byte[] reply) {
        JsonNode error;
        try {
            error = JSON.readTree(reply).path("error");
        } catch (IOException e) {
            error = JSON.missingNode();
        }
        return error.isObject() ? refusal(status, error) : new BulkVerdict(Outcome.RETRY, status, "status_" + status, "");
    }

    private static BulkVerdict of(Map.Entry<String, JsonNode> answer) {
        JsonNode result = answer.getValue();
        int status = result.path("status").asInt();
        boolean gone = status == NOT_FOUND && answer.getKey().equals(BulkBody.DELETE);
        if (status / 100 == 2 || gone) {
            return new BulkVerdict(Outcome.DONE, status, "", "");
        }
        return refusal(status, result.path("error"));
    }

    private static BulkVerdict refusal(int status, JsonNode error) {
        String type = error.path("type").asText();
        String reason = (status + " " + describe(error)).strip();
        return new BulkVerdict(outcome(status, type, reason), status, type.isEmpty() ? "status_" + status : type, reason);
    }

    private static Outcome outcome(int status, String type, String reason) {
        if (status == CONFLICT) {
            return Outcome.CONFLICT;
        }
        // Of the statuses only this one can be a document's fault: 404 is a missing index, 403 a block or a right.
        if (status != 400 || Refusals.areOfTheServer(type)) {
            return Outcome.RETRY;
        }
        return Refusals.areOfTheDocument(type, reason) ? Outcome.REJECTED : Outcome.UNSURE;
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
}
