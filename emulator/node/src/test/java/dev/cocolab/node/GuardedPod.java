package dev.cocolab.node;

import dev.cocolab.protocol.Initdata;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** Confidential pods whose initdata brings a policy for the VM's agent. */
final class GuardedPod {
  private static final List<String> LIFE =
      List.of(
          "CloseStdinRequest",
          "CopyFileRequest",
          "CreateContainerRequest",
          "CreateSandboxRequest",
          "DestroySandboxRequest",
          "ExecProcessRequest",
          "GetDiagnosticDataRequest",
          "GetOOMEventRequest",
          "GuestDetailsRequest",
          "ReadStreamRequest",
          "RemoveContainerRequest",
          "RemoveStaleVirtiofsShareMountsRequest",
          "SetPolicyRequest",
          "SignalProcessRequest",
          "StartContainerRequest",
          "TtyWinResizeRequest",
          "WaitProcessRequest",
          "WriteStreamRequest");

  private GuardedPod() {}

  /** A policy with these rules, which allows every request that they do not name. */
  static String policy(String rules) {
    return LIFE.stream()
        .filter(name -> !rules.contains(name))
        .map(name -> "default " + name + " := true\n")
        .collect(Collectors.joining("", "package agent_policy\n", rules));
  }

  /** A pod of one container that greets and waits, with the whole text of its policy. */
  static Pod apply(TestCluster cluster, String name, String policy, Predicate<Pod> condition) {
    return cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          annotations: {io.katacontainers.config.hypervisor.cc_init_data: "%s"}
        spec:
          runtimeClassName: kata-remote
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sh, -c, "echo hello; exec sleep 1000"]}
        """
            .formatted(name, initdata(policy).encodeAnnotation()),
        condition);
  }

  /** A document with a broker that does not answer, and this policy. */
  static Initdata initdata(String policy) {
    return initdata("", "\"policy.rego\" = '''\n" + policy + "'''\n");
  }

  /**
   * A document with a broker that does not answer.
   *
   * @param cdh more lines of the data hub's configuration
   * @param data more entries of the document
   */
  static Initdata initdata(String cdh, String data) {
    String toml =
        """
        algorithm = "sha256"
        version = "0.1.0"
        [data]
        "aa.toml" = '''
        [token_configs]
        [token_configs.kbs]
        url = "http://broker.test:8080"
        '''
        "cdh.toml" = '''
        socket = "unix:///run/confidential-containers/cdh.sock"
        credentials = []
        [kbc]
        name = "cc_kbc"
        url = "http://broker.test:8080"
        %s'''
        %s"""
            .formatted(cdh, data);
    return Initdata.parse(toml.getBytes(StandardCharsets.UTF_8));
  }

  static void delete(TestCluster cluster, String name) {
    cluster.client.pods().inNamespace("default").withName(name).delete();
    cluster.awaitGone(name);
    Awaitility.await().until(() -> cluster.node.podVms().isEmpty());
  }
}
