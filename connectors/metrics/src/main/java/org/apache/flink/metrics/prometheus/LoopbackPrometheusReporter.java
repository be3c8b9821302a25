package org.apache.flink.metrics.prometheus;

import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Flink's Prometheus reporter, heard on the loopback interface only: Flink's own listens on all interfaces and has no
 * option against it. In Flink's package because the registry of the base class is visible there only.
 */
final class LoopbackPrometheusReporter extends AbstractPrometheusReporter {

    private final HTTPServer server;

    /** @param port where to listen; 0 takes a free one */
    LoopbackPrometheusReporter(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            server = new HTTPServer(HttpServer.create(address, 0), registry, true);
        } catch (IOException e) {
            throw new IllegalStateException("Metrics can't be served on " + address + ": " + e.getMessage(), e);
        }
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.stop();
        super.close();
    }
}
