package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.keys.EmulatedKeys;
import tools.jackson.databind.node.ObjectNode;

/** An emulated machine that gives evidence. Implementations are safe for use by several threads. */
public interface EvidenceMachine {

  /** The kind of evidence this machine gives. */
  Tee tee();

  /**
   * Makes evidence as an attestation agent on this machine does, in its current encoding.
   *
   * @param reportData what the evidence is bound to; 48 bytes in the KBS protocol
   * @throws TeeException {@link TeeException.Reason#VALUE_SIZE} if it does not fit
   */
  ObjectNode evidence(byte[] reportData);

  /** What the machine signs with, to forge its evidence. */
  EmulatedKeys keys();
}
