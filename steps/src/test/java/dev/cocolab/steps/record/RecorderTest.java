package dev.cocolab.steps.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RecorderTest {
  private static final String PCR = "ab".repeat(32);

  @TempDir Path folder;

  private Recorder recorder() {
    return new Recorder(
        folder.resolve("made/on/demand"),
        "somewhere",
        Clock.fixed(Instant.parse("2026-01-02T23:59:59Z"), ZoneOffset.UTC));
  }

  @Test
  void writesWhatWasSeenOnceAndClean() throws IOException {
    Recording recording =
        new Recording("blackbox/blackbox.feature", "It runs, and \"is\" closed")
            .see(Kind.EVENT, "Normal Pulled in 1.5s")
            .see(Kind.EVENT, "Normal Pulled in 2.5s")
            .see(Kind.EVENT, "  ")
            .see(Kind.STATUS, "blocked by policy")
            .seeClaims(
                "{\"tpm\":{\"pcr08\":\"%s\",\"nonce\":\"%s\"},\"svn\":[1,2]}".formatted(PCR, PCR));

    recorder().write(recording, Map.of("Kubernetes", "v1.32.4"), new Secrets());

    JsonNode read =
        JsonMapper.shared()
            .readTree(
                Files.readString(
                    folder.resolve(
                        "made/on/demand/blackbox-blackbox--it-runs-and-is-closed.json")));
    assertThat(read.toString())
        .isEqualTo(
            "{\"format\":\"cocolab-recording/1\",\"feature\":\"blackbox/blackbox.feature\","
                + "\"scenario\":\"It runs, and \\\"is\\\" closed\",\"target\":\"somewhere\","
                + "\"day\":\"2026-01-02\",\"versions\":{\"Kubernetes\":\"v1.32.4\"},"
                + "\"events\":[\"Normal Pulled in <duration>\"],\"trusteeLog\":[],"
                + "\"statuses\":[\"blocked by policy\"],"
                + "\"claims\":[\"tpm.nonce = <hex>\",\"svn[] = 1\",\"svn[] = 2\"],"
                + "\"pcrs\":[\"tpm.pcr08 = "
                + PCR
                + "\"]}");
  }

  @Test
  void refusesToWriteASecret() {
    Recording recording = new Recording("a.feature", "b").see(Kind.STATUS, "x canary-7 y");

    assertThatThrownBy(() -> recorder().write(recording, Map.of(), new Secrets().add("canary-7")))
        .isInstanceOf(AssertionError.class)
        .hasMessage("a--b.json is not written: what was recorded holds a secret");
    assertThat(folder.resolve("made")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "canary/~?7",
        "Y2FuYXJ5L34/Nw==",
        "Y2FuYXJ5L34_Nw",
        "63616e6172792f7e3f37",
        "63616E6172792F7E3F37"
      })
  void findsASecretInEachForm(String form) {
    assertThat(new Secrets().add("canary/~?7").areIn("before" + form + "after")).isTrue();
  }

  @Test
  void aValueThatIsShortIsNotLookedFor() {
    assertThat(new Secrets().add("abc").areIn("abc")).isFalse();
    assertThat(new Secrets().add("abcdefgh").toString()).doesNotContain("abcdefgh");
  }
}
