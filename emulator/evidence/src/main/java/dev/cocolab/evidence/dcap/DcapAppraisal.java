package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.tdx.QeReport;
import dev.cocolab.evidence.tdx.QuoteSignature;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdxQuote;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * Appraises a TDX quote by Intel's collateral, in the order and with the codes of Intel's quote
 * verification library as Trustee shows them. Safe for use by several threads.
 *
 * <p>What has ended is not refused: {@link Appraised#expired()} says so, and a policy or a strict
 * verifier decides. Of a status only {@code Revoked} is refused.
 */
public final class DcapAppraisal {
  private static final String VENDOR_ID = "939a7233f79c4ca9940a0db3957f0607";
  private static final String TCB_INFO_ID = "TDX";
  private static final int TCB_INFO_VERSION = 3;
  private static final String QE_ID = "TD_QE";
  private static final int BINDING = 32;

  private final IntelRoots roots;
  private final CollateralSource source;

  /** Appraises with these roots and this collateral. */
  public DcapAppraisal(IntelRoots roots, CollateralSource source) {
    this.roots = Objects.requireNonNull(roots, "roots");
    this.source = Objects.requireNonNull(source, "source");
  }

  /**
   * Appraises.
   *
   * @throws EvidenceException with a reason whose name starts with {@code DCAP_} or {@code
   *     COLLATERAL_}
   */
  public Appraised appraise(TdxQuote quote, PckChain chain, Instant now) {
    Collateral collateral = Collateral.of(source, chain);
    ChainChecks checks = new ChainChecks(chain, collateral, roots);
    checks.checkChain();
    checks.checkDocument(collateral.tcbInfo(), Refusal.DCAP_TCB_INFO_SIGNATURE);
    checks.checkDocument(collateral.qeIdentity(), Refusal.DCAP_QE_IDENTITY_SIGNATURE);
    checkFormat(quote);
    JsonNode tcbInfo = collateral.tcbInfo().content();
    JsonNode identity = collateral.qeIdentity().content();
    QeReport report = quote.signature().qeReport();
    TcbEvaluation evaluation = new TcbEvaluation(chain.platform(), tcbInfo, identity, report);
    checkTcbInfo(tcbInfo, chain.platform());
    checkModule(quote.body(), tcbInfo, evaluation);
    checkQe(quote.signature(), chain.leaf());
    checkIdentity(identity, report);
    checkQuote(quote);
    TcbEvaluation.Result launch = evaluation.evaluate(quote.body().get(TdField.TCB_SVN));
    Optional<TcbEvaluation.Result> current =
        quote.body().has(TdField.TEE_TCB_SVN2)
            ? Optional.of(evaluation.evaluate(quote.body().get(TdField.TEE_TCB_SVN2)))
            : Optional.empty();
    TcbStatus status = status(launch, current);
    if (status == TcbStatus.REVOKED) {
      throw EvidenceException.of(Refusal.DCAP_TCB_REVOKED);
    }
    Collateral.Dates dates = dates(collateral, chain);
    return new Appraised(
        DcapClaims.of(collateral, chain, checks.root(), dates, now, status, launch, current),
        IntelRoots.label(checks.root()),
        status,
        dates.excludes(now));
  }

  private static Collateral.Dates dates(Collateral collateral, PckChain chain) {
    try {
      return collateral.dates(chain);
    } catch (DateTimeException e) {
      throw EvidenceException.because(
          Refusal.DCAP_TCB_INFO_FORMAT, "a date of the collateral is none");
    }
  }

  /** A TD that was launched below what its module is by now is told to start anew. */
  private static TcbStatus status(
      TcbEvaluation.Result launch, Optional<TcbEvaluation.Result> current) {
    if (current.isEmpty()
        || !launch.status().isOutOfDate()
        || current.get().status().isOutOfDate()
        || current.get().status() == TcbStatus.REVOKED) {
      return launch.status();
    }
    return launch.status() == TcbStatus.OUT_OF_DATE
        ? TcbStatus.TD_RELAUNCH_ADVISED
        : TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
  }

  private static void checkFormat(TdxQuote quote) {
    String vendor = EvidenceJson.hex(quote.header().vendorId());
    if (!vendor.equals(VENDOR_ID)) {
      throw EvidenceException.of(Refusal.DCAP_QUOTE_FORMAT)
          .withMismatch("vendor_id", VENDOR_ID, vendor);
    }
    if (quote.declaredSize() != quote.body().size()) {
      throw EvidenceException.of(Refusal.DCAP_QUOTE_FORMAT)
          .withMismatch(
              "size",
              Integer.toString(quote.body().size()),
              Integer.toUnsignedString(quote.declaredSize()));
    }
  }

  private static void checkTcbInfo(JsonNode tcbInfo, PckExtension platform) {
    if (!tcbInfo.path("id").asString("").equals(TCB_INFO_ID)
        || tcbInfo.path("version").asInt(0) != TCB_INFO_VERSION) {
      throw EvidenceException.because(
          Refusal.DCAP_TCB_INFO_MISMATCH, "TCB info is not one of version 3 for TDX");
    }
    requireText("fmspc", platform.fmspcText(), tcbInfo.path("fmspc").asString(""));
    requireText(
        "pceId",
        HexFormat.of().withUpperCase().formatHex(platform.pceId()),
        tcbInfo.path("pceId").asString(""));
  }

  private static void requireText(String field, String expected, String found) {
    if (!found.equalsIgnoreCase(expected)) {
      throw EvidenceException.of(Refusal.DCAP_TCB_INFO_MISMATCH)
          .withMismatch(field, expected, found);
    }
  }

  private static void checkModule(TdBody body, JsonNode tcbInfo, TcbEvaluation evaluation) {
    int version = Byte.toUnsignedInt(body.get(TdField.TCB_SVN)[1]);
    JsonNode module = tcbInfo.path("tdxModule");
    if (version > 0) {
      if (tcbInfo.path("tdxModuleIdentities").isEmpty()) {
        throw EvidenceException.because(
            Refusal.DCAP_TCB_INFO_MISMATCH, "TCB info knows no identities of TDX modules");
      }
      module =
          evaluation
              .module(version)
              .orElseThrow(
                  () ->
                      EvidenceException.because(
                          Refusal.DCAP_TDX_MODULE, "TCB info knows no module TDX_" + version));
    }
    byte[] attributes = body.get(TdField.SEAM_ATTRIBUTES);
    byte[] signer = body.get(TdField.MRSIGNER_SEAM);
    if (!Arrays.equals(signer, hex(module, "mrsigner", signer.length))
        || !Arrays.equals(
            masked(attributes, hex(module, "attributesMask", attributes.length)),
            hex(module, "attributes", attributes.length))
        || !Arrays.equals(attributes, new byte[attributes.length])) {
      throw EvidenceException.of(Refusal.DCAP_TDX_MODULE)
          .withMismatch(
              "mrsigner_seam", module.path("mrsigner").asString(""), EvidenceJson.hex(signer));
    }
  }

  private static byte[] masked(byte[] bytes, byte[] mask) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (bytes[i] & mask[i]);
    }
    return out;
  }

  private static byte[] hex(JsonNode document, String member, int size) {
    try {
      byte[] bytes = HexFormat.of().parseHex(document.path(member).asString(""));
      if (bytes.length == size) {
        return bytes;
      }
    } catch (IllegalArgumentException notHex) {
      // refused below
    }
    throw EvidenceException.because(
        Refusal.DCAP_TCB_INFO_FORMAT, "'%s' is not %d bytes in hex".formatted(member, size));
  }

  private static void checkQe(QuoteSignature signature, X509Certificate pck) {
    QeReport report = signature.qeReport();
    if (!EcdsaP256.verifies(pck.getPublicKey(), report.bytes(), signature.qeReportSignature())) {
      throw EvidenceException.of(Refusal.DCAP_QE_REPORT_SIGNATURE);
    }
    byte[] bound = Arrays.copyOf(sha256(signature), report.get(QeReport.Field.REPORT_DATA).length);
    if (!MessageDigest.isEqual(bound, report.get(QeReport.Field.REPORT_DATA))) {
      throw EvidenceException.of(Refusal.DCAP_QE_REPORT_DATA)
          .withMismatch(
              "QE report_data",
              EvidenceJson.hex(bound),
              EvidenceJson.hex(report.get(QeReport.Field.REPORT_DATA)));
    }
  }

  private static byte[] sha256(QuoteSignature signature) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(signature.attestationKey());
      byte[] hash = digest.digest(signature.qeAuthData());
      if (hash.length != BINDING) {
        throw new IllegalStateException("SHA-256 has 32 bytes");
      }
      return hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void checkIdentity(JsonNode identity, QeReport report) {
    require(identity.path("id").asString("").equals(QE_ID), "id", QE_ID, identity.path("id"));
    requireMasked(identity, report, "miscselect", QeReport.Field.MISC_SELECT);
    requireMasked(identity, report, "attributes", QeReport.Field.ATTRIBUTES);
    byte[] signer = report.get(QeReport.Field.MR_SIGNER);
    require(
        EvidenceJson.hex(signer).equalsIgnoreCase(identity.path("mrsigner").asString("")),
        "mr_signer",
        EvidenceJson.hex(signer),
        identity.path("mrsigner"));
    OptionalInt product =
        identity.path("isvprodid").isInt()
            ? OptionalInt.of(identity.path("isvprodid").asInt())
            : OptionalInt.empty();
    require(
        product.isPresent() && product.getAsInt() == report.isvProdId(),
        "isv_prod_id",
        Integer.toString(report.isvProdId()),
        identity.path("isvprodid"));
  }

  private static void requireMasked(
      JsonNode identity, QeReport report, String member, QeReport.Field field) {
    byte[] value = report.get(field);
    byte[] expected;
    byte[] mask;
    try {
      expected = HexFormat.of().parseHex(identity.path(member).asString(""));
      mask = HexFormat.of().parseHex(identity.path(member + "Mask").asString(""));
    } catch (IllegalArgumentException e) {
      throw EvidenceException.because(
          Refusal.DCAP_QE_IDENTITY_FORMAT, "'%s' is not hex".formatted(member));
    }
    require(
        mask.length == value.length
            && expected.length == value.length
            && Arrays.equals(masked(value, mask), expected),
        field.label(),
        EvidenceJson.hex(value),
        identity.path(member));
  }

  private static void require(boolean holds, String field, String found, JsonNode expected) {
    if (!holds) {
      throw EvidenceException.of(Refusal.DCAP_QE_IDENTITY)
          .withMismatch(field, expected.asString(""), found);
    }
  }

  private static void checkQuote(TdxQuote quote) {
    Optional<PublicKey> key = EcdsaP256.key(quote.signature().attestationKey());
    if (key.isEmpty()
        || !EcdsaP256.verifies(key.get(), quote.signedBytes(), quote.signature().signature())) {
      throw EvidenceException.of(Refusal.DCAP_QUOTE_SIGNATURE);
    }
  }
}
