package dev.cocolab.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.PemIdentity;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every user of a cluster has a certificate of the authority that the kubelet trusts. */
@ExtendWith(ClusterExtension.class)
class KubeletCallersTest {
  private static final int SECONDS = 10;

  private final TestCluster cluster;

  KubeletCallersTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  /** A certificate of the same authority with another name. */
  private PemIdentity user(Path directory, String subject) throws Exception {
    Path authority =
        Files.writeString(directory.resolve("ca.pem"), cluster.identity.certificatePem());
    Path authorityKey = Files.writeString(directory.resolve("ca.key"), cluster.identity.keyPem());
    Path key = directory.resolve("user.key");
    Path request = directory.resolve("user.csr");
    Path certificate = directory.resolve("user.pem");
    TestImage.run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        subject,
        "-keyout",
        key.toString(),
        "-out",
        request.toString());
    TestImage.run(
        "openssl",
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        request.toString(),
        "-CA",
        authority.toString(),
        "-CAkey",
        authorityKey.toString(),
        "-set_serial",
        "7",
        "-out",
        certificate.toString());
    return new PemIdentity(Files.readString(certificate), Files.readString(key));
  }

  private static PemKeyCertOptions pem(PemIdentity identity) {
    return new PemKeyCertOptions()
        .setCertValue(Buffer.buffer(identity.certificatePem()))
        .setKeyValue(Buffer.buffer(identity.keyPem()));
  }

  private String log(PemIdentity identity) throws Exception {
    HttpClient client =
        cluster.vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setKeyCertOptions(pem(identity)));
    try {
      return client
          .request(
              new RequestOptions()
                  .setMethod(HttpMethod.GET)
                  .setHost(cluster.nodeAddress())
                  .setPort(cluster.node.kubeletPort())
                  .setURI("/containerLogs/default/nobody/app"))
          .compose(request -> request.send())
          .compose(HttpClientResponse::body)
          .map(body -> body.toString())
          .toCompletionStage()
          .toCompletableFuture()
          .get(SECONDS, TimeUnit.SECONDS);
    } finally {
      client.close();
    }
  }

  @Test
  void onlyTheApiServerReadsLogs(@TempDir Path directory) throws Exception {
    assertThat(log(cluster.identity)).isEqualTo("pod \"nobody\" does not exist");
    assertThat(log(user(directory, "/O=cocolab:devel/CN=devel")))
        .isEqualTo("Forbidden (user=devel, verb=get, resource=nodes, subresource(s)=[proxy])");
    assertThat(log(user(directory, "/O=test"))).startsWith("Forbidden (user=,");
    assertThat(log(user(directory, "/CN=test/CN=devel"))).startsWith("Forbidden (user=,");
  }

  @Test
  void onlyTheApiServerRunsCommands(@TempDir Path directory) throws Exception {
    WebSocketClient client =
        cluster.vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setKeyCertOptions(pem(user(directory, "/O=test/CN=devel"))));
    try {
      assertThatThrownBy(
              () ->
                  KubeletStream.open(
                      client, cluster, KubeletStream.V5, KubeletStream.exec("nobody", "", "id")))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .asInstanceOf(InstanceOfAssertFactories.type(UpgradeRejectedException.class))
          .extracting(UpgradeRejectedException::getStatus)
          .isEqualTo(403);
    } finally {
      client.close();
    }
  }
}
