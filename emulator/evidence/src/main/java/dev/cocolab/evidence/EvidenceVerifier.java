package dev.cocolab.evidence;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Judges the evidence of one kind of TEE. Implementations are safe for use by several threads. */
public interface EvidenceVerifier {

  /** The kind of evidence this verifier understands. */
  Tee tee();

  /**
   * Checks that the evidence is genuine and bound to the expected values.
   *
   * @param evidence the evidence as the guest sent it
   * @param expected what the evidence must be bound to
   * @return one entry a TEE, at least one
   * @throws EvidenceException if any check fails; nothing else is thrown for whatever {@code
   *     evidence} holds
   */
  List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected);
}
