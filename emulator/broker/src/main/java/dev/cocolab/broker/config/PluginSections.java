package dev.cocolab.broker.config;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.nebula.NebulaAuthority;
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
      case "nebula-ca", "NebulaCaPlugin" -> nebulaCa(section);
      case "pkcs11", "Pkcs11" ->
          throw absent(section, name, "it needs a hardware security module, which is not emulated");
      case "external", "ExternalPlugin" ->
          throw absent(section, name, "this broker speaks no gRPC");
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

  /** What {@code nebula-cert} would be told and has no bearing on certificates is ignored. */
  private static PluginConfig nebulaCa(Section section) {
    Section authority = section.sub("ca_config");
    String curve = authority.text("curve").orElse("25519");
    if (!List.of("25519", "X25519", "Curve25519", "CURVE25519").contains(curve)) {
      throw authority.unsupported("curve", curve);
    }
    authority
        .text("out_qr")
        .ifPresent(
            file -> {
              throw authority.unsupported("out_qr", file);
            });
    return new PluginConfig.NebulaCa(
        section.text("work_dir").orElse("/opt/confidential-containers/kbs/nebula-ca"),
        new NebulaAuthority.Profile(
            authority.text("name").orElse("Trustee Nebula CA plugin"),
            authority.text("duration").orElse("8760h"),
            authority.text("ips").orElse(""),
            authority.text("subnets").orElse(""),
            authority.text("groups").orElse("")));
  }
}
