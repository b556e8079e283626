package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Collateral that is at hand. Immutable. */
public final class StoredCollateral implements CollateralSource {
  private static final String TCB_INFO = "tcbInfo";
  private static final String QE_IDENTITY = "enclaveIdentity";

  private final Map<String, SignedDocument> tcbInfos;
  private final Optional<SignedDocument> qeIdentity;
  private final Map<CaKind, RevocationList> pckCrls;
  private final Optional<RevocationList> rootCrl;

  private StoredCollateral(Builder builder) {
    this.tcbInfos = Map.copyOf(builder.tcbInfos);
    this.qeIdentity = Optional.ofNullable(builder.qeIdentity);
    this.pckCrls = Map.copyOf(builder.pckCrls);
    this.rootCrl = Optional.ofNullable(builder.rootCrl);
  }

  /** Gathers collateral; every method throws IllegalArgumentException for what cannot be read. */
  public static final class Builder {
    private final Map<String, SignedDocument> tcbInfos = new HashMap<>();
    private final Map<CaKind, RevocationList> pckCrls = new EnumMap<>(CaKind.class);
    private SignedDocument qeIdentity;
    private RevocationList rootCrl;

    private Builder() {}

    /** TCB info as Intel's service answers it; the kind of platform stands in it. */
    public Builder tcbInfo(String document, byte[] issuerChain) {
      SignedDocument signed = SignedDocument.parse(document, TCB_INFO, issuerChain);
      tcbInfos.put(signed.content().path("fmspc").asString("").toUpperCase(Locale.ROOT), signed);
      return this;
    }

    /** Identity of the quoting enclave as Intel's service answers it. */
    public Builder qeIdentity(String document, byte[] issuerChain) {
      qeIdentity = SignedDocument.parse(document, QE_IDENTITY, issuerChain);
      return this;
    }

    /** Revocation list of an authority for PCKs, DER. */
    public Builder pckCrl(CaKind kind, byte[] der, byte[] issuerChain) {
      pckCrls.put(kind, RevocationList.parse(der, issuerChain));
      return this;
    }

    /** Revocation list of the root, DER. */
    public Builder rootCrl(byte[] der) {
      rootCrl = RevocationList.parse(der, new byte[0]);
      return this;
    }

    /** What was gathered. */
    public StoredCollateral build() {
      return new StoredCollateral(this);
    }
  }

  /** Nothing yet. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads the file of Intel's PCS client tool: {@code collaterals} with {@code tcbinfos}, {@code
   * pckcacrl}, {@code tdqeidentity}, {@code certificates}, {@code rootcacrl}; lists in hex, issuer
   * chains as PEM in URL encoding.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static StoredCollateral ofToolFile(String json) {
    JsonNode all;
    try {
      all = JsonMapper.shared().readTree(json).path("collaterals");
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the collateral file is no JSON", e);
    }
    JsonNode chains = all.path("certificates");
    byte[] tcbIssuer = chain(chains.path("TCB-Info-Issuer-Chain"));
    Builder out = builder();
    for (JsonNode entry : all.path("tcbinfos")) {
      if (!entry.path("tdx_tcbinfo").isMissingNode()) {
        out.tcbInfo(document(entry.path("tdx_tcbinfo")), tcbIssuer);
      }
    }
    if (!all.path("tdqeidentity").isMissingNode()) {
      out.qeIdentity(
          document(all.path("tdqeidentity")),
          chain(chains.path("SGX-Enclave-Identity-Issuer-Chain")));
    }
    JsonNode issuers = chains.path("SGX-PCK-Certificate-Issuer-Chain");
    for (CaKind kind : CaKind.values()) {
      JsonNode list = all.path("pckcacrl").path(kind.wireName() + "Crl");
      if (list.isString()) {
        out.pckCrl(kind, hex(list), chain(issuers.path(kind.name())));
      }
    }
    if (all.path("rootcacrl").isString()) {
      out.rootCrl(hex(all.path("rootcacrl")));
    }
    return out.build();
  }

  /** The tool keeps documents as text or, in older files, as objects. */
  private static String document(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }

  private static byte[] chain(JsonNode value) {
    return URLDecoder.decode(value.asString("").replace("+", "%2B"), StandardCharsets.UTF_8)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(JsonNode value) {
    return HexFormat.of().parseHex(value.asString());
  }

  @Override
  public SignedDocument tcbInfo(String fmspc) {
    return found(
        Optional.ofNullable(tcbInfos.get(fmspc.toUpperCase(Locale.ROOT))),
        Refusal.COLLATERAL_TCB_INFO,
        () -> "no TCB info for FMSPC " + fmspc + " is stored");
  }

  @Override
  public SignedDocument qeIdentity() {
    return found(
        qeIdentity, Refusal.COLLATERAL_QE_IDENTITY, () -> "no QE identity for TDX is stored");
  }

  @Override
  public RevocationList pckCrl(CaKind kind) {
    return found(
        Optional.ofNullable(pckCrls.get(kind)),
        Refusal.COLLATERAL_PCK_CRL,
        () -> "no revocation list of the %s CA is stored".formatted(kind.wireName()));
  }

  @Override
  public RevocationList rootCrl() {
    return found(
        rootCrl, Refusal.COLLATERAL_ROOT_CRL, () -> "no revocation list of the root is stored");
  }

  private static <T> T found(Optional<T> stored, Refusal reason, Supplier<String> cause) {
    return stored.orElseThrow(() -> EvidenceException.because(reason, cause.get()));
  }
}
