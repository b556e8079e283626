package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a certificate signing request must hold. */
final class RequestRules {
  private static final long SHORTEST_SECONDS = 600;
  private static final String SIGNER =
      "[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9.:]*)";
  private static final List<String> USAGES =
      List.of(
          "any",
          "cert sign",
          "client auth",
          "code signing",
          "content commitment",
          "crl sign",
          "data encipherment",
          "decipher only",
          "digital signature",
          "email protection",
          "encipher only",
          "ipsec end system",
          "ipsec tunnel",
          "ipsec user",
          "key agreement",
          "key encipherment",
          "microsoft sgc",
          "netscape sgc",
          "ocsp signing",
          "s/mime",
          "server auth",
          "signing",
          "timestamping");

  private RequestRules() {}

  static void check(JsonNode spec, List<Cause> causes) {
    String request = Trees.textOrEmpty(spec, "request");
    if (CertificateSubject.parse(request).isEmpty()) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: "
                  + GoText.bytes(request)
                  + ": PEM block type must be CERTIFICATE REQUEST",
              "spec.request"));
    }
    List<String> usages = Trees.texts(spec, "usages");
    if (usages.isEmpty()) {
      causes.add(Cause.required("spec.usages", ""));
    }
    for (int i = 0; i < usages.size(); i++) {
      if (!USAGES.contains(usages.get(i))) {
        causes.add(Cause.notSupported("spec.usages[" + i + "]", usages.get(i), USAGES));
      }
    }
    String signer = Trees.textOrEmpty(spec, "signerName");
    if (signer.isEmpty()) {
      causes.add(Cause.required("spec.signerName", ""));
    } else if (!signer.matches(SIGNER)) {
      causes.add(
          Cause.invalid(
              "spec.signerName",
              signer,
              "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
    }
    Trees.number(spec, "expirationSeconds")
        .ifPresent(
            seconds -> {
              if (seconds < SHORTEST_SECONDS) {
                causes.add(
                    Cause.invalid(
                        "spec.expirationSeconds",
                        seconds,
                        "may not specify a duration less than 600 seconds (10 minutes)"));
              }
            });
  }
}
