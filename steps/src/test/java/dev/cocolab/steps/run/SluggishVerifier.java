package dev.cocolab.steps.run;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.lab.LabWiring;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Verifies as it should, but takes its time, and now and then spoils what it is given. */
final class SluggishVerifier implements EvidenceVerifier {
  private final EvidenceVerifier regular;
  private final Duration delay;
  private final int spoilsEvery;
  private final AtomicInteger count = new AtomicInteger();

  private SluggishVerifier(EvidenceVerifier regular, Duration delay, int spoilsEvery) {
    this.regular = regular;
    this.delay = delay;
    this.spoilsEvery = spoilsEvery;
  }

  /** A lab whose broker has it. */
  static LabWiring wiring(Duration delay, int spoilsEvery) {
    return LabWiring.regular()
        .withVerifiers(
            regular -> {
              var exchanged = new EnumMap<>(regular);
              exchanged.computeIfPresent(
                  Tee.AZ_SNP_VTPM,
                  (tee, verifier) -> new SluggishVerifier(verifier, delay, spoilsEvery));
              return Map.copyOf(exchanged);
            });
  }

  @Override
  public Tee tee() {
    return regular.tee();
  }

  @Override
  public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
    long end = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    boolean spoilt = count.incrementAndGet() % spoilsEvery == 0;
    return regular.verify(
        spoilt ? ((ObjectNode) evidence.deepCopy()).without("hcl_report") : evidence, expected);
  }
}
