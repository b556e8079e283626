package dev.cocolab.apiserver.store;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes from several threads and says so after each write, until it is killed. */
final class KilledWriter {
  static final int THREADS = 4;

  private KilledWriter() {}

  public static void main(String[] args) throws InterruptedException {
    try (ObjectLog log = ObjectLog.open(Path.of(args[0]), 20_000)) {
      MemoryObjectStore store = new MemoryObjectStore(100, log);
      FileOutputStream out = new FileOutputStream(FileDescriptor.out);
      Thread[] threads = new Thread[THREADS];
      for (int i = 0; i < THREADS; i++) {
        String name = "w" + i;
        threads[i] = new Thread(() -> writeForEver(store, name, out), name);
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void writeForEver(ObjectStore store, String name, FileOutputStream out) {
    long revision = store.get(ObjectLogTest.key(name)).map(StoredObject::revision).orElse(0L);
    try {
      while (true) {
        revision =
            store
                .write(ObjectLogTest.key(name), revision, ObjectLogTest.object(name))
                .orElseThrow()
                .revision();
        out.write((name + " " + revision + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException readerGone) {
      Thread.currentThread().interrupt();
    }
  }
}
