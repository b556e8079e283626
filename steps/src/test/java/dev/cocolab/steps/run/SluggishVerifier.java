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
import java.util.function.IntPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Verifies as it should, but takes its time, and now and then spoils what it is given. */
final class SluggishVerifier implements EvidenceVerifier {
  private final EvidenceVerifier regular;
  private final Duration delay;
  private final IntPredicate spoils;
  private final AtomicInteger count = new AtomicInteger();

  private SluggishVerifier(EvidenceVerifier regular, Duration delay, IntPredicate spoils) {
    this.regular = regular;
    this.delay = delay;
    this.spoils = spoils;
  }

  /**
   * A lab whose broker has it.
   *
   * @param spoils which of the pieces of evidence, counted from 1
   */
  static LabWiring wiring(Duration delay, IntPredicate spoils) {
    return LabWiring.regular()
        .withVerifiers(
            regular -> {
              var exchanged = new EnumMap<>(regular);
              exchanged.computeIfPresent(
                  Tee.AZ_SNP_VTPM,
                  (tee, verifier) -> new SluggishVerifier(verifier, delay, spoils));
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
    boolean spoilt = spoils.test(count.incrementAndGet());
    return regular.verify(
        spoilt ? ((ObjectNode) evidence.deepCopy()).without("hcl_report") : evidence, expected);
  }
}
