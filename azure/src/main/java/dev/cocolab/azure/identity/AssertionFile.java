package dev.cocolab.azure.identity;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file with an assertion that somebody else keeps fresh, as {@code AZURE_FEDERATED_TOKEN_FILE}.
 */
final class AssertionFile {
  private static final int LARGEST = 64 * 1024;

  private AssertionFile() {}

  /**
   * What is in it now.
   *
   * @throws AzureException NO_IDENTITY when it cannot be read or is empty
   */
  static String read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8).strip();
      if (!text.isEmpty()) {
        return text;
      }
    } catch (IOException e) {
      // Falls through to the one message there is for it.
    }
    throw new AzureException(
        Reason.NO_IDENTITY,
        "no Azure identity: the file %s of %s is empty or cannot be read"
            .formatted(file, Identities.TOKEN_FILE));
  }
}
