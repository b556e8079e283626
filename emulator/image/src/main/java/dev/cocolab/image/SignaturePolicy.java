package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.PolicyRequirement.SigstoreSigned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image policy, the subset of containers-policy.json(5) that a confidential guest reads: {@code
 * default} and {@code transports.docker}, both required. The first scope that matches decides,
 * nothing is merged, and an empty requirement list accepts. Members that are not known are passed
 * over. {@code insecureAcceptAnything}, {@code reject} and {@code sigstoreSigned} are enforced; an
 * image that {@code signedBy} guards is refused, because OpenPGP signatures are not checked here.
 */
public final class SignaturePolicy {

  /** Checks one {@code sigstoreSigned}; throws {@link ImageException}. */
  @FunctionalInterface
  interface SignatureCheck {
    void verify(SigstoreSigned requirement, ImageReference image, ImageManifest manifest);
  }

  private final List<PolicyRequirement> otherwise;
  private final Map<String, List<PolicyRequirement>> scopes;

  SignaturePolicy(List<PolicyRequirement> otherwise, Map<String, List<PolicyRequirement>> scopes) {
    this.otherwise = List.copyOf(otherwise);
    this.scopes = Map.copyOf(scopes);
  }

  /** Throws {@link ImageException} BAD_POLICY, message {@code Invalid image policy file}. */
  public static SignaturePolicy parse(byte[] json) {
    return PolicyReader.read(json);
  }

  /**
   * Applies the requirements of the deciding scope in order; all must pass. Reads signatures and
   * keys where a requirement asks for them; nothing otherwise.
   */
  public Decision decide(ImageReference image, ImageManifest manifest, CosignVerifier verifier) {
    return decide(image, manifest, verifier::verify);
  }

  Decision decide(ImageReference image, ImageManifest manifest, SignatureCheck check) {
    for (PolicyRequirement requirement : applicable(image)) {
      Optional<Decision.Refused> refused = refusal(requirement, image, manifest, check);
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    return new Decision.Accepted();
  }

  private static Optional<Decision.Refused> refusal(
      PolicyRequirement requirement,
      ImageReference image,
      ImageManifest manifest,
      SignatureCheck check) {
    if (requirement instanceof PolicyRequirement.AcceptAnything) {
      return Optional.empty();
    }
    if (requirement instanceof SigstoreSigned signed) {
      try {
        check.verify(signed, image, manifest);
        return Optional.empty();
      } catch (ImageException e) {
        return Optional.of(
            new Decision.Refused(
                "rejected by `sigstoreSigned` rule", e.reason(), String.valueOf(e.getMessage())));
      }
    }
    if (requirement instanceof PolicyRequirement.Reject) {
      String text = "Policy `reject` rejects image " + image;
      return Optional.of(new Decision.Refused(text, Reason.POLICY_REJECTED, text));
    }
    String detail =
        "CoCoLab does not check signatures of requirement type signedBy, so it refuses the image";
    return Optional.of(
        new Decision.Refused(
            "rejected by `signedBy` rule (" + detail + ")",
            Reason.UNSUPPORTED_REQUIREMENT,
            detail));
  }

  private List<PolicyRequirement> applicable(ImageReference image) {
    for (String scope : searchOrder(image)) {
      List<PolicyRequirement> requirements = scopes.get(scope);
      if (requirements != null) {
        return requirements;
      }
    }
    return otherwise;
  }

  /**
   * Full reference, name, each shorter path down to the registry, wildcard hosts without port, the
   * transport itself.
   */
  static List<String> searchOrder(ImageReference image) {
    List<String> order = new ArrayList<>();
    order.add(image.toString());
    String name = image.name();
    order.add(name);
    for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      order.add(name.substring(0, slash));
    }
    int colon = image.registry().indexOf(':');
    String host = colon < 0 ? image.registry() : image.registry().substring(0, colon);
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      order.add("*" + host.substring(dot));
    }
    order.add("");
    return order;
  }
}
