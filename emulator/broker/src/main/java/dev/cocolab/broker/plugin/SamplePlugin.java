package dev.cocolab.broker.plugin;

import java.nio.charset.StandardCharsets;

/** The plugin {@code sample}: one fixed sentence for administrators, whatever they ask. */
public final class SamplePlugin implements Plugin {
  /** The name of the plugin. */
  public static final String NAME = "sample";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean needsAdmin(PluginCall call) {
    return true;
  }

  @Override
  public byte[] handle(PluginCall call) {
    return "sample plugin response".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean mustEncrypt(PluginCall call) {
    return false;
  }
}
