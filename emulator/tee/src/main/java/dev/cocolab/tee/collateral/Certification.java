package dev.cocolab.tee.collateral;

import dev.cocolab.tee.intel.CollateralOptions;
import dev.cocolab.tee.intel.IntelAuthority;
import dev.cocolab.tee.intel.IntelCollateral;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Intel's provisioning certification service, version 4, and the one path that its cache (PCCS) has
 * beside: TCB info and QE identity for TDX, revocation lists.
 */
final class Certification {

  private static final String JSON = "application/json";
  private static final Pattern FMSPC = Pattern.compile("[0-9a-fA-F]{12}");
  private static final Pattern UPDATE = Pattern.compile("early|standard");

  private final IntelAuthority authority;
  private volatile CollateralOptions options = CollateralOptions.current();

  Certification(IntelAuthority authority) {
    this.authority = authority;
  }

  void publish(CollateralOptions published) {
    options = published;
  }

  /** The answer; empty if the path belongs to another service. */
  Optional<CollateralAnswer> answer(CollateralRequest request) {
    IntelCollateral collateral = authority.collateral(options);
    return Optional.ofNullable(
        switch (request.path()) {
          case "/tdx/certification/v4/tcb" -> tcbInfo(request, collateral);
          case "/tdx/certification/v4/qe/identity" ->
              updated(request)
                  .orElseGet(
                      () ->
                          CollateralAnswer.ok(JSON, collateral.qeIdentity())
                              .withChain(
                                  "SGX-Enclave-Identity-Issuer-Chain",
                                  collateral.tcbSigningChain()));
          case "/sgx/certification/v4/pckcrl" -> pckCrl(request, collateral);
          case "/sgx/certification/v4/rootcacrl" ->
              CollateralAnswer.ok(
                  "text/plain",
                  HexFormat.of()
                      .formatHex(collateral.rootCrl())
                      .getBytes(StandardCharsets.US_ASCII));
          case "/IntelSGXRootCA.der" ->
              CollateralAnswer.ok("application/pkix-crl", collateral.rootCrl());
          default -> null;
        });
  }

  private static Optional<CollateralAnswer> updated(CollateralRequest request) {
    return request
        .parameter("update")
        .filter(update -> !UPDATE.matcher(update).matches())
        .map(update -> CollateralAnswer.badRequest("update is early or standard"));
  }

  private static CollateralAnswer tcbInfo(CollateralRequest request, IntelCollateral collateral) {
    String fmspc = request.parameter("fmspc").orElse("");
    if (!FMSPC.matcher(fmspc).matches()) {
      return CollateralAnswer.badRequest("fmspc has 12 hex digits");
    }
    return updated(request)
        .or(
            () ->
                collateral
                    .tcbInfo(fmspc)
                    .map(
                        body ->
                            CollateralAnswer.ok(JSON, body)
                                .withChain("TCB-Info-Issuer-Chain", collateral.tcbSigningChain())))
        .orElseGet(() -> CollateralAnswer.notFound("no TDX TCB info for FMSPC " + fmspc));
  }

  private static CollateralAnswer pckCrl(CollateralRequest request, IntelCollateral collateral) {
    String authority = request.parameter("ca").orElse("");
    if (authority.equals("processor")) {
      return CollateralAnswer.notFound("no processor of one package has been certified");
    }
    if (!authority.equals("platform")) {
      return CollateralAnswer.badRequest("ca is platform or processor");
    }
    byte[] list = collateral.pckCrl();
    boolean der = request.parameter("encoding").orElse("pem").equals("der");
    CollateralAnswer answer =
        der
            ? CollateralAnswer.ok("application/pkix-crl", list)
            : CollateralAnswer.ok("application/x-pem-file", pem(list));
    return answer.withChain("SGX-PCK-CRL-Issuer-Chain", collateral.pckCrlIssuerChain());
  }

  private static byte[] pem(byte[] list) {
    byte[] newline = {'\n'};
    String body = Base64.getMimeEncoder(64, newline).encodeToString(list);
    return ("-----BEGIN X509 CRL-----\n" + body + "\n-----END X509 CRL-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
