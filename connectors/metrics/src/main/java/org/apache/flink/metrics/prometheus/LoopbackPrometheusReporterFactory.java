package org.apache.flink.metrics.prometheus;

import java.util.Properties;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes {@link LoopbackPrometheusReporter}; its one option is {@code port}. */
public final class LoopbackPrometheusReporterFactory implements MetricReporterFactory {

    private static final int DEFAULT_PORT = 9249;

    @Override
    public LoopbackPrometheusReporter createMetricReporter(Properties properties) {
        return new LoopbackPrometheusReporter(((MetricConfig) properties).getInteger("port", DEFAULT_PORT));
    }
}
