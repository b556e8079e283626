package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretConverterTest {
  @TempDir Path root;
  private final List<String> log = new ArrayList<>();

  private int run() {
    return SecretConverter.run(
        List.of(), Map.of(), path -> root.resolve(path.substring(1)), log::add);
  }

  /** As a secret volume looks: keys are links into a hidden directory. */
  private void secret(String name, String key, byte[] value) throws Exception {
    Path directory = root.resolve("tmp/kbs-secrets").resolve(name);
    Path hidden = Files.createDirectories(directory.resolve("..2026"));
    Files.write(hidden.resolve(key), value);
    if (!Files.exists(directory.resolve("..data"))) {
      Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026"));
    }
    Files.createSymbolicLink(directory.resolve(key), Path.of("..data", key));
  }

  private Path resource(String name) {
    return root.resolve("opt/confidential-containers/storage/repository").resolve(name);
  }

  @Test
  void copiesEachKeyByteForByte() throws Exception {
    secret("attestation-status", "status", "success".getBytes(StandardCharsets.UTF_8));
    secret("fraud-dataset", "dataset_key", new byte[] {0, -1, 10, 13});

    assertThat(run()).isZero();

    assertThat(resource("default\\x2Fattestation-status\\x2Fstatus")).hasContent("success");
    assertThat(resource("default\\x2Ffraud-dataset\\x2Fdataset_key"))
        .hasBinaryContent(new byte[] {0, -1, 10, 13});
    assertThat(resource(".")).isDirectoryNotContaining("glob:**data");
    assertThat(String.join("\n", log)).doesNotContain("success");
  }

  @Test
  void withoutSecretsItSucceeds() {
    assertThat(run()).isZero();
    assertThat(resource(".")).isEmptyDirectory();
  }

  @Test
  void refusesNamesThatNoResourceCanHave() throws Exception {
    secret("s", "bad key", new byte[1]);

    assertThat(run()).isEqualTo(1);
    assertThat(String.join("\n", log)).contains("`s/bad key` is not a resource name");
  }
}
