package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps the authorities of a machine in files: {@code <directory>/<generation>/} with {@code
 * ark.pem}, {@code ask.pem} (X.509) and {@code ark.key.pem}, {@code ask.key.pem} (PKCS #8),
 * readable by the owner only.
 *
 * <p>The four files appear together by renaming a finished directory, so that of several processes
 * that start at once one wins and all use its keys, and none sees half of them.
 */
final class PlatformKeyStore {

  private static final String ARK = "ark.pem";
  private static final String ASK = "ask.pem";
  private static final String ARK_KEY = "ark.key.pem";
  private static final String ASK_KEY = "ask.key.pem";
  private static final String PREPARED = ".new-";
  private static final Pattern PREPARED_BY = Pattern.compile("\\.new-(\\d{1,10})-\\d+");
  private static final long MAX_FILE_SIZE = 16 * 1024;
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Path parent;
  private final Path directory;

  PlatformKeyStore(Path parent, AmdGeneration generation) {
    this.parent = parent;
    this.directory = parent.resolve(generation.productName().toLowerCase(Locale.ROOT));
  }

  /** The keys on disk; empty if this machine has none yet. */
  Optional<PlatformKeys> load() {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try {
      X509Certificate ark = certificate(ARK);
      X509Certificate ask = certificate(ASK);
      PrivateKey arkKey = key(ARK_KEY, ark);
      PrivateKey askKey = key(ASK_KEY, ask);
      ark.verify(ark.getPublicKey());
      ask.verify(ark.getPublicKey());
      return Optional.of(new PlatformKeys(new AmdRoots.Chain(ark, ask), arkKey, askKey));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new TeeException(
          TeeException.Reason.PLATFORM_KEYS,
          "the platform keys in "
              + directory
              + " cannot be used: "
              + e.getMessage()
              + "; delete this directory to have new ones made",
          e);
    }
  }

  /** Keeps the keys, unless another process has been faster; the keys on disk are the answer. */
  PlatformKeys keep(PlatformKeys keys) {
    try {
      Files.createDirectories(parent, OWNER_DIRECTORY);
      removeWhatKilledProcessesPrepared();
      String owner = PREPARED + ProcessHandle.current().pid() + "-";
      Path prepared = Files.createTempDirectory(parent, owner, OWNER_DIRECTORY);
      try {
        write(prepared.resolve(ARK), "CERTIFICATE", keys.chain().ark().getEncoded());
        write(prepared.resolve(ASK), "CERTIFICATE", keys.chain().ask().getEncoded());
        write(prepared.resolve(ARK_KEY), "PRIVATE KEY", keys.arkKey().getEncoded());
        write(prepared.resolve(ASK_KEY), "PRIVATE KEY", keys.askKey().getEncoded());
        Files.move(prepared, directory, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.isDirectory(directory)) {
          throw e;
        } // another process was faster
      } finally {
        delete(prepared);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new TeeException(
          TeeException.Reason.PLATFORM_KEYS, "the platform keys cannot be kept in " + parent, e);
    }
    return load()
        .orElseThrow(
            () ->
                new TeeException(
                    TeeException.Reason.PLATFORM_KEYS, directory + " has been removed"));
  }

  private void removeWhatKilledProcessesPrepared() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREPARED + "*")) {
      for (Path prepared : all) {
        Matcher name = PREPARED_BY.matcher(prepared.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          delete(prepared);
        }
      }
    }
  }

  private static void delete(Path prepared) throws IOException {
    for (String file : List.of(ARK, ASK, ARK_KEY, ASK_KEY)) {
      Files.deleteIfExists(prepared.resolve(file));
    }
    Files.deleteIfExists(prepared);
  }

  private static void write(Path file, String type, byte[] der) throws IOException {
    byte[] newline = {'\n'};
    String body = Base64.getMimeEncoder(64, newline).encodeToString(der);
    String pem = "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            OWNER_ONLY)) {
      ByteBuffer content = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
  }

  private X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(read(directory.resolve(name))));
  }

  private PrivateKey key(String name, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    Path file = directory.resolve(name);
    String pem = new String(read(file), StandardCharsets.US_ASCII);
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new IOException(name + " is open to others than its owner");
    }
    String body = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----|\\s", "");
    PrivateKey key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    if (!(key instanceof RSAKey mine)
        || !(certificate.getPublicKey() instanceof RSAKey certified)
        || !mine.getModulus().equals(certified.getModulus())) {
      throw new IOException(name + " is not the key of its certificate");
    }
    return key;
  }

  private static byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.getFileName() + " is missing");
    }
    if (Files.size(file) > MAX_FILE_SIZE) {
      throw new IOException(file.getFileName() + " is too long");
    }
    return Files.readAllBytes(file);
  }
}
