package dev.cocolab.steps.targets.k3s;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A k3s server without agent, on the host's network: its API server has to reach a node that
 * listens on this machine's loopback addresses. For the same reason the tunnel through which k3s
 * reaches its own agents is off. It needs no privileges.
 */
final class K3sServer extends K3sContainer {
  /** Label of the container: process that started it. */
  static final String OWNER = "dev.cocolab.k3s.owner";

  private static final String KUBECONFIG = "/etc/rancher/k3s/k3s.yaml";
  private static final int LARGEST_KUBECONFIG = 1 << 20;

  private final int port;
  private final ApiServerWait wait = new ApiServerWait(this::readKubeconfig);
  private String kubeconfig = "";

  K3sServer(DockerImageName image, int port, Duration patience) {
    super(image.asCompatibleSubstituteFor("rancher/k3s"));
    this.port = port;
    setPrivilegedMode(false);
    setBinds(List.of());
    setTmpFsMapping(Map.of());
    setExposedPorts(List.of());
    withNetworkMode("host");
    withLabel(OWNER, owner());
    setCommand(
        "server",
        "--disable-agent",
        "--egress-selector-mode=disabled",
        "--disable=coredns,servicelb,traefik,local-storage,metrics-server",
        "--https-listen-port=" + port,
        "--bind-address=127.0.0.1",
        "--tls-san=127.0.0.1");
    waitingFor(wait.withStartupTimeout(patience));
  }

  /**
   * Machine, process and the process's start: one engine may serve several machines or containers,
   * and numbers of processes come again.
   */
  static String owner() {
    return owner(ProcessHandle.current());
  }

  private static String owner(ProcessHandle process) {
    return "%s/%d/%s"
        .formatted(
            machine(),
            process.pid(),
            process.info().startInstant().map(Object::toString).orElse("unknown"));
  }

  /** With the kernel's name of this namespace of processes, which is a container's own. */
  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName()
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return "unknown-" + ProcessHandle.current().pid();
    }
  }

  /**
   * Whether a label names a process of this machine that has ended. Others are nobody's business.
   */
  static boolean isOrphan(String label) {
    String[] parts = label == null ? new String[0] : label.split("/", -1);
    if (parts.length != 3 || !parts[0].equals(machine()) || !parts[1].matches("\\d{1,18}")) {
      return false;
    }
    return ProcessHandle.of(Long.parseLong(parts[1]))
        .filter(ProcessHandle::isAlive)
        .filter(process -> owner(process).equals(label))
        .isEmpty();
  }

  /** A port that is free now; nothing keeps it until the server takes it. */
  static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no TCP port is free", e);
    }
  }

  /** The administrator's kubeconfig as the server wrote it; its address is right as it is. */
  @Override
  public String getKubeConfigYaml() {
    return kubeconfig;
  }

  /** Whether it is what it should be: another image may hold another API server. */
  boolean isK3s() {
    return wait.version().contains("+k3s");
  }

  /** What it lacked when it was looked at last. */
  String missing() {
    return wait.missing();
  }

  int port() {
    return port;
  }

  private String readKubeconfig() {
    return copyFileFromContainer(
        KUBECONFIG,
        stream -> new String(stream.readNBytes(LARGEST_KUBECONFIG), StandardCharsets.UTF_8));
  }

  /** Unlike the inherited one, which asks for a published port. */
  @Override
  protected void containerIsStarted(InspectContainerResponse started) {
    kubeconfig = readKubeconfig();
  }
}
