package dev.cocolab.lab;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.lab.access.Access;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.data.DataFolder;
import dev.cocolab.lab.setup.AccessSetup;
import dev.cocolab.lab.setup.Names;
import dev.cocolab.node.KubeletCallers;
import dev.cocolab.node.KubeletTls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An API server in this JVM, which trusts the machine's authority and ends with the lab. */
final class EmbeddedCluster implements LabCluster {
  private final Machine machine;
  private final ApiServer api;
  private final Map<Persona, Access> access;

  private EmbeddedCluster(Machine machine, ApiServer api, Map<Persona, Access> access) {
    this.machine = machine;
    this.api = api;
    this.access = access;
  }

  static EmbeddedCluster start(Machine machine, LabOptions options, Optional<DataFolder> data) {
    Map<Persona, Access> access = new PersonaAccess(machine.authority(), machine.random()).of(data);
    ApiServer api = LabServers.api(machine, options, access, data);
    try {
      data.ifPresent(folder -> folder.rememberPort(api.url().getPort()));
      return new EmbeddedCluster(machine, api, access);
    } catch (RuntimeException e) {
      api.close();
      throw e;
    }
  }

  @Override
  public URI url() {
    return api.url();
  }

  @Override
  public String authorityPem() {
    return machine.authority().certificatePem();
  }

  @Override
  public Access persona(Persona persona) {
    return access.get(persona);
  }

  @Override
  public Access part(String user, String group) {
    return new Access(user, machine.authority().client(user, group), "default");
  }

  @Override
  public Map<String, String> marks() {
    return Map.of();
  }

  @Override
  public void prepare(KubernetesClient admin) {
    new AccessSetup(admin).system();
  }

  @Override
  public boolean needsControllers() {
    return true;
  }

  @Override
  public KubeletTls kubelet(InetAddress address, KubernetesClient node) {
    Identity kubelet =
        machine
            .authority()
            .server(Names.NODE, List.of(Names.NODE), List.of(address.getHostAddress()));
    return new KubeletTls(
        kubelet.certificatePem(),
        kubelet.keyPem(),
        machine.authority().certificatePem(),
        KubeletCallers.only(LabServers.KUBELET_CLIENT));
  }

  /** Here the node may do all of it. */
  @Override
  public NodeHelp besides(KubernetesClient node) {
    return new NodeHelp(node, node);
  }

  @Override
  public RouteBackend route(KubernetesClient admin) {
    return new TrusteeEndpoint(admin);
  }

  @Override
  public AutoCloseable contents() {
    return () -> {};
  }

  @Override
  public void close() {
    api.close();
  }
}
