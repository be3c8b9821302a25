package io.tidegate.common;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads schemas from a registry with Confluent's API. An outage (no connection, 5xx, 429) is waited for and then an exception;
 * it is never taken for a bad record.
 */
public final class RegistryClient {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long FIRST_DELAY_MS = 100;
    private static final long MAX_DELAY_MS = 5_000;
    private static final int SUBJECT_NOT_FOUND = 40401;
    private static final int SCHEMA_NOT_FOUND = 40403;

    private final String baseUrl;
    private final Duration retryTimeout;

    public RegistryClient(String baseUrl, Duration retryTimeout) {
        this.baseUrl = baseUrl.replaceAll("/+$", "");
        this.retryTimeout = retryTimeout;
    }

    /**
     * The schema with an id, as the registry describes it ({@code schema}, {@code schemaType}); empty if there is none.
     *
     * @throws IOException after the retry timeout, or if the address is no registry
     */
    public Optional<JsonNode> schemaById(int id) throws IOException {
        return ask(request("/schemas/ids/" + id).GET().build());
    }

    /**
     * The id under which a subject holds exactly this schema. Nothing is ever registered here.
     *
     * @throws IOException if it is not registered, or as {@link #schemaById}
     */
    public int idOf(String subject, String schemaJson) throws IOException {
        String body = JSON.createObjectNode().put("schema", schemaJson).toString();
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        HttpRequest request = request(path).header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return ask(request).map(answer -> answer.path("id").asInt()).orElseThrow(() -> new IOException(
                "Subject '" + subject + "' at " + baseUrl + " does not hold the schema that this table writes."
                        + " Register the contract first: tidegate contract register."));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(REQUEST_TIMEOUT);
    }

    private Optional<JsonNode> ask(HttpRequest request) throws IOException {
        HttpResponse<String> response = sendUntilAnswered(request);
        int status = response.statusCode();
        JsonNode body = parse(response.body());
        if (status == 200) {
            return Optional.of(body);
        }
        int errorCode = body.path("error_code").asInt();
        if (status == 404 && (errorCode == SUBJECT_NOT_FOUND || errorCode == SCHEMA_NOT_FOUND)) {
            return Optional.empty();
        }
        throw new IOException("The registry answered " + status + " to " + request.method() + " " + request.uri() + ": "
                + response.body() + ". Check option 'contract-avro.registry.url' and the registry's access rules.");
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    private HttpResponse<String> sendUntilAnswered(HttpRequest request) throws IOException {
        long deadline = System.nanoTime() + retryTimeout.toNanos();
        long delayMs = FIRST_DELAY_MS;
        while (true) {
            IOException outage;
            try {
                HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
                if (!isOutage(response.statusCode())) {
                    return response;
                }
                outage = new IOException("status " + response.statusCode());
            } catch (IOException e) {
                outage = e;
            } catch (InterruptedException e) {
                throw interrupted();
            }
            if (System.nanoTime() + delayMs * 1_000_000 > deadline) {
                throw new IOException("The registry at " + baseUrl + " has not answered for " + retryTimeout
                        + ". Start it, or raise 'contract-avro.registry.retry-timeout'.", outage);
            }
            LOG.warn("Registry at {} is unavailable ({}), asking again in {} ms", baseUrl, outage.toString(), delayMs);
            pause(delayMs);
            delayMs = Math.min(2 * delayMs, MAX_DELAY_MS);
        }
    }

    private static boolean isOutage(int status) {
        return status >= 500 || status == 429 || status == 408;
    }

    private static void pause(long delayMs) throws IOException {
        try {
            Thread.sleep(delayMs);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("cancelled while waiting for the registry");
    }
}
