package dev.cocolab.tee.keys;

import dev.cocolab.tee.TeeException;
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
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps the authorities of a machine in files: {@code <parent>/<name>/} with {@code <owner>.pem}
 * (X.509) and {@code <owner>.key.pem} (PKCS #8) for each owner, readable by the user only.
 *
 * <p>The files appear together by renaming a finished directory, so that of several processes that
 * start at once one wins and all use its keys, and none sees half of them.
 */
public final class KeyFolder {

  private static final String CERTIFICATE = ".pem";
  private static final String KEY = ".key.pem";
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
  private final List<String> owners;
  private final Optional<PublicKey> issuer;

  private KeyFolder(Path parent, String name, List<String> owners, Optional<PublicKey> issuer) {
    this.parent = Objects.requireNonNull(parent, "parent");
    this.directory = parent.resolve(name);
    this.owners = List.copyOf(owners);
    this.issuer = issuer;
  }

  /**
   * A folder that begins with a root.
   *
   * @param owners the root, which signs itself, and those it signs
   */
  public static KeyFolder ofRoot(Path parent, String name, List<String> owners) {
    return new KeyFolder(parent, name, owners, Optional.empty());
  }

  /** A folder with one authority that an authority kept elsewhere has signed. */
  public static KeyFolder signedBy(PublicKey issuer, Path parent, String name, String owner) {
    return new KeyFolder(parent, name, List.of(owner), Optional.of(issuer));
  }

  /**
   * The keys on disk by owner; empty if there are none yet.
   *
   * @throws TeeException {@link TeeException.Reason#PLATFORM_KEYS} if they cannot be used
   */
  public Optional<Map<String, CertifiedKey>> load() {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try {
      Map<String, CertifiedKey> keys = new LinkedHashMap<>();
      for (String owner : owners) {
        X509Certificate certificate = certificate(owner + CERTIFICATE);
        keys.put(owner, new CertifiedKey(certificate, key(owner + KEY, certificate)));
      }
      PublicKey root = keys.get(owners.get(0)).certificate().getPublicKey();
      for (int i = 0; i < owners.size(); i++) {
        X509Certificate certificate = keys.get(owners.get(i)).certificate();
        certificate.verify(i == 0 ? issuer.orElse(root) : root);
      }
      return Optional.of(keys);
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

  /**
   * Keeps the keys, unless another process has been faster; the keys on disk are the answer.
   *
   * @throws TeeException {@link TeeException.Reason#PLATFORM_KEYS} if they cannot be kept
   */
  public Map<String, CertifiedKey> keep(Map<String, CertifiedKey> keys) {
    try {
      Files.createDirectories(parent, OWNER_DIRECTORY);
      removeWhatKilledProcessesPrepared();
      String owner = PREPARED + ProcessHandle.current().pid() + "-";
      Path prepared = Files.createTempDirectory(parent, owner, OWNER_DIRECTORY);
      try {
        for (Map.Entry<String, CertifiedKey> entry : keys.entrySet()) {
          CertifiedKey value = entry.getValue();
          write(
              prepared.resolve(entry.getKey() + CERTIFICATE),
              "CERTIFICATE",
              value.certificate().getEncoded());
          write(prepared.resolve(entry.getKey() + KEY), "PRIVATE KEY", value.key().getEncoded());
        }
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
    if (!Files.isDirectory(prepared)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(prepared, "*" + CERTIFICATE)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
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
    PublicKey certified = certificate.getPublicKey();
    PrivateKey key =
        KeyFactory.getInstance(certified.getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    if (!belongs(key, certified)) {
      throw new IOException(name + " is not the key of its certificate");
    }
    return key;
  }

  private static boolean belongs(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (key instanceof RSAKey mine && certified instanceof RSAKey theirs) {
      return mine.getModulus().equals(theirs.getModulus());
    }
    byte[] probe = certified.getEncoded();
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(probe);
    return signature.verify(signed);
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
