package dev.cocolab.lab.data;

import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.store.FolderLock;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.authority.ServiceAccountKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder (0700) of a lab that goes on after its process has ended: objects of the API server,
 * the key of service account tokens, the personas' tokens, and how far the first start came. One
 * lab holds it at a time. What belongs to the machine (authority of certificates, keys that sign
 * images, roots of the emulated hardware) stays in the home folder, and a data folder fits only the
 * home that it was made with.
 */
public final class DataFolder implements AutoCloseable {
  static final String FORMAT = "cocolab-data";
  static final String VERSION = "1";

  private static final String HOME = "home";
  private static final String SET_UP = "set-up-done";
  private static final String TOKENS = "tokens";
  private static final String TOKEN_KEY = "service-account.pem";
  private static final String PORT = "api-port";
  private static final String OBJECTS = "objects";
  private static final String OBJECT_LOG = "objects.log";
  private static final int LAST_PORT = 65_535;
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

  private final Path folder;
  private final FolderLock lock;

  private DataFolder(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Takes a folder, made where missing.
   *
   * @throws LabException DATA_IN_USE, DATA_OTHER_VERSION, DATA_FOREIGN, DATA_DAMAGED, DATA_UNUSABLE
   *     or DISK_FULL; a folder that is refused is left as it was
   */
  public static DataFolder open(Path path) {
    Path folder = path.toAbsolutePath().normalize();
    try {
      if (!Files.exists(folder)) {
        Files.createDirectories(folder);
      }
      FolderCheck.requireFit(folder);
      FolderLock lock =
          FolderLock.tryTake(folder)
              .orElseThrow(
                  () ->
                      new LabException(
                          Reason.DATA_IN_USE,
                          "the data folder %s is in use by another lab; stop that one, or name another folder"
                              .formatted(folder)));
      DataFolder data = new DataFolder(folder, lock);
      try {
        data.begin();
        return data;
      } catch (IOException | RuntimeException e) {
        data.close();
        throw e;
      }
    } catch (IOException e) {
      throw FolderCheck.unusable(folder, e);
    }
  }

  private void begin() throws IOException {
    if (!Files.getPosixFilePermissions(folder).equals(PRIVATE)) {
      Files.setPosixFilePermissions(folder, PRIVATE);
    }
    Path format = folder.resolve(FORMAT);
    if (!Files.exists(format)) {
      PrivateFile.write(format, FolderCheck.formatText());
    }
    if (isSetUp() && !Files.exists(objects().resolve(OBJECT_LOG))) {
      throw damaged(folder, OBJECTS + "/" + OBJECT_LOG, "it is missing");
    }
  }

  static LabException damaged(Path folder, String file, String what) {
    return new LabException(
        Reason.DATA_DAMAGED,
        "the data folder %s is damaged: %s: %s; restore a copy, or remove the folder to begin anew"
            .formatted(folder, file, what));
  }

  /** Absolute path. */
  public Path path() {
    return folder;
  }

  /** Where the API server keeps its objects. */
  public Path objects() {
    return folder.resolve(OBJECTS);
  }

  /**
   * Ties the folder to a home folder when it is new.
   *
   * @param home as the user knows it
   * @param fingerprint of the home's authority, which the images and client certificates hold
   * @throws LabException DATA_OTHER_HOME
   */
  public void requireHome(Path home, String fingerprint) {
    Path file = folder.resolve(HOME);
    try {
      if (!Files.exists(file)) {
        PrivateFile.write(file, home + "\n" + fingerprint + "\n");
        return;
      }
      List<String> known = Files.readAllLines(file);
      if (known.size() != 2) {
        throw damaged(folder, HOME, "two lines are expected");
      }
      if (!known.get(1).equals(fingerprint)) {
        throw new LabException(
            Reason.DATA_OTHER_HOME,
            "the data folder %s was made with the keys of another home folder; set COCOLAB_HOME to %s, or name another folder"
                .formatted(folder, known.get(0)));
      }
    } catch (IOException e) {
      throw FolderCheck.unusable(folder, e);
    }
  }

  /** What the API server says of the objects, in the words of the folder that the user knows. */
  public LabException refused(ApiServerException e) {
    return switch (e.reason()) {
      case DATA_IN_USE -> new LabException(Reason.DATA_IN_USE, String.valueOf(e.getMessage()), e);
      case DATA_OTHER_VERSION ->
          new LabException(Reason.DATA_OTHER_VERSION, String.valueOf(e.getMessage()), e);
      case DATA_CORRUPT ->
          new LabException(
              Reason.DATA_DAMAGED,
              "the data folder %s is damaged: %s".formatted(folder, e.getMessage()),
              e);
      case DATA_UNUSABLE, CANNOT_LISTEN ->
          e.getCause() instanceof IOException cause
              ? FolderCheck.unusable(folder, cause)
              : new LabException(Reason.DATA_UNUSABLE, String.valueOf(e.getMessage()), e);
    };
  }

  /** Whether everything that a first start sets up was there once. */
  public boolean isSetUp() {
    return Files.exists(folder.resolve(SET_UP));
  }

  /** From now on the objects are the user's. */
  public void setUpDone() {
    write(SET_UP, "");
  }

  /** The key that signs service account tokens, made when there is none. */
  public KeyPair tokenKey(SecureRandom random) {
    Path file = folder.resolve(TOKEN_KEY);
    try {
      if (!Files.exists(file)) {
        PrivateFile.write(file, ServiceAccountKey.make(random));
      }
      return ServiceAccountKey.parse(Files.readString(file));
    } catch (InvalidKeyException e) {
      throw damaged(folder, TOKEN_KEY, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw FolderCheck.unusable(folder, e);
    }
  }

  /** Users' bearer tokens. */
  public PersonaTokens personaTokens() {
    return new PersonaTokens(folder, TOKENS);
  }

  /** Port at which the API server listened last, so that older kubeconfigs still lead to it. */
  public OptionalInt lastPort() {
    try {
      Path file = folder.resolve(PORT);
      int port = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
      return port > 0 && port <= LAST_PORT ? OptionalInt.of(port) : OptionalInt.empty();
    } catch (IOException | NumberFormatException e) {
      LOG.warn("{} does not tell a port, another is taken", folder.resolve(PORT));
      return OptionalInt.empty();
    }
  }

  /** The port of this start. */
  public void rememberPort(int port) {
    if (!OptionalInt.of(port).equals(lastPort())) {
      write(PORT, port + "\n");
    }
  }

  private void write(String name, String text) {
    try {
      PrivateFile.write(folder.resolve(name), text);
    } catch (IOException e) {
      throw FolderCheck.unusable(folder, e);
    }
  }

  /** Gives the folder back. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("{} was not given back in order: {}", folder, e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "DataFolder[" + folder + "]";
  }
}
