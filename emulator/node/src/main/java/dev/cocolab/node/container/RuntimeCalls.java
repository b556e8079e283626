package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.CopiedFile;
import dev.cocolab.guest.OciContainer;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.sandbox.SandboxContainer;
import java.util.List;
import java.util.Optional;

/**
 * What the runtime on the node asks a VM's agent in the life of one container, in the runtime's
 * order (kata's Go runtime with a remote hypervisor). Refusals come back as the text that the
 * runtime passes on; those of which nobody hears are only in the guest's log.
 */
final class RuntimeCalls {
  /** What the runtime reports for a process of which the agent does not tell the end. */
  static final int UNKNOWN_EXIT = 255;

  private final PodMachine vm;
  private final String id;

  RuntimeCalls(PodMachine vm, String containerId) {
    this.vm = vm;
    this.id = containerId;
  }

  /** Copies the files, then asks for the container. */
  Optional<String> create(List<CopiedFile> files, OciContainer container) {
    for (CopiedFile file : files) {
      for (long offset = 0; offset == 0 || offset < file.size(); offset += CopiedFile.PART) {
        PolicyVerdict verdict = vm.ask(AgentRequest.copyFile(file, offset));
        if (!verdict.isAllowed()) {
          return Optional.of(
              file.size() == 0
                  ? verdict.message()
                  : "Could not send CopyFile request: " + verdict.rpcError());
        }
      }
    }
    return refusal(AgentRequest.createContainer(container));
  }

  Optional<String> start() {
    return refusal(AgentRequest.startContainer(id));
  }

  /** Asked for each piece of output. */
  boolean mayRead() {
    return vm.allows(AgentRequest.readStream(id, id));
  }

  /** A signal to all processes of the container. */
  Optional<String> signal(int number) {
    return refusal(AgentRequest.signalProcess(id, "", number));
  }

  /** The exit code as far as the agent tells it. */
  int exitCode(int code) {
    return vm.allows(AgentRequest.waitProcess(id, id)) ? code : UNKNOWN_EXIT;
  }

  /** Kills what is left of the container and waits for it, without looking at the answers. */
  void stop() {
    vm.ask(AgentRequest.signalProcess(id, "", SandboxContainer.SIGKILL));
    vm.ask(AgentRequest.waitProcess(id, id));
  }

  /** Whether the agent gives out what the container left as its termination message. */
  boolean mayReadMessage() {
    return vm.allows(AgentRequest.terminationLog(id));
  }

  /** The end of the container in the VM; refusals have no effect. */
  void remove() {
    vm.ask(AgentRequest.removeContainer(id));
    vm.ask(AgentRequest.removeStaleMounts());
  }

  private Optional<String> refusal(AgentRequest request) {
    PolicyVerdict verdict = vm.ask(request);
    return verdict.isAllowed() ? Optional.empty() : Optional.of(verdict.message());
  }
}
