package dev.cocolab.azure.cost;

/** Where prices come from. */
@FunctionalInterface
public interface Prices {
  /**
   * The price of a Linux machine that is paid by use.
   *
   * @throws dev.cocolab.azure.AzureException UNREACHABLE, NOT_FOUND or UNREADABLE: the price is
   *     unknown
   */
  Price hourly(String region, String size);
}
