package dev.cocolab.broker.plugin;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.nebula.NebulaAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plugin {@code nebula-ca}: key and certificate for an attested node of a Nebula network.
 * {@code GET credential?name=…&ip=…} with {@code duration}, {@code groups} and {@code subnets} as
 * wanted answers {@code {"node_crt", "node_key", "ca_crt"}}, each the bytes of a PEM file as array
 * of numbers. Upstream runs {@code nebula-cert}; here the certificates are made in this process.
 */
public final class NebulaCaPlugin implements Plugin {
  /** The name of the plugin. */
  public static final String NAME = "nebula-ca";

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final NebulaAuthority authority;

  private NebulaCaPlugin(NebulaAuthority authority) {
    this.authority = Objects.requireNonNull(authority, "authority");
  }

  /**
   * Opens the authority of a directory, {@code ca/ca.crt} and {@code ca/ca.key} in it, or makes one
   * where neither is there.
   *
   * @param name the directory inside the container, for messages
   * @param directory where it really is
   * @param profile what a fresh authority is to be
   * @throws BrokerException FILE or KEY naming what is wrong; PLUGIN for a profile that is none
   */
  public static NebulaCaPlugin open(
      String name,
      Path directory,
      NebulaAuthority.Profile profile,
      Clock clock,
      SecureRandom random) {
    Path certificate = directory.resolve("ca").resolve("ca.crt");
    Path key = directory.resolve("ca").resolve("ca.key");
    try {
      if (!Files.exists(certificate) && !Files.exists(key)) {
        NebulaAuthority fresh = NebulaAuthority.fresh(profile, clock, random);
        Files.createDirectories(certificate.getParent());
        Files.createFile(key, OWNER_ONLY);
        Files.writeString(key, fresh.keyPem());
        Files.writeString(certificate, fresh.certificatePem());
        return new NebulaCaPlugin(fresh);
      }
      if (!Files.exists(certificate) || !Files.exists(key)) {
        throw new BrokerException(
            Reason.FILE, "Nebula CA not found: " + name + "/ca needs both ca.crt and ca.key");
      }
      return new NebulaCaPlugin(
          NebulaAuthority.read(
              name + "/ca/ca.crt",
              Files.readString(certificate, StandardCharsets.ISO_8859_1),
              name + "/ca/ca.key",
              Files.readString(key, StandardCharsets.ISO_8859_1),
              clock,
              random));
    } catch (IOException e) {
      throw new BrokerException(Reason.FILE, name + ": cannot hold a Nebula CA: " + e, e);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsAdmin(PluginCall call) {
    return false;
  }

  @Override
  public byte[] handle(PluginCall call) {
    if (call.path().size() != 1) {
      throw refused("Illegal path. Only one path segment is supported");
    }
    if (!call.method().equals("GET")) {
      throw refused("Illegal HTTP method. Only GET is supported");
    }
    if (!call.path().get(0).equals("credential")) {
      throw refused(call.path().get(0) + " not supported");
    }
    NebulaAuthority.Node node = authority.issue(wish(call));
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.set("node_crt", numbers(node.certificate()));
    out.set("node_key", numbers(node.key()));
    out.set("ca_crt", numbers(authority.certificatePem()));
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What the query string asks for. */
  static NebulaAuthority.Wish wish(PluginCall call) {
    return new NebulaAuthority.Wish(
        required(call, "name"),
        required(call, "ip"),
        optional(call, "duration"),
        optional(call, "groups"),
        optional(call, "subnets"));
  }

  private static String required(PluginCall call, String member) {
    return optional(call, member).orElseThrow(() -> refused("missing field `" + member + "`"));
  }

  private static Optional<String> optional(PluginCall call, String member) {
    return Optional.ofNullable(call.query().get(member));
  }

  private static ArrayNode numbers(String pem) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    for (byte one : pem.getBytes(StandardCharsets.US_ASCII)) {
      out.add(one & 0xff);
    }
    return out;
  }

  @Override
  public boolean mustEncrypt(PluginCall call) {
    return true;
  }

  private static BrokerException refused(String text) {
    return new BrokerException(Reason.PLUGIN, text);
  }
}
