package dev.cocolab.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.broker.failure.BrokerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StorageTest {
  @TempDir Path root;

  private KeyValueStore open(StorageProvider.Type type) {
    return new StorageProvider(type, root.resolve("fs"), root.resolve("json")).open("repository");
  }

  @ParameterizedTest
  @EnumSource(StorageProvider.Type.class)
  void whatIsWrittenCanBeReadListedAndDeleted(StorageProvider.Type type) {
    KeyValueStore store = open(type);
    store.set("default/s/k", new byte[] {0, -1});
    store.set("default/s/a", new byte[0]);
    store.set("default/s/k", new byte[] {1});

    assertThat(store.get("default/s/k")).contains(new byte[] {1});
    assertThat(store.get("default/s/none")).isEmpty();
    assertThat(store.keys()).containsExactly("default/s/a", "default/s/k");
    assertThat(store.delete("default/s/k")).isTrue();
    assertThat(store.delete("default/s/k")).isFalse();
    assertThat(store.keys()).containsExactly("default/s/a");
  }

  @ParameterizedTest
  @EnumSource(
      value = StorageProvider.Type.class,
      names = {"LOCAL_FS", "LOCAL_JSON"})
  void whatIsWrittenIsForItsOwnerOnlyAndLeavesNothingElse(StorageProvider.Type type)
      throws Exception {
    KeyValueStore store = open(type);
    store.set("default/s/k", new byte[] {1});
    store.set("default/s/k", new byte[] {2});

    try (Stream<Path> all = Files.walk(root)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.get(0))))
          .isEqualTo("rw-------");
    }
  }

  @ParameterizedTest
  @EnumSource(StorageProvider.Type.class)
  void refusesKeysWithOtherCharacters(StorageProvider.Type type) {
    KeyValueStore store = open(type);

    assertThatThrownBy(() -> store.set("a b", new byte[0]))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.reason()).isEqualTo(BrokerException.Reason.STORAGE));
  }

  @ParameterizedTest
  @EnumSource(value = StorageProvider.Type.class, names = "LOCAL_FS")
  void filesHaveUpstreamsNamesAndNoKeyLeavesTheDirectory(StorageProvider.Type type)
      throws Exception {
    KeyValueStore store = open(type);
    store.set("default/s/k", new byte[] {1});
    Files.writeString(root.resolve("fs/outside"), "secret");

    assertThat(root.resolve("fs/repository/default\\x2Fs\\x2Fk")).exists();
    assertThat(store.get("../outside")).isEmpty();
    assertThatThrownBy(() -> store.get("..")).isInstanceOf(BrokerException.class);
  }
}
