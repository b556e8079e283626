package dev.cocolab.steps.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Secrets of a scenario, in the forms in which they could slip into a text. */
public final class Secrets {
  /** A shorter value would be found by chance. */
  private static final int SHORTEST = 8;

  private final List<String> forms = new ArrayList<>();

  /** One more secret; values of fewer than eight bytes are not looked for. */
  public Secrets add(byte[] secret) {
    if (secret.length >= SHORTEST) {
      forms.add(new String(secret, StandardCharsets.ISO_8859_1));
      forms.add(new String(secret, StandardCharsets.UTF_8));
      forms.add(Base64.getEncoder().withoutPadding().encodeToString(secret));
      forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
      forms.add(HexFormat.of().formatHex(secret));
      forms.add(HexFormat.of().formatHex(secret).toUpperCase(Locale.ROOT));
    }
    return this;
  }

  /** One more secret text. */
  public Secrets add(String secret) {
    return add(secret.getBytes(StandardCharsets.UTF_8));
  }

  /** True when the text has one of them, plain, in base64 or in hex. */
  public boolean areIn(String text) {
    return forms.stream().anyMatch(text::contains);
  }

  /** Says nothing of them. */
  @Override
  public String toString() {
    return "Secrets[" + forms.size() + " forms]";
  }
}
