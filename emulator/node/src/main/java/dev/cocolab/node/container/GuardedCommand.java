package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.sandbox.ExecSpec.TerminalSize;
import dev.cocolab.sandbox.SandboxExec;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A command in a sandbox, with the VM's agent between it and the outside where there is one. A read
 * that the agent's policy does not allow is empty and never an error; a write that it does not
 * allow ends the input.
 */
final class GuardedCommand implements CommandSession {
  private final SandboxExec exec;
  private final Optional<PodMachine> machine;
  private final String containerId;
  private final String execId;
  private final AtomicBoolean inputEnded = new AtomicBoolean();

  GuardedCommand(
      SandboxExec exec, Optional<PodMachine> machine, String containerId, String execId) {
    this.exec = exec;
    this.machine = machine;
    this.containerId = containerId;
    this.execId = execId;
  }

  @Override
  public InputStream stdout() {
    return guarded(exec.stdout());
  }

  @Override
  public InputStream stderr() {
    return guarded(exec.stderr());
  }

  private InputStream guarded(InputStream stream) {
    return machine.isEmpty() ? stream : new AskedFor(stream);
  }

  @Override
  public CompletionStage<Integer> exited() {
    return exec.exited();
  }

  @Override
  public void write(byte[] data) {
    if (inputEnded.get()) {
      return;
    }
    if (allowed(AgentRequest.writeStream(containerId, execId, data))) {
      exec.write(data);
    } else {
      closeInput();
    }
  }

  @Override
  public void closeInput() {
    if (allowed(AgentRequest.closeStdin(containerId, execId))
        && inputEnded.compareAndSet(false, true)) {
      exec.closeInput();
    }
  }

  @Override
  public void resize(int rows, int columns) {
    if (allowed(AgentRequest.ttyWinResize(containerId, execId, rows, columns))) {
      exec.resize(new TerminalSize(rows, columns));
    }
  }

  @Override
  public void kill() {
    exec.kill();
  }

  private boolean allowed(AgentRequest request) {
    return machine.map(vm -> vm.allows(request)).orElse(true);
  }

  /** Asks the policy for each piece, as the agent does. */
  private final class AskedFor extends FilterInputStream {
    private AskedFor(InputStream stream) {
      super(stream);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      while (count > 0 && !allowed(AgentRequest.readStream(containerId, execId))) {
        count = super.read(buffer, offset, length);
      }
      return count;
    }
  }
}
