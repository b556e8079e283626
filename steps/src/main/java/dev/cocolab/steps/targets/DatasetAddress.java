package dev.cocolab.steps.targets;

import java.util.Objects;

/**
 * Where the encrypted dataset is, for a workload whose own defaults do not lead there.
 *
 * @param account the storage account's name
 * @param container in the account
 * @param blob in the container
 * @param sas query string that gives read access, without a question mark. A secret
 */
public record DatasetAddress(String account, String container, String blob, String sas) {
  public DatasetAddress {
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(container, "container");
    Objects.requireNonNull(blob, "blob");
    Objects.requireNonNull(sas, "sas");
  }

  /** Without the signature. */
  @Override
  public String toString() {
    return "DatasetAddress[%s/%s/%s]".formatted(account, container, blob);
  }
}
