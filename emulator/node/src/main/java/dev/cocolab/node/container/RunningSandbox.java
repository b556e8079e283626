package dev.cocolab.node.container;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.log.LogQuery;
import dev.cocolab.node.log.StreamPump;
import dev.cocolab.node.pod.CommandRefusedException;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.pod.ContainerCommand;
import dev.cocolab.node.pod.EventSink;
import dev.cocolab.node.pod.RunningContainer;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.sandbox.ExecSpec;
import dev.cocolab.sandbox.SandboxContainer;
import dev.cocolab.sandbox.SandboxException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A container in a sandbox, with or without a guest that guards it. */
final class RunningSandbox implements RunningContainer {
  private static final Logger log = LoggerFactory.getLogger(RunningSandbox.class);
  private static final int MAX_MESSAGE = 4096;
  private static final int MAX_PROBE_OUTPUT = 10240;

  /** The policy by which a container without last words is remembered by its output. */
  static final String FALLBACK = "FallbackToLogsOnError";

  private static final int FALLBACK_LINES = 80;
  private static final int FALLBACK_BYTES = 2048;

  /** What identifies a container and tells how to speak of its end. */
  record Identity(
      String id,
      String name,
      String imageId,
      Path messageFile,
      boolean logsTellTheEnd,
      AgentRequest.Process process) {}

  private final Identity identity;
  private final SandboxContainer container;
  private final Optional<PodMachine> machine;
  private final Optional<RuntimeCalls> calls;
  private final NetworkProbe network;
  private final EventSink events;
  private final Executor threads;
  private final CompletableFuture<Exit> exited = new CompletableFuture<>();

  RunningSandbox(
      Identity identity,
      SandboxContainer container,
      Optional<PodMachine> machine,
      NetworkProbe network,
      ContainerLog target,
      EventSink events,
      Executor threads) {
    this.identity = identity;
    this.container = container;
    this.machine = machine;
    this.calls = machine.map(vm -> new RuntimeCalls(vm, identity.id()));
    this.network = network;
    this.events = events;
    this.threads = threads;
    CompletableFuture<Void> out = pump(container.stdout(), "stdout", target, threads);
    CompletableFuture<Void> err = pump(container.stderr(), "stderr", target, threads);
    container
        .exited()
        .whenCompleteAsync(
            (code, problem) -> {
              int status = problem == null ? code : RuntimeCalls.UNKNOWN_EXIT;
              String last = "";
              try {
                CompletableFuture.allOf(out, err).join();
                target.close();
                if (calls.isPresent()) {
                  status = calls.get().exitCode(status);
                  calls.get().stop();
                }
                last = message(status, target);
                calls.ifPresent(RuntimeCalls::remove);
              } catch (RuntimeException e) {
                log.error("the log of container {} is incomplete", identity.id(), e);
              } finally {
                // Whatever became of its output, the container has ended and the pod goes on.
                exited.complete(new Exit(status, last));
              }
            },
            threads);
  }

  private CompletableFuture<Void> pump(
      InputStream stream, String name, ContainerLog target, Executor threads) {
    BooleanSupplier readable = () -> calls.map(RuntimeCalls::mayRead).orElse(true);
    return CompletableFuture.runAsync(new StreamPump(stream, name, target, readable), threads);
  }

  @Override
  public String containerId() {
    return "cri-o://" + identity.id();
  }

  @Override
  public String imageId() {
    return identity.imageId();
  }

  @Override
  public CompletionStage<Exit> exited() {
    return exited.copy();
  }

  @Override
  public void stop(Duration grace) {
    if (calls.isEmpty()) {
      container.stop(grace);
      return;
    }
    if (!grace.isZero() && signal(SandboxContainer.SIGTERM)) {
      container.signal(SandboxContainer.SIGTERM);
    }
    CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS, threads)
        .execute(
            () -> {
              if (!container.exited().toCompletableFuture().isDone()) {
                // Also an agent that refuses the signal goes, with its whole VM.
                signal(SandboxContainer.SIGKILL);
                container.signal(SandboxContainer.SIGKILL);
              }
            });
  }

  /** Whether the agent passes a signal on; where it does not, an event of the pod says so. */
  private boolean signal(int number) {
    Optional<String> refusal = calls.orElseThrow().signal(number);
    refusal.ifPresent(
        text ->
            events.record(
                EventSink.Type.WARNING,
                "FailedKillPod",
                "error killing pod: failed to \"KillContainer\" for \""
                    + identity.name()
                    + "\" with KillContainerError: \"rpc error: code = Unknown desc = failed to stop"
                    + " container "
                    + identity.id()
                    + ": "
                    + text.replace("\"", "\\\"")
                    + ": unknown\""));
    return refusal.isEmpty();
  }

  @Override
  public Optional<String> probe(Probe probe) {
    if (probe.getExec() == null) {
      return network.run(probe);
    }
    return exec(probe.getExec().getCommand(), NetworkProbe.timeout(probe));
  }

  @Override
  public CommandSession exec(ContainerCommand command) {
    String execId = UUID.randomUUID().toString();
    AgentRequest.Process own = identity.process();
    AgentRequest.Process asked =
        new AgentRequest.Process(
            command.args(),
            own.env(),
            own.cwd(),
            own.uid(),
            own.gid(),
            own.groups(),
            command.terminal());
    Optional<PolicyVerdict> refusal =
        machine
            .map(vm -> vm.ask(AgentRequest.execProcess(identity.id(), execId, asked)))
            .filter(verdict -> !verdict.isAllowed());
    if (refusal.isPresent()) {
      throw new CommandRefusedException(
          "cannot enter container "
              + identity.id()
              + ", with err "
              + refusal.get().rpcError()
              + ": unknown");
    }
    try {
      return new GuardedCommand(
          container.exec(
              new ExecSpec(
                  command.args(),
                  environment(own.env()),
                  command.stdin(),
                  command.terminal()
                      ? Optional.of(new ExecSpec.TerminalSize(0, 0))
                      : Optional.empty())),
          machine,
          identity.id(),
          execId,
          threads);
    } catch (SandboxException e) {
      throw new CommandRefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The runtime's own idea of the environment: sealed values are sealed in it. */
  private Map<String, String> environment(List<String> lines) {
    Map<String, String> env = new LinkedHashMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      String value = line.substring(equals + 1);
      env.put(
          line.substring(0, equals),
          machine.map(vm -> vm.unsealCommandVariable(value)).orElse(value));
    }
    return env;
  }

  private Optional<String> exec(List<String> command, Duration timeout) {
    CommandSession process;
    try {
      process = exec(new ContainerCommand(command, false, false));
    } catch (CommandRefusedException | IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    try {
      CompletableFuture<Integer> code = process.exited().toCompletableFuture();
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> text(process.stdout()));
      CompletableFuture<String> errors =
          CompletableFuture.supplyAsync(() -> text(process.stderr()));
      int status = code.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      String all =
          output.get(timeout.toMillis(), TimeUnit.MILLISECONDS)
              + errors.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return status == 0 ? Optional.empty() : Optional.of(all);
    } catch (TimeoutException e) {
      process.kill();
      return Optional.of(
          "command \""
              + String.join(" ", command)
              + "\" timed out after "
              + timeout.toSeconds()
              + "s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (ExecutionException e) {
      return Optional.of(String.valueOf(e.getCause()));
    }
  }

  private static String text(InputStream stream) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    try (stream) {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        kept.write(buffer, 0, Math.min(count, MAX_PROBE_OUTPUT - kept.size()));
      }
    } catch (IOException e) {
      log.debug("probe output: {}", e.toString());
    }
    return kept.toString(StandardCharsets.UTF_8);
  }

  private String message(int code, ContainerLog target) {
    try {
      String left = leftMessage();
      if (!left.isEmpty()) {
        return left;
      }
      if (code != 0 && identity.logsTellTheEnd()) {
        String tail = String.join("", target.snapshot(LogQuery.tail(FALLBACK_LINES)));
        return tail.substring(Math.max(0, tail.length() - FALLBACK_BYTES));
      }
    } catch (IOException e) {
      log.debug("termination message: {}", e.toString());
    }
    return "";
  }

  /** The runtime fetches the file from a VM's agent, and only where the file alone counts. */
  private String leftMessage() throws IOException {
    boolean readable =
        calls.map(agent -> !identity.logsTellTheEnd() && agent.mayReadMessage()).orElse(true);
    if (!readable) {
      return "";
    }
    try (InputStream file = Files.newInputStream(identity.messageFile())) {
      return new String(file.readNBytes(MAX_MESSAGE), StandardCharsets.UTF_8);
    }
  }

  static boolean logsTellTheEnd(Container container) {
    return FALLBACK.equals(container.getTerminationMessagePolicy());
  }
}
