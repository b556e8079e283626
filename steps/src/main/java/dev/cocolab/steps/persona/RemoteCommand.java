package dev.cocolab.steps.persona;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecListener;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs commands in containers through the API server, as {@code kubectl exec} does. */
final class RemoteCommand {
  private final KubernetesClient client;
  private final Duration limit;

  RemoteCommand(KubernetesClient client, Duration limit) {
    this.client = Objects.requireNonNull(client, "client");
    this.limit = Objects.requireNonNull(limit, "limit");
  }

  /**
   * Runs a command in the first container of a pod and waits for its end.
   *
   * @throws AssertionError when neither an end nor a refusal comes in time
   */
  CommandOutcome run(String namespace, String pod, String... command) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    End end = new End();
    try (ExecWatch running =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .writingOutput(output)
            .writingError(output)
            .usingListener(end)
            .exec(command)) {
      Objects.requireNonNull(running, "running");
      CommandOutcome told = end.await(limit, String.join(" ", command));
      return new CommandOutcome(
          told.exitCode(), output.toString(StandardCharsets.UTF_8), told.refusal());
    } catch (KubernetesClientException refused) {
      return new CommandOutcome(-1, "", String.valueOf(refused.getMessage()));
    }
  }

  /** The first of: an end with a Status, a failure, a close without either. */
  private static final class End implements ExecListener {
    private final CompletableFuture<CommandOutcome> end = new CompletableFuture<>();

    @Override
    public void onExit(int code, Status status) {
      boolean ran =
          "Success".equals(status.getStatus()) || "NonZeroExitCode".equals(status.getReason());
      end.complete(
          new CommandOutcome(ran ? code : -1, "", ran ? "" : String.valueOf(status.getMessage())));
    }

    @Override
    public void onFailure(Throwable failure, Response response) {
      end.complete(new CommandOutcome(-1, "", String.valueOf(failure.getMessage())));
    }

    @Override
    public void onClose(int code, String reason) {
      end.complete(new CommandOutcome(-1, "", "closed with %d %s".formatted(code, reason)));
    }

    CommandOutcome await(Duration limit, String command) {
      try {
        return end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw new AssertionError(
            "'%s' neither ended nor was refused within %d s".formatted(command, limit.toSeconds()),
            e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while '%s' ran".formatted(command), e);
      }
    }
  }
}
