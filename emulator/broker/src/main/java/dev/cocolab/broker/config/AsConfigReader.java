package dev.cocolab.broker.config;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads the JSON file of a stand-alone attestation service: what {@code [attestation_service]} of
 * the Key Broker Service holds, and {@code storage_backend}. Unknown members are ignored.
 */
public final class AsConfigReader {
  private AsConfigReader() {}

  /**
   * What an attestation service needs.
   *
   * @param attestation tokens and reference values
   * @param storage where policies and reference values are
   */
  public record AsConfig(KbsConfig.Attestation attestation, KbsConfig.Storage storage) {}

  /** All defaults: tokens with an ephemeral key, everything in memory. */
  public static AsConfig defaults() {
    return config(new Section("", "", JsonNodeFactory.instance.objectNode()));
  }

  /**
   * Reads a file.
   *
   * @param name the path inside the container, for messages
   * @param file where the file really is
   * @throws BrokerException CONFIGURATION naming file, place and reason
   */
  public static AsConfig read(String name, Path file) {
    try {
      return config(new Section(name, "", JsonMapper.shared().readTree(Files.readString(file))));
    } catch (NoSuchFileException e) {
      throw refused("configuration file \"" + name + "\" not found", e);
    } catch (IOException e) {
      throw refused("configuration file \"" + name + "\" cannot be read: " + e, e);
    } catch (JacksonException e) {
      String place = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
      throw refused(name + place + ": JSON parse error: " + e.getOriginalMessage(), e);
    }
  }

  private static AsConfig config(Section root) {
    if (!root.exists()) {
      throw root.refused("the file must hold a JSON object");
    }
    KbsConfig.Storage storage = KbsConfigReader.storage(root);
    StorageProvider.Type type = storage.type();
    return new AsConfig(KbsConfigReader.attestation(root, type), storage);
  }

  private static BrokerException refused(String text, Exception cause) {
    return new BrokerException(Reason.CONFIGURATION, text, cause);
  }
}
