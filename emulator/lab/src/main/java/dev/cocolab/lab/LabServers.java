package dev.cocolab.lab;

import dev.cocolab.apiserver.ApiServer;
import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.ApiServerOptions;
import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.blobstore.BlobServer;
import dev.cocolab.blobstore.BlobServerOptions;
import dev.cocolab.fixtures.FixtureImages;
import dev.cocolab.fixtures.ImageSigner;
import dev.cocolab.image.CosignSignature;
import dev.cocolab.image.Digest;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.RegistryServer;
import dev.cocolab.image.ServerIdentity;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.access.Access;
import dev.cocolab.lab.authority.Identity;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.lab.authority.PullSecret;
import dev.cocolab.lab.authority.SigningKeys;
import dev.cocolab.lab.data.DataFolder;
import dev.cocolab.lab.joined.Marker;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the servers of a lab, each with the certificate that its clients expect. */
final class LabServers {
  /** Registries of the workshop; all are served by the lab's one. */
  static final List<String> REGISTRY_HOSTS =
      List.of("quay.io", "registry.access.redhat.com", "registry.redhat.io");

  /** As whom the API server speaks to the kubelet, which serves nobody else. */
  static final String KUBELET_CLIENT = "kube-apiserver-kubelet-client";

  private static final List<String> LOOPBACK = List.of("127.0.0.1");

  private LabServers() {}

  /**
   * Starts the API server, with a data folder at the port of the last start if it is free and none
   * is asked for.
   */
  static ApiServer api(
      Machine machine, LabOptions lab, Map<Persona, Access> users, Optional<DataFolder> data) {
    InetAddress address = lab.apiAddress();
    LabAuthority authority = machine.authority();
    PemIdentity serving =
        pem(
            authority.server(
                "kube-apiserver",
                List.of("localhost", "kubernetes", "kubernetes.default.svc"),
                address.isAnyLocalAddress() || address.isLoopbackAddress()
                    ? LOOPBACK
                    : List.of(LOOPBACK.get(0), address.getHostAddress())));
    PemIdentity kubeletClient = pem(authority.client(KUBELET_CLIENT, "cocolab:kubelet-api"));
    ApiServerOptions.Builder options =
        ApiServerOptions.builder(machine.vertx(), serving)
            .bind(address)
            .port(
                lab.apiPort() == 0
                    ? data.map(folder -> lastPort(folder, address)).orElse(0)
                    : lab.apiPort())
            .clientCa(authority.certificatePem())
            .kubelet(new KubeletAccess(kubeletClient, authority.certificatePem()))
            .clock(machine.clock())
            .names(machine.random())
            .keys(machine.random());
    users.forEach(
        (persona, access) ->
            access
                .token()
                .ifPresent(
                    token -> options.token(token, User.of(persona.user(), persona.group()))));
    data.ifPresent(
        folder -> options.data(folder.objects()).tokenKey(folder.tokenKey(machine.random())));
    try {
      return ApiServer.start(options.build());
    } catch (ApiServerException e) {
      throw data.filter(folder -> e.reason() != ApiServerException.Reason.CANNOT_LISTEN)
          .map(folder -> folder.refused(e))
          .orElseGet(
              () -> new LabException(Reason.PORT_TAKEN, e.getMessage() + "; " + remedy(e), e));
    }
  }

  private static String remedy(ApiServerException e) {
    return String.valueOf(e.getMessage()).contains("Cannot assign")
        ? "choose an address of this machine"
        : "choose another port, or 0 for any free one";
  }

  /** 0 when another program listens there now. */
  private static int lastPort(DataFolder data, InetAddress address) {
    int port = data.lastPort().orElse(0);
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address, port));
      return port;
    } catch (IOException taken) {
      return 0;
    }
  }

  static RegistryServer registry(Machine machine) {
    Identity identity = machine.authority().server("registry", REGISTRY_HOSTS, List.of());
    return RegistryServer.start(
        machine.vertx(),
        InetAddress.getLoopbackAddress(),
        Optional.of(new ServerIdentity(identity.keyPem(), identity.certificatePem())));
  }

  /**
   * Loads this machine's images, puts signatures beside those that somebody signed, and closes the
   * private repository.
   */
  static void fill(RegistryServer registry, Machine machine) {
    PullSecret account = machine.pullSecret();
    registry.protect(
        ImageReference.parse(FixtureImages.PRIVATE_IMAGE).name(),
        account.user(),
        account.password());
    machine
        .images()
        .forEach(
            (image, layout) -> {
              Digest content = registry.load(layout, image);
              signer(machine.signingKeys(), ImageSigner.of(image))
                  .map(key -> CosignSignature.sign(image, content, key, machine.random()))
                  .ifPresent(registry::attach);
            });
  }

  private static Optional<PrivateKey> signer(SigningKeys keys, ImageSigner signer) {
    return switch (signer) {
      case WORKSHOP -> Optional.of(keys.workshop());
      case FOREIGN -> Optional.of(keys.foreign());
      case NOBODY -> Optional.empty();
    };
  }

  static BlobServer blobs(Machine machine) {
    String host = BlobServer.hostName(machine.storage().account().name());
    Identity identity = machine.authority().server(host, List.of(host, "localhost"), LOOPBACK);
    return BlobServer.start(
        BlobServerOptions.builder(machine.vertx())
            .account(machine.storage().account())
            .tls(
                new BlobServerOptions.TlsIdentity(
                    identity.certificatePem().getBytes(StandardCharsets.US_ASCII),
                    identity.keyPem().getBytes(StandardCharsets.US_ASCII)))
            .clock(machine.clock())
            .build());
  }

  /** As cert-manager issues it in the guide: self-signed, for the Route's host. */
  static Identity trusteeIdentity(Machine machine) {
    return LabAuthority.selfSigned(
        "kbs-trustee-operator-system",
        List.of(Names.ROUTE_HOST, "kbs-service.trustee-operator-system", "localhost"),
        LOOPBACK,
        machine.random(),
        machine.clock());
  }

  static Identity tokenIdentity(Machine machine) {
    return LabAuthority.selfSigned(
        "kbs-trustee-operator-system",
        List.of(Names.ROUTE_HOST),
        List.of(),
        machine.random(),
        machine.clock());
  }

  /**
   * A client of TLS 1.2: a lab opens about fifty connections, and in JDK 17 a session of TLS 1.2
   * (RFC 5246, 7.3) is resumed by any number of connections at once, one of TLS 1.3 by one.
   */
  static KubernetesClient client(Machine machine, URI api, String authorityPem, Access access) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(api.toString())
            .withNamespace(access.namespace())
            .withCaCertData(base64(authorityPem))
            .withClientCertData(base64(access.identity().certificatePem()))
            .withClientKeyData(base64(access.identity().keyPem()))
            .withClientKeyAlgo("EC")
            .withTlsVersions(TlsVersion.TLS_1_2)
            .withUserAgent(Marker.USER_AGENT)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(machine.clusterHttp())
        .withKubernetesSerialization(machine.clusterObjects())
        .build();
  }

  private static PemIdentity pem(Identity identity) {
    return new PemIdentity(identity.certificatePem(), identity.keyPem());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
