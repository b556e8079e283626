package dev.cocolab.apiserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.ApiServerException.Reason;
import dev.cocolab.apiserver.json.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class ObjectLogTest {
  @TempDir Path folder;

  @Test
  void objectsAndRevisionsGoOnAfterReopening() {
    with(
        store -> {
          long one = write(store, "a", 0, "first");
          write(store, "a", one, "second");
          long gone = write(store, "b", 0, "third");
          assertThat(store.delete(key("b"), gone, object("third"))).isPresent();
        });

    with(
        store -> {
          assertThat(contents(store)).containsExactly(Map.entry("a", "second"));
          assertThat(store.revision()).isEqualTo(5);
          assertThat(write(store, "c", 0, "fourth")).isEqualTo(6);
          assertThatThrownBy(() -> store.list("things", ObjectStore.ANY, OptionalLong.of(3)))
              .isInstanceOf(ObjectStore.ExpiredRevision.class);
        });
  }

  @Test
  void truncationAtEveryByteKeepsWhatWasCompleteAndNothingElse() throws IOException {
    Map<Integer, Map<String, String>> complete = new TreeMap<>();
    with(
        store -> {
          complete.put((int) size(), contents(store));
          for (int i = 0; i < 4; i++) {
            write(store, "n" + i, 0, "value " + i);
            complete.put((int) size(), contents(store));
          }
        });
    byte[] whole = Files.readAllBytes(folder.resolve(ObjectLog.FILE));
    int begun = ((TreeMap<Integer, Map<String, String>>) complete).firstKey();

    for (int length = begun; length <= whole.length; length++) {
      put(java.util.Arrays.copyOf(whole, length));
      Map<String, String> expected =
          ((TreeMap<Integer, Map<String, String>>) complete).floorEntry(length).getValue();
      String at = "cut to " + length;
      with(
          store -> {
            assertThat(contents(store)).as(at).isEqualTo(expected);
            write(store, "after", 0, "the cut");
          });
      with(store -> assertThat(contents(store)).as(at).containsEntry("after", "the cut"));
    }
  }

  @Test
  void bitFlippedAnywhereBeforeTheLastRecordIsRefusedByName() throws IOException {
    long[] last = new long[1];
    with(
        store -> {
          write(store, "a", 0, "one");
          write(store, "b", 0, "two");
          last[0] = size();
          write(store, "c", 0, "three");
        });
    byte[] whole = Files.readAllBytes(folder.resolve(ObjectLog.FILE));

    for (int at = 0; at < last[0]; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 1;
      put(flipped);
      assertThatThrownBy(() -> ObjectLog.open(folder))
          .as("byte %d", at)
          .isInstanceOfSatisfying(
              ApiServerException.class,
              e -> assertThat(e.reason()).isIn(Reason.DATA_CORRUPT, Reason.DATA_OTHER_VERSION));
    }
  }

  @Test
  void damagedLastRecordIsRefusedButAnUnwrittenOneDropped() throws IOException {
    long[] last = new long[1];
    with(
        store -> {
          write(store, "a", 0, "one");
          last[0] = size();
          write(store, "b", 0, "x".repeat(2000));
        });
    byte[] whole = Files.readAllBytes(folder.resolve(ObjectLog.FILE));

    byte[] damaged = whole.clone();
    damaged[whole.length - 5] ^= 1;
    put(damaged);
    assertRefused(Reason.DATA_CORRUPT, "content of a record is damaged");

    byte[] unwritten = whole.clone();
    java.util.Arrays.fill(unwritten, (int) last[0] + 200, unwritten.length, (byte) 0);
    put(unwritten);
    with(store -> assertThat(contents(store)).containsExactly(Map.entry("a", "one")));
  }

  @Test
  void otherVersionIsRefusedByName() throws IOException {
    with(store -> write(store, "a", 0, "one"));
    put("cocolab objects 2\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    assertRefused(Reason.DATA_OTHER_VERSION, "format 2, this version reads format 1");
  }

  @Test
  void folderInUseIsRefusedByName() {
    try (ObjectLog held = ObjectLog.open(folder)) {
      assertRefused(Reason.DATA_IN_USE, folder + " is in use");
      assertThat(held.revision()).isEqualTo(1);
    }
  }

  @Test
  void fileStaysSmallAndPrivateWhileOneObjectChangesOften() throws IOException {
    try (ObjectLog log = ObjectLog.open(folder, 10_000)) {
      MemoryObjectStore store = new MemoryObjectStore(10, log);
      long revision = 0;
      for (int i = 0; i < 500; i++) {
        revision = write(store, "a", revision, "value " + i);
      }
      assertThat(size()).isLessThan(11_000);
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve(ObjectLog.FILE))))
        .isEqualTo("rw-------");
    with(
        store -> {
          assertThat(contents(store)).containsExactly(Map.entry("a", "value 499"));
          assertThat(store.revision()).isEqualTo(501);
        });
  }

  private void assertRefused(Reason reason, String text) {
    assertThatThrownBy(() -> ObjectLog.open(folder))
        .isInstanceOfSatisfying(
            ApiServerException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(text);
  }

  private void with(Consumer<MemoryObjectStore> work) {
    try (ObjectLog log = ObjectLog.open(folder)) {
      work.accept(new MemoryObjectStore(100, log));
    }
  }

  private void put(byte[] content) throws IOException {
    Files.write(folder.resolve(ObjectLog.FILE), content);
  }

  private long size() {
    return folder.resolve(ObjectLog.FILE).toFile().length();
  }

  private static long write(ObjectStore store, String name, long expected, String value) {
    return store.write(key(name), expected, object(value)).orElseThrow().revision();
  }

  private static Map<String, String> contents(ObjectStore store) {
    Map<String, String> out = new TreeMap<>();
    store
        .list("things", ObjectStore.ANY, OptionalLong.empty())
        .objects()
        .forEach(o -> out.put(o.key().name(), Trees.textOrEmpty(o.json(), "value")));
    return out;
  }

  static ObjectKey key(String name) {
    return new ObjectKey("things", "default", name);
  }

  static ObjectNode object(String value) {
    ObjectNode object = Trees.object();
    object.putObject("metadata");
    return object.put("value", value);
  }
}
