package dev.cocolab.steps.targets;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the broker knows beyond its log. Without {@link Capability#EXPLANATIONS} both are empty. */
public interface TrusteeState {
  /** Base URL that guests are told, with scheme {@code https}. */
  String guestUrl();

  /** Base URL at which this machine reaches the same Trustee. */
  URI url();

  /** PEM certificate that guests are told to trust for that URL. */
  String guestCertificate();

  /**
   * Folder of this machine's emulated hardware, if Trustee accepts its evidence; empty without
   * {@link Capability#EVIDENCE}.
   */
  default Optional<Path> emulatedHardware() {
    return Optional.empty();
  }

  /** Appraised claims so far, oldest first: one JSON text a successful verification. */
  List<String> claims();

  /** Why evidence or a request was refused so far, oldest first. */
  List<Denial> denials();
}
