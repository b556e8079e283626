package dev.cocolab.peers;

import dev.cocolab.peers.PeerException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;

/**
 * A real control plane: etcd, kube-apiserver with RBAC, the node authorizer and NodeRestriction,
 * and, when asked for, kube-controller-manager with its default controllers. Listens on 127.0.0.1
 * only. One authority signs servers, clients, kubelets' serving certificates and what {@code
 * CertificateSigningRequest}s ask for.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int STARTS = 3;
  private static final String LOOPBACK = "127.0.0.1";
  private static final String MASTERS = "system:masters";

  private final KubeAssets assets;
  private final Path folder;
  private final PeerAuthority authority;
  private final PeerAuthority frontProxy;
  private final Identity admin;
  private final Deque<Program> programs = new ArrayDeque<>();
  private URI url;

  private ControlPlane(KubeAssets assets, Path folder) {
    this.assets = assets;
    this.folder = folder.toAbsolutePath();
    // the programs judge certificates by the machine's own time
    this.authority = new PeerAuthority("kubernetes", Clock.systemUTC());
    this.frontProxy = new PeerAuthority("front-proxy", Clock.systemUTC());
    this.admin = authority.client("admin", MASTERS);
  }

  /**
   * Starts etcd and kube-apiserver, and returns when {@code /readyz} says so.
   *
   * @param folder for keys, data and logs; must exist, and is the caller's to delete
   * @throws PeerException when a program ends or is not ready within two minutes; nothing runs then
   */
  public static ControlPlane start(KubeAssets assets, Path folder) {
    return start(assets, folder, false);
  }

  /** As {@link #start}, with kube-controller-manager, and returns when that has begun its work. */
  public static ControlPlane startWithControllers(KubeAssets assets, Path folder) {
    return start(assets, folder, true);
  }

  private static ControlPlane start(KubeAssets assets, Path folder, boolean controllers) {
    ControlPlane plane = new ControlPlane(assets, folder);
    try {
      plane.writeFiles();
      plane.startStore();
      if (controllers) {
        plane.startControllers();
      }
      return plane;
    } catch (RuntimeException e) {
      plane.close();
      throw e;
    }
  }

  public URI url() {
    return url;
  }

  /** The authority that the server's certificate is checked with. */
  public String caPem() {
    return authority.own().certificatePem();
  }

  /** A member of {@code system:masters}. */
  public Identity admin() {
    return admin;
  }

  /** A client with a name and groups, for example {@code system:node:w} in {@code system:nodes}. */
  public Identity client(String user, String... groups) {
    return authority.client(user, groups);
  }

  /** The administrator's kubeconfig, mode 0600. */
  public Path kubeconfig() {
    return folder.resolve("admin.kubeconfig");
  }

  private void writeFiles() {
    write("ca", authority.own());
    write("front-proxy-ca", frontProxy.own());
    write(
        "apiserver",
        authority.server(
            "kube-apiserver",
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc"));
    write("kubelet-client", authority.client("kube-apiserver-kubelet-client", MASTERS));
    write("front-proxy-client", frontProxy.client("front-proxy-client"));
    KeyPair accounts = PeerAuthority.newKeys();
    write("sa.key", PeerAuthority.privatePem(accounts));
    write("sa.pub", PeerAuthority.pem(accounts.getPublic()));
  }

  private void write(String name, Identity identity) {
    write(name + ".crt", identity.certificatePem());
    write(name + ".key", identity.keyPem());
  }

  private void write(String name, String text) {
    Path file = folder.resolve(name);
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new PeerException(Reason.NOT_PREPARED, "The file " + file + " cannot be written.", e);
    }
  }

  /** A free port may be taken by somebody else before the program has it: then with others. */
  private Program startOnFreePorts(String name, int ports, PortedCommand command, Readiness ready) {
    for (int attempt = 1; ; attempt++) {
      List<Integer> free = freePorts(ports);
      List<String> line = new ArrayList<>();
      line.add(assets.program(name).toString());
      line.addAll(command.with(free));
      Program program = Program.start(line, folder.resolve(name + ".log"));
      programs.push(program);
      try {
        program.await(() -> ready.on(free), LIMIT);
        return program;
      } catch (PeerException e) {
        programs.remove(program);
        program.close();
        if (attempt == STARTS || !program.logTail().contains("address already in use")) {
          throw e;
        }
      }
    }
  }

  private interface PortedCommand {
    List<String> with(List<Integer> ports);
  }

  private interface Readiness {
    boolean on(List<Integer> ports);
  }

  private static List<Integer> freePorts(int count) {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket =
            new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        held.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new PeerException(Reason.NOT_PREPARED, "There is no free port on 127.0.0.1.", e);
    }
  }

  private void startStore() {
    List<String> endpoints = new ArrayList<>();
    startOnFreePorts(
        "etcd",
        2,
        ports -> {
          String client = "http://" + LOOPBACK + ":" + ports.get(0);
          String peer = "http://" + LOOPBACK + ":" + ports.get(1);
          endpoints.add(client);
          return List.of(
              "--name=peer",
              "--data-dir=" + folder.resolve("etcd"),
              "--unsafe-no-fsync",
              "--log-level=warn",
              "--listen-client-urls=" + client,
              "--advertise-client-urls=" + client,
              "--listen-peer-urls=" + peer,
              "--initial-advertise-peer-urls=" + peer,
              "--initial-cluster=peer=" + peer);
        },
        ports -> Probe.plain(URI.create("http://" + LOOPBACK + ":" + ports.get(0) + "/health")));
    Probe probe = new Probe(caPem(), admin);
    startOnFreePorts(
        "kube-apiserver",
        1,
        ports -> serverOptions(endpoints.get(endpoints.size() - 1), ports.get(0)),
        ports -> {
          url = URI.create("https://" + LOOPBACK + ":" + ports.get(0));
          return probe.answers(url.resolve("/readyz"));
        });
    write("admin.kubeconfig", kubeconfig(admin));
  }

  private List<String> serverOptions(String etcd, int port) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--etcd-servers=" + etcd,
                "--bind-address=" + LOOPBACK,
                "--advertise-address=" + LOOPBACK,
                "--endpoint-reconciler-type=none",
                "--secure-port=" + port,
                "--cert-dir=" + folder.resolve("apiserver"),
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--allow-privileged=true",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--kubelet-preferred-address-types=InternalIP",
                "--requestheader-allowed-names=front-proxy-client",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-username-headers=X-Remote-User"));
    options.addAll(
        files(
            "client-ca-file=ca.crt",
            "tls-cert-file=apiserver.crt",
            "tls-private-key-file=apiserver.key",
            "service-account-key-file=sa.pub",
            "service-account-signing-key-file=sa.key",
            "kubelet-client-certificate=kubelet-client.crt",
            "kubelet-client-key=kubelet-client.key",
            "kubelet-certificate-authority=ca.crt",
            "requestheader-client-ca-file=front-proxy-ca.crt",
            "proxy-client-cert-file=front-proxy-client.crt",
            "proxy-client-key-file=front-proxy-client.key"));
    return options;
  }

  private void startControllers() {
    String name = "system:kube-controller-manager";
    write("controllers.kubeconfig", kubeconfig(authority.client(name)));
    Probe probe = new Probe(caPem(), admin);
    startOnFreePorts(
        "kube-controller-manager",
        1,
        ports -> {
          List<String> options =
              new ArrayList<>(
                  List.of(
                      "--bind-address=" + LOOPBACK,
                      "--secure-port=" + ports.get(0),
                      "--cert-dir=" + folder.resolve("controllers"),
                      "--leader-elect=false",
                      "--use-service-account-credentials",
                      "--service-cluster-ip-range=10.96.0.0/16",
                      "--cluster-name=peer"));
          options.addAll(
              files(
                  "kubeconfig=controllers.kubeconfig",
                  "authentication-kubeconfig=controllers.kubeconfig",
                  "authorization-kubeconfig=controllers.kubeconfig",
                  "client-ca-file=ca.crt",
                  "requestheader-client-ca-file=front-proxy-ca.crt",
                  "root-ca-file=ca.crt",
                  "cluster-signing-cert-file=ca.crt",
                  "cluster-signing-key-file=ca.key",
                  "service-account-private-key-file=sa.key"));
          return options;
        },
        // what two of its controllers make first
        ports ->
            probe.answers(url.resolve("/api/v1/namespaces/default/serviceaccounts/default"))
                && probe.answers(
                    url.resolve("/api/v1/namespaces/default/configmaps/kube-root-ca.crt")));
  }

  private List<String> files(String... options) {
    List<String> all = new ArrayList<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      all.add(
          "--" + option.substring(0, equals + 1) + folder.resolve(option.substring(equals + 1)));
    }
    return all;
  }

  private String kubeconfig(Identity identity) {
    return """
        apiVersion: v1
        kind: Config
        current-context: peer
        clusters:
        - name: peer
          cluster:
            server: %s
            certificate-authority-data: %s
        users:
        - name: peer
          user:
            client-certificate-data: %s
            client-key-data: %s
        contexts:
        - name: peer
          context: {cluster: peer, user: peer, namespace: default}
        """
        .formatted(
            url, base64(caPem()), base64(identity.certificatePem()), base64(identity.keyPem()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Ends all programs, the newest first. */
  @Override
  public void close() {
    while (!programs.isEmpty()) {
      programs.pop().close();
    }
  }
}
