package dev.cocolab.tee.intel;

import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.StoredCollateral;
import dev.cocolab.tee.keys.CertifiedKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents a verifier needs beside a TDX quote (Intel PCS API version 4): TCB info version 3,
 * QE identity version 2, two revocation lists and the chains of their signers. Signed when asked
 * for; immutable, safe for use by several threads.
 */
public final class IntelCollateral {

  /** Signer of the quoting enclave that every TDX platform uses. */
  static final byte[] QE_SIGNER =
      HexFormat.of().parseHex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");

  static final int QE_PRODUCT = 2;

  private static final int TCB_INFO_VERSION = 3;
  private static final int QE_IDENTITY_VERSION = 2;
  private static final int RAW_SIGNATURE_PART = 32;
  private static final int ROOT_CRL_LIFETIMES = 12;
  private static final String NO_SIGNER = "00".repeat(48);
  private static final LocalDate MODULE_DATE = LocalDate.parse("2024-11-13");
  private static final LocalDate OLD_MODULE_DATE = LocalDate.parse("2023-08-09");

  /** Category and type of the first components, as Intel names them. */
  private static final List<List<String>> SGX_NAMES =
      List.of(
          List.of("BIOS", "Early Microcode Update"),
          List.of("OS/VMM", "SGX Late Microcode Update"),
          List.of("OS/VMM", "TXT SINIT"),
          List.of("BIOS"),
          List.of("BIOS"),
          List.of("BIOS"),
          List.of(),
          List.of("OS/VMM", "SEAMLDR ACM"));

  private static final List<List<String>> TDX_NAMES =
      List.of(
          List.of("OS/VMM", "TDX Module"),
          List.of("OS/VMM", "TDX Module"),
          List.of("OS/VMM", "TDX Late Microcode Update"));

  private final IntelKeys keys;
  private final CollateralOptions options;
  private final SecureRandom random;
  private final Instant issued;

  IntelCollateral(IntelKeys keys, CollateralOptions options, SecureRandom random, Instant now) {
    this.keys = keys;
    this.options = options;
    this.random = random;
    this.issued = now.minus(options.age()).truncatedTo(ChronoUnit.SECONDS);
  }

  /** When the documents were issued. */
  public Instant issued() {
    return issued;
  }

  /** When the next ones are due. */
  public Instant nextUpdate() {
    return issued.plus(options.lifetime());
  }

  /**
   * TCB info of TDX platforms.
   *
   * @param fmspc 12 hex digits
   * @return JSON with {@code tcbInfo} and {@code signature}; empty for platforms of another kind
   */
  public Optional<byte[]> tcbInfo(String fmspc) {
    String wanted = fmspc.toLowerCase(Locale.ROOT);
    if (!wanted.equals(IntelAuthority.FMSPC)) {
      return Optional.empty();
    }
    ObjectNode info = head("TDX", TCB_INFO_VERSION);
    info.put("fmspc", wanted).put("pceId", IntelAuthority.PCE_ID).put("tcbType", 0);
    info.put("tcbEvaluationDataNumber", options.evaluationNumber());
    module(info.putObject("tdxModule"));
    ArrayNode modules = info.putArray("tdxModuleIdentities");
    ObjectNode module = modules.addObject().put("id", "TDX_01");
    module(module);
    List<Integer> current = PlatformTcb.current().tdx();
    ArrayNode versions = module.putArray("tcbLevels");
    version(versions, current.get(0), MODULE_DATE, options.moduleStatus());
    version(versions, 2, OLD_MODULE_DATE, "OutOfDate");
    ArrayNode levels = info.putArray("tcbLevels");
    for (TcbLevel level : options.levels()) {
      ObjectNode row = levels.addObject();
      ObjectNode tcb = row.putObject("tcb");
      components(tcb.putArray("sgxtcbcomponents"), level.tcb().sgx(), SGX_NAMES);
      tcb.put("pcesvn", level.tcb().pceSvn());
      components(tcb.putArray("tdxtcbcomponents"), level.tcb().tdx(), TDX_NAMES);
      row.put("tcbDate", midnight(level.date())).put("tcbStatus", level.status());
      if (!level.advisories().isEmpty()) {
        ArrayNode open = row.putArray("advisoryIDs");
        level.advisories().forEach(open::add);
      }
    }
    return Optional.of(signed("tcbInfo", info));
  }

  /** QE identity of the TDX quoting enclave: JSON with {@code enclaveIdentity} and signature. */
  public byte[] qeIdentity() {
    ObjectNode identity = head("TD_QE", QE_IDENTITY_VERSION);
    identity.put("tcbEvaluationDataNumber", options.evaluationNumber());
    identity.put("miscselect", "00000000").put("miscselectMask", "FFFFFFFF");
    identity.put("attributes", "11000000000000000000000000000000");
    identity.put("attributesMask", "FBFFFFFFFFFFFFFF0000000000000000");
    identity.put("mrsigner", HexFormat.of().withUpperCase().formatHex(QE_SIGNER));
    identity.put("isvprodid", QE_PRODUCT);
    ArrayNode levels = identity.putArray("tcbLevels");
    version(levels, PlatformTcb.current().qeSvn(), MODULE_DATE, options.qeStatus());
    version(levels, 2, OLD_MODULE_DATE, "OutOfDate");
    return signed("enclaveIdentity", identity);
  }

  /** What the platform authority has revoked, DER. */
  public byte[] pckCrl() {
    return new IntelCertificates(random)
        .revocations(
            IntelCertificates.PLATFORM_CA,
            keys.platformCa(),
            options.revokedPcks(),
            issued,
            nextUpdate());
  }

  /** What the root has revoked, DER. */
  public byte[] rootCrl() {
    Duration lifetime = options.lifetime().multipliedBy(ROOT_CRL_LIFETIMES);
    return new IntelCertificates(random)
        .revocations(
            IntelCertificates.ROOT,
            keys.root(),
            options.revokedByRoot(),
            issued,
            issued.plus(lifetime));
  }

  /** Signer of TCB info and QE identity and the root, PEM. */
  public String tcbSigningChain() {
    return pem(keys.tcbSigning(), keys.root());
  }

  /** Platform authority and root, PEM. */
  public String pckCrlIssuerChain() {
    return pem(keys.platformCa(), keys.root());
  }

  /** All documents, for a verifier that is given them beforehand. */
  public StoredCollateral stored() {
    byte[] tcbSigner = tcbSigningChain().getBytes(StandardCharsets.US_ASCII);
    return StoredCollateral.builder()
        .tcbInfo(text(tcbInfo(IntelAuthority.FMSPC).orElseThrow()), tcbSigner)
        .qeIdentity(text(qeIdentity()), tcbSigner)
        .pckCrl(CaKind.PLATFORM, pckCrl(), pckCrlIssuerChain().getBytes(StandardCharsets.US_ASCII))
        .rootCrl(rootCrl())
        .build();
  }

  /**
   * All documents as the file of Intel's PCS client tool, which Trustee reads from a {@code file:}
   * address.
   */
  public String toolFile() {
    ObjectNode file = JsonNodeFactory.instance.objectNode();
    ObjectNode all = file.putObject("collaterals");
    all.put("version", 3);
    all.putArray("tcbinfos")
        .addObject()
        .put("fmspc", IntelAuthority.FMSPC)
        .put("tdx_tcbinfo", text(tcbInfo(IntelAuthority.FMSPC).orElseThrow()));
    all.putObject("pckcacrl").put("platformCrl", HexFormat.of().formatHex(pckCrl()));
    all.put("tdqeidentity", text(qeIdentity()));
    ObjectNode chains = all.putObject("certificates");
    String tcbSigner = encoded(tcbSigningChain());
    chains.put("TCB-Info-Issuer-Chain", tcbSigner);
    chains.put("SGX-Enclave-Identity-Issuer-Chain", tcbSigner);
    chains
        .putObject("SGX-PCK-Certificate-Issuer-Chain")
        .put("PLATFORM", encoded(pckCrlIssuerChain()));
    all.put("rootcacrl", HexFormat.of().formatHex(rootCrl()));
    all.put("rootcacrl_cdp", IntelCertificates.ROOT_CRL);
    return file.toString();
  }

  private static String text(byte[] document) {
    return new String(document, StandardCharsets.UTF_8);
  }

  private static String encoded(String pem) {
    return URLEncoder.encode(pem, StandardCharsets.US_ASCII).replace("+", "%20");
  }

  private ObjectNode head(String id, int version) {
    ObjectNode head = JsonNodeFactory.instance.objectNode();
    head.put("id", id).put("version", version);
    return head.put("issueDate", issued.toString()).put("nextUpdate", nextUpdate().toString());
  }

  private static void module(ObjectNode module) {
    module.put("mrsigner", NO_SIGNER);
    module.put("attributes", "0000000000000000").put("attributesMask", "FFFFFFFFFFFFFFFF");
  }

  private static void version(ArrayNode levels, int svn, LocalDate date, String status) {
    ObjectNode level = levels.addObject();
    level.putObject("tcb").put("isvsvn", svn);
    level.put("tcbDate", midnight(date)).put("tcbStatus", status);
  }

  private static void components(
      ArrayNode array, List<Integer> versions, List<List<String>> names) {
    for (int i = 0; i < versions.size(); i++) {
      ObjectNode component = array.addObject().put("svn", versions.get(i));
      List<String> name = i < names.size() ? names.get(i) : List.of();
      if (!name.isEmpty()) {
        component.put("category", name.get(0));
      }
      if (name.size() > 1) {
        component.put("type", name.get(1));
      }
    }
  }

  private static String midnight(LocalDate date) {
    return date + "T00:00:00Z";
  }

  /** The signature covers the exact text of the member (PCS API version 4, get TCB info). */
  private byte[] signed(String member, ObjectNode body) {
    String text = body.toString();
    String signature = HexFormat.of().formatHex(sign(text.getBytes(StandardCharsets.UTF_8)));
    return ("{\"" + member + "\":" + text + ",\"signature\":\"" + signature + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] sign(byte[] text) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(keys.tcbSigning().key(), random);
      signature.update(text);
      byte[] raw = signature.sign();
      if (raw.length != 2 * RAW_SIGNATURE_PART) {
        throw new IllegalStateException("a P-256 signature of " + raw.length + " bytes");
      }
      return raw;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-256 in this Java platform", e);
    }
  }

  private static String pem(CertifiedKey... chain) {
    StringBuilder text = new StringBuilder();
    for (CertifiedKey key : chain) {
      text.append(pem(key.certificate()));
    }
    return text.toString();
  }

  /** One certificate, RFC 7468. */
  static String pem(X509Certificate certificate) {
    try {
      byte[] newline = {'\n'};
      String body = Base64.getMimeEncoder(64, newline).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
  }
}
