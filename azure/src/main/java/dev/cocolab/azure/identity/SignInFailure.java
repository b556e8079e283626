package dev.cocolab.azure.identity;

import com.azure.identity.CredentialUnavailableException;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What the sign-in library throws, as one sentence. Its own texts run over pages. */
final class SignInFailure {
  private static final Pattern CODE = Pattern.compile("AADSTS\\d{4,9}");

  /** Entra's codes that people meet here, each with what to do. */
  private static final Map<String, String> REMEDIES =
      Map.of(
          "AADSTS700024",
          "the assertion has expired; check the clock of this machine",
          "AADSTS70021",
          "no federated credential matches; its subject must be"
              + " repo:<owner>/<repository>:environment:azure-nightly",
          "AADSTS700213",
          "no federated credential matches; its subject must be"
              + " repo:<owner>/<repository>:environment:azure-nightly",
          "AADSTS700016",
          "there is no such application in the tenant; check AZURE_CLIENT_ID and AZURE_TENANT_ID",
          "AADSTS90002",
          "there is no such tenant; check AZURE_TENANT_ID");

  private static final String NOBODY =
      "no Azure identity: run 'az login', or set AZURE_CLIENT_ID, AZURE_TENANT_ID and"
          + " AZURE_FEDERATED_TOKEN_FILE, or in GitHub Actions give the job 'id-token: write'";

  private SignInFailure() {}

  static AzureException nobody() {
    return new AzureException(Reason.NO_IDENTITY, NOBODY);
  }

  static AzureException of(Throwable problem, String host) {
    Optional<String> code = Optional.empty();
    boolean unavailable = false;
    int depth = 0;
    for (Throwable at = problem; at != null && depth < 20; at = at.getCause(), depth++) {
      if (at instanceof AzureException known) {
        return known;
      }
      if (isNetwork(at)) {
        return new AzureException(
            Reason.UNREACHABLE,
            "sign-in: %s cannot be reached; check the network and AZURE_AUTHORITY_HOST"
                .formatted(host));
      }
      unavailable |= at instanceof CredentialUnavailableException;
      if (code.isEmpty() && at.getMessage() != null) {
        Matcher matcher = CODE.matcher(at.getMessage());
        code = matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
      }
    }
    if (code.isPresent()) {
      return new AzureException(
          Reason.NO_IDENTITY,
          "sign-in at %s was refused (%s): %s"
              .formatted(
                  host,
                  code.get(),
                  REMEDIES.getOrDefault(
                      code.get(), "look the code up in Microsoft's list of sign-in errors")));
    }
    return unavailable
        ? nobody()
        : new AzureException(
            Reason.NO_IDENTITY,
            "sign-in at %s failed (%s)".formatted(host, problem.getClass().getSimpleName()));
  }

  private static boolean isNetwork(Throwable at) {
    return at instanceof UnknownHostException
        || at instanceof UnresolvedAddressException
        || at instanceof ConnectException
        || at instanceof HttpTimeoutException
        || at instanceof TimeoutException
        || at instanceof SSLException;
  }
}
