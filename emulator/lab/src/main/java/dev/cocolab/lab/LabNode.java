package dev.cocolab.lab;

import dev.cocolab.blobstore.BlobServer;
import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.broker.KbsProgram;
import dev.cocolab.broker.Surroundings;
import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.lab.network.LoopbackNetwork;
import dev.cocolab.lab.network.NameTable;
import dev.cocolab.lab.remote.PlainKeyServer;
import dev.cocolab.lab.resident.KbsResident;
import dev.cocolab.lab.resident.LoadResident;
import dev.cocolab.lab.resident.OperatorResident;
import dev.cocolab.lab.setup.Names;
import dev.cocolab.node.HostTarget;
import dev.cocolab.node.Node;
import dev.cocolab.node.NodeOptions;
import dev.cocolab.operators.OperatorProgram;
import dev.cocolab.operators.TrusteeOperatorOptions.RestartRule;
import dev.cocolab.protocol.Profile;
import dev.cocolab.sandbox.SandboxHost;
import dev.cocolab.tee.EmulatedVerifiers;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The one node of a lab: what runs on it as an object, and what its pods and pod VMs can reach. */
record LabNode(
    Machine machine,
    LoopbackNetwork network,
    SandboxHost sandboxes,
    NameTable names,
    Profile profile,
    LabWiring wiring,
    AttestationJournal journal,
    GuestLog guestLog) {
  private static final int KUBELET_PORT = 10_250;

  /**
   * Starts it.
   *
   * @param cluster gives the identity of the kubelet's endpoint
   * @param client with the node's own identity
   * @param operator with the Trustee operator's
   */
  Node start(
      LabCluster cluster,
      KubernetesClient client,
      KubernetesClient operator,
      BlobServer blobs,
      PlainKeyServer keyServer) {
    List<X509Certificate> roots = List.of(machine.authority().certificate());
    LabCluster.NodeHelp help = cluster.besides(client);
    return Node.start(
        NodeOptions.builder(client, Names.NODE)
            .beside(help.scheduler(), help.registrar())
            .address(network.node())
            .kubelet(KUBELET_PORT, cluster.kubelet(network.node(), client))
            .label("node-role.kubernetes.io/kata-oc", "")
            .labels(cluster.marks())
            .resident(Names.KBS_IMAGE, new KbsResident(new KbsProgram(broker())))
            .resident(
                Names.LOAD_IMAGE,
                new LoadResident(machine.clock(), machine.random(), machine.hardware()))
            .resident(Names.OPERATOR_IMAGE, new OperatorResident(operator(operator)))
            .outgoing(
                BlobServer.hostName(machine.storage().account().name()),
                HostTarget.of(443, blobs.address()))
            .outgoing(Names.KEY_SERVER_HOST, HostTarget.of(80, keyServer.address()))
            .sandboxes(sandboxes)
            .images(
                machine.imageStore(), RegistryClient.Options.https(machine.vertx(), names, roots))
            .hardware(machine.platform(), machine.keys())
            .bootImage(wiring.bootImage())
            .guest(
                new GuestSurroundings(
                    machine.vertx(),
                    names,
                    roots,
                    machine.imageStore(),
                    machine.clock(),
                    machine.random(),
                    profile,
                    guestLog::accept,
                    wiring.initdataMeasurement(),
                    wiring.unsealsSecrets()))
            .vertx(machine.vertx())
            .stateDir(sandboxes.directory().resolve("node"))
            .sources(machine.clock(), machine.random())
            .build());
  }

  private Surroundings broker() {
    return new Surroundings(
        machine.vertx(),
        machine.clock(),
        machine.random(),
        wiring.verifiers().apply(EmulatedVerifiers.of(machine.platform(), machine.clock())),
        Optional.of(machine.platform().roots().label()),
        profile,
        journal);
  }

  private OperatorProgram operator(KubernetesClient client) {
    RestartRule rule =
        profile.restarts().configMapChange() ? RestartRule.ON_CONFIG_CHANGE : RestartRule.MANUAL;
    return new OperatorProgram(client, rule, false, machine.clock());
  }
}
