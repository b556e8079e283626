package dev.cocolab.evidence.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.dcap.StoredCollateral;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A real quote of TDX 1.5 with each part changed: which check refuses, and with what reason. */
class TdxMutationTest {
  private static final String TCB_INFO = "tcbInfo-90c06f000000.json";
  private static final String IDENTITY = "enclaveIdentity-td_qe-17.json";
  private static final Clock FRESH = IntelVectors.at("2026-02-10T00:00:00Z");
  private static final int SIGNED = QuoteHeader.SIZE + 6 + TdBody.SIZE_1_5;
  private static final int DATA = SIGNED + Integer.BYTES;
  private static final int QE_REPORT = DATA + 2 * QuoteSignature.PAIR + 6;
  private static final int QE_SIGNATURE = QE_REPORT + QeReport.SIZE;
  private static final int AUTH = QE_SIGNATURE + QuoteSignature.PAIR + 2;
  private static final int PEM = AUTH + 32 + 6;

  private IntelVectors intel;
  private byte[] quote;
  private String tcbInfo;
  private String identity;
  private byte[] pckCrl;
  private byte[] rootCrl;
  private IntelRoots roots;
  private Stance stance = Stance.compatible();

  @BeforeEach
  void readVectors() {
    Vectors vectors = Vectors.required();
    intel = new IntelVectors(vectors);
    quote = vectors.bytes("tdx/quote_v5_sample.dat");
    tcbInfo = intel.text(TCB_INFO);
    identity = intel.text(IDENTITY);
    pckCrl = intel.bytes("pckcrl-platform.der");
    rootCrl = intel.bytes("rootcacrl.der");
    roots = intel.roots();
  }

  private VerifiedDomain check(ExpectedBinding expected) {
    byte[] signer = intel.bytes("tcb-signing-chain.pem");
    StoredCollateral collateral =
        StoredCollateral.builder()
            .tcbInfo(tcbInfo, signer)
            .qeIdentity(identity, signer)
            .pckCrl(CaKind.PLATFORM, pckCrl, intel.bytes("pckcrl-issuer-chain.pem"))
            .rootCrl(rootCrl)
            .build();
    return new TdxVerifier(roots, collateral, FRESH, stance)
        .check(new TdxEvidence(quote, Optional.empty()).toJson(), expected);
  }

  private EvidenceException refused() {
    return catchThrowableOfType(
        EvidenceException.class,
        () -> check(new ExpectedBinding(Optional.empty(), Optional.empty())));
  }

  private void assertRefused(Refusal reason) {
    EvidenceException refused = refused();
    assertThat(refused).as("accepted, where %s was expected", reason).isNotNull();
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.chain()).startsWith("TDX Verifier: " + reason.text());
  }

  private void flip(int offset) {
    quote[offset] ^= 1;
  }

  @Test
  void theQuoteItselfIsAcceptedByItsRoot() {
    assertThat(check(new ExpectedBinding(Optional.empty(), Optional.empty())).anchor())
        .isEqualTo("Intel");
  }

  /** Fields that other checks look at first are named below. */
  @ParameterizedTest
  @EnumSource(
      value = TdField.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MRSIGNER_SEAM", "SEAM_ATTRIBUTES"})
  void aChangedFieldOfTheBodyBreaksTheSignature(TdField field) {
    flip(QuoteHeader.SIZE + 6 + field.offset() + field.length() - 1);

    assertRefused(Refusal.DCAP_QUOTE_SIGNATURE);
  }

  @ParameterizedTest
  @EnumSource(
      value = TdField.class,
      names = {"MRSIGNER_SEAM", "SEAM_ATTRIBUTES"})
  void aModuleThatIntelDidNotSignIsRefused(TdField field) {
    flip(QuoteHeader.SIZE + 6 + field.offset());

    assertRefused(Refusal.DCAP_TDX_MODULE);
  }

  @Test
  void aModuleOfAVersionThatNobodyKnowsIsRefused() {
    quote[QuoteHeader.SIZE + 6 + 1] = 0x55;

    assertRefused(Refusal.DCAP_TDX_MODULE);
  }

  @ParameterizedTest
  @CsvSource({
    "8, DCAP_QUOTE_SIGNATURE",
    "12, DCAP_QUOTE_FORMAT",
    "28, DCAP_QUOTE_SIGNATURE",
    "50, DCAP_QUOTE_FORMAT",
  })
  void aChangedHeaderIsRefused(int offset, Refusal reason) {
    flip(offset);

    assertRefused(reason);
  }

  @Test
  void aChangedSignatureIsRefused() {
    flip(DATA);
    assertRefused(Refusal.DCAP_QUOTE_SIGNATURE);
  }

  @Test
  void anotherKeyIsNotTheOneThatTheEnclaveVouchedFor() {
    flip(DATA + QuoteSignature.PAIR);
    assertRefused(Refusal.DCAP_QE_REPORT_DATA);
  }

  @Test
  void otherDataBesideTheKeyAreNotThoseThatTheEnclaveVouchedFor() {
    flip(AUTH);
    assertRefused(Refusal.DCAP_QE_REPORT_DATA);
  }

  @ParameterizedTest
  @EnumSource(QeReport.Field.class)
  void aChangedReportOfTheEnclaveIsNotThatOfThePck(QeReport.Field field) {
    flip(QE_REPORT + field.offset());
    assertRefused(Refusal.DCAP_QE_REPORT_SIGNATURE);
  }

  @Test
  void anotherSignatureOfTheReportIsRefused() {
    flip(QE_SIGNATURE);
    assertRefused(Refusal.DCAP_QE_REPORT_SIGNATURE);
  }

  /** Somewhere in the signature of each certificate, near its end in base64. */
  @ParameterizedTest
  @CsvSource({"1, PCK certificate", "2, certificate of the PCK's authority"})
  void aChangedCertificateIsRefused(int number, String named) {
    String text = new String(quote, StandardCharsets.ISO_8859_1);
    int end = PEM;
    for (int i = 0; i < number; i++) {
      end = text.indexOf("-----END", end + 1);
    }
    int at = end - 40;
    quote[at] = (byte) (quote[at] == 'A' ? 'B' : 'A');

    assertRefused(Refusal.DCAP_CHAIN);
    assertThat(refused().chain()).contains(named);
  }

  @Test
  void aRootThatNobodyTrustsIsRefused() {
    roots = IntelRoots.none();
    assertRefused(Refusal.DCAP_ROOT_KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"tcbStatus\":\"OutOfDate\"', '\"tcbStatus\":\"UpToDate\"'",
    "'\"tcbEvaluationDataNumber\":18', '\"tcbEvaluationDataNumber\":19'",
    "'{\"id\":\"TDX\"', '{ \"id\":\"TDX\"'",
  })
  void aChangedTcbInfoIsRefused(String from, String to) {
    assertThat(tcbInfo).contains(from);
    tcbInfo = tcbInfo.replace(from, to);

    assertRefused(Refusal.DCAP_TCB_INFO_SIGNATURE);
  }

  @Test
  void aChangedIdentityIsRefused() {
    identity = identity.replace("\"isvprodid\":2", "\"isvprodid\":3");
    assertRefused(Refusal.DCAP_QE_IDENTITY_SIGNATURE);
  }

  @Test
  void tcbInfoOfAnotherKindOfPlatformIsNotFound() {
    tcbInfo = intel.text("tcbInfo-50806f000000.json");
    assertRefused(Refusal.COLLATERAL_TCB_INFO);
  }

  @Test
  void changedRevocationListsAreRefused() {
    pckCrl[pckCrl.length - 1] ^= 1;
    assertRefused(Refusal.DCAP_CRL_SIGNATURE);
  }

  @Test
  void aChangedListOfTheRootIsRefused() {
    rootCrl[rootCrl.length - 1] ^= 1;
    assertRefused(Refusal.DCAP_CRL_SIGNATURE);
  }

  @Test
  void theListOfAnotherAuthorityIsRefused() {
    byte[] list = pckCrl;
    pckCrl = rootCrl;
    rootCrl = list;
    assertRefused(Refusal.DCAP_CHAIN);
  }

  @Test
  void bytesBehindTheQuoteChangeNothing() {
    quote = Arrays.copyOf(quote, quote.length + 1);
    assertThat(refused()).isNull();
  }

  @Test
  void reportDataAreComparedAfterFillingAndCutting() {
    byte[] data = TdxQuote.parse(quote).body().get(TdField.REPORT_DATA);
    byte[] longer = Arrays.copyOf(data, data.length + 8);
    Arrays.fill(longer, data.length, longer.length, (byte) 1);
    assertThatCode(() -> check(ExpectedBinding.ofReportData(data))).doesNotThrowAnyException();
    assertThatCode(() -> check(ExpectedBinding.ofReportData(longer))).doesNotThrowAnyException();

    data[data.length - 1] ^= 1;
    EvidenceException refused =
        catchThrowableOfType(
            EvidenceException.class, () -> check(ExpectedBinding.ofReportData(data)));
    assertThat(refused.reason()).isEqualTo(Refusal.TDX_REPORT_DATA);
    assertThat(refused.chain())
        .isEqualTo("TDX Verifier: REPORT_DATA is different from that in TDX Quote");
  }

  @Test
  void initdataAreComparedAfterFillingAndCutting() {
    byte[] digest = TdxQuote.parse(quote).body().get(TdField.MR_CONFIG_ID);
    assertThatCode(() -> check(new ExpectedBinding(Optional.empty(), Optional.of(digest))))
        .doesNotThrowAnyException();

    digest[0] ^= 1;
    assertThat(
            catchThrowableOfType(
                    EvidenceException.class,
                    () -> check(new ExpectedBinding(Optional.empty(), Optional.of(digest))))
                .reason())
        .isEqualTo(Refusal.TDX_INIT_DATA);
  }

  /** The list of revoked PCKs among the vectors is of 2023. */
  @Test
  void expiredCollateralIsRefusedByAStrictVerifierOnly() {
    assertThat(refused()).isNull();
    stance = Stance.strict();
    assertRefused(Refusal.COLLATERAL_EXPIRED);
  }

  @Test
  void aDebugDomainIsRefusedOnRequest() {
    quote = Vectors.required().bytes("tdx/tdx_quote_4.dat");
    tcbInfo = intel.text("tcbInfo-50806f000000.json");
    identity = intel.text("enclaveIdentity-td_qe-15.json");
    assertThat(refused()).isNull();
    stance = Stance.compatible().withoutDebug();
    assertRefused(Refusal.TD_DEBUG);
  }

  @Test
  void evidenceOfAnotherShapeIsRefused() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode empty = json.objectNode().put("quote", "");
    assertThat(catchThrowableOfType(EvidenceException.class, () -> TdxEvidence.parse(empty)))
        .hasMessage("TDX Quote is empty.");
    for (ObjectNode shape :
        new ObjectNode[] {
          json.objectNode(),
          json.objectNode().put("quote", 1),
          json.objectNode().put("quote", "%%"),
          json.objectNode().put("quote", "AAAA").put("cc_eventlog", 1),
          json.objectNode().put("quote", "AAAA").put("cc_eventlog", "%%"),
        }) {
      assertThat(
              catchThrowableOfType(EvidenceException.class, () -> TdxEvidence.parse(shape))
                  .reason())
          .as("%s", shape)
          .isEqualTo(Refusal.TDX_EVIDENCE_MALFORMED);
    }
  }

  /** Whatever bytes come, no other exception leaves the verifier, and nothing changed is taken. */
  @Test
  void anyChangedByteBeforeTheCertificatesIsRefused() {
    byte[] original = quote.clone();
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      quote = original.clone();
      int at = random.nextInt(PEM);
      quote[at] ^= (byte) (1 << random.nextInt(8));
      // The length of certification data of type 6 is not signed, and nobody reads it.
      boolean unread = at >= QE_REPORT - 4 && at < QE_REPORT;
      assertThat(refused() == null).as("accepted with byte %d changed", at).isEqualTo(unread);
    }
  }
}
