package dev.cocolab.tee.collateral;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.RevocationList;
import dev.cocolab.evidence.dcap.SignedDocument;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Collateral asked for by the paths of Intel's service and its cache. How requests travel is the
 * caller's: to a {@link CollateralService} in the same process, or over HTTP. As safe for use by
 * several threads as that is.
 */
public final class ServiceCollateral implements CollateralSource {

  private static final int OK = 200;
  private static final String TCB = "/tdx/certification/v4/tcb?fmspc=%s&update=standard";
  private static final String IDENTITY = "/tdx/certification/v4/qe/identity?update=standard";
  private static final String PCK_CRL = "/sgx/certification/v4/pckcrl?ca=%s&encoding=der";
  private static final String ROOT_CRL = "/sgx/certification/v4/rootcacrl";

  private final Function<String, Optional<CollateralAnswer>> transport;

  /**
   * A client.
   *
   * @param transport from path and query to the answer; empty when there is none, in bounded time
   */
  public ServiceCollateral(Function<String, Optional<CollateralAnswer>> transport) {
    this.transport = Objects.requireNonNull(transport, "transport");
  }

  @Override
  public SignedDocument tcbInfo(String fmspc) {
    Refusal reason = Refusal.COLLATERAL_TCB_INFO;
    CollateralAnswer answer = get(TCB.formatted(fmspc.toUpperCase(Locale.ROOT)), reason);
    return document(answer, "tcbInfo", "TCB-Info-Issuer-Chain", reason);
  }

  @Override
  public SignedDocument qeIdentity() {
    Refusal reason = Refusal.COLLATERAL_QE_IDENTITY;
    CollateralAnswer answer = get(IDENTITY, reason);
    return document(answer, "enclaveIdentity", "SGX-Enclave-Identity-Issuer-Chain", reason);
  }

  @Override
  public RevocationList pckCrl(CaKind kind) {
    Refusal reason = Refusal.COLLATERAL_PCK_CRL;
    CollateralAnswer answer = get(PCK_CRL.formatted(kind.wireName()), reason);
    byte[] chain = chain(answer, "SGX-PCK-CRL-Issuer-Chain", reason);
    return list(answer.body(), chain, reason);
  }

  @Override
  public RevocationList rootCrl() {
    Refusal reason = Refusal.COLLATERAL_ROOT_CRL;
    String hex = new String(get(ROOT_CRL, reason).body(), StandardCharsets.US_ASCII);
    try {
      return list(HexFormat.of().parseHex(hex.strip()), new byte[0], reason);
    } catch (IllegalArgumentException e) {
      throw EvidenceException.because(reason, "the answer is not hex");
    }
  }

  private CollateralAnswer get(String uri, Refusal reason) {
    CollateralAnswer answer =
        transport
            .apply(uri)
            .orElseThrow(
                () -> EvidenceException.because(reason, "the service did not answer " + uri));
    if (answer.status() == OK) {
      return answer;
    }
    String later =
        header(answer, "Retry-After").map(seconds -> ", retry after " + seconds + " s").orElse("");
    throw EvidenceException.because(
        reason, "the service answered %d to %s%s".formatted(answer.status(), uri, later));
  }

  private static SignedDocument document(
      CollateralAnswer answer, String member, String header, Refusal reason) {
    try {
      return SignedDocument.parse(
          new String(answer.body(), StandardCharsets.UTF_8), member, chain(answer, header, reason));
    } catch (IllegalArgumentException e) {
      throw EvidenceException.because(reason, String.valueOf(e.getMessage()));
    }
  }

  private static RevocationList list(byte[] der, byte[] chain, Refusal reason) {
    try {
      return RevocationList.parse(der, chain);
    } catch (IllegalArgumentException e) {
      throw EvidenceException.because(reason, String.valueOf(e.getMessage()));
    }
  }

  private static byte[] chain(CollateralAnswer answer, String name, Refusal reason) {
    return header(answer, name)
        .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
        .map(pem -> pem.getBytes(StandardCharsets.US_ASCII))
        .orElseThrow(() -> EvidenceException.because(reason, "the answer has no " + name));
  }

  private static Optional<String> header(CollateralAnswer answer, String name) {
    return answer.headers().entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
