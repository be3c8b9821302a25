package io.tidegate.connectors.opensearch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Speaks {@code _bulk} as far as verdicts go: refusals, overload and outages on demand, which a real server gives only
 * by accident. The real server runs the same sink in tests/stack.
 */
final class FakeOpenSearch implements AutoCloseable {

    /** A status for one item; the text is its error type. */
    record ItemAnswer(int status, String errorType, String reason) {
        static final ItemAnswer OK = new ItemAnswer(201, null);

        ItemAnswer(int status, String errorType) {
            this(status, errorType, "because");
        }
    }

    /** An answer to a request as a whole. */
    record Answer(int status, String text) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, JsonNode> documents = new ConcurrentHashMap<>();
    final Queue<Integer> requestStatuses = new ConcurrentLinkedQueue<>();
    final Queue<Integer> requestSizes = new ConcurrentLinkedQueue<>();
    final Queue<String> lastHeaders = new ConcurrentLinkedQueue<>();
    volatile Function<String, ItemAnswer> itemAnswer = id -> ItemAnswer.OK;
    volatile int maxRequestBytes = Integer.MAX_VALUE;

    /** What answers in place of the server, by the text of the request; null to let the server answer. */
    volatile Function<String, Answer> inFront = body -> null;

    /** What is done to the stream once half of an answer is in it; null for nothing. */
    volatile Runnable amidAnswer;

    private final Map<String, Long> versions = new ConcurrentHashMap<>();

    private final HttpServer server;

    FakeOpenSearch() throws IOException {
        this(0);
    }

    FakeOpenSearch(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/_bulk", this::answer);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String address() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        lastHeaders.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        String text = new String(body, StandardCharsets.UTF_8);
        Integer forced = requestStatuses.poll();
        Answer before = inFront.apply(text);
        if (forced != null) {
            reply(exchange, forced, "{\"error\":\"forced\"}");
        } else if (before != null) {
            reply(exchange, before.status(), before.text());
        } else if (body.length > maxRequestBytes) {
            reply(exchange, 413, "");
        } else {
            reply(exchange, 200, bulk(text));
        }
    }

    private String bulk(String body) throws IOException {
        Queue<String> lines = new ArrayDeque<>(List.of(body.split("\n")));
        List<String> items = new ArrayList<>();
        boolean errors = false;
        while (!lines.isEmpty()) {
            Map.Entry<String, JsonNode> line = JSON.readTree(lines.remove()).fields().next();
            String operation = line.getKey();
            JsonNode action = line.getValue();
            JsonNode document = operation.equals("delete") ? null : JSON.readTree(lines.remove());
            String id = action.path("_id").asText();
            String place = action.path("_index").asText() + "/" + id;
            ItemAnswer answer = versioned(place, action.path("version"), itemAnswer.apply(id));
            if (answer.errorType() == null) {
                boolean found = document != null || documents.containsKey(place);
                documents.compute(place, (key, before) -> document);
                items.add("{\"" + operation + "\":{\"status\":" + (found ? answer.status() : 404) + "}}");
            } else {
                errors = true;
                items.add("{\"" + operation + "\":{\"status\":" + answer.status() + ",\"error\":{\"type\":\"" + answer.errorType()
                        + "\",\"reason\":\"" + answer.reason() + "\",\"caused_by\":{\"type\":\"deeper\",\"reason\":\"cause\"}}}}");
            }
        }
        requestSizes.add(items.size());
        return "{\"errors\":" + errors + ",\"items\":[" + String.join(",", items) + "]}";
    }

    /** As {@code external_gte} wants it: a version that is lower than the document's is a conflict. */
    private ItemAnswer versioned(String place, JsonNode version, ItemAnswer answer) {
        if (answer.errorType() != null || version.isMissingNode()) {
            return answer;
        }
        long held = versions.getOrDefault(place, 0L);
        if (version.asLong() < held) {
            return new ItemAnswer(
                    409,
                    "version_conflict_engine_exception",
                    "[" + place + "]: version conflict, current version [" + held + "] is higher than the one provided ["
                            + version.asLong() + "]");
        }
        versions.put(place, version.asLong());
        return answer;
    }

    private void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        if (amidAnswer != null) {
            exchange.getResponseBody().flush();
            amidAnswer.run();
        }
        exchange.getResponseBody().write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
        exchange.close();
    }
}
