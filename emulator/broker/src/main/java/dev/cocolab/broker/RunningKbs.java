package dev.cocolab.broker;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** A broker that was started. */
public interface RunningKbs extends AutoCloseable {

  /** Completes with the first address once the broker listens; never, when it could not start. */
  CompletionStage<InetSocketAddress> listening();

  /** Completes with the exit code: 0 after {@link #close}, 1 when the broker could not start. */
  CompletionStage<Integer> exited();

  /** Stops the broker; returns when its ports are free, or after ten seconds. */
  @Override
  void close();
}
