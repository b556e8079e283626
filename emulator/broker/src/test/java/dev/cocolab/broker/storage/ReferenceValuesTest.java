package dev.cocolab.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.broker.failure.BrokerException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.StringNode;

/** Values are kept parsed only as long as the file holds the same bytes. */
class ReferenceValuesTest {
  @TempDir Path root;

  private ReferenceValues open(StorageProvider.Type type) {
    return new ReferenceValues(
        new StorageProvider(type, root.resolve("fs"), root.resolve("json")),
        type,
        Clock.systemUTC());
  }

  @ParameterizedTest
  @EnumSource(StorageProvider.Type.class)
  void whatIsRegisteredCountsFromTheNextQuestionOn(StorageProvider.Type type) {
    ReferenceValues values = open(type);
    assertThat(values.now().query("launch")).isEmpty();

    register(values, "one");
    assertThat(values.now().query("launch")).contains(StringNode.valueOf("one"));
    register(values, "two");
    assertThat(values.now().query("launch")).contains(StringNode.valueOf("two"));
    assertThat(values.now().all()).containsOnlyKeys("launch");
  }

  @Test
  void anEditOfTheSameLengthAndTimeIsSeen() throws Exception {
    ReferenceValues values = open(StorageProvider.Type.LOCAL_JSON);
    register(values, "aaaaaa");
    Path file = file();
    FileTime time = Files.getLastModifiedTime(file);
    assertThat(values.now().query("launch")).contains(StringNode.valueOf("aaaaaa"));

    String text = Files.readString(file);
    String value = new String(decode(text), StandardCharsets.UTF_8);
    Files.writeString(file, text.replace(encode(value), encode(value.replace("aaaaaa", "bbbbbb"))));
    Files.setLastModifiedTime(file, time);

    assertThat(values.now().query("launch")).contains(StringNode.valueOf("bbbbbb"));
  }

  @Test
  void oneStateAnswersUntilTheFileChanges() {
    ReferenceValues values = open(StorageProvider.Type.LOCAL_JSON);
    register(values, "one");
    ReferenceValues.Values before = values.now();
    assertThat(values.now()).isSameAs(before);

    register(values, "two");

    assertThat(before.query("launch")).contains(StringNode.valueOf("one"));
    assertThat(values.now()).isNotSameAs(before);
  }

  @Test
  void aFileThatIsBrokenAfterAGoodReadIsRefusedAndHealsWithTheFile() throws Exception {
    ReferenceValues values = open(StorageProvider.Type.LOCAL_JSON);
    register(values, "one");
    values.now().query("launch");
    Path file = file();
    String good = Files.readString(file);

    Files.writeString(file, "{\"launch\": 3}");
    assertThatThrownBy(() -> values.now().query("launch"))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("the value of `launch` is not a string");
    Files.delete(file);
    assertThat(values.now().query("launch")).isEqualTo(Optional.empty());
    Files.writeString(file, good);
    assertThat(values.now().query("launch")).contains(StringNode.valueOf("one"));
  }

  private static void register(ReferenceValues values, String value) {
    String payload = "{\"launch\": \"%s\"}".formatted(value);
    values.register(
        "{\"version\": \"0.1.0\", \"type\": \"sample\", \"payload\": \"%s\"}"
            .formatted(
                Base64.getEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8))));
  }

  private Path file() throws Exception {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  private static byte[] decode(String json) {
    return Base64.getUrlDecoder().decode(json.replaceAll("(?s).*:\\s*\"([^\"]*)\".*", "$1"));
  }

  private static String encode(String value) {
    return Base64.getUrlEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }
}
