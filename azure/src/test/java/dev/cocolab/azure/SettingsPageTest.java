package dev.cocolab.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.fakes.FakeAzure;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page for people names each setting that the code reads, and no other. */
class SettingsPageTest {
  private static final Pattern NAME = Pattern.compile("`((?:AZURE|COCOLAB)_[A-Z_]+)`");

  private static Set<String> namesIn(Class<?> type) throws IllegalAccessException {
    Set<String> names = new TreeSet<>();
    for (Field field : type.getFields()) {
      if (field.getType() == String.class && NAME.matcher("`" + field.get(null) + "`").matches()) {
        names.add((String) field.get(null));
      }
    }
    return names;
  }

  @Test
  void namesWhatTheCodeReads() throws Exception {
    Matcher matcher = NAME.matcher(Files.readString(Path.of("..", "docs", "azure.md")));
    Set<String> documented =
        matcher
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> read = namesIn(AroConfig.class);
    read.addAll(namesIn(Endpoints.class));

    assertThat(documented).isEqualTo(read);
  }

  @Test
  void eachOfThemIsReallyRead() throws Exception {
    Set<String> names = namesIn(AroConfig.class);
    names.addAll(namesIn(Endpoints.class));
    for (String name : names) {
      Map<String, String> environment = new HashMap<>(FakeAzure.settings());
      String before = describe(environment);
      environment.put(name, "?");
      assertThat(describe(environment)).as(name).isNotEqualTo(before);
    }
  }

  private static String describe(Map<String, String> environment) {
    try {
      return AroConfig.of(environment).toString();
    } catch (AzureException e) {
      return e.getMessage();
    }
  }
}
