package dev.cocolab.image;

/** Delivers the public keys that an image policy names by location. */
@FunctionalInterface
public interface KeySource {

  /**
   * The bytes at a location such as {@code kbs:///default/conf-devhub-signature/pub-key}. Throws
   * what {@link ImageException#keyUnavailable} makes when they cannot be had.
   */
  byte[] read(String location);
}
