package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.util.List;
import java.util.StringJoiner;

/** Sources that are tried one after the other. */
final class VcekSources {

  private final List<VcekSource> sources;

  VcekSources(List<VcekSource> sources) {
    this.sources = List.copyOf(sources);
  }

  /**
   * What the first source gives that has anything.
   *
   * @throws EvidenceException {@link Refusal#VEK_SOURCES}; the cause names each source and why it
   *     has nothing
   */
  byte[] fetch(VcekRequest request) {
    if (sources.isEmpty()) {
      throw EvidenceException.because(
          Refusal.VEK_SOURCES, "no certificate chain and no source configured");
    }
    StringJoiner reasons = new StringJoiner("; ");
    for (VcekSource source : sources) {
      try {
        return source.fetch(request);
      } catch (EvidenceException e) {
        reasons.add(source + ": " + e.chain());
      }
    }
    throw EvidenceException.because(Refusal.VEK_SOURCES, reasons.toString());
  }
}
