package dev.cocolab.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes pods on this machine. Several hosts may live in one JVM, and several emulators may share
 * one state directory.
 *
 * <p>When the JVM ends, in whatever way, the kernel ends all pods: every pod holds the read end of
 * a pipe whose other end only the JVM has. What is left on disk is removed by the next {@link
 * #open}.
 */
public final class SandboxHost implements AutoCloseable {
  private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(20);

  private final Instance instance;
  private final Script script;
  private final Mode mode;
  private final Map<String, PodSandbox> pods = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private SandboxHost(Instance instance, Script script, Mode mode) {
    this.instance = instance;
    this.script = script;
    this.mode = mode;
  }

  /**
   * Opens a host and removes what ended emulators left behind.
   *
   * @param stateDir for files of pods; may be on a file system mounted noexec
   * @param runtimeDir for Unix sockets; short, see {@link RuntimeDirectory#choose}
   * @throws SandboxException SOCKET_PATH_TOO_LONG or DIRECTORY
   */
  public static SandboxHost open(Path stateDir, Path runtimeDir) {
    Path runtime = runtimeDir.toAbsolutePath();
    RuntimeDirectory.check(runtime);
    try {
      Instance instance = Instance.create(stateDir.toAbsolutePath(), runtime);
      boolean complete = false;
      try {
        Script script = Script.copyTo(instance.directory(), SETUP_TIMEOUT);
        SandboxHost host = new SandboxHost(instance, script, ProbeFacts.mode());
        complete = true;
        return host;
      } finally {
        if (!complete) {
          instance.close();
        }
      }
    } catch (IOException e) {
      throw new SandboxException(
          SandboxException.Reason.DIRECTORY,
          "Cannot prepare " + stateDir + " or " + runtimeDir + ": " + e.getMessage(),
          e);
    }
  }

  /**
   * Judges what {@link ProbeFacts#gather} found.
   *
   * @return empty where sandboxes work, otherwise the cause and its remedy
   */
  public static Optional<Unfit> probe(ProbeFacts facts) {
    return ProbeJudge.judge(facts);
  }

  /** Directory for Unix sockets of this host; it is deleted with the host. */
  public Path runtimeDirectory() {
    return instance.runtime();
  }

  /** Directory for files of this host's pods; it is deleted with the host. */
  public Path directory() {
    return instance.directory();
  }

  /**
   * Whether containers run with real user ids (the emulator is root) or in a mapping of one user.
   */
  public boolean usesRealUserIds() {
    return mode == Mode.ROOT;
  }

  /**
   * Makes the namespaces of a pod and waits until its listeners accept connections.
   *
   * @throws SandboxException UNFIT, SETUP, TIMEOUT, or CLOSED after {@link #close}
   */
  public PodSandbox createPod(PodSandboxSpec spec) {
    if (closed) {
      throw new SandboxException(SandboxException.Reason.CLOSED, "The sandbox host is closed.");
    }
    PodSandbox pod = PodSandbox.create(instance, script, mode, spec, () -> pods.remove(spec.id()));
    PodSandbox earlier = pods.putIfAbsent(spec.id(), pod);
    if (earlier != null) {
      pod.close();
      throw new IllegalArgumentException("pod id in use: " + spec.id());
    }
    if (closed) {
      pod.close();
      throw new SandboxException(SandboxException.Reason.CLOSED, "The sandbox host is closed.");
    }
    return pod;
  }

  /** Ends all pods at once and removes the files of this host. */
  @Override
  public void close() {
    closed = true;
    pods.values().forEach(PodSandbox::close);
    instance.close();
  }
}
