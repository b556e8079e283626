package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrows point one way: http to resource to store. */
class LayersTest {
  private static final Path ROOT = Path.of("src/main/java/dev/cocolab/apiserver");
  private static final Pattern IMPORT =
      Pattern.compile("import dev\\.cocolab\\.apiserver\\.([a-z]+)\\.");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json |",
        "status | json",
        "schema | json status",
        "registry | status",
        "selector | json registry status",
        "patch | json schema",
        "ownership | json schema",
        "store | json",
        "codec | json registry schema status",
        "admission | auth json registry schema status store",
        "resource | admission codec json ownership patch registry schema selector status store",
        "watch | json registry resource status store",
        "table | json registry status",
        "discovery | json registry schema",
        "auth | json",
        "rbac | auth json registry resource selector status store"
      })
  void aPackageImportsOnlyWhatIsBelowIt(String name, String allowed) throws IOException {
    Set<String> imported = new TreeSet<>();
    try (Stream<Path> files = Files.list(ROOT.resolve(name))) {
      for (Path file : files.toList()) {
        Matcher matcher = IMPORT.matcher(Files.readString(file));
        while (matcher.find()) {
          imported.add(matcher.group(1));
        }
      }
    }
    imported.remove(name);

    assertThat(imported).isSubsetOf(allowed == null ? List.of() : List.of(allowed.split(" ")));
  }
}
