package dev.cocolab.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Base64 (RFC 4648) that accepts canonical text only: the JDK's decoder lets non-zero trailing bits
 * and mixed padding pass, which the decoders of Trustee and the guest components do not.
 */
public final class StrictBase64 {

  private StrictBase64() {}

  /** Standard alphabet, padding required. Empty where the text is anything else. */
  public static Optional<byte[]> decodeStandard(String text) {
    return decode(Base64.getDecoder(), Base64.getEncoder(), text);
  }

  /** URL-safe alphabet without padding, as in a JWK. Empty where the text is anything else. */
  public static Optional<byte[]> decodeUrlUnpadded(String text) {
    return decode(Base64.getUrlDecoder(), Base64.getUrlEncoder().withoutPadding(), text);
  }

  /**
   * URL-safe alphabet, with or without padding, as in Azure evidence. Empty where the text is
   * anything else.
   */
  public static Optional<byte[]> decodeUrl(String text) {
    return text.endsWith("=")
        ? decode(Base64.getUrlDecoder(), Base64.getUrlEncoder(), text)
        : decodeUrlUnpadded(text);
  }

  private static Optional<byte[]> decode(
      Base64.Decoder decoder, Base64.Encoder encoder, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] decoded = decoder.decode(encoded);
      return Arrays.equals(encoder.encode(decoded), encoded)
          ? Optional.of(decoded)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
