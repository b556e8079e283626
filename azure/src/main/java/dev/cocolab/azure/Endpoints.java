package dev.cocolab.azure;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Where Azure's services are. All are HTTPS; each is given without a slash at the end.
 *
 * @param authority Entra ID
 * @param authorityOverridden true when the authority is not the public one: then, and only then,
 *     the sign-in library may not ask the public cloud whether the authority is genuine
 * @param arm Azure Resource Manager
 * @param prices the Retail Prices API
 * @param blob the blob endpoint of the storage account, when it is not {@code
 *     https://<account>.blob.core.windows.net}
 */
public record Endpoints(
    URI authority, boolean authorityOverridden, URI arm, URI prices, Optional<URI> blob) {
  /** Azure's own variable. */
  public static final String AUTHORITY = "AZURE_AUTHORITY_HOST";

  public static final String ARM = "COCOLAB_AZURE_ARM_ENDPOINT";
  public static final String PRICES = "COCOLAB_AZURE_PRICES_ENDPOINT";
  public static final String BLOB = "COCOLAB_AZURE_BLOB_ENDPOINT";

  private static final URI PUBLIC_AUTHORITY = URI.create("https://login.microsoftonline.com");
  private static final URI PUBLIC_ARM = URI.create("https://management.azure.com");
  private static final URI PUBLIC_PRICES = URI.create("https://prices.azure.com");

  /** The scope of a token for Azure Resource Manager. */
  public String armScope() {
    return arm + "/.default";
  }

  /** The public cloud. */
  public static Endpoints publicCloud() {
    return new Endpoints(PUBLIC_AUTHORITY, false, PUBLIC_ARM, PUBLIC_PRICES, Optional.empty());
  }

  /**
   * The public cloud, with what the environment puts elsewhere.
   *
   * @throws AzureException NOT_CONFIGURED for an address that is not {@code https://host[:port]}
   */
  public static Endpoints of(Map<String, String> environment) {
    Optional<URI> authority = https(environment, AUTHORITY);
    return new Endpoints(
        authority.orElse(PUBLIC_AUTHORITY),
        authority.isPresent() && !authority.get().equals(PUBLIC_AUTHORITY),
        https(environment, ARM).orElse(PUBLIC_ARM),
        https(environment, PRICES).orElse(PUBLIC_PRICES),
        https(environment, BLOB));
  }

  private static Optional<URI> https(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "").strip();
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String bare = value.replaceFirst("/+$", "");
    try {
      URI uri = URI.create(bare);
      if ("https".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message there is for it.
    }
    throw new AzureException(
        AzureException.Reason.NOT_CONFIGURED,
        name + " is not an https:// address; tokens are not sent without TLS");
  }
}
