package dev.cocolab.azure.blobs;

import com.azure.storage.blob.models.BlobStorageException;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;

/** What the storage client throws, as one sentence; its own texts quote signed addresses. */
final class BlobFailure {
  private BlobFailure() {}

  static AzureException of(Exception problem, String what, String account, String host) {
    for (Throwable at = problem; at != null; at = at.getCause()) {
      if (at instanceof AzureException known) {
        return known;
      }
      if (at instanceof BlobStorageException refused) {
        return of(refused, what, account);
      }
    }
    return new AzureException(
        Reason.UNREACHABLE,
        "cannot %s: the storage account %s does not answer (%s); check its name, and that its firewall lets this machine in"
            .formatted(what, account, host));
  }

  private static AzureException of(BlobStorageException refused, String what, String account) {
    String code =
        refused.getErrorCode() == null
            ? "HTTP " + refused.getStatusCode()
            : refused.getErrorCode().toString();
    return switch (refused.getStatusCode()) {
      case 401 ->
          new AzureException(
              Reason.NO_IDENTITY,
              "cannot %s: the storage account %s refuses the token (%s); sign in again"
                  .formatted(what, account, code));
      case 403 ->
          new AzureException(
              Reason.NO_RIGHTS,
              "may not %s (%s): this identity lacks the role Storage Blob Data Contributor on the storage account %s, or the account's firewall or key policy refuses it"
                  .formatted(what, code, account));
      case 404 ->
          new AzureException(
              Reason.NOT_FOUND, "cannot %s: there is no such thing (%s)".formatted(what, code));
      case 409 ->
          new AzureException(
              Reason.CONFLICT, "cannot %s: %s; try again later".formatted(what, code));
      case 429, 503 ->
          new AzureException(
              Reason.THROTTLED,
              "cannot %s: the storage account %s is busy (%s)".formatted(what, account, code));
      default ->
          new AzureException(
              refused.getStatusCode() >= 500 ? Reason.UNREACHABLE : Reason.REFUSED,
              "cannot %s: %s".formatted(what, code));
    };
  }
}
