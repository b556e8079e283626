package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A hostile container, as user 0 and as user 1001, beside another pod: it reaches neither that pod
 * nor this machine. The same attempts made on this machine show that they are good ones.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BreakOutTest {
  private static final String KEY = "cocolab-test-key";
  private static final Set<String> ELSEWHERE = Set.of("complaints", "named pipe", "core pattern");
  private static final String HOST_NAME = "cocolab-host-" + ProcessHandle.current().pid();
  private static final String POD_NAME = "cocolab-pod-" + ProcessHandle.current().pid();

  private final List<AutoCloseable> open = new ArrayList<>();
  private SandboxFixture lab;
  private Path secret;
  private Path socket;
  private Path volume;
  private int port;
  private long ownerOfPod;
  private Map<String, String> asZero;
  private Map<String, String> asOther;
  private Map<String, String> onHost;
  private Map<String, String> withPrivileges;

  @BeforeAll
  void attempt() throws Exception {
    lab = SandboxFixture.open();
    secret = Files.writeString(lab.base().resolve("host-secret"), "of this machine");
    socket = lab.base().resolve("control.sock");
    ServerSocketChannel control = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(control);
    control.bind(UnixDomainSocketAddress.of(socket));
    byte[] loopback = {127, 0, 0, 1};
    ServerSocket api = new ServerSocket(0, 50, InetAddress.getByAddress(loopback));
    open.add(api);
    port = api.getLocalPort();
    volume = Files.createDirectory(lab.base().resolve("volume"));
    Files.createSymbolicLink(volume.resolve("absolute"), secret);
    Files.createSymbolicLink(volume.resolve("upwards"), Path.of("../../../../../.." + secret));
    Process listener =
        new ProcessBuilder("perl", "-e", listener(HOST_NAME)).redirectErrorStream(true).start();
    open.add(listener::destroy);
    assertThat(SandboxFixture.line(listener.getInputStream())).isEqualTo("listening");

    UnixRelay relay =
        UnixRelay.listen(
            lab.host().runtimeDirectory().resolve("victim"),
            () -> new InetSocketAddress(api.getInetAddress(), port));
    open.add(relay);
    PodSandbox victim = lab.pod(new Forward("127.0.0.1", 8006, relay.socket()));
    SandboxContainer other =
        victim.start(
            ContainerSpec.of("v", List.of(lab.layer()), List.of("perl", "-e", listener(POD_NAME)))
                .withMounts(List.of(new Mount(volume, "/keys", true))));
    assertThat(SandboxFixture.line(other.stdout())).isEqualTo("listening");
    ownerOfPod = other.processId();

    List<Mount> mounts = List.of(new Mount(volume, "/keys", true));
    asZero = attempts().in(lab, lab.pod(), 0, mounts);
    asOther = attempts().in(lab, lab.pod(), 1001, mounts);
    Path folder = Files.createDirectory(lab.base().resolve("control"));
    new Attempts().add("add", "addkey", KEY, "value").outside(folder, List.of());
    onHost = attempts().outside(folder, List.of());
    withPrivileges =
        privileged(folder)
            .outside(folder, List.of("unshare", "-Urmpnuif", "--kill-child", "--mount-proc", "--"));
    assertThat(other.exited().toCompletableFuture()).as("the victim").isNotDone();
    assertThat(inVictim(victim)).as("the victim reaches its own").isEqualTo("ok");
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  private String inVictim(PodSandbox victim) throws IOException {
    return new Attempts()
        .add("api", "tcp", "127.0.0.1", 8006)
        .in(lab, victim, 0, List.of())
        .get("api");
  }

  /** Listens on an abstract Unix socket until it is killed. */
  private static String listener(String name) {
    return "$|=1; socket(S,1,1,0); bind(S,pack('S a*',1,\"\\0"
        + name
        + "\")) && listen(S,5) && print \"listening\\n\"; sleep 100;";
  }

  private Attempts attempts() {
    long jvm = ProcessHandle.current().pid();
    Attempts all = new Attempts();
    // Files of this machine and of other pods.
    all.add("shadow", "read", "/etc/shadow")
        .add("absolute", "read", secret)
        .add("dots", "read", "/../../.." + secret)
        .add("root of init", "read", "/proc/1/root" + secret)
        .add("own root", "read", "/proc/self/root/../.." + secret)
        .add("working folder", "read", "/proc/self/cwd/../../.." + secret)
        .add("root of the JVM", "read", "/proc/" + jvm + "/root" + secret)
        .add("descriptor of the JVM", "list", "/proc/" + jvm + "/fd")
        .add("root of another pod", "list", "/proc/" + ownerOfPod + "/root/keys")
        .add("files of another pod", "list", lab.host().directory().resolve("pods"))
        .add("absolute link", "read", "/keys/absolute")
        .add("upward link", "read", "/keys/upwards")
        .add("handle", "handle", "/dev/shm", "/dev/shm")
        .add("memory", "read", "/dev/mem")
        .add("kernel log", "read", "/dev/kmsg");
    // Processes.
    all.add("descriptors", "descriptors")
        .add("see the JVM", "list", "/proc/" + jvm)
        .add("see another pod", "list", "/proc/" + ownerOfPod)
        .add("kill the JVM", "kill", jvm)
        .add("kill another pod", "kill", ownerOfPod)
        .add("trace the JVM", "ptrace", jvm)
        .add("read the JVM's memory", "peek", jvm)
        .add("hold the JVM", "pidfd", jvm)
        .add("processes", "processes");
    // Mounts and namespaces.
    all.add("mount", "mount", "tmpfs", "/dev/shm")
        .add("bind", "bind", "/proc", "/dev/shm")
        .add("remount", "remount", "/keys")
        .add("umount", "umount", "/proc/sys")
        .add("pivot", "pivot", "/dev/shm")
        .add("chroot", "chroot", "/")
        .add("clone a mount", "clonemount", "/")
        .add("open a file system", "fsopen", "tmpfs")
        .add("enter a network", "setns", "/proc/self/ns/net")
        .add("new mounts", "unshare", "20000")
        .add("new users", "unshare", "10000000")
        .add("new users and mounts", "unshare", "10020000");
    // Devices and the kernel.
    all.add("named pipe", "mknod", "/pipe", "p", 0, 0);
    all.add("character device", "mknod", "/dev/shm/mem", "c", 1, 1)
        .add("block device", "mknod", "/dev/shm/disk", "b", 254, 0)
        .add("core pattern", "write", "/proc/sys/kernel/core_pattern", "|/bin/sh")
        .add("sys", "write", "/sys/class/net/lo/mtu", "1500")
        .add("host name", "hostname", "taken")
        .add("hasten", "hasten", -5)
        .add("processor events", "bpf")
        .add("find a key", "findkey", KEY)
        .add("more descriptors", "raise", 7)
        .add("longer files", "raise", 1)
        .add("more processes", "raise", 6)
        .add("core files", "raise", 4);
    // The network and sockets.
    all.add("port of this machine", "tcp", "127.0.0.1", port)
        .add("loopback API of another pod", "tcp", "127.0.0.1", 8006)
        .add("control socket", "unix", socket)
        .add("socket of another pod", "unix", lab.host().runtimeDirectory().resolve("victim"))
        .add("abstract socket of this machine", "abstract", HOST_NAME)
        .add("abstract socket of another pod", "abstract", POD_NAME)
        .add("raw socket", "socket", 2, 3, 1)
        .add("packet socket", "socket", 17, 3, 768)
        .add("socket to the hypervisor", "socket", 40, 1, 0);
    // Last: all processes that can be seen.
    return all.add("kill all", "kill", -1);
  }

  /** What a container must not do, where its user is an administrator of all namespaces. */
  private static Attempts privileged(Path folder) throws IOException {
    for (String name : List.of("a", "b", "c")) {
      Files.createDirectory(folder.resolve(name));
    }
    return new Attempts()
        .add("mount", "mount", "tmpfs", folder.resolve("a"))
        .add("bind", "bind", folder.resolve("a"), folder.resolve("b"))
        .add("remount", "remount", folder.resolve("b"))
        .add("umount", "umount", folder.resolve("b"))
        .add("clone a mount", "clonemount", folder.resolve("a"))
        .add("open a file system", "fsopen", "tmpfs")
        .add("enter a network", "setns", "/proc/self/ns/net")
        .add("host name", "hostname", "taken")
        .add("read the JVM's memory", "peek", "self")
        .add("chroot", "chroot", "/")
        .add("pivot", "mount", "tmpfs", folder.resolve("c"))
        .add("pivot", "pivot", folder.resolve("c"))
        .add("new mounts", "unshare", "20000");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
            Stream.of(
                    "shadow",
                    "absolute",
                    "dots",
                    "root of init",
                    "own root",
                    "working folder",
                    "root of the JVM",
                    "descriptor of the JVM",
                    "root of another pod",
                    "files of another pod",
                    "absolute link",
                    "upward link",
                    "memory",
                    "kernel log",
                    "see the JVM",
                    "see another pod",
                    "control socket",
                    "socket of another pod")
                .map(name -> Arguments.of(name, "ENOENT")),
            Stream.of(
                    "kill the JVM",
                    "kill another pod",
                    "trace the JVM",
                    "read the JVM's memory",
                    "hold the JVM",
                    "kill all")
                .map(name -> Arguments.of(name, "ESRCH")),
            Stream.of(
                    "handle",
                    "mount",
                    "bind",
                    "remount",
                    "umount",
                    "pivot",
                    "chroot",
                    "clone a mount",
                    "open a file system",
                    "enter a network",
                    "new mounts",
                    "character device",
                    "block device",
                    "host name",
                    "processor events",
                    "find a key",
                    "more descriptors",
                    "longer files",
                    "more processes",
                    "core files",
                    "raw socket",
                    "packet socket")
                .map(name -> Arguments.of(name, "EPERM")),
            Stream.of("new users", "new users and mounts")
                .map(name -> Arguments.of(name, "ENOSPC")),
            Stream.of(
                    "port of this machine",
                    "loopback API of another pod",
                    "abstract socket of this machine",
                    "abstract socket of another pod")
                .map(name -> Arguments.of(name, "ECONNREFUSED")),
            Stream.of(
                Arguments.of("sys", "EROFS"),
                Arguments.of("hasten", "EACCES"),
                Arguments.of("socket to the hypervisor", "EAFNOSUPPORT"),
                Arguments.of("descriptors", "text 0 1 2"),
                Arguments.of("processes", "text 1")))
        .flatMap(each -> each);
  }

  @Test
  void refusesToSendCoreFilesToAProgramOfTheMachine() {
    // Behind the mask the file belongs to root of the machine.
    String masked = lab.host().usesRealUserIds() ? "EROFS" : "EACCES";
    assertThat(asZero).containsEntry("core pattern", masked);
    assertThat(asOther).containsEntry("core pattern", "EACCES");
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refuses(String attempt, String reason) {
    assertThat(asZero).as("as user 0").containsEntry(attempt, reason);
    assertThat(asOther).as("as user 1001").containsEntry(attempt, reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "absolute",
        "dots",
        "own root",
        "working folder",
        "root of the JVM",
        "descriptor of the JVM",
        "files of another pod",
        "see the JVM",
        "see another pod",
        "kill the JVM",
        "kill another pod",
        "hold the JVM",
        "kill all",
        "find a key",
        "port of this machine",
        "control socket",
        "socket of another pod",
        "abstract socket of this machine"
      })
  void theSameSucceedsOnThisMachine(String attempt) {
    assertThat(onHost).containsEntry(attempt, "ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mount",
        "bind",
        "remount",
        "umount",
        "clone a mount",
        "open a file system",
        "enter a network",
        "host name",
        "read the JVM's memory",
        "new mounts",
        "chroot",
        "pivot"
      })
  void theSameSucceedsForAnAdministratorOfNamespaces(String attempt) {
    assertThat(withPrivileges).containsEntry(attempt, "ok");
  }

  @Test
  void everyAttemptWasMade() {
    assertThat(asZero).containsEntry("complaints", "").containsEntry("named pipe", "ok");
    assertThat(asOther).containsEntry("complaints", "");
    assertThat(onHost).containsEntry("complaints", "");
    assertThat(withPrivileges).containsEntry("complaints", "");
    assertThat(refusals().map(row -> (String) row.get()[0]))
        .as("attempts with an expected answer")
        .containsExactlyInAnyOrderElementsOf(
            asZero.keySet().stream().filter(name -> !ELSEWHERE.contains(name)).toList());
  }
}
