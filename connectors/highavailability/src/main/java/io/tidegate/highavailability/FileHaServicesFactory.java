package io.tidegate.highavailability;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.dispatcher.Dispatcher;
import org.apache.flink.runtime.highavailability.ClientHighAvailabilityServices;
import org.apache.flink.runtime.highavailability.HighAvailabilityServices;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesFactory;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils;
import org.apache.flink.runtime.highavailability.nonha.standalone.StandaloneClientHAServices;
import org.apache.flink.runtime.resourcemanager.ResourceManager;
import org.apache.flink.runtime.rpc.AddressResolution;
import org.apache.flink.runtime.rpc.RpcServiceUtils;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.util.ConfigurationException;

/** What Flink makes its high availability by, in JobManager, TaskManager and client. */
public final class FileHaServicesFactory implements HighAvailabilityServicesFactory {

    @Override
    public HighAvailabilityServices createHAServices(Configuration configuration, Executor ioExecutor)
            throws ConfigurationException, IOException {
        return new FileHaServices(
                rpcUrl(configuration, ResourceManager.RESOURCE_MANAGER_NAME),
                rpcUrl(configuration, Dispatcher.DISPATCHER_NAME),
                restAddress(configuration),
                configuration,
                folder(configuration),
                ioExecutor);
    }

    /** The client needs the JobManager's address only. */
    @Override
    public ClientHighAvailabilityServices createClientHAServices(Configuration configuration)
            throws UnknownHostException {
        return new StandaloneClientHAServices(restAddress(configuration));
    }

    private static String restAddress(Configuration configuration) throws UnknownHostException {
        return HighAvailabilityServicesUtils.getWebMonitorAddress(
                configuration, AddressResolution.NO_ADDRESS_RESOLUTION);
    }

    private static String rpcUrl(Configuration configuration, String endpoint)
            throws ConfigurationException, UnknownHostException {
        Tuple2<String, Integer> address = HighAvailabilityServicesUtils.getJobManagerAddress(configuration);
        try (RpcSystem rpcSystem = RpcSystem.load(configuration)) {
            return rpcSystem.getRpcUrl(
                    address.f0,
                    address.f1,
                    RpcServiceUtils.createWildcardName(endpoint),
                    AddressResolution.NO_ADDRESS_RESOLUTION,
                    configuration);
        }
    }

    private static Path folder(Configuration configuration) {
        var path = HighAvailabilityServicesUtils.getClusterHighAvailableStoragePath(configuration);
        String scheme = path.toUri().getScheme();
        if (scheme != null && !scheme.equals("file")) {
            throw new IllegalConfigurationException(HighAvailabilityOptions.HA_STORAGE_PATH.key() + " is " + path
                    + ": files are written whole on a file system only. Name a folder by file:///.");
        }
        return Path.of(path.getPath());
    }
}
