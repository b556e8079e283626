package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that do not load end the VM's agent; those that load and say nothing refuse. */
@ExtendWith(ClusterExtension.class)
class UnusablePolicyTest {
  private final TestCluster cluster;

  UnusablePolicyTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# allow everything\n"})
  void aPolicyWithoutAPackageLeavesThePodWithoutItsVm(String policy) {
    String name = policy.isEmpty() ? "no-policy" : "only-a-comment";
    GuardedPod.apply(cluster, name, policy, waiting("ContainerCreating"));

    cluster.awaitEvent(
        name,
        "Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc ="
            + " CreateContainer failed: remote hypervisor call failed: rpc error: code = Unknown desc ="
            + " creating an instance : kata-agent: Failed to initialize agent policy: ");
    assertStays(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent_policy", "policy"})
  void aPackageWithoutTheRulesIsAnErrorOfTheFirstRequest(String name) {
    String rules = name.equals("policy") ? "default CreateSandboxRequest := true\n" : "";
    String pod = name.replace('_', '-') + "-only";
    GuardedPod.apply(cluster, pod, "package " + name + "\n" + rules, waiting("ContainerCreating"));

    cluster.awaitEvent(
        pod,
        "Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc ="
            + " CreateContainer failed: \"CreateSandboxRequest: internal error policy check:"
            + " unexpected eval_query result len QueryResults { result: [] }\": unknown");
    assertStays(pod);
  }

  private void assertStays(String pod) {
    assertThat(cluster.await(pod, waiting("ContainerCreating")).getStatus().getPhase())
        .isEqualTo("Pending");
    assertThat(cluster.node.podVms()).isEmpty();
    assertThat(cluster.events(pod)).noneMatch(line -> line.contains("blocked by policy"));
    GuardedPod.delete(cluster, pod);
  }
}
