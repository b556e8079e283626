package dev.cocolab.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README shows is what is compiled and run here. */
class ReadmeTest {
  private static final Path README = Path.of("..", "..", "README.md");
  private static final Path EXAMPLES = Path.of("src/test/java/dev/cocolab/junit/example");
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\\n(.*?)```");

  @ParameterizedTest
  @ValueSource(strings = {"KeyBrokerExampleTest", "ConfidentialClusterExampleTest"})
  void showsTheExampleAsItIsRun(String name) throws IOException {
    String source = Files.readString(EXAMPLES.resolve(name + ".java"));
    String withoutPackage = source.substring(source.indexOf("import "));

    List<String> shown =
        BLOCK.matcher(Files.readString(README)).results().map(block -> block.group(1)).toList();

    assertThat(shown).contains(withoutPackage);
  }
}
