package dev.cocolab.node.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.node.forward.ForwardFixture.Client;
import io.vertx.core.http.UpgradeRejectedException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before the upgrade, and the channels of version 4. */
class PortForwardingTest {
  private ForwardFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new ForwardFixture(ForwardFixture.limits());
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown | port=80 | v4.channel.k8s.io | 404 | pod does not exist",
        "starting | port=80 | v4.channel.k8s.io | 500 | pod not found (\"starting_default\")",
        "pod | x=1 | v4.channel.k8s.io | 400 | query parameter \"port\" is required",
        "pod | port=0 | v4.channel.k8s.io | 400 | port \"0\" must be > 0",
        "pod | port=80,http | v4.channel.k8s.io | 400 | unable to parse \"http\" as a port: strconv.ParseUint: parsing \"http\": invalid syntax",
        "pod | port=70000 | v4.channel.k8s.io | 400 | unable to parse \"70000\" as a port: strconv.ParseUint: parsing \"70000\": value out of range",
        "pod | port=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17 | v4.channel.k8s.io | 400 | more than 16 ports",
        "pod | port=80 | v5.channel.k8s.io | 400 | no protocol of port-forward is asked for; supports [SPDY/3.1+portforward.k8s.io, v4.channel.k8s.io]"
      })
  void refusesBeforeTheUpgrade(String pod, String query, String protocol, int status, String text) {
    assertThatThrownBy(() -> fixture.connect("/portForward/default/" + pod + "?" + query, protocol))
        .hasCauseInstanceOf(UpgradeRejectedException.class)
        .cause()
        .satisfies(
            cause -> {
              UpgradeRejectedException rejected = (UpgradeRejectedException) cause;
              assertThat(rejected.getStatus()).isEqualTo(status);
              assertThat(rejected.getBody()).hasToString(text + "\n");
            });
  }

  @Test
  void channelsBeginWithTheirPortAndCarryEachItsConnection() throws Exception {
    Client client = fixture.connect("/portForward/default/pod?port=8080,258", "v4.channel.k8s.io");
    Awaitility.await().until(() -> client.messages.size() == 4);
    assertThat(client.received()).isEqualTo("00901f" + "01901f" + "020201" + "030201");

    try (Socket one = fixture.accept();
        Socket two = fixture.accept()) {
      client.send("00" + hex("a") + hex("a"));
      client.send("02" + hex("b") + hex("b"));
      client.send("01ff");
      client.send("09ff");
      assertThat(new String(one.getInputStream().readNBytes(2), StandardCharsets.US_ASCII))
          .isIn("aa", "bb");
      assertThat(new String(two.getInputStream().readNBytes(2), StandardCharsets.US_ASCII))
          .isIn("aa", "bb");
      one.close();
      assertThat(client.closed).as("one connection is left").isNotDone();
    }
    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo((short) 1000);
  }

  @Test
  void theErrorChannelSaysWhyThereIsNoConnection() throws Exception {
    fixture.refusal = Optional.of("no way there");
    Client client = fixture.connect("/portForward/default/pod?port=8080", "v4.channel.k8s.io");

    assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo((short) 1000);
    assertThat(client.received())
        .isEqualTo(
            "00901f01901f01"
                + hex(
                    "error forwarding port 8080 to pod "
                        + ForwardFixture.SANDBOX
                        + ", uid : no way there"));
  }

  @Test
  void whoClosesEndsHisConnections() throws Exception {
    Client client = fixture.connect("/portForward/default/pod?port=8080", "v4.channel.k8s.io");
    try (Socket pod = fixture.accept()) {
      client.socket.close();

      assertThat(pod.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
