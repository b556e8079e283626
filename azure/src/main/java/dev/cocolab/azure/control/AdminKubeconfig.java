package dev.cocolab.azure.control;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;

/** A kubeconfig with a client certificate that may do everything. Its string form says nothing. */
public final class AdminKubeconfig {
  private final byte[] yaml;

  private AdminKubeconfig(byte[] yaml) {
    this.yaml = yaml;
  }

  /** From the base64 of an answer. */
  static AdminKubeconfig ofBase64(String text) {
    try {
      byte[] yaml = Base64.getDecoder().decode(text.strip());
      if (yaml.length > 0) {
        return new AdminKubeconfig(yaml);
      }
    } catch (IllegalArgumentException e) {
      // Falls through; the exception would quote the text.
    }
    throw new AzureException(Reason.UNREADABLE, "the cluster's admin credentials are not readable");
  }

  /** YAML in UTF-8. Secret. */
  public byte[] bytes() {
    return yaml.clone();
  }

  /**
   * Writes it to a file that does not exist yet, readable by this user alone (0600).
   *
   * @throws AzureException REFUSED when the file exists or cannot be written
   */
  public void writeTo(Path file) {
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer rest = ByteBuffer.wrap(yaml);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    } catch (IOException e) {
      throw new AzureException(Reason.REFUSED, "cannot write the kubeconfig to a new file " + file);
    }
  }

  @Override
  public String toString() {
    return "AdminKubeconfig";
  }
}
