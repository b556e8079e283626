package dev.cocolab.broker.config;

import dev.cocolab.broker.failure.BrokerException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads {@code [[plugins]]}. */
final class PluginSections {
  private static final int KEY_LENGTH = 32;
  private static final int MAX_KEY_LENGTH = 1024;

  private PluginSections() {}

  /**
   * All entries, in the file's order.
   *
   * @throws BrokerException CONFIGURATION naming file, table and key
   */
  static List<PluginConfig> read(Section root) {
    JsonNode list = root.table().path("plugins");
    List<PluginConfig> out = new ArrayList<>();
    if (list.isMissingNode()) {
      return out;
    }
    if (!list.isArray()) {
      throw root.wrong("plugins", "a list of tables");
    }
    for (JsonNode entry : list) {
      out.add(plugin(new Section(root.file(), "plugins", entry)));
    }
    return out;
  }

  private static PluginConfig plugin(Section section) {
    String name = section.text("name").orElseThrow(() -> section.missing("name"));
    return switch (name) {
      case "resource", "ResourceStorage" -> resource(section);
      case "sample", "Sample" ->
          new PluginConfig.Sample(section.text("item").orElseThrow(() -> section.missing("item")));
      case "provisioner", "Provisioner" -> provisioner(section);
      case "pkcs11", "Pkcs11" ->
          throw absent(section, name, "it needs a hardware security module, which is not emulated");
      default -> throw section.unsupported("name", name);
    };
  }

  private static BrokerException absent(Section section, String name, String why) {
    return section.refused(
        "plugin `" + name + "` is not there: " + why + "; remove this entry of [[plugins]]");
  }

  private static PluginConfig resource(Section section) {
    String backend =
        section
            .text("storage_backend_type")
            .orElseThrow(() -> section.missing("storage_backend_type"));
    if (!backend.equals("kvstorage")) {
      throw section.unsupported("storage_backend_type", backend);
    }
    return new PluginConfig.Resource();
  }

  private static PluginConfig provisioner(Section section) {
    int length = section.number("key_length", KEY_LENGTH);
    if (length < 1 || length > MAX_KEY_LENGTH) {
      throw section.wrong("key_length", "from 1 to " + MAX_KEY_LENGTH);
    }
    return new PluginConfig.Provisioner(length);
  }
}
