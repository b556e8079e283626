package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.AmdRoots.Chain;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates at which chains may end, by vendor. What a certificate is for says its common
 * name, as in the vendors' own: {@code ARK-Milan}, {@code SEV-Milan}, {@code SEV-VLEK-Milan},
 * {@code Intel SGX Root CA}, {@code NVIDIA Device Identity CA}; others are passed over.
 *
 * @param source as the user named them
 * @param amd authorities of AMD processors
 * @param intel roots of Intel's provisioning certification service
 * @param nvidia roots of NVIDIA's devices
 */
public record TrustAnchors(
    String source, AmdRoots amd, List<X509Certificate> intel, List<X509Certificate> nvidia) {
  private static final String INTEL_ROOT = "Intel SGX Root CA";
  private static final String NVIDIA_ROOT = "NVIDIA Device Identity CA";

  /** Takes copies. */
  public TrustAnchors {
    intel = List.copyOf(intel);
    nvidia = List.copyOf(nvidia);
  }

  /**
   * Sorts certificates.
   *
   * @throws CliException {@link ExitCode#USAGE} for a root of AMD without the intermediate that it
   *     signed, or the other way round
   */
  static TrustAnchors of(String source, List<Certificates.Found> certificates) {
    return new TrustAnchors(
        source,
        amd(source, certificates),
        named(certificates, INTEL_ROOT).stream().map(Certificates.Found::certificate).toList(),
        named(certificates, NVIDIA_ROOT).stream().map(Certificates.Found::certificate).toList());
  }

  private static AmdRoots amd(String source, List<Certificates.Found> certificates) {
    AmdRoots roots = AmdRoots.of(Map.of());
    for (AmdGeneration generation : AmdGeneration.values()) {
      String product = generation.productName();
      List<Certificates.Found> arks = named(certificates, "ARK-" + product);
      List<Certificates.Found> asks = named(certificates, "SEV-" + product);
      for (Certificates.Found ark : arks) {
        Chain chain =
            new Chain(
                ark.certificate(),
                signedBy(asks, ark)
                    .orElseThrow(
                        () ->
                            incomplete(
                                "%s: ARK-%s in %s has no SEV-%2$s beside it that it signed"
                                    .formatted(source, product, ark.origin()))),
                signedBy(named(certificates, "SEV-VLEK-" + product), ark));
        roots = roots.and(AmdRoots.of(new EnumMap<>(Map.of(generation, chain))));
      }
      for (Certificates.Found ask : asks) {
        if (arks.stream().noneMatch(ark -> isSignedBy(ask, ark))) {
          throw incomplete(
              "%s: SEV-%s in %s has no ARK-%2$s beside it that signed it"
                  .formatted(source, product, ask.origin()));
        }
      }
    }
    return roots;
  }

  private static List<Certificates.Found> named(
      List<Certificates.Found> certificates, String commonName) {
    List<Certificates.Found> found = new ArrayList<>();
    for (Certificates.Found one : certificates) {
      boolean known = found.stream().anyMatch(o -> o.certificate().equals(one.certificate()));
      if (!known && Certificates.commonName(one.certificate()).equals(Optional.of(commonName))) {
        found.add(one);
      }
    }
    return found;
  }

  private static Optional<X509Certificate> signedBy(
      List<Certificates.Found> certificates, Certificates.Found authority) {
    return certificates.stream()
        .filter(one -> isSignedBy(one, authority))
        .map(Certificates.Found::certificate)
        .findFirst();
  }

  private static boolean isSignedBy(Certificates.Found one, Certificates.Found authority) {
    try {
      one.certificate().verify(authority.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static CliException incomplete(String message) {
    return new CliException(ExitCode.USAGE, message);
  }
}
