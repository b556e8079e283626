package dev.cocolab.steps.persona;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** What somebody in the cluster can make of a sealed pointer. */
public enum BrokenPointer {
  REDIRECTED("a pointer whose target has been exchanged") {
    @Override
    public String from(SealingKey key, String signer, String target) {
      String[] parts = key.seal(signer, target).split("\\.", -1);
      String payload =
          new String(Base64.getUrlDecoder().decode(parts[2]), StandardCharsets.UTF_8)
              .replace(target, "default/attestation-status/status");
      parts[2] = encode(payload);
      return String.join(".", parts);
    }
  },
  FOREIGN("a pointer that another key has signed") {
    @Override
    public String from(SealingKey key, String signer, String target) {
      return SealingKey.generate(new SecureRandom()).seal(signer, target);
    }
  },
  UNKNOWN_SIGNER("a pointer that names a key Trustee has not") {
    @Override
    public String from(SealingKey key, String signer, String target) {
      return key.seal("default/no-such-key/jwk_public", target);
    }
  },
  UNSIGNED("a pointer without a signature") {
    @Override
    public String from(SealingKey key, String signer, String target) {
      return "sealed.fakejwsheader."
          + key.seal(signer, target).split("\\.", -1)[2]
          + ".fakesignature";
    }
  };

  private final String words;

  BrokenPointer(String words) {
    this.words = words;
  }

  /** The pointer that a scenario names. */
  public static BrokenPointer of(String words) {
    return Arrays.stream(values())
        .filter(known -> known.words.equals(words))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such pointer: '" + words + "'"));
  }

  /** Breaks the pointer that this key would have signed. */
  public abstract String from(SealingKey key, String signer, String target);

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
