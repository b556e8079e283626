package dev.cocolab.guest;

import dev.cocolab.image.ImageException;
import dev.cocolab.image.KeySource;
import java.util.HashMap;
import java.util.Map;

/**
 * What the image client reads by location: its policy, credentials and keys. What the broker
 * delivered is kept for the life of the VM and never asked for again; a failure is not kept. There
 * are no such files in this VM image. Used by one thread at a time.
 */
final class ImageResources implements KeySource {

  private final DataHub hub;
  private final Map<String, byte[]> delivered = new HashMap<>();

  ImageResources(DataHub hub) {
    this.hub = hub;
  }

  /**
   * Throws {@link KbsException}: its message is the guest's own text, its cause says what failed.
   */
  byte[] fetch(String location) {
    if (location.startsWith("kbs://") || location.startsWith("kbs+")) {
      byte[] known = delivered.get(location);
      if (known == null) {
        known = ask(location);
        delivered.put(location, known);
      }
      return known.clone();
    }
    int scheme = location.indexOf("://");
    throw new KbsException(
        scheme < 0 || location.startsWith("file://")
            ? "Failed to read local file"
            : "Resource URI scheme `" + location.substring(0, scheme) + "` not supported",
        new KbsException("this VM image has nothing at " + location));
  }

  private byte[] ask(String uri) {
    try {
      return hub.resource(uri);
    } catch (GuestException e) {
      throw new KbsException("Get resource failed: ttrpc request error", e);
    }
  }

  /** A key of the image policy. */
  @Override
  public byte[] read(String location) {
    try {
      return fetch(location);
    } catch (KbsException e) {
      throw ImageException.keyUnavailable(
          "the key " + location + " cannot be had: " + e.getCause().getMessage(), e);
    }
  }
}
