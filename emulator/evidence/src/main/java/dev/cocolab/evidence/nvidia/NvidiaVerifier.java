package dev.cocolab.evidence.nvidia;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges evidence of NVIDIA GPUs, sent as evidence of a device beside that of a processor. Safe for
 * use by several threads.
 *
 * <p>The checks run in the order of Trustee's local verifier, which knows Hopper GPUs only;
 * NVIDIA's own service is not asked. The first 32 bytes of the expected report data are the nonce;
 * an init data digest is not looked at. Measurements become claims, no more: what they should be is
 * for a policy to say. Revocation is not consulted, as Trustee does not.
 *
 * <p>In every stance a list without a device is refused, of which Trustee makes no claims. {@link
 * Stance#unsignedFields()} refuses bytes after the signature of a report.
 */
public final class NvidiaVerifier implements EvidenceVerifier {

  private final Set<X509Certificate> roots;
  private final Clock clock;
  private final Stance stance;

  /**
   * A verifier in the strict stance.
   *
   * @param roots the authorities trusted to speak for devices, NVIDIA's or others; compared byte by
   *     byte with the last certificate of a chain
   */
  public NvidiaVerifier(Collection<X509Certificate> roots, Clock clock) {
    this(roots, clock, Stance.strict());
  }

  public NvidiaVerifier(Collection<X509Certificate> roots, Clock clock, Stance stance) {
    this.roots = Set.copyOf(roots);
    this.clock = Objects.requireNonNull(clock, "clock");
    this.stance = Objects.requireNonNull(stance, "stance");
  }

  @Override
  public Tee tee() {
    return Tee.NVIDIA;
  }

  @Override
  public List<TeeClaims> verify(JsonNode json, ExpectedBinding expected) {
    NvidiaEvidence evidence = NvidiaEvidence.parse(json);
    byte[] nonce =
        Arrays.copyOf(
            expected
                .reportData()
                .orElseThrow(() -> EvidenceException.of(Refusal.NVIDIA_REPORT_DATA_ABSENT)),
            MeasurementReport.NONCE_SIZE);
    List<TeeClaims> claims = new ArrayList<>();
    for (NvidiaEvidence.Device device : evidence.devices()) {
      claims.add(new TeeClaims(Tee.NVIDIA, TeeClaims.GPU, claims(device, check(device, nonce))));
    }
    if (claims.isEmpty()) {
      throw EvidenceException.of(Refusal.NVIDIA_NO_DEVICE);
    }
    return List.copyOf(claims);
  }

  private MeasurementReport check(NvidiaEvidence.Device device, byte[] nonce) {
    if (device.architecture() != Architecture.HOPPER) {
      throw EvidenceException.of(Refusal.NVIDIA_ARCHITECTURE)
          .withMismatch("arch", Architecture.HOPPER.claimName(), device.architecture().claimName());
    }
    byte[] pem = device.chain();
    MeasurementReport report = MeasurementReport.parse(device.report());
    DeviceChain chain = DeviceChain.parse(pem);
    chain.requireSigned(report);
    String firmwareId =
        report
            .firmwareId()
            .orElseThrow(
                () -> EvidenceException.of(Refusal.NVIDIA_FWID, "Nvidia report fwid not found"));
    chain.requireTrusted(roots, firmwareId, clock.instant());
    if (!MessageDigest.isEqual(nonce, report.nonce())) {
      throw EvidenceException.mismatch(
          Refusal.NVIDIA_NONCE, "nonce", EvidenceJson.hex(nonce), EvidenceJson.hex(report.nonce()));
    }
    if (stance.unsignedFields() && report.hasTrailingBytes()) {
      throw EvidenceException.of(Refusal.NVIDIA_TRAILING);
    }
    return report;
  }

  private static ObjectNode claims(NvidiaEvidence.Device device, MeasurementReport report) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("arch", device.architecture().claimName());
    claims.put("uuid", device.uuid());
    claims.set("measurements", report.measurementClaims());
    claims.set("config", report.configurationClaims());
    return claims;
  }
}
