package dev.cocolab.broker.plugin;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.storage.KeyValueStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plugin {@code provisioner}: a disk key for each virtual machine. Who starts a machine asks,
 * as administrator, for its identity; the machine reads the key once it is attested and shows in
 * its initdata that it is this one.
 *
 * <ul>
 *   <li>{@code POST provision} with {@code {"vm_name", "namespace"?}}: makes the key unless it is
 *       there, answers {@code {"uuid", "resource_path"}};
 *   <li>{@code DELETE provision/<uuid>}: forgets it, answers {@code {"status":"deleted"}}, also
 *       where there was none;
 *   <li>{@code GET default/<uuid>/root}: a TOML document with the key, when the initdata claim
 *       {@code trustee.kbs.resource} is {@code kbs+provisioner:///default/<uuid>/root}.
 * </ul>
 */
public final class ProvisionerPlugin implements Plugin {
  /** The name of the plugin, and of its namespace in storage. */
  public static final String NAME = "provisioner";

  /** Length of keys, in characters, unless stated otherwise. */
  public static final int DEFAULT_KEY_LENGTH = 32;

  private static final UUID NAMESPACE = UUID.fromString("feab5599-6854-52bc-95f0-0241c03e620a");
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String PROVISION = "provision";
  private static final String CLAIM = "trustee.kbs.resource";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final KeyValueStore keys;
  private final int keyLength;
  private final SecureRandom random;

  /** Keeps keys of {@code keyLength} letters and digits in {@code keys}. */
  public ProvisionerPlugin(KeyValueStore keys, int keyLength, SecureRandom random) {
    this.keys = Objects.requireNonNull(keys, "keys");
    this.keyLength = keyLength;
    this.random = Objects.requireNonNull(random, "random");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsAdmin(PluginCall call) {
    return !call.method().equals("GET");
  }

  @Override
  public byte[] handle(PluginCall call) {
    boolean provision = !call.path().isEmpty() && call.path().get(0).equals(PROVISION);
    if (call.method().equals("POST") && provision) {
      return provision(call.body());
    }
    if (call.method().equals("DELETE") && provision) {
      return forget(call);
    }
    if (call.method().equals("GET")) {
      return read(call);
    }
    throw refused("unsupported: " + call.method() + " /kbs/v0/" + NAME + "/" + call.joined());
  }

  @Override
  public boolean mustEncrypt(PluginCall call) {
    return call.method().equals("GET");
  }

  /** One machine at a time: two calls for the same one must not make two keys. */
  private synchronized byte[] provision(byte[] body) {
    JsonNode request = parse(body);
    JsonNode name = request.path("vm_name");
    JsonNode namespace = request.path("namespace");
    if (!name.isString() || !(namespace.isMissingNode() || namespace.isString())) {
      throw refused("invalid JSON body: needs the string `vm_name`, may have `namespace`");
    }
    String uuid = uuid(namespace.asString("default") + "/" + name.asString());
    String path = path(uuid);
    if (keys.get(path).isEmpty()) {
      keys.set(path, document(freshKey()).getBytes(StandardCharsets.UTF_8));
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    return json(out.put("uuid", uuid).put("resource_path", path));
  }

  private static JsonNode parse(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw new BrokerException(Reason.PLUGIN, "invalid JSON body", e);
    }
  }

  private byte[] forget(PluginCall call) {
    if (call.path().size() < 2) {
      throw refused("missing uuid in path");
    }
    keys.delete(path(call.path().get(1)));
    return json(JsonNodeFactory.instance.objectNode().put("status", "deleted"));
  }

  private byte[] read(PluginCall call) {
    String path = call.joined();
    JsonNode claims =
        call.initDataClaims()
            .orElseThrow(() -> refused("provisioner requires init_data for resource access"));
    JsonNode bound = claims.path(CLAIM);
    if (!bound.isString()) {
      throw refused("init_data missing " + CLAIM);
    }
    String expected = "kbs+" + NAME + ":///" + path;
    if (!bound.asString().equals(expected)) {
      throw refused(
          "init_data resource mismatch: expected " + expected + ", got " + bound.asString());
    }
    return keys.get(path).orElseThrow(() -> refused("provisioner resource not found: " + path));
  }

  private String freshKey() {
    StringBuilder out = new StringBuilder(keyLength);
    for (int i = 0; i < keyLength; i++) {
      out.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return out.toString();
  }

  private static String document(String key) {
    return "version = \"0.1.0\"\n\n[data]\n\"io.cryptsetup.key.text.root\" = \"" + key + "\"\n";
  }

  private static String path(String uuid) {
    return "default/" + uuid + "/root";
  }

  /** Version 5 of RFC 9562, section 5.5. */
  static String uuid(String name) {
    ByteBuffer namespace = ByteBuffer.allocate(2 * Long.BYTES);
    namespace.putLong(NAMESPACE.getMostSignificantBits());
    namespace.putLong(NAMESPACE.getLeastSignificantBits());
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(namespace.array());
      byte[] hash = sha1.digest(name.getBytes(StandardCharsets.UTF_8));
      ByteBuffer id = ByteBuffer.wrap(Arrays.copyOf(hash, 2 * Long.BYTES));
      long high = (id.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x5000L;
      long low = (id.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
      return new UUID(high, low).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is part of every JDK", e);
    }
  }

  private static byte[] json(ObjectNode value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static BrokerException refused(String text) {
    return new BrokerException(Reason.PLUGIN, text);
  }
}
