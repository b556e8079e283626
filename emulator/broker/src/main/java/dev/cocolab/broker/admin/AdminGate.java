package dev.cocolab.broker.admin;

import dev.cocolab.broker.log.KbsLog;
import java.util.Objects;
import java.util.Optional;

/** Lets calls of administrators pass, or refuses them. Safe for use by several threads. */
public sealed interface AdminGate permits AdminGate.Everybody, AdminGate.Nobody, BearerGate {

  /**
   * Lets a call pass.
   *
   * @param authorization the header of that name
   * @param uri of the request, with its query
   * @throws AdminRefusal otherwise
   */
  void admit(Optional<String> authorization, String uri);

  /** Mode {@code InsecureAllowAll}. */
  record Everybody(KbsLog log) implements AdminGate {
    /** Checks that nothing is missing. */
    public Everybody {
      Objects.requireNonNull(log, "log");
    }

    @Override
    public void admit(Optional<String> authorization, String uri) {
      log.info("kbs::admin", "Admin access granted as AllowAll authorization_mode is enabled");
    }
  }

  /** Mode {@code DenyAll}. */
  record Nobody() implements AdminGate {
    @Override
    public void admit(Optional<String> authorization, String uri) {
      throw AdminRefusal.denied("Admin access denied as DenyAll authorization_mode is enabled");
    }
  }
}
