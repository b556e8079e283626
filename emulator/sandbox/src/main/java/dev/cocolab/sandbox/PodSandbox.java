package dev.cocolab.sandbox;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The namespaces of one pod; they end with {@link #close} or with the JVM. */
public final class PodSandbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodSandbox.class);
  private static final long END_SECONDS = 10;

  /** Shared mount point of the containers' roots: each mount namespace has its own. */
  private static final String ROOT = "root";

  private static final String WRITABLE_LAYER_SIZE = "1g";

  private final PodSandboxSpec spec;
  private final Script script;
  private final Mode mode;
  private final Path directory;
  private final Path inbound;
  private final Process holder;
  private final long pauseProcess;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<RelayLoop> published = new CopyOnWriteArrayList<>();

  private PodSandbox(
      PodSandboxSpec spec,
      Script script,
      Mode mode,
      Path directory,
      Path inbound,
      Script.Started holder,
      Runnable onClose) {
    this.spec = spec;
    this.script = script;
    this.mode = mode;
    this.directory = directory;
    this.inbound = inbound;
    this.holder = holder.process();
    this.pauseProcess = Long.parseLong(holder.detail());
    this.onClose = onClose;
  }

  static PodSandbox create(
      Instance instance, Script script, Mode mode, PodSandboxSpec spec, Runnable onClose) {
    Path directory = instance.directory().resolve("pods").resolve(spec.id());
    Path inbound = SocketPaths.check(instance.runtime().resolve(shortName(spec.id()) + ".in"));
    if (Files.exists(directory)) {
      throw new IllegalArgumentException("pod id in use: " + spec.id());
    }
    boolean complete = false;
    try {
      Trees.createPrivate(directory);
      Files.createDirectory(directory.resolve(ROOT));
      Files.writeString(directory.resolve("hosts"), hosts(spec), StandardCharsets.UTF_8);
      Files.writeString(directory.resolve("resolv.conf"), spec.resolvConf());
      Files.writeString(directory.resolve("hostname"), spec.hostname() + "\n");
      List<String> tokens = new ArrayList<>(List.of(mode.word(), spec.hostname()));
      for (Forward forward : spec.forwards()) {
        tokens.addAll(
            List.of(
                "F",
                forward.listenIp(),
                Integer.toString(forward.port()),
                forward.unixSocket().toString()));
      }
      for (MemoryVolume volume : spec.memoryVolumes()) {
        tokens.addAll(
            List.of("T", volume.hostPath().toString(), Long.toString(volume.sizeBytes())));
      }
      tokens.addAll(List.of("I", inbound.toString()));
      Script.Started holder = script.start("pause", tokens, Redirect.DISCARD);
      PodSandbox pod = new PodSandbox(spec, script, mode, directory, inbound, holder, onClose);
      complete = true;
      return pod;
    } catch (IOException e) {
      throw new SandboxException(
          SandboxException.Reason.DIRECTORY, "Cannot write to " + directory + ": " + e, e);
    } finally {
      if (!complete) {
        Trees.delete(directory);
        Trees.delete(inbound);
      }
    }
  }

  /** The pod's id. */
  public String id() {
    return spec.id();
  }

  /** Completes when the namespaces have ended, whoever ended them. */
  public CompletionStage<Void> ended() {
    return holder.onExit().thenAccept(process -> {});
  }

  /**
   * Starts a container and returns once its program has been found and is about to run.
   *
   * @throws SandboxException PROGRAM_NOT_FOUND, PROGRAM_NOT_EXECUTABLE, WORKING_DIRECTORY, SETUP,
   *     TIMEOUT or CLOSED
   */
  public SandboxContainer start(ContainerSpec container) {
    requireOpen();
    List<String> tokens = new ArrayList<>();
    common(tokens, container, container.env());
    tokens.addAll(List.of("base", directory.resolve(ROOT).toString(), "size", WRITABLE_LAYER_SIZE));
    tokens.addAll(List.of("readonly", container.readOnlyRoot() ? "1" : "0"));
    container.layers().forEach(layer -> tokens.addAll(List.of("L", layer.toString())));
    for (String name : List.of("hosts", "resolv.conf", "hostname")) {
      tokens.addAll(List.of("M", "rw", "", directory.resolve(name).toString(), "", "/etc/" + name));
    }
    for (Mount mount : container.mounts()) {
      tokens.addAll(
          List.of(
              "M",
              mount.readOnly() ? "ro" : "rw",
              mount.makeMissing() ? "1" : "",
              mount.volume().orElse(mount.hostPath()).toString(),
              mount.volume().map(root -> root.relativize(mount.hostPath()).toString()).orElse(""),
              mount.containerPath()));
    }
    container.args().forEach(arg -> tokens.addAll(List.of("A", arg)));
    Script.Started started = script.start("ctr", tokens, Redirect.PIPE);
    return new SandboxContainer(this, container, started.process());
  }

  /** Starts one more process in a running container. */
  SandboxContainer exec(SandboxContainer target, ExecSpec wanted) {
    requireOpen();
    List<String> tokens = new ArrayList<>();
    common(tokens, target.spec(), wanted.env());
    tokens.addAll(List.of("outer", Long.toString(target.processId())));
    if (wanted.stdin()) {
      tokens.addAll(List.of("stdin", "1"));
    }
    wanted
        .terminal()
        .ifPresent(
            size ->
                tokens.addAll(
                    List.of(
                        "tty",
                        "1",
                        "rows",
                        Integer.toString(size.rows()),
                        "columns",
                        Integer.toString(size.columns()))));
    wanted.args().forEach(arg -> tokens.addAll(List.of("A", arg)));
    Script.Started started = script.start("exec", tokens, Redirect.PIPE);
    return new SandboxContainer(this, target.spec(), started.process());
  }

  private void common(List<String> tokens, ContainerSpec container, Map<String, String> env) {
    tokens.addAll(List.of("mode", mode.word(), "pause", Long.toString(pauseProcess)));
    tokens.addAll(List.of("uid", Integer.toString(container.uid())));
    tokens.addAll(List.of("gid", Integer.toString(container.gid())));
    tokens.addAll(List.of("caps", Long.toString(Capability.mask(container.capabilities()))));
    tokens.addAll(List.of("nonewprivs", container.noNewPrivileges() ? "1" : "0"));
    tokens.addAll(List.of("cwd", container.cwd()));
    env.forEach((name, value) -> tokens.addAll(List.of("E", name, value)));
    container.supplementalGroups().forEach(gid -> tokens.addAll(List.of("G", gid.toString())));
  }

  private void requireOpen() {
    if (closed.get() || !holder.isAlive()) {
      throw new SandboxException(
          SandboxException.Reason.CLOSED, "The pod " + spec.id() + " has ended.");
    }
  }

  /**
   * Connects to a port inside the pod. Closing the channel closes the connection at once; shutting
   * down its output leaves the other direction open.
   *
   * @param host {@code localhost}, which is 127.0.0.1 or else ::1, or an IPv4 loopback address
   * @param port TCP port inside the pod, 1 to 65535
   * @param limit how long to wait for the connection
   * @return a connected blocking channel
   * @throws ConnectException if nobody listens there
   * @throws SocketTimeoutException if there is no connection within the limit
   * @throws IOException if the pod has ended
   */
  public SocketChannel connect(String host, int port, Duration limit) throws IOException {
    return InboundConnection.open(inbound, host, port, limit);
  }

  /**
   * Listens on an address of this machine and relays each connection to a port at the same address
   * inside the pod, as long as the pod lives. As with a pod's address anywhere, what listens there
   * at 127.0.0.1 alone is not reached, a guest's API among it.
   *
   * @param address loopback address and port, which must be free
   * @param port TCP port inside the pod
   * @throws IOException if the address cannot be listened on
   */
  public void publish(InetSocketAddress address, int port) throws IOException {
    requireOpen();
    ServerSocketChannel listener = ServerSocketChannel.open();
    boolean complete = false;
    try {
      listener.bind(address);
      byte[] preface =
          ("@" + address.getAddress().getHostAddress() + " " + port + "\n")
              .getBytes(StandardCharsets.US_ASCII);
      UnixDomainSocketAddress target = UnixDomainSocketAddress.of(inbound);
      published.add(RelayLoop.start(spec.id() + ":" + port, listener, () -> target, preface));
      complete = true;
    } finally {
      if (!complete) {
        listener.close();
      }
    }
  }

  /** Ends all processes of the pod at once and removes its files; further calls do nothing. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    published.forEach(RelayLoop::close);
    try {
      holder.getOutputStream().close();
      if (!holder.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        log.warn("pod {} did not end by itself", spec.id());
        holder.destroyForcibly();
      }
    } catch (IOException e) {
      holder.destroyForcibly();
    } catch (InterruptedException e) {
      holder.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Trees.delete(directory);
    Trees.delete(inbound);
    onClose.run();
  }

  private static String hosts(PodSandboxSpec spec) {
    StringBuilder text = new StringBuilder(256);
    text.append("# Kubernetes-managed hosts file.\n");
    text.append("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    spec.hostsLines().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** Pod ids may be longer than socket names; their end is what tells them apart. */
  private static String shortName(String id) {
    return id.length() <= 40 ? id : id.substring(id.length() - 40);
  }
}
