package dev.cocolab.lab;

import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/** Reads the Endpoints of Trustee's Service. */
final class TrusteeEndpoint extends RouteBackend {
  private final SharedIndexInformer<Endpoints> informer;

  TrusteeEndpoint(KubernetesClient client) {
    informer =
        client
            .endpoints()
            .inNamespace(Names.TRUSTEE_NAMESPACE)
            .withName(SERVICE)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Endpoints endpoints) {
                    lead(endpoints);
                  }

                  @Override
                  public void onUpdate(Endpoints before, Endpoints endpoints) {
                    lead(endpoints);
                  }

                  @Override
                  public void onDelete(Endpoints endpoints, boolean stateUnknown) {
                    leadsNowhere();
                  }
                });
  }

  private void lead(Endpoints endpoints) {
    if (endpoints.getSubsets() != null) {
      for (EndpointSubset subset : endpoints.getSubsets()) {
        if (subset.getAddresses() != null && subset.getPorts() != null) {
          for (EndpointAddress one : subset.getAddresses()) {
            for (EndpointPort port : subset.getPorts()) {
              leadsTo(literal(one.getIp(), port.getPort()));
              return;
            }
          }
        }
      }
    }
    leadsNowhere();
  }

  @Override
  public void close() {
    informer.stop();
  }
}
