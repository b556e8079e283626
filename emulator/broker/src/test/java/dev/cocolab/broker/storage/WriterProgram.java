package dev.cocolab.broker.storage;

import java.nio.file.Path;
import java.util.Arrays;

/** Writes values one after the other and says which ones are done, until it is killed. */
final class WriterProgram {
  static final int VALUE_SIZE = 3000;
  static final int MOST = 1000;

  private WriterProgram() {}

  static byte[] value(int number) {
    byte[] value = new byte[VALUE_SIZE];
    Arrays.fill(value, (byte) number);
    return value;
  }

  /** Arguments: kind of store, its folder. */
  public static void main(String[] arguments) {
    KeyValueStore store = store(arguments[0], Path.of(arguments[1]));
    for (int i = 0; i < MOST; i++) {
      store.set("default/key/" + i, value(i));
      System.out.println(i);
    }
  }

  static KeyValueStore store(String kind, Path folder) {
    return kind.equals("LocalFs")
        ? new LocalFsStore(folder)
        : new LocalJsonStore(folder.resolve("values"));
  }
}
