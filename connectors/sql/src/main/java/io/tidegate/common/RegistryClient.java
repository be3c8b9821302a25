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
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.MissingNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads schemas from a registry with Confluent's API. An outage (no whole answer, 5xx, 429, an answer of something else) is
 * waited for and then an exception; it is never taken for a bad record.
 */
public final class RegistryClient {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long FIRST_DELAY_MS = 100;
    private static final long MAX_DELAY_MS = 5_000;
    private static final int SHOWN_CHARACTERS = 200;
    private static final int OK = 200;
    private static final Set<Integer> NOT_FOUND_CODES = Set.of(40401, 40402, 40403);
    private static final Predicate<Answer> NOT_FOUND =
            answer -> answer.status == 404 && NOT_FOUND_CODES.contains(answer.body.path("error_code").asInt());
    private static final Predicate<Answer> NO_SUCH_PATH = answer -> answer.status == 404 || answer.status == 405;

    /** No registry gives out a lower id. */
    public static final int FIRST_ID = 1;

    private record Answer(int status, JsonNode body, String text) {}

    private final String baseUrl;
    private final Duration retryTimeout;
    private final Duration requestTimeout;

    public RegistryClient(String baseUrl, Duration retryTimeout) {
        this(baseUrl, retryTimeout, REQUEST_TIMEOUT);
    }

    /** @param requestTimeout in which a whole answer must be there */
    public RegistryClient(String baseUrl, Duration retryTimeout, Duration requestTimeout) {
        this.baseUrl = baseUrl.replaceAll("/+$", "");
        this.retryTimeout = retryTimeout;
        this.requestTimeout = requestTimeout;
    }

    /**
     * The schema with an id, as the registry describes it ({@code schema}, {@code schemaType}, {@code references}); empty if
     * there is none.
     *
     * @throws IOException after the retry timeout, or if the address is no registry
     */
    public Optional<JsonNode> schemaById(int id) throws IOException {
        return ask(request("/schemas/ids/" + id).GET().build(), RegistryClient::isSchema, NOT_FOUND);
    }

    /**
     * The schema with a GUID, as {@link #schemaById}; empty also if the registry knows no GUIDs, as many do not.
     *
     * @throws IOException as {@link #schemaById}
     */
    public Optional<JsonNode> schemaByGuid(UUID guid) throws IOException {
        return ask(request("/schemas/guids/" + guid).GET().build(), RegistryClient::isSchema, NO_SUCH_PATH);
    }

    /**
     * The lowest of the ids that the schema with a GUID has; empty if the registry does not say.
     *
     * @throws IOException as {@link #schemaById}
     */
    public OptionalInt idOfGuid(UUID guid) throws IOException {
        JsonNode ids = ask(request("/schemas/guids/" + guid + "/ids").GET().build(), JsonNode::isArray, NO_SUCH_PATH)
                .orElseGet(JSON::createArrayNode);
        return StreamSupport.stream(ids.spliterator(), false)
                .mapToInt(each -> each.path("id").asInt())
                .filter(id -> id >= FIRST_ID)
                .min();
    }

    /**
     * A version of a subject, as {@link #schemaById}; empty if there is none.
     *
     * @throws IOException as {@link #schemaById}
     */
    public Optional<JsonNode> schemaOf(String subject, int version) throws IOException {
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions/" + version;
        return ask(request(path).GET().build(), RegistryClient::isSchema, NOT_FOUND);
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
        return ask(request, RegistryClient::isId, NOT_FOUND)
                .map(answer -> answer.path("id").intValue())
                .orElseThrow(() -> new IOException(
                        "Subject '" + subject + "' at " + baseUrl + " does not hold the schema that this table writes."
                                + " Register the contract first: tidegate contract register."));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path));
    }

    private static boolean isSchema(JsonNode answer) {
        return answer.path("schema").isTextual();
    }

    private static boolean isId(JsonNode answer) {
        return answer.path("id").isInt() && answer.path("id").intValue() >= FIRST_ID;
    }

    /** Empty for an answer that says there is no such thing. */
    private Optional<JsonNode> ask(HttpRequest request, Predicate<JsonNode> isAnswer, Predicate<Answer> isNone)
            throws IOException {
        Answer answer = askUntilAnswered(request, isAnswer);
        if (answer.status == OK) {
            return Optional.of(answer.body);
        }
        if (isNone.test(answer)) {
            return Optional.empty();
        }
        throw new IOException("The registry answered " + answer.status + " to " + request.method() + " " + request.uri() + ": "
                + answer.text + ". Check option 'contract-avro.registry.url' and the registry's access rules.");
    }

    private Answer askUntilAnswered(HttpRequest request, Predicate<JsonNode> isAnswer) throws IOException {
        long deadline = System.nanoTime() + retryTimeout.toNanos();
        long delayMs = FIRST_DELAY_MS;
        while (true) {
            IOException outage;
            try {
                return askOnce(request, isAnswer);
            } catch (InterruptedIOException cancelled) {
                throw cancelled;
            } catch (IOException e) {
                outage = e;
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

    /** @throws IOException for an outage: no whole answer in time, or one that no registry gives, such as a proxy's page */
    private Answer askOnce(HttpRequest request, Predicate<JsonNode> isAnswer) throws IOException {
        HttpResponse<String> response = send(request);
        Answer answer = new Answer(response.statusCode(), parse(response.body()), response.body());
        if (isOutage(answer.status)) {
            throw new IOException("status " + answer.status);
        }
        if (answer.status == OK && !isAnswer.test(answer.body)) {
            String start = answer.text.substring(0, Math.min(answer.text.length(), SHOWN_CHARACTERS));
            throw new IOException("an answer that no registry gives to " + request.uri() + ": " + start);
        }
        return answer;
    }

    /** The client's own timeout ends with the headers; a server that freezes in the middle of its answer must not hold us. */
    private HttpResponse<String> send(HttpRequest request) throws IOException {
        var answer = HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            return answer.get(requestTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no whole answer within " + requestTimeout, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw interrupted();
        }
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
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
