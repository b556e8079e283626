package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API on its Unix socket, byte for byte. */
class LoopbackApiTest {

  private static final String FAILED =
      "rpc status: Status { code: INTERNAL, message: \"%s\", details: [], special_fields: SpecialFields { unknown_fields:"
          + " UnknownFields { fields: None }, cached_size: CachedSize { size: 0 } } }";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path directory;
  private GuestFixture fixture;
  private GuestVm guest;
  private Path socket;

  @BeforeEach
  void start() throws Exception {
    fixture = new GuestFixture(directory);
    fixture.broker.resources.put(
        "default/fraud-dataset/dataset_key",
        "line\nbinary \u00e9".getBytes(StandardCharsets.UTF_8));
    serve(fixture.bootWith("", ""));
  }

  private void serve(GuestVm booted) {
    guest = booted;
    socket = directory.resolve("api.sock");
    guest.serveApi(socket);
  }

  @AfterEach
  void stop() throws Exception {
    guest.close();
    assertThat(socket).doesNotExist();
    fixture.close();
  }

  private record Reply(int status, String contentType, String body) {}

  private Reply call(String method, String target, String body) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: 127.0.0.1:8006\r\nConnection: close\r\nContent-Length: "
            + content.length
            + "\r\n\r\n";
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap((head + body).getBytes(StandardCharsets.UTF_8)));
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    }
    String text = answer.toString(StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    String type = "";
    for (String line : text.substring(0, end).split("\r\n", -1)) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-type: ")) {
        type = line.substring("content-type: ".length());
      }
    }
    return new Reply(Integer.parseInt(text.substring(9, 12)), type, text.substring(end + 4));
  }

  private Reply get(String target) throws IOException {
    return call("GET", target, "");
  }

  @Test
  void aResourceIsItsBytes() throws Exception {
    Reply expected = new Reply(200, "application/octet-stream", "line\nbinary \u00e9");
    assertThat(get("/cdh/resource/default/fraud-dataset/dataset_key")).isEqualTo(expected);
    assertThat(call("POST", "/cdh/resource/default/fraud-dataset/dataset_key?x=y", ""))
        .isEqualTo(expected);
    assertThat(fixture.broker.log)
        .contains("GET /kbs/v0/resource/default/fraud-dataset/dataset_key")
        .hasSize(6);
    fixture.assertNoSecretsIn(fixture.log);
  }

  @Test
  void aFailureIsTheDumpOfTheStatus() throws Exception {
    assertThat(get("/cdh/resource/default/unknown/key"))
        .isEqualTo(new Reply(500, "", FAILED.replace("%s", "[CDH] [ERROR]: Get Resource failed")));
    assertThat(get("/cdh/resource/only/two").status()).isEqualTo(500);
    assertThat(get("/aa/token?token_type=other"))
        .isEqualTo(
            new Reply(
                500,
                "",
                FAILED.replace("%s", "[ERROR:attestation-agent] AA-KBC get token failed")));
    assertThat(get("/aa/evidence?runtime_data=" + "x".repeat(100)))
        .isEqualTo(
            new Reply(
                500,
                "",
                FAILED.replace("%s", "[ERROR:attestation-agent] AA-KBC get evidence failed")));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 404, URL NOT FOUND",
    "GET, /cdh, 404, URL NOT FOUND",
    "GET, /cdh/, 404, URL NOT FOUND",
    "GET, /cdh/resource, 404, URL NOT FOUND",
    "GET, /cdh/other/a/b/c, 404, URL NOT FOUND",
    "GET, /unknown, 404, URL NOT FOUND",
    "GET, /foo/bar, 404, URL NOT FOUND",
    "POST, /aa/token?token_type=kbs, 404, URL NOT FOUND",
    "GET, /aa/aael, 404, URL NOT FOUND",
    "GET, /aa/token/, 404, URL NOT FOUND",
    "GET, /aa/additional_evidence?runtime_data=x, 404, URL NOT FOUND",
    "GET, /aa/token, 400, BAD REQUEST",
    "GET, /aa/evidence, 400, BAD REQUEST",
    "GET, /aa/evidence?runtime_data=a&encoding=hex, 400, BAD REQUEST",
    "GET, /aa/evidence?runtime_data=YQ==&encoding=base64, 400, BAD REQUEST",
    "GET, /aa/additional-evidence, 400, BAD REQUEST",
    "POST, /info, 405, Method Not Allowed",
    "DELETE, /info, 405, Method Not Allowed",
    "GET, /info/, 404, URL NOT FOUND"
  })
  void fixedTextsHaveNoContentType(String method, String target, int status, String body)
      throws Exception {
    assertThat(call(method, target, "")).isEqualTo(new Reply(status, "", body));
  }

  @Test
  void infoNamesTheTee() throws Exception {
    assertThat(get("/info"))
        .isEqualTo(
            new Reply(
                200,
                "application/json",
                "{\"version\":\"Guest Components Version: v0.21.0-cocolab\",\"tee\":\"az-snp-vtpm\",\"feature\":\"all\"}"));
  }

  @Test
  void tokensAndEvidenceComeFromTheAgent() throws Exception {
    Reply token = get("/aa/token?token_type=coco_as&token_type=kbs");
    JsonNode json = JSON.readTree(token.body());
    assertThat(token.contentType()).isEqualTo("application/octet-stream");
    assertThat(json.get("token").asString()).startsWith("jwt-");
    assertThat(json.get("tee_keypair").asString()).startsWith("-----BEGIN PRIVATE KEY-----\n");

    assertThat(qualifyingData(get("/aa/evidence?runtime_data=a+b%21"))).isEqualTo("a b!");
    assertThat(qualifyingData(get("/aa/evidence?runtime_data=YWJj&encoding=base64")))
        .isEqualTo("abc");
    assertThat(get("/aa/additional-evidence?runtime_data=x"))
        .isEqualTo(new Reply(200, "application/octet-stream", ""));
  }

  private static String qualifyingData(Reply reply) {
    AzSnpVtpmEvidence evidence = AzSnpVtpmEvidence.parse(JSON.readTree(reply.body()));
    return new String(
        TpmsAttest.parse(evidence.quote().message()).extraData(), StandardCharsets.UTF_8);
  }

  @Test
  void measurementsAreAnsweredAsConfigured() throws Exception {
    String event = "{\"domain\":\"domain\",\"operation\":\"operation\",\"content\":\"content\"}";
    assertThat(call("POST", "/aa/aael", event))
        .isEqualTo(
            new Reply(
                200,
                "application/json",
                "{\"success\":\"false\",\"message\": \"Attestation Agent does not enable eventlog recording\"}"));
    assertThat(call("POST", "/aa/aael", "{\"domain\":1}").body())
        .startsWith("Illegal AAEL eventry format: ");
    assertThat(call("POST", "/aa/aael", "{").status()).isEqualTo(500);

    guest.close();
    String log = "[eventlog_config]\nenable_eventlog = true\n";
    serve(fixture.boot(Optional.of(GuestFixture.initdata(log, "", ""))));
    assertThat(call("POST", "/aa/aael", event))
        .isEqualTo(
            new Reply(
                500,
                "",
                FAILED.replace(
                    "%s", "[ERROR:attestation-agent] AA extend runtime measurement failed")));

    guest.close();
    serve(fixture.boot(Optional.of(GuestFixture.initdata(log + "init_pcr = 23\n", "", ""))));
    byte[] digest =
        AttestationAgent.digest(
            AttestationAgent.tagged("domain operation content".getBytes(StandardCharsets.UTF_8)));
    byte[] expected = fixture.hardware.pcrs().extend(23, digest).value(23);
    assertThat(call("POST", "/aa/aael", event))
        .isEqualTo(new Reply(200, "application/json", "{\"success\":\"true\"}"));
    assertThat(fixture.hardware.pcrs().value(23)).isEqualTo(expected);
    assertThat(java.util.HexFormat.of().formatHex(digest))
        .isEqualTo("46df8dacf00a07d34a83cdf56d7978697790787cf2ba1432ef7c38f22cd96351");
  }

  @Test
  void theSixtyFifthConnectionIsClosed() throws Exception {
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < 65; i++) {
        open.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }
      assertThat(open.get(64).read(ByteBuffer.allocate(1))).isEqualTo(-1);
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  @Test
  void oversizedBodiesEndTheConnectionAndTheSocketIsPrivate() throws Exception {
    try {
      assertThat(call("POST", "/aa/aael", "x".repeat(200_000)).status()).isNotEqualTo(200);
    } catch (IOException | StringIndexOutOfBoundsException e) {
      assertThat(e).as("connection ended without an answer").isNotNull();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(get("/info").status()).isEqualTo(200);
  }
}
