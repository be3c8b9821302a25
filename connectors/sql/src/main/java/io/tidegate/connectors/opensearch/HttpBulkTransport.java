package io.tidegate.connectors.opensearch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** Bulk requests over HTTP, to the hosts in turn. */
final class HttpBulkTransport implements BulkTransport {

    /** Of each item only the verdict comes back: the full answer is as long as the request. */
    private static final String PATH = "/_bulk?filter_path=errors,items.*.status,items.*.error";

    private final ConnectionConfig config;
    private final HttpClient client;
    private final List<URI> endpoints;
    private final AtomicInteger turn = new AtomicInteger();

    HttpBulkTransport(ConnectionConfig config) {
        this.config = config;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(config.connectTimeout())
                .build();
        this.endpoints = config.hosts().stream().map(host -> URI.create(host + PATH)).toList();
    }

    @Override
    public CompletableFuture<Reply> post(byte[] body) {
        URI endpoint = endpoints.get(Math.floorMod(turn.getAndIncrement(), endpoints.size()));
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(config.requestTimeout())
                .header("Content-Type", "application/x-ndjson");
        if (config.credentials() != null) {
            request.header("Authorization", basic(config.credentials()));
        }
        if (config.compression()) {
            request.header("Content-Encoding", "gzip").POST(HttpRequest.BodyPublishers.ofByteArray(gzip(body)));
        } else {
            request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
        }
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return withinDeadline(exchange).thenApply(response -> new Reply(response.statusCode(), response.body()));
    }

    /** The request's own timeout ends with the head of the answer: a server that stops in the middle is given up here. */
    private CompletableFuture<HttpResponse<byte[]>> withinDeadline(CompletableFuture<HttpResponse<byte[]>> exchange) {
        Duration deadline = config.requestTimeout();
        return exchange.copy().orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).exceptionallyCompose(failure -> {
            exchange.cancel(true);
            boolean late = failure instanceof TimeoutException;
            return CompletableFuture.failedFuture(
                    late ? new HttpTimeoutException("no whole answer within " + deadline) : failure);
        });
    }

    private static String basic(ConnectionConfig.Credentials credentials) {
        String pair = credentials.username() + ":" + credentials.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}
