package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.tee.keys.EmulatedKeys;
import tools.jackson.databind.node.ObjectNode;

/** What lies below the vTPM of one confidential VM on Azure. Safe for use by several threads. */
sealed interface AzureHost permits AzureSnpHost, AzureTdxHost {

  /** The kind of evidence its guests give. */
  Tee tee();

  /** The evidence version that its guests send today. */
  int currentVersion();

  /** A hardware report over variable data, as the paravisor keeps it for the guest. */
  HclReport hclReport(byte[] variableData);

  /**
   * Puts evidence together, with what the guest asks the host's metadata service for.
   *
   * @param version 0, 1 or 2
   */
  ObjectNode evidence(int version, TpmQuote quote, byte[] hclReport);

  /** What the hardware signs. */
  EmulatedKeys signers();
}
