package dev.cocolab.steps.targets;

import java.net.URI;
import java.util.List;

/** What the broker knows beyond its log. Without {@link Capability#EXPLANATIONS} both are empty. */
public interface TrusteeState {
  /** Base URL that guests are told, with scheme {@code https}. */
  String guestUrl();

  /** Base URL at which this machine reaches the same Trustee. */
  URI url();

  /** PEM certificate that guests are told to trust for that URL. */
  String guestCertificate();

  /** Appraised claims so far, oldest first: one JSON text a successful verification. */
  List<String> claims();

  /** Why evidence or a request was refused so far, oldest first. */
  List<Denial> denials();
}
