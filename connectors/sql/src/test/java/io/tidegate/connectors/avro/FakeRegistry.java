package io.tidegate.connectors.avro;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** The two calls of Confluent's registry API that the format makes. tests/stack runs the format against a real registry. */
final class FakeRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final AtomicInteger requests = new AtomicInteger();
    /** So many requests are answered with 503 before the next good answer. */
    final AtomicInteger outages = new AtomicInteger();

    private final Map<Integer, String> schemas = new ConcurrentHashMap<>();
    private final Map<String, Given> given = new ConcurrentHashMap<>();
    private final HttpServer server;

    FakeRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v7/schemas/ids/", this::byId);
        server.createContext("/v7/schemas/guids/", exchange -> answer(exchange, null));
        server.createContext("/v7/subjects/", this::idOf);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v7";
    }

    FakeRegistry with(int id, String schema) {
        schemas.put(id, schema);
        return this;
    }

    private record Given(int status, String body) {}

    /** Answers a path with a text of its own. */
    FakeRegistry answer(String path, int status, String body) {
        given.put("/v7" + path, new Given(status, body));
        return this;
    }

    private void byId(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String schema = schemas.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
        answer(exchange, schema == null ? null : JSON.createObjectNode().put("schema", schema).toString());
    }

    private void idOf(HttpExchange exchange) throws IOException {
        String schema = JSON.readTree(exchange.getRequestBody()).path("schema").asText();
        String found = schemas.entrySet().stream()
                .filter(entry -> entry.getValue().equals(schema))
                .map(entry -> JSON.createObjectNode().put("id", entry.getKey()).toString())
                .findFirst().orElse(null);
        answer(exchange, found);
    }

    private void answer(HttpExchange exchange, String found) throws IOException {
        requests.incrementAndGet();
        boolean outage = outages.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        Given usual = found != null ? new Given(200, found) : new Given(404, "{\"error_code\":40403,\"message\":\"not found\"}");
        Given answer = given.getOrDefault(exchange.getRequestURI().getPath(), usual);
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(outage ? 503 : answer.status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
