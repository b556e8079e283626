package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.protocol.Initdata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What the document makes of a VM. */
class GuestBootTest {

  @TempDir Path directory;
  private GuestFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GuestFixture(directory);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void withoutADocumentTheDummyIsMeasuredAndEverythingIsAllowed() {
    try (GuestVm guest = fixture.boot(Optional.empty())) {
      assertThat(fixture.hardware.pcrs().hex(8))
          .isEqualTo("4b58b30becd30d16f7f60d56b32661d921ae0d3310c6a89f5d552f9bfee921a9");
      for (String request :
          List.of(
              "CreateContainerRequest",
              "ExecProcessRequest",
              "ReadStreamRequest",
              "WriteStreamRequest",
              "SetPolicyRequest")) {
        assertThat(guest.allows(request, JsonMapper.builder().build().createObjectNode()))
            .as(request)
            .isTrue();
      }
      assertThat(
              guest.allows("GetIPTablesRequest", JsonMapper.builder().build().createObjectNode()))
          .isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha384", "sha512"})
  void theDigestIsCutTo32BytesAndExtended(String algorithm) {
    String text =
        "algorithm = \""
            + algorithm
            + "\"\nversion = \"0.1.0\"\nextra = 1\n[data]\n\"aa.toml\" = ''\n\"x.txt\" = ''\n";
    Initdata document = Initdata.parse(text.getBytes(StandardCharsets.UTF_8));

    fixture.boot(Optional.of(document)).close();

    assertThat(fixture.hardware.pcrs().value(8)).isEqualTo(document.pcr8());
    assertThat(fixture.log).contains("process-user-data: File: x.txt is not allowed in initdata.");
  }

  @Test
  void documentsThatStopAComponentAreNamed() {
    String hub = fixture.hubToml("");
    assertStops("", hub, "the initdata has no aa.toml");
    assertStops("[token_configs", hub, "aa.toml line 1: not TOML");
    assertStops("[token_configs.kbs]\n", hub, "missing field token_configs.kbs.url");
    assertStops("[token_configs.kbs]\nurl = 5\n", hub, "token_configs.kbs.url is not a string");
    assertStops("# aa\n", "x = \n", "cdh.toml line 1: not TOML");
    assertStops("# aa\n", "[kbc]\nurl = 'x'\n", "missing field kbc.name");
    assertStops(
        "# aa\n", "socket = 'tcp://x'\n[kbc]\nname = 'cc_kbc'\n", "socket must start with unix://");
    String outside =
        "[[credentials]]\npath = '/run/confidential-containers/cdh/kbs/../x'\nresource_uri = 'kbs:///a/b/c'\n[kbc]\nname = 'cc_kbc'\n";
    assertStops("# aa\n", outside, "illegal path to put credential");
  }

  private void assertStops(String agent, String hub, String text) {
    GuestException e =
        catchThrowableOfType(
            GuestException.class,
            () -> fixture.boot(Optional.of(GuestFixture.initdata(agent, hub, ""))));
    assertThat(e.reason()).isEqualTo(Reason.COMPONENT_START);
    assertThat(e.eventText()).contains(text);
  }

  @Test
  void credentialsAreFetchedAtStart() {
    String credentials =
        "[[credentials]]\npath = '/run/confidential-containers/cdh/kbs/x'\nresource_uri = 'kbs:///a/b/c'\n";
    String hub = fixture.hubToml("").replace("credentials = []\n", "") + credentials;
    assertStops(fixture.agentToml(), hub, "init Hub failed");
    fixture.broker.resources.put("a/b/c", "credential".getBytes(StandardCharsets.UTF_8));
    fixture.broker.log.clear();

    fixture.boot(Optional.of(GuestFixture.initdata(fixture.agentToml(), hub, ""))).close();

    assertThat(fixture.broker.log)
        .containsExactly("POST /kbs/v0/auth", "POST /kbs/v0/attest", "GET /kbs/v0/resource/a/b/c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "\n# only a comment\n", "package agent_policy\ndefault X := \n", "no policy"})
  void aPolicyThatDoesNotLoadEndsTheAgent(String policy) {
    GuestException e =
        catchThrowableOfType(GuestException.class, () -> fixture.bootWith("", policy));

    assertThat(e.reason()).isEqualTo(Reason.AGENT_POLICY);
    assertThat(e.eventText()).startsWith("kata-agent: Failed to initialize agent policy: ");
  }

  @Test
  void aPolicyIsReplacedOnlyWhereTheOneThatHoldsAllowsIt() {
    AgentRequest exec = AgentRequest.readStream("0123", "4567");
    String deny =
        "package agent_policy\ndefault ReadStreamRequest := false\nReadStreamRequest if {\n  print(\"asked\")\n  false\n}\n";
    try (GuestVm guest = fixture.boot(Optional.empty())) {
      assertThat(guest.evaluate(exec).isAllowed()).isTrue();
      PolicyVerdict invalid = guest.setPolicy("package agent_policy\ndefault X :=\n");
      assertThat(invalid.rpcError()).startsWith("rpc error: code = InvalidArgument desc = ");
      assertThat(guest.evaluate(exec).isAllowed()).as("the old one holds").isTrue();

      assertThat(guest.setPolicy(deny).isAllowed()).isTrue();
      assertThat(guest.evaluate(exec).message())
          .isEqualTo("\"ReadStreamRequest is blocked by policy: agent_policy:4: asked\"");
      assertThat(guest.setPolicy("package agent_policy\n").rpcError())
          .as("the new one does not name SetPolicyRequest")
          .startsWith("rpc error: code = Internal desc = \"SetPolicyRequest: internal error ");
    }
    try (GuestVm guest =
        fixture.bootWith("", "package agent_policy\ndefault SetPolicyRequest := false\n")) {
      assertThat(guest.setPolicy(deny).rpcError())
          .isEqualTo(
              "rpc error: code = PermissionDenied desc = \"SetPolicyRequest is blocked by policy: \"");
    }
  }

  @Test
  void aClosedGuestSaysSo() {
    GuestVm guest = fixture.boot(Optional.empty());
    guest.close();

    assertThat(
            catchThrowableOfType(GuestException.class, () -> guest.resource("kbs:///a/b/c"))
                .reason())
        .isEqualTo(Reason.CLOSED);
  }
}
