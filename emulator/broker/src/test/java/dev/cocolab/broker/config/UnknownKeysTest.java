package dev.cocolab.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistyped key, which Trustee ignores without a word, is named with the one that was meant. */
class UnknownKeysTest {
  @TempDir private Path folder;

  private List<UnknownKey> unknown(String toml) throws IOException {
    Path file = folder.resolve("kbs-config.toml");
    Files.writeString(file, toml);
    return KbsConfigReader.unknownKeys("kbs-config.toml", file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[http_server]~socket = []         | http_server.socket       | http_server.sockets",
        "[http_server]~insecure_htp = true | http_server.insecure_htp | http_server.insecure_http",
        "[htp_server]~sockets = []         | htp_server               | http_server",
        "[attestation_service.rvps_conf]   | attestation_service.rvps_conf | attestation_service.rvps_config",
        "[storage_backend.backends.local_json]~dir_path = 'x' | storage_backend.backends.local_json.dir_path | storage_backend.backends.local_json.file_dir_path",
        "session_storage = 'x'             | session_storage          | session_storage_type",
      })
  void aMistypedKeyIsNamedWithTheNearestKnownOne(String toml, String key, String nearest)
      throws IOException {
    assertThat(unknown(toml.replace('~', '\n')))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.key()).isEqualTo(key);
              assertThat(found.nearest()).contains(nearest);
              assertThat(found.text())
                  .isEqualTo(
                      "unknown key `%s` is ignored; did you mean `%s`?".formatted(key, nearest));
            });
  }

  @Test
  void aKeyThatIsLikeNoneIsNamedAlone() throws IOException {
    assertThat(unknown("[metrics]\nport = 1\n"))
        .singleElement()
        .extracting(UnknownKey::text)
        .isEqualTo("unknown key `metrics` is ignored");
  }

  @Test
  void keysThatTrusteeKnowsAreFineAlsoThoseOfNoUseHere() throws IOException {
    assertThat(
            unknown(
                """
                session_storage_type = "Memory"
                [http_server]
                sockets = ["127.0.0.1:0"]
                [admin]
                anything = "is the section's own business"
                [attestation_service.verifier_config.snp_verifier]
                vcek_sources = [{ type = "KDS" }]
                [storage_backend.backends.redis]
                url = "redis://x"
                [[plugins]]
                name = "resource"
                """))
        .isEmpty();
  }
}
