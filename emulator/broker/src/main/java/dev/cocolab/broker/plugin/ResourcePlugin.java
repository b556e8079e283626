package dev.cocolab.broker.plugin;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.storage.KeyValueStore;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The plugin {@code resource}: bytes at {@code repository/type/tag}. Attested guests read,
 * administrators write and delete.
 */
public final class ResourcePlugin implements Plugin {
  /** The name of the plugin. */
  public static final String NAME = "resource";

  private static final String SEGMENT = "[A-Za-z0-9_-]+[A-Za-z0-9_.-]*";
  private static final Pattern PATH = Pattern.compile(SEGMENT + "/" + SEGMENT + "/" + SEGMENT);
  private static final byte[] NOTHING = {};

  private final KeyValueStore resources;
  private final KbsMetrics metrics;

  /** Serves what {@code resources} holds and counts who asks for what. */
  public ResourcePlugin(KeyValueStore resources, KbsMetrics metrics) {
    this.resources = Objects.requireNonNull(resources, "resources");
    this.metrics = Objects.requireNonNull(metrics, "metrics");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsAdmin(PluginCall call) {
    return call.method().equals("POST") || call.method().equals("DELETE");
  }

  @Override
  public byte[] handle(PluginCall call) {
    String key = key(call);
    switch (call.method()) {
      case "GET" -> {
        metrics.resourceRead(key);
        return resources.get(key).orElseThrow(() -> absent(key));
      }
      case "POST" -> {
        metrics.resourceWritten(key);
        resources.set(key, call.body());
        return NOTHING;
      }
      case "DELETE" -> {
        metrics.resourceDeleted(key);
        if (!resources.delete(key)) {
          throw absent(key);
        }
        return NOTHING;
      }
      default ->
          throw new BrokerException(
              Reason.PLUGIN, "Illegal HTTP method. Only supports `GET`, `POST` and `DELETE`");
    }
  }

  @Override
  public boolean mustEncrypt(PluginCall call) {
    return call.method().equals("GET");
  }

  /**
   * The storage key of a path: three elements, none of which begins with a dot.
   *
   * @throws BrokerException PLUGIN
   */
  static String key(PluginCall call) {
    String key = call.joined();
    if (!PATH.matcher(key).matches()) {
      throw new BrokerException(Reason.PLUGIN, "illegal ResourceDesc format.");
    }
    return key;
  }

  private static BrokerException absent(String key) {
    return new BrokerException(Reason.PLUGIN, "resource not found: " + key);
  }
}
