package io.tidegate.connectors.opensearch;

import static io.tidegate.connectors.opensearch.DeliveryFixture.deletion;
import static io.tidegate.connectors.opensearch.DeliveryFixture.document;
import static io.tidegate.connectors.opensearch.DeliveryFixture.documents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import io.tidegate.connectors.opensearch.FakeOpenSearch.Answer;
import io.tidegate.connectors.opensearch.FakeOpenSearch.ItemAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BulkDeliveryTest {

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

    @Test
    void everyDocumentIsIndexed() throws Exception {
        deliver(documents(100));

        assertEquals(100, server.documents.size());
        assertEquals(7, server.documents.get("events/d7").path("n").asInt());
        assertTrue(fixture.deadLetters.byId.isEmpty());
    }

    @Test
    void anEmptyBatchIsDoneWithoutARequest() throws Exception {
        deliver(List.of());

        assertTrue(server.requestSizes.isEmpty());
    }

    @Test
    void aDeletionTakesOutWhatCameBeforeAndNotWhatFollows() throws Exception {
        deliver(documents(3));

        deliver(List.of(deletion("d0"), deletion("d1"), document("d1", "{\"n\":7}")));

        assertEquals(Set.of("events/d1", "events/d2"), server.documents.keySet());
        assertEquals(7, server.documents.get("events/d1").path("n").asInt());
    }

    @Test
    void aDeletionOfWhatIsNotThereIsDoneEvenBesideARefusal() throws Exception {
        server.itemAnswer = id -> switch (id) {
            case "d0" -> new ItemAnswer(400, "mapper_parsing_exception");
            case "gone" -> new ItemAnswer(404, "index_not_found_exception");
            default -> ItemAnswer.OK;
        };

        deliver(List.of(document("d0", "{}"), deletion("absent"), deletion("gone")));

        assertEquals(Set.of("d0"), fixture.deadLetters.byId.keySet());
        assertEquals(List.of(3), List.copyOf(server.requestSizes));
    }

    @Test
    void aConflictIsDone() throws Exception {
        server.itemAnswer = id -> new ItemAnswer(409, "version_conflict_engine_exception");

        deliver(documents(3));

        assertEquals(List.of(3), List.copyOf(server.requestSizes));
        assertTrue(fixture.deadLetters.byId.isEmpty());
    }

    @Test
    void aRefusedDocumentIsADeadLetterAndTheOthersGoOn() throws Exception {
        server.itemAnswer = id -> id.equals("d1") ? new ItemAnswer(400, "mapper_parsing_exception") : ItemAnswer.OK;

        deliver(documents(3));

        Rejection expected = new Rejection(
                "DOCUMENT_REJECTED", "400 mapper_parsing_exception: because; caused by deeper: cause");
        assertEquals(Map.of("d1", expected), fixture.deadLetters.byId);
        assertEquals(Set.of("events/d0", "events/d2"), server.documents.keySet());
    }

    @Test
    void everyVerdictIsCountedByItsStatus() throws Exception {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        server.itemAnswer = id -> switch (id) {
            case "d0" -> new ItemAnswer(400, "mapper_parsing_exception");
            case "d1" -> asked.add(id) ? new ItemAnswer(429, "rejected_execution_exception") : ItemAnswer.OK;
            case "d2" -> new ItemAnswer(409, "version_conflict_engine_exception");
            default -> ItemAnswer.OK;
        };

        deliver(documents(5));

        assertEquals(
                Map.of(
                        "4xx.verdicts", 1L, "429.verdicts", 1L, "409.verdicts", 1L, "2xx.verdicts", 3L,
                        "documentsIndexed", 4L, "documentsRetried", 1L, "documentsDeadLettered", 1L,
                        "rejected_execution_exception.documentsHeldBack", 1L),
                fixture.metrics.counted());
    }

    @Test
    @Timeout(20)
    void aRequestWithoutAnswerIsCountedToo() throws Exception {
        server.close();
        fixture.sender.send(documents(3));

        while (fixture.metrics.counted().getOrDefault("none.verdicts", 0L) < 6) {
            Thread.onSpinWait();
        }
        assertFalse(fixture.metrics.counted().containsKey("2xx.verdicts"));
    }

    @ParameterizedTest
    @CsvSource({"200, 2xx", "201, 2xx", "409, 409", "429, 429", "404, 4xx", "503, 5xx", "0, none", "302, none"})
    void statusesAreCountedInFewClasses(int status, String expected) {
        assertEquals(expected, SinkMetrics.statusClass(status));
    }

    @Test
    void aRejectedRowIsNeverSent() throws Exception {
        DocumentEntry homeless = new DocumentEntry(null, "{}".getBytes(), null, Rejection.refused("no day"));

        deliver(List.of(homeless));

        assertEquals(Map.of("?", Rejection.refused("no day")), fixture.deadLetters.byId);
        assertTrue(server.requestSizes.isEmpty());
    }

    @Test
    void overloadOfAThirdOfTheDocumentsLosesNone() throws Exception {
        Random random = new Random(1);
        server.itemAnswer = id -> random.nextInt(10) < 3
                ? new ItemAnswer(429, "rejected_execution_exception") : ItemAnswer.OK;

        deliver(documents(500));

        assertEquals(500, server.documents.size());
        assertTrue(fixture.deadLetters.byId.isEmpty());
        assertTrue(server.requestSizes.size() > 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster_block_exception", "index_closed_exception"})
    void anIndexClosedByItsOperatorIsWaitedFor(String errorType) throws Exception {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        server.itemAnswer = id -> asked.add(id) ? new ItemAnswer(403, errorType) : ItemAnswer.OK;

        deliver(documents(2));

        assertEquals(2, server.documents.size());
        assertTrue(fixture.deadLetters.byId.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503})
    void aRequestThatFailsForNowIsRepeated(int status) throws Exception {
        server.requestStatuses.addAll(List.of(status, status, status));

        deliver(documents(10));

        assertEquals(10, server.documents.size());
    }

    @Test
    void aServerThatIsDownIsWaitedFor() throws Exception {
        int port = server.port();
        server.close();
        CompletableFuture<Void> delivery = fixture.sender.send(documents(10));
        assertThrows(java.util.concurrent.TimeoutException.class, () -> delivery.get(100, TimeUnit.MILLISECONDS));

        server = new FakeOpenSearch(port);

        delivery.get(30, TimeUnit.SECONDS);
        assertEquals(10, server.documents.size());
    }

    @Test
    void aRequestThatIsTooLargeIsHalvedAndKeepsItsOrder() throws Exception {
        server.maxRequestBytes = 400;

        deliver(documents(50));

        assertEquals(50, server.documents.size());
        assertTrue(server.requestSizes.size() >= 8);
        assertTrue(fixture.deadLetters.byId.isEmpty());
    }

    @Test
    void aDocumentThatIsTooLargeAloneIsADeadLetter() throws Exception {
        server.maxRequestBytes = 400;
        DocumentEntry large = document("large", "{\"text\":\"" + "x".repeat(500) + "\"}");

        deliver(List.of(document("a", "{}"), large, document("b", "{}")));

        assertEquals("DOCUMENT_TOO_LARGE", fixture.deadLetters.byId.get("large").code());
        assertEquals(Set.of("events/a", "events/b"), server.documents.keySet());
    }

    @Test
    void aRequestRefusedAsAWholeCostsOnlyTheDocumentAtFault() throws Exception {
        server.inFront = body -> body.contains("\"d3\"")
                ? new Answer(400, "{\"error\":{\"type\":\"action_request_validation_exception\",\"reason\":\"id is too long\"}}")
                : null;

        deliver(documents(5));

        assertEquals(Set.of("d3"), fixture.deadLetters.byId.keySet());
        assertTrue(fixture.deadLetters.byId.get("d3").message().contains("id is too long"));
        assertEquals(4, server.documents.size());
    }

    /** By a stand-in: a real server can't be made to stop in the middle of an answer. */
    @Test
    @Timeout(20)
    void aServerThatStopsInTheMiddleOfAnAnswerIsAskedAgain() throws Exception {
        DeliveryFixture hasty = new DeliveryFixture(server.address(), Duration.ofMillis(300), null);
        CountDownLatch ever = new CountDownLatch(1);
        server.amidAnswer = () -> {
            server.amidAnswer = null;
            try {
                ever.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };

        hasty.sender.send(documents(3)).get(10, TimeUnit.SECONDS);

        ever.countDown();
        assertEquals(3, server.documents.size());
        // More where the machine is so busy that the next answer is late too.
        assertTrue(hasty.metrics.counted().get("no_answer.documentsHeldBack") >= 3);
    }

    @Test
    void theLastDocumentOfAnIdStays() throws Exception {
        deliver(List.of(document("a", "{\"n\":1}"), document("b", "{\"n\":2}"), document("a", "{\"n\":3}")));

        assertEquals(3, server.documents.get("events/a").path("n").asInt());
    }

    @Test
    void aRetryDoesNotBringBackAnOvertakenDocument() throws Exception {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        server.itemAnswer = id -> asked.add(id) ? new ItemAnswer(429, "rejected_execution_exception") : ItemAnswer.OK;

        deliver(List.of(document("a", "{\"n\":1}"), document("a", "{\"n\":2}")));

        assertEquals(2, server.documents.get("events/a").path("n").asInt());
        assertEquals(List.of(2), List.copyOf(server.requestSizes));
    }

    @Test
    void theUserIsNamedInTheRequest() throws Exception {
        deliver(documents(1));

        assertEquals(List.of("Basic YW5uOnNlY3JldA=="), List.copyOf(server.lastHeaders));
        assertFalse(new ConnectionConfig.Credentials("ann", "secret").toString().contains("secret"));
    }

    private void deliver(List<DocumentEntry> batch) throws Exception {
        fixture.sender.send(batch).get(30, TimeUnit.SECONDS);
    }
}
