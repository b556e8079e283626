package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.OciContainer;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.node.pod.PodSetupException;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.sandbox.SandboxContainer;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the runtime on the node asks a VM's agent for a pod as a whole: the sandbox, and the
 * container in it that does nothing but hold it. A remote hypervisor has no network to configure.
 */
final class SandboxCalls {
  /** A policy in base64 that replaces the VM's own, where that one allows it. */
  static final String POLICY = "io.katacontainers.config.agent.policy";

  private static final String PREFIX =
      "Failed to create pod sandbox: rpc error: code = Unknown desc = ";
  private static final String CREATE = PREFIX + "CreateContainer failed: ";
  private static final AgentRequest.Process PAUSE =
      new AgentRequest.Process(
          List.of("/pause"),
          List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
          "/",
          0,
          0,
          List.of(),
          false);

  private final PodMachine vm;
  private final String id;
  private final RuntimeCalls pause;
  private boolean paused;

  SandboxCalls(PodMachine vm, String sandboxId) {
    this.vm = vm;
    this.id = sandboxId;
    this.pause = new RuntimeCalls(vm, sandboxId);
  }

  /**
   * Begins the sandbox.
   *
   * @throws PodSetupException with the text of the pod's event
   */
  void begin(Pod pod, NetworkFiles files, RandomGenerator random) {
    policy(pod).ifPresent(rego -> require(CREATE, refusal(vm.setPolicy(rego))));
    require(CREATE, refusal(vm.ask(AgentRequest.createSandbox(id, files.hostname(), files.dns()))));
    require(CREATE, refusal(vm.ask(AgentRequest.guestDetails())));
    SharedFiles shared = new SharedFiles(id, random);
    shared.addNames(files);
    require(CREATE, pause.create(shared.copied(), container(pod, files, shared)));
    require(PREFIX, pause.start());
    paused = true;
    vm.ask(AgentRequest.getOomEvent());
  }

  private OciContainer container(Pod pod, NetworkFiles files, SharedFiles shared) {
    return new OciContainer(
        id,
        "pause",
        PAUSE,
        List.of(),
        shared.mounts(),
        List.of(),
        Map.of(
            "io.kubernetes.cri-o.ContainerType",
            "sandbox",
            "io.kubernetes.cri-o.SandboxID",
            id,
            "io.kubernetes.pod.name",
            pod.getMetadata().getName(),
            "io.kubernetes.pod.namespace",
            pod.getMetadata().getNamespace(),
            "io.kubernetes.pod.uid",
            pod.getMetadata().getUid()),
        files.hostname(),
        true);
  }

  /** Ends the sandbox; refusals have no effect, since the VM ends anyway. */
  void end() {
    if (paused) {
      pause.signal(SandboxContainer.SIGTERM);
      pause.exitCode(0);
      pause.stop();
      pause.remove();
    }
    vm.ask(AgentRequest.destroySandbox());
  }

  private static Optional<String> policy(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String value = annotations == null ? null : annotations.get(POLICY);
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new PodSetupException(
          PodSetupException.Step.SANDBOX,
          CREATE + "annotation " + POLICY + ": illegal base64 data: unknown",
          e);
    }
  }

  private static Optional<String> refusal(PolicyVerdict verdict) {
    return verdict.isAllowed() ? Optional.empty() : Optional.of(verdict.message());
  }

  private static void require(String prefix, Optional<String> refusal) {
    if (refusal.isPresent()) {
      throw new PodSetupException(
          PodSetupException.Step.SANDBOX, prefix + refusal.get() + ": unknown");
    }
  }
}
