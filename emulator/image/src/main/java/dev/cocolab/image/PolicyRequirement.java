package dev.cocolab.image;

import java.util.Objects;
import java.util.Optional;

/** One entry of a scope's list in an image policy (containers-policy.json(5)). */
sealed interface PolicyRequirement {

  /** {@code insecureAcceptAnything}. */
  record AcceptAnything() implements PolicyRequirement {}

  /** {@code reject}. */
  record Reject() implements PolicyRequirement {}

  /** {@code signedBy}, simple signing with OpenPGP keys. */
  record SignedBy() implements PolicyRequirement {}

  /**
   * {@code sigstoreSigned}. That exactly one of the two keys is there is checked when an image is
   * judged, not when the policy is read.
   *
   * @param keyPath where the public key is
   * @param keyData the public key itself, PEM text, which is not base64 once more
   * @param identity empty means that the signed name is not looked at
   */
  record SigstoreSigned(
      Optional<String> keyPath, Optional<String> keyData, Optional<SignedIdentity> identity)
      implements PolicyRequirement {
    public SigstoreSigned {
      Objects.requireNonNull(keyPath, "keyPath");
      Objects.requireNonNull(keyData, "keyData");
      Objects.requireNonNull(identity, "identity");
    }
  }
}
