package org.apache.flink.metrics.prometheus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.apache.flink.metrics.MetricConfig;
import org.junit.jupiter.api.Test;

class LoopbackPrometheusReporterTest {

    private static LoopbackPrometheusReporter reporter() {
        MetricConfig config = new MetricConfig();
        config.setProperty("port", "0");
        return new LoopbackPrometheusReporterFactory().createMetricReporter(config);
    }

    @Test
    void answersOnLoopbackUntilClosed() throws Exception {
        LoopbackPrometheusReporter reporter = reporter();
        HttpRequest scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + reporter.port() + "/metrics")).build();
        assertEquals(200, HttpClient.newHttpClient().send(scrape, BodyHandlers.ofString()).statusCode());
        reporter.close();
        assertThrows(ConnectException.class, () -> HttpClient.newHttpClient().send(scrape, BodyHandlers.ofString()));
    }

    @Test
    void isNotHeardOnOtherInterfaces() throws Exception {
        LoopbackPrometheusReporter reporter = reporter();
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .toList();
        for (InetAddress other : others) {
            assertThrows(ConnectException.class, () -> new Socket(other, reporter.port()).close(), other::toString);
        }
        reporter.close();
    }

    @Test
    void saysWhichPortIsTaken() {
        LoopbackPrometheusReporter first = reporter();
        Exception taken = assertThrows(IllegalStateException.class, () -> new LoopbackPrometheusReporter(first.port()));
        assertTrue(taken.getMessage().contains(":" + first.port()), taken.getMessage());
        first.close();
    }
}
