package dev.cocolab.operators;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

public final class OperatorProgram {

  private final KubernetesClient client;
  private final Clock clock;

  public OperatorProgram(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  public Running start(List<String> args, Map<String, String> env, Consumer<String> log) {
    return new Running(null);
  }

  public static final class Running implements AutoCloseable {
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();

    private Running(AutoCloseable operator) {}

    public CompletionStage<Integer> exited() {
      return exited;
    }

    @Override
    public void close() {
      exited.complete(0);
    }
  }
}
