package io.tidegate.connectors.opensearch;

import static io.tidegate.connectors.opensearch.DeliveryFixture.document;
import static io.tidegate.connectors.opensearch.DeliveryFixture.documents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of figures, whatever becomes late or comes from another clock. */
class VersionClockTest {

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

    /** OpenSearch carries out what it has read, whether or not someone still waits for its answer. */
    @Test
    @Timeout(20)
    void aRequestThatWasGivenUpOverwritesNothingNewer() throws Exception {
        String url = server.address() + "/_bulk";
        VersionClock clock = new VersionClock(InstantSource.system());
        byte[] late = new BulkBody("index", clock).of(List.of(document("a", "{\"n\":1}")));
        DeliveryFixture ordered = new DeliveryFixture(server.address(), Duration.ofSeconds(5), clock);
        ordered.sender.send(List.of(document("a", "{\"n\":2}"))).get(10, TimeUnit.SECONDS);

        HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofByteArray(late)).build(), BodyHandlers.discarding());

        assertEquals(2, server.documents.get("events/a").path("n").asInt());
    }

    @Test
    void theNewestIsTakenThoughAnotherClockWasAhead() throws Exception {
        VersionClock ahead = new VersionClock(InstantSource.fixed(Instant.parse("2030-01-01T00:00:00Z")));
        VersionClock behind = new VersionClock(InstantSource.fixed(Instant.parse("2020-01-01T00:00:00Z")));
        new DeliveryFixture(server.address(), Duration.ofSeconds(5), ahead)
                .sender.send(documents(3)).get(10, TimeUnit.SECONDS);

        new DeliveryFixture(server.address(), Duration.ofSeconds(5), behind).sender
                .send(List.of(document("d1", "{\"n\":7}"), document("d2", "{\"n\":8}"), document("d1", "{\"n\":9}")))
                .get(10, TimeUnit.SECONDS);

        assertEquals(9, server.documents.get("events/d1").path("n").asInt());
        assertEquals(8, server.documents.get("events/d2").path("n").asInt());
    }

    @Test
    void versionsOnlyGrow() {
        VersionClock clock = new VersionClock(InstantSource.fixed(Instant.EPOCH.plusSeconds(1)));

        assertEquals(1_000_000, clock.next());
        assertEquals(1_000_001, clock.next());
        clock.passBeyond("[a]: version conflict, current version [5000000] is higher than the one provided [1000001]");
        assertEquals(5_000_001, clock.next());
        clock.passBeyond("[a]: version conflict, current version [4] is higher");
        assertEquals(5_000_002, clock.next());
        clock.passBeyond("in other words");
        assertTrue(clock.next() > 3_600_000_000L);
    }
}
