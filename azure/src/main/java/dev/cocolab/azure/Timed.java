package dev.cocolab.azure;

import dev.cocolab.azure.AzureException.Reason;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends calls that do not end themselves: an answer may stall after its headers, a sign-in may hang.
 */
public final class Timed {
  private Timed() {}

  /**
   * Runs a blocking call for at most this time.
   *
   * @param what subject of the message, e.g. {@code "sign-in at login.example"}
   * @return what the call returned
   * @throws AzureException UNREACHABLE after the time; the call's thread is interrupted and left
   *     behind as a daemon
   * @throws Exception what the call threw
   */
  public static <T> T call(String what, Duration time, Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task, "azure-call");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | CancellationException e) {
      task.cancel(true);
      throw new AzureException(
          Reason.UNREACHABLE, "%s: no answer within %d s".formatted(what, time.toSeconds()));
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new AzureException(Reason.INTERRUPTED, what + ": interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw e;
    }
  }
}
