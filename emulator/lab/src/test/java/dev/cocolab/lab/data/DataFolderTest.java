package dev.cocolab.lab.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataFolderTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path parent;

  private Path folder() {
    return parent.resolve("data");
  }

  @Test
  void newFolderAndItsSecretsArePrivate() throws IOException {
    try (DataFolder data = DataFolder.open(folder())) {
      data.tokenKey(RANDOM);
      data.personaTokens().of(List.of("opsec"), () -> "secret");
      data.requireHome(parent, "f1");
      data.rememberPort(6443);
    }
    assertThat(mode(folder())).isEqualTo("rwx------");
    for (String name : List.of("service-account.pem", "tokens", "home", "api-port")) {
      assertThat(mode(folder().resolve(name))).as(name).isEqualTo("rw-------");
    }
  }

  @Test
  void emptyFolderThatOthersMayReadIsClosedToThem() throws IOException {
    Files.createDirectory(folder());
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));

    DataFolder.open(folder()).close();

    assertThat(mode(folder())).isEqualTo("rwx------");
  }

  @Test
  void keysTokensAndPortStayTheSame() {
    KeyPair key;
    Map<String, String> tokens;
    try (DataFolder data = DataFolder.open(folder())) {
      assertThat(data.isSetUp()).isFalse();
      assertThat(data.lastPort()).isEmpty();
      key = data.tokenKey(RANDOM);
      tokens = data.personaTokens().of(List.of("opsec", "devel"), () -> "t" + RANDOM.nextLong());
      data.rememberPort(6443);
    }
    try (DataFolder data = DataFolder.open(folder())) {
      assertThat(data.tokenKey(RANDOM).getPrivate().getEncoded())
          .isEqualTo(key.getPrivate().getEncoded());
      assertThat(data.personaTokens().of(List.of("opsec", "devel"), () -> "another"))
          .isEqualTo(tokens);
      assertThat(data.lastPort()).hasValue(6443);
    }
  }

  @Test
  void folderInUseIsRefusedAndItsHolderKeepsIt() {
    try (DataFolder held = DataFolder.open(folder())) {
      for (int i = 0; i < 2; i++) {
        assertRefused(
            () -> DataFolder.open(folder()),
            Reason.DATA_IN_USE,
            "in use by another lab; stop that");
      }
      assertThat(held.isSetUp()).isFalse();
    }
    DataFolder.open(folder()).close();
  }

  @Test
  void folderOfAKilledProcessIsTaken() throws IOException {
    DataFolder.open(folder()).close();
    Files.writeString(folder().resolve("lock-owner"), "1-1\n");

    try (DataFolder data = DataFolder.open(folder())) {
      assertThat(data.path()).isEqualTo(folder());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "0", "1.1", ""})
  void otherVersionIsRefusedAndLeftAsItWas(String version) throws IOException {
    DataFolder.open(folder()).close();
    Files.writeString(folder().resolve("cocolab-data"), "cocolab lab data " + version + "\n");
    Map<String, String> before = contents();

    assertRefused(
        () -> DataFolder.open(folder()),
        Reason.DATA_OTHER_VERSION,
        "was written in format %s, this version reads format 1".formatted(version));
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void folderWithOtherFilesIsRefusedAndLeftAsItWas() throws IOException {
    Files.createDirectory(folder());
    Files.writeString(folder().resolve("thesis.tex"), "text");
    Files.writeString(folder().resolve("lock"), "");
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));

    assertRefused(
        () -> DataFolder.open(folder()),
        Reason.DATA_FOREIGN,
        "is not empty (it holds thesis.tex); name an empty or a new folder");
    assertThat(contents()).containsOnlyKeys("thesis.tex", "lock");
    assertThat(mode(folder())).isEqualTo("rwxr-xr-x");
  }

  @Test
  void folderThatAStartWasKilledInIsTaken() throws IOException {
    Files.createDirectory(folder());
    Files.writeString(folder().resolve("lock"), "");
    Files.writeString(folder().resolve("lock-owner"), "1-1\n");
    Files.writeString(folder().resolve(".cocolab-data.new"), "cocolab la");

    DataFolder.open(folder()).close();
    DataFolder.open(folder()).close();
  }

  @Test
  void fileInPlaceOfAFolderIsRefused() throws IOException {
    Files.writeString(folder(), "text");

    assertRefused(
        () -> DataFolder.open(folder()), Reason.DATA_UNUSABLE, "is a file; name a folder");
    assertRefused(
        () -> DataFolder.open(folder().resolve("below")),
        Reason.DATA_UNUSABLE,
        "cannot use the data folder %s (not a directory); name a folder that you own and may write"
            .formatted(folder().resolve("below")));
  }

  @Test
  void folderWhereNoneCanBeMadeIsNamedOnce() {
    assertThatThrownBy(() -> DataFolder.open(Path.of("/proc/cocolab-data")))
        .hasMessage(
            "cannot use the data folder /proc/cocolab-data (it cannot be made); name a folder that"
                + " you own and may write");
  }

  @ParameterizedTest
  @ValueSource(strings = {"r-x------", "-wx------", "---------"})
  void folderThatCannotBeReadOrWrittenIsRefused(String mode) throws IOException {
    Files.createDirectory(folder());
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString(mode));
    assumeFalse(Files.isReadable(folder()) && Files.isWritable(folder()), "root may do everything");
    try {
      assertRefused(() -> DataFolder.open(folder()), Reason.DATA_UNUSABLE, "permission denied");
    } finally {
      Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void folderOfAnotherHomeIsRefusedNamingThatHome() {
    try (DataFolder data = DataFolder.open(folder())) {
      data.requireHome(Path.of("/first/home"), "f1");
      data.requireHome(Path.of("/moved/home"), "f1");
      assertRefused(
          () -> data.requireHome(Path.of("/second/home"), "f2"),
          Reason.DATA_OTHER_HOME,
          "set COCOLAB_HOME to /first/home");
    }
  }

  @Test
  void objectsThatAreMissingAreRefusedOnceTheSetUpIsDone() {
    try (DataFolder data = DataFolder.open(folder())) {
      data.setUpDone();
    }
    assertRefused(
        () -> DataFolder.open(folder()), Reason.DATA_DAMAGED, "objects/objects.log: it is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "service-account.pem, it does not hold a pair of keys",
    "tokens, it has no token of opsec",
    "home, two lines are expected",
    "cocolab-data, it does not tell the folder's version"
  })
  void emptiedFileIsRefusedByName(String file, String what) throws IOException {
    try (DataFolder data = DataFolder.open(folder())) {
      use(data);
    }
    Files.writeString(folder().resolve(file), "");

    assertRefused(
        () -> {
          try (DataFolder data = DataFolder.open(folder())) {
            use(data);
          }
        },
        Reason.DATA_DAMAGED,
        file + ": " + what);
  }

  @Test
  void keysThatDoNotBelongTogetherAreRefused() throws IOException {
    String[] keys = new String[2];
    for (int i = 0; i < keys.length; i++) {
      Path other = parent.resolve("data" + i);
      try (DataFolder data = DataFolder.open(other)) {
        data.tokenKey(RANDOM);
      }
      keys[i] = Files.readString(other.resolve("service-account.pem"));
    }
    String mixed =
        keys[0].substring(0, keys[0].indexOf("-----BEGIN PUBLIC"))
            + keys[1].substring(keys[1].indexOf("-----BEGIN PUBLIC"));
    try (DataFolder data = DataFolder.open(folder())) {
      Files.writeString(folder().resolve("service-account.pem"), mixed);
      assertRefused(
          () -> data.tokenKey(RANDOM), Reason.DATA_DAMAGED, "its keys do not belong together");
    }
  }

  private void use(DataFolder data) {
    data.tokenKey(RANDOM);
    data.personaTokens().of(List.of("opsec"), () -> "secret");
    data.requireHome(parent, "f1");
  }

  private void assertRefused(ThrowingCallable work, Reason reason, String text) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            LabException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .hasMessageContaining(text)
        .hasMessageContaining(folder().toString());
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder())) {
      for (Path file : files.toList()) {
        found.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return found;
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
