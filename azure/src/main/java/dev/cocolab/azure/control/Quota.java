package dev.cocolab.azure.control;

/**
 * How many virtual processors of a family a subscription may run in a region.
 *
 * @param family e.g. {@code standardDCASv5Family}
 * @param used now
 * @param limit at most
 */
public record Quota(String family, long used, long limit) {
  public long free() {
    return limit - used;
  }
}
