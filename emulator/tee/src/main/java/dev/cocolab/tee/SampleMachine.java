package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.tee.keys.EmulatedKeys;
import tools.jackson.databind.node.ObjectNode;

/** A machine without a TEE, whose evidence says so and is not signed. Stateless. */
public final class SampleMachine implements EvidenceMachine {

  @Override
  public Tee tee() {
    return Tee.SAMPLE;
  }

  @Override
  public ObjectNode evidence(byte[] reportData) {
    return SampleEvidence.of(reportData).toJson();
  }

  @Override
  public EmulatedKeys keys() {
    return EmulatedKeys.none();
  }
}
