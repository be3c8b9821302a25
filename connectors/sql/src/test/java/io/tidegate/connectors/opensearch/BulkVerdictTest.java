package io.tidegate.connectors.opensearch;

import static io.tidegate.connectors.opensearch.DeliveryFixture.documents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.opensearch.FakeOpenSearch.Answer;
import io.tidegate.connectors.opensearch.FakeOpenSearch.ItemAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose fault a refusal is: a stand-in says what a real server says only in states that last. */
class BulkVerdictTest {

    private FakeOpenSearch server;
    private DeliveryFixture fixture;

    @BeforeEach
    void start() throws IOException {
        server = new FakeOpenSearch();
        fixture = new DeliveryFixture(server.address());
    }

    @AfterEach
    void stop() {
        fixture.sender.close();
        server.close();
    }

    /** States of a server, each as a server or what stands before it says it: the documents wait, and none is refused. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "301 | <html>moved</html>",
        "400 | <html>Bad Request</html>",
        "401 | Unauthorized",
        "403 | {\"error\":{\"type\":\"security_exception\",\"reason\":\"no permissions\"},\"status\":403}",
        "404 | <html>Not Found</html>",
        "404 | {\"error\":{\"type\":\"index_not_found_exception\",\"reason\":\"no such index\"},\"status\":404}",
        "405 | {\"error\":\"Incorrect HTTP method\"}",
        "418 | teapot",
        "200 | <html>Log in</html>",
        "200 | {}",
        "200 | {\"errors\":false}",
        "200 | {\"errors\":false,\"items\":[]}",
        "200 | {\"errors\":false,\"items\":[{\"index\":{\"status\":201}}]}",
        "200 | {\"errors\":true,\"items\":[{},{},{}]}",
        "200 | {\"errors\":\"no\",\"items\":[1,2,3]}",
        "200 | {\"errors\":false,\"items\":[{\"index\":{\"sta",
        "200 | []",
        "204 | -",
        "503 | -"
    })
    void anAnswerThatIsNoVerdictIsWaitedOut(int status, String text) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        server.inFront = body -> asked.incrementAndGet() <= 2 ? new Answer(status, text.equals("-") ? "" : text) : null;

        deliver(documents(3));

        assertEquals(3, server.documents.size());
        assertTrue(fixture.deadLetters.byId.isEmpty());
        assertEquals(6, heldBack());
    }

    /** The words are OpenSearch's own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "400 | validation_exception         | Validation Failed: 1: this action would add [1] total shards, but this cluster currently has [1000]/[1000] maximum shards open;",
        "403 | cluster_block_exception      | index [x] blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];",
        "429 | cluster_block_exception      | index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];",
        "400 | index_closed_exception       | closed",
        "403 | security_exception           | no permissions for [indices:data/write/bulk]",
        "401 | security_exception           | missing credentials",
        "404 | index_not_found_exception    | no such index [x] and [action.auto_create_index] is [false]",
        "400 | illegal_argument_exception   | no write index is defined for alias [x]",
        "400 | illegal_argument_exception   | pipeline with id [x] does not exist",
        "400 | a_type_of_the_next_release   | nobody knows",
        "302 | none                         | none"
    })
    void aStateOfTheServerIsNoFaultOfADocument(int status, String type, String reason) throws Exception {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        server.itemAnswer = id -> asked.add(id) ? new ItemAnswer(status, type, reason) : ItemAnswer.OK;

        deliver(documents(3));

        assertEquals(3, server.documents.size());
        assertTrue(fixture.deadLetters.byId.isEmpty());
        assertEquals(3L, fixture.metrics.counted().get(type + ".documentsHeldBack"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mapper_parsing_exception          | failed to parse field [d] of type [double]",
        "strict_dynamic_mapping_exception  | mapping set to strict",
        "illegal_argument_exception        | Document contains at least one immense term in field",
        "illegal_argument_exception        | Limit of total fields [1000] has been exceeded",
        "illegal_argument_exception        | Limit of mapping depth [20] has been exceeded",
        "illegal_argument_exception        | mapper [a] cannot be changed from type [long] to [text]"
    })
    void aFaultOfADocumentIsItsDeadLetterEvenWhereItIsAlone(String type, String reason) throws Exception {
        server.itemAnswer = id -> new ItemAnswer(400, type, reason);

        deliver(documents(1));

        assertTrue(fixture.deadLetters.byId.get("d0").message().contains(reason));
        assertEquals(List.of(1), List.copyOf(server.requestSizes));
    }

    /** An index that takes others is in no state that refuses: what it goes on refusing is at fault, whatever it is called. */
    @Test
    void aRefusalOfAnUnknownKindIsTheDocumentsWhereItsIndexTakesOthers() throws Exception {
        server.itemAnswer =
                id -> id.equals("d1") ? new ItemAnswer(400, "a_type_of_the_next_release", "nobody knows") : ItemAnswer.OK;

        deliver(documents(3));

        assertEquals(Set.of("d1"), fixture.deadLetters.byId.keySet());
        assertEquals(2, server.documents.size());
    }

    @Test
    void whyDocumentsWaitIsSaidOncePerChange() {
        ServerState state = new ServerState();

        assertFalse(state.takes());
        assertTrue(state.refuses("cluster_block_exception", "disk"));
        assertFalse(state.refuses("cluster_block_exception", "disk of another index"));
        assertTrue(state.refuses("no_answer", "away"));
        assertTrue(state.takes());
        assertFalse(state.takes());
    }

    @Test
    void causesAreCountedInFewSeries() {
        SinkMetrics metrics = new SinkMetrics(fixture.metrics);
        for (int i = 0; i < 100; i++) {
            metrics.heldBack("cause" + i, 1);
        }

        assertEquals(51, fixture.metrics.counted().keySet().stream().filter(name -> name.endsWith("HeldBack")).count());
        assertEquals(50L, fixture.metrics.counted().get("other.documentsHeldBack"));
    }

    private long heldBack() {
        return fixture.metrics.counted().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".documentsHeldBack")).mapToLong(Map.Entry::getValue).sum();
    }

    private void deliver(List<DocumentEntry> batch) throws Exception {
        fixture.sender.send(batch).get(30, TimeUnit.SECONDS);
    }
}
