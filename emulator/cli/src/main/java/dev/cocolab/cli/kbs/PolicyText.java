package dev.cocolab.cli.kbs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cocolab.cli.Terminal;
import java.util.Base64;

/**
 * The text of a policy on its way to the broker.
 *
 * @param rego the policy
 */
record PolicyText(String rego) {
  /** As requests carry it: base64url without padding. */
  String encoded() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(rego.getBytes(UTF_8));
  }

  /** Says that it was stored, with the blanks of {@code kbs-client}. */
  void confirm(Terminal terminal, String what) {
    terminal.print("Set " + what + " policy success ");
    terminal.print(" policy: " + Base64.getEncoder().encodeToString(rego.getBytes(UTF_8)));
  }
}
