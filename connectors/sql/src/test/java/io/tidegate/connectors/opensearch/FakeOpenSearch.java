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
import java.util.function.Function;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Speaks {@code _bulk} as far as verdicts go: refusals, overload and outages on demand, which a real server gives only
 * by accident. The real server runs the same sink in tests/stack.
 */
final class FakeOpenSearch implements AutoCloseable {

    /** A status for one item; the text is its error type. */
    record ItemAnswer(int status, String errorType) {
        static final ItemAnswer OK = new ItemAnswer(201, null);
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, JsonNode> documents = new ConcurrentHashMap<>();
    final Queue<Integer> requestStatuses = new ConcurrentLinkedQueue<>();
    final Queue<Integer> requestSizes = new ConcurrentLinkedQueue<>();
    final Queue<String> lastHeaders = new ConcurrentLinkedQueue<>();
    volatile Function<String, ItemAnswer> itemAnswer = id -> ItemAnswer.OK;
    volatile int maxRequestBytes = Integer.MAX_VALUE;

    private final HttpServer server;

    FakeOpenSearch() throws IOException {
        this(0);
    }

    FakeOpenSearch(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/_bulk", this::answer);
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
        Integer forced = requestStatuses.poll();
        if (forced != null) {
            reply(exchange, forced, "{\"error\":\"forced\"}");
        } else if (body.length > maxRequestBytes) {
            reply(exchange, 413, "");
        } else {
            reply(exchange, 200, bulk(new String(body, StandardCharsets.UTF_8)));
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
            ItemAnswer answer = itemAnswer.apply(id);
            if (answer.errorType() == null) {
                String place = action.path("_index").asText() + "/" + id;
                boolean found = document != null || documents.containsKey(place);
                documents.compute(place, (key, before) -> document);
                items.add("{\"" + operation + "\":{\"status\":" + (found ? answer.status() : 404) + "}}");
            } else {
                errors = true;
                items.add("{\"" + operation + "\":{\"status\":" + answer.status() + ",\"error\":{\"type\":\"" + answer.errorType()
                        + "\",\"reason\":\"because\",\"caused_by\":{\"type\":\"deeper\",\"reason\":\"cause\"}}}}");
            }
        }
        requestSizes.add(items.size());
        return "{\"errors\":" + errors + ",\"items\":[" + String.join(",", items) + "]}";
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
