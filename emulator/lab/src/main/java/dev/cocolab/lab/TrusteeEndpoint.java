package dev.cocolab.lab;

import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicReference;

/** Where Trustee's Service leads at this moment: the Route's backend. */
final class TrusteeEndpoint implements AutoCloseable {
  /** The discard port: a Service without endpoints leads nowhere. */
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

  private final AtomicReference<InetSocketAddress> address = new AtomicReference<>(NOWHERE);
  private final SharedIndexInformer<Endpoints> informer;

  TrusteeEndpoint(KubernetesClient client) {
    informer =
        client
            .endpoints()
            .inNamespace(Names.TRUSTEE_NAMESPACE)
            .withName("kbs-service")
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Endpoints endpoints) {
                    address.set(first(endpoints));
                  }

                  @Override
                  public void onUpdate(Endpoints before, Endpoints endpoints) {
                    address.set(first(endpoints));
                  }

                  @Override
                  public void onDelete(Endpoints endpoints, boolean stateUnknown) {
                    address.set(NOWHERE);
                  }
                });
  }

  InetSocketAddress address() {
    return address.get();
  }

  private static InetSocketAddress first(Endpoints endpoints) {
    if (endpoints.getSubsets() == null) {
      return NOWHERE;
    }
    for (EndpointSubset subset : endpoints.getSubsets()) {
      if (subset.getAddresses() != null && subset.getPorts() != null) {
        for (EndpointAddress one : subset.getAddresses()) {
          for (EndpointPort port : subset.getPorts()) {
            return literal(one.getIp(), port.getPort());
          }
        }
      }
    }
    return NOWHERE;
  }

  private static InetSocketAddress literal(String ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an endpoint's address is a literal: " + ip, e);
    }
  }

  @Override
  public void close() {
    informer.stop();
  }
}
