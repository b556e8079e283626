package dev.cocolab.broker.storage;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Storage type {@code LocalFs}: one file a key, in which every slash of the key is the four
 * characters {@code \x2F}. Files are read at every request, so that what an operator puts there is
 * seen at once.
 */
final class LocalFsStore implements KeyValueStore {
  private static final String SLASH = "\\x2F";
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  private final Path directory;

  LocalFsStore(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<byte[]> get(String key) {
    Path file = file(key);
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new BrokerException(Reason.STORAGE, key + " is larger than " + MAX_BYTES + " bytes");
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read", key, e);
    }
  }

  @Override
  public synchronized void set(String key, byte[] value) {
    StorageKey.requireLegal(key);
    try {
      // A mounted directory may be a link, which createDirectories of JDK 17 refuses.
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
      AtomicFile.write(directory, file(key), value);
    } catch (IOException e) {
      throw failed("write", key, e);
    }
  }

  @Override
  public synchronized boolean delete(String key) {
    try {
      return Files.deleteIfExists(file(key));
    } catch (IOException e) {
      throw failed("delete", key, e);
    }
  }

  @Override
  public List<String> keys() {
    List<String> out = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && Files.isRegularFile(file)) {
          out.add(name.replace(SLASH, "/"));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("list", directory.toString(), e);
    }
    Collections.sort(out);
    return out;
  }

  /** One path element whatever the key holds: no key leaves the directory. */
  private Path file(String key) {
    String name = key.replace("/", SLASH);
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
      throw new BrokerException(Reason.STORAGE, "invalid key: " + key);
    }
    return directory.resolve(name);
  }

  private static BrokerException failed(String verb, String key, IOException e) {
    return new BrokerException(Reason.STORAGE, "failed to " + verb + " key " + key + ": " + e, e);
  }
}
