package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Endorsement keys in a folder, in the layout of Trustee: {@code
 * vcek/CHIP/bl03_tee00_snp08_ucode115_vcek.der}, on Turin {@code …_fmc01_vcek.der}, and otherwise
 * {@code vcek/CHIP/vcek.der}.
 */
public final class OfflineStore implements VcekSource {

  private static final String FOLDER = "vcek";
  private static final String ANY_VERSION = "vcek.der";

  private final Path folder;

  /**
   * A store; it is read with each request.
   *
   * @param folder the folder above {@code vcek}
   */
  public OfflineStore(Path folder) {
    this.folder = Objects.requireNonNull(folder, "folder");
  }

  @Override
  public byte[] fetch(VcekRequest request) {
    Path chip = folder.resolve(FOLDER).resolve(request.hardwareId());
    Path file = chip.resolve(request.fileName());
    if (!Files.exists(file)) {
      if (!Files.notExists(file)) {
        throw refused("Failed to stat VCEK at " + file);
      }
      file = chip.resolve(ANY_VERSION);
    }
    return read(file);
  }

  private static byte[] read(Path file) {
    String failed = "Failed to read VCEK from offline store at " + file;
    if (!Files.isRegularFile(file)) {
      throw refused(failed);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(VcekCertificate.MAX_SIZE + 1);
      if (bytes.length > VcekCertificate.MAX_SIZE) {
        throw refused(failed + ": more than " + VcekCertificate.MAX_SIZE + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw refused(failed);
    }
  }

  private static EvidenceException refused(String message) {
    return EvidenceException.of(Refusal.VEK_SOURCES, message);
  }

  @Override
  public String toString() {
    return "OfflineStore " + folder;
  }
}
