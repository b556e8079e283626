package dev.cocolab.evidence.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.azure.AzTdxVtpmEvidence;
import dev.cocolab.evidence.azure.AzTdxVtpmVerifier;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.PckChain;
import dev.cocolab.evidence.dcap.StoredCollateral;
import dev.cocolab.evidence.eventlog.EventLog;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Every row of the vectors for TDX, bare metal and Azure, comes out as it says. */
class TdxVectorsTest {
  private static final ExpectedBinding NOTHING =
      new ExpectedBinding(Optional.empty(), Optional.empty());

  /** What only an appraisal adds. */
  private static final Set<String> APPRAISED =
      Set.of(
          "earliest_issue_date",
          "latest_issue_date",
          "earliest_expiration_date",
          "tcb_date",
          "pck_crl_num",
          "root_ca_crl_num",
          "tcb_eval_num",
          "platform_provider_id",
          "sgx_type",
          "is_dynamic_platform",
          "is_cached_keys",
          "is_smt_enabled",
          "root_key_id",
          "tcb_status",
          "collateral_expiration_status",
          "advisory_ids",
          "tcb_date_current",
          "tcb_status_current",
          "advisory_ids_current");

  private Vectors vectors;
  private IntelVectors intel;

  @BeforeEach
  void findVectors() {
    vectors = Vectors.required();
    intel = new IntelVectors(vectors);
  }

  private TdxVerifier verifier(StoredCollateral collateral, String at) {
    return new TdxVerifier(intel.roots(), collateral, IntelVectors.at(at), Stance.compatible());
  }

  private ObjectNode verified(String quote, StoredCollateral collateral, String at) {
    JsonNode evidence = new TdxEvidence(vectors.bytes(quote), Optional.empty()).toJson();
    return verifier(collateral, at).verify(evidence, NOTHING).get(0).claims();
  }

  private static ObjectNode withoutAppraisal(ObjectNode claims) {
    APPRAISED.forEach(claims::remove);
    return claims;
  }

  @ParameterizedTest
  @CsvSource({
    "tdx/tdx_quote_4.dat, tcbInfo-50806f000000.json, enclaveIdentity-td_qe-15.json, UpToDate,"
        + " 2023-02-15T00:00:00Z",
    "tdx/tdx_quote_6.dat, tcbInfo-00A06D080000.json, enclaveIdentity-td_qe-17.json, OutOfDate,"
        + " 2018-01-04T00:00:00Z",
    "tdx/quote_v5_sample.dat, tcbInfo-90c06f000000.json, enclaveIdentity-td_qe-17.json, UpToDate,"
        + " 2024-03-13T00:00:00Z",
  })
  void theStatusIsThatOfTheCollateral(
      String quote, String tcbInfo, String identity, String status, String date) {
    ObjectNode claims =
        verified(quote, intel.collateral(tcbInfo, identity), "2023-07-01T00:00:00Z");

    assertThat(claims.path("tcb_status").asString()).isEqualTo(status);
    assertThat(claims.path("tcb_date").asString()).isEqualTo(date);
    assertThat(claims.path("root_key_id").asString()).startsWith("46e403bd34f0");
    assertThat(claims.path("sgx_type").asString()).startsWith("Scalable");
  }

  @Test
  void aQuoteOfTdx15HasAStatusNowToo() {
    ObjectNode claims =
        verified(
            "tdx/quote_v5_sample.dat",
            intel.collateral("tcbInfo-90c06f000000.json", "enclaveIdentity-td_qe-17.json"),
            "2026-02-10T00:00:00Z");

    assertThat(claims.path("tcb_status_current").asString()).isEqualTo("UpToDate");
    assertThat(claims.path("advisory_ids")).isEmpty();
  }

  @Test
  void freshCollateralIsToldFromExpired() {
    StoredCollateral collateral =
        intel.collateral("tcbInfo-50806f000000.json", "enclaveIdentity-td_qe-15.json");

    assertThat(
            verified("tdx/tdx_quote_4.dat", collateral, "2023-07-01T00:00:00Z")
                .path("collateral_expiration_status")
                .asString())
        .isEqualTo("0");
    assertThat(
            verified("tdx/tdx_quote_4.dat", collateral, "2023-07-20T00:00:00Z")
                .path("collateral_expiration_status")
                .asString())
        .isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "tdx/tdx_quote_6.dat, tdx-tdx_quote_6, tcbInfo-00A06D080000.json",
    "tdx/quote_v5_sample.dat, tdx-quote_v5_sample, tcbInfo-90c06f000000.json",
  })
  void claimsAreThoseOfTheVectors(String quote, String expected, String tcbInfo) {
    ObjectNode claims =
        verified(
            quote,
            intel.collateral(tcbInfo, "enclaveIdentity-td_qe-17.json"),
            "2025-06-01T00:00:00Z");

    assertThat(claims.propertyNames()).containsAll(Set.of("tcb_status", "advisory_ids"));
    assertThat(withoutAppraisal(claims))
        .isEqualTo(vectors.json("expected/" + expected + ".claims.json"));
  }

  /** Upstream's claim generator alone: the log is not of this TD. */
  @Test
  void claimsOfQuoteAndLogAreUpstreamsGolden() {
    TdxQuote quote = TdxQuote.parse(vectors.bytes("tdx/tdx_quote_4.dat"));
    EventLog log = EventLog.parse(vectors.bytes("tdx/CCEL_data"));

    ObjectNode claims =
        TdxClaims.of(
            quote, Optional.of(log), PckChain.parse(quote.signature().certificates()).platform());

    // Written and read: a number is a number, whichever type of Java it had.
    assertThat(JsonMapper.shared().readTree(claims.toString()))
        .isEqualTo(vectors.json("tdx/parse_tdx_claims_expected.json"));
  }

  @Test
  void aLogOfAnotherDomainFailsInTheReplay() {
    JsonNode evidence =
        new TdxEvidence(
                vectors.bytes("tdx/tdx_quote_4.dat"), Optional.of(vectors.bytes("tdx/CCEL_data")))
            .toJson();
    TdxVerifier verifier =
        verifier(
            intel.collateral("tcbInfo-50806f000000.json", "enclaveIdentity-td_qe-15.json"),
            "2023-07-01T00:00:00Z");

    EvidenceException refused =
        catchThrowableOfType(EvidenceException.class, () -> verifier.verify(evidence, NOTHING));

    assertThat(refused.reason()).isEqualTo(Refusal.EVENT_LOG_REPLAY);
    assertThat(refused.chain())
        .startsWith("TDX Verifier: Eventlog does not pass measurement replay");
  }

  @Test
  void aQuoteOfSgxIsRefused() {
    JsonNode evidence =
        new TdxEvidence(vectors.bytes("tdx/occlum_quote.dat"), Optional.empty()).toJson();
    TdxVerifier verifier = verifier(StoredCollateral.builder().build(), "2023-07-01T00:00:00Z");

    assertThat(
            catchThrowableOfType(EvidenceException.class, () -> verifier.verify(evidence, NOTHING))
                .reason())
        .isEqualTo(Refusal.TDX_QUOTE_IS_SGX);
  }

  /**
   * There is no TCB info for this machine, so nothing after it can be seen through the verifier.
   */
  @Test
  void onAzureEverythingBeforeTheCollateralPasses() {
    AzTdxVtpmVerifier verifier =
        new AzTdxVtpmVerifier(
            intel.roots(), CollateralSource.none(), Vectors.CLOCK, Stance.compatible());

    EvidenceException refused =
        catchThrowableOfType(
            EvidenceException.class,
            () ->
                verifier.verify(
                    vectors.json("az-tdx-vtpm/evidence-v1.json"),
                    ExpectedBinding.ofReportData(Vectors.CHALLENGE)));

    assertThat(refused.chain())
        .isEqualTo("failed to fetch TcbInfo: no TCB info for FMSPC 00806F050000 is stored");
  }

  @Test
  void evidenceOfAzureIsWrittenAsItWasRead() {
    JsonNode evidence = vectors.json("az-tdx-vtpm/evidence-v1.json");

    assertThat((JsonNode) AzTdxVtpmEvidence.parse(evidence).toJson()).isEqualTo(evidence);
    assertThat(AzTdxVtpmEvidence.parse(evidence).tdQuote())
        .isEqualTo(vectors.bytes("az-tdx-vtpm/td-quote.bin"));
  }
}
