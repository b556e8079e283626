package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.sandbox.ExecSpec.TerminalSize;
import dev.cocolab.sandbox.SandboxContainer;
import dev.cocolab.sandbox.SandboxExec;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
  private final Executor threads;
  private final AtomicBoolean inputEnded = new AtomicBoolean();
  private final CompletionStage<Integer> exited;

  GuardedCommand(
      SandboxExec exec,
      Optional<PodMachine> machine,
      String containerId,
      String execId,
      Executor threads) {
    this.exec = exec;
    this.machine = machine;
    this.containerId = containerId;
    this.execId = execId;
    this.threads = threads;
    this.exited =
        machine.isEmpty()
            ? exec.exited()
            : exec.exited()
                .thenApplyAsync(
                    code ->
                        allowed(AgentRequest.waitProcess(containerId, execId))
                            ? code
                            : RuntimeCalls.UNKNOWN_EXIT,
                    threads);
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
    return exited;
  }

  @Override
  public void write(byte[] data) {
    int length = machine.isEmpty() ? data.length : AgentRequest.STREAM_LENGTH;
    for (int from = 0; from < data.length && !inputEnded.get(); from += length) {
      byte[] piece = Arrays.copyOfRange(data, from, Math.min(data.length, from + length));
      if (allowed(AgentRequest.writeStream(containerId, execId, piece))) {
        exec.write(piece);
      } else {
        closeInput();
      }
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

  /** Where the agent refuses the signal, the process ends with its container. */
  @Override
  public void kill() {
    if (machine.isEmpty()) {
      exec.kill();
      return;
    }
    try {
      threads.execute(this::askedToDie);
    } catch (RejectedExecutionException e) {
      // The node ends, and with it whatever runs in it.
      exec.kill();
    }
  }

  private void askedToDie() {
    if (allowed(AgentRequest.signalProcess(containerId, execId, SandboxContainer.SIGKILL))) {
      exec.kill();
    }
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
