package dev.cocolab.azure.identity;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * The library tries one place after the other, some of which fail for want of a cloud or hang: on
   * a machine on which nobody is signed in all of this means the same.
   */
  static AzureException ofDeveloper(Exception problem) {
    if (problem instanceof AzureException known && known.reason() == Reason.INTERRUPTED) {
      return known;
    }
    String code = code(problem).map(" (%s)"::formatted).orElse("");
    return new AzureException(Reason.NO_IDENTITY, NOBODY + code);
  }

  static AzureException of(Exception problem, String host) {
    for (Throwable at : chain(problem)) {
      if (at instanceof AzureException known) {
        return known;
      }
      if (isNetwork(at)) {
        return new AzureException(
            Reason.UNREACHABLE,
            "sign-in: %s cannot be reached; check the network and AZURE_AUTHORITY_HOST"
                .formatted(host));
      }
    }
    return code(problem)
        .map(
            code ->
                new AzureException(
                    Reason.NO_IDENTITY,
                    "sign-in at %s was refused (%s): %s"
                        .formatted(
                            host,
                            code,
                            REMEDIES.getOrDefault(
                                code, "look the code up in Microsoft's list of sign-in errors"))))
        .orElseGet(
            () ->
                new AzureException(
                    Reason.NO_IDENTITY,
                    "sign-in at %s failed (%s)"
                        .formatted(host, problem.getClass().getSimpleName())));
  }

  private static Optional<String> code(Exception problem) {
    return chain(problem).stream()
        .map(at -> CODE.matcher(String.valueOf(at.getMessage())))
        .filter(Matcher::find)
        .map(Matcher::group)
        .findFirst();
  }

  private static List<Throwable> chain(Throwable problem) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable at = problem; at != null && chain.size() < 20; at = at.getCause()) {
      chain.add(at);
    }
    return chain;
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
