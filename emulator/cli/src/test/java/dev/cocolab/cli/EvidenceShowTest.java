package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvidenceShowTest {
  @TempDir private Path folder;
  private final Screen screen = new Screen(Map.of());

  @ParameterizedTest
  @CsvSource({
    "az-snp-vtpm/evidence-v0.json, /kind, evidence of az-snp-vtpm",
    "az-snp-vtpm/evidence-v0.json, /tpm_quote/message/extra_data, 6368616c6c656e6765",
    "az-snp-vtpm/evidence-v2.json, /tpm_quote/pcrs/00, 84275b2f4312cd4fc6cbe6b152ad3c3683e513d9f1e23c34fca160c8cca7a6a7",
    "az-snp-vtpm/evidence-v2.json, /hcl_report/hw_report/version, 3",
    "az-snp-vtpm/evidence-v2.json, /vcek/common_name, SEV-VCEK",
    "az-snp-vtpm/hcl-report.bin, /hw_report/version, 2",
    "az-snp-vtpm/hcl-report.bin, /variable_data/keys/0/kid, HCLAkPub",
    "az-snp-vtpm/tpm-quote-v1.json, /message/type, 0x8018",
    "az-snp-vtpm/tpm-quote.msg, /pcr_select/0, 000b:ff4000",
    "az-snp-vtpm/vcek.pem, /certificates/0/snp, 8",
    "az-tdx-vtpm/hcl-report.bin, /report_type, 4 (TDX)",
    "az-tdx-vtpm/hcl-report.bin, /variable_data_digest, 9734504f161d104c74e3165c15f779b06a9bb40dfa71937817d7eee68e593839",
    "snp/test-report.bin, /kind, SNP attestation report",
    "snp/test-vcek.der, /subject, 'CN=SEV-VCEK,O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering'",
    "snp/test-vcek-invalid-legacy.der, /bootloader, 3",
    "snp/evidence-e2e-genoa.json, /attestation_report/cpuid_model, 160",
    "snp/evidence-e2e-genoa.report.bin, /measurement, 6a6519d757e68c2e939c9dbbbc1828498e8de35d2766dd05f1a2cca5059d0cf4ae62a36d75c837974dd50b315506e73e",
    "tpm/tpm_evidence.json, /tpm_quote/pcrs/23, 0000000000000000000000000000000000000000000000000000000000000000",
    "tdx/CCEL_data, /replayed/rtmr_0, 2dc712306a963eadb894ad47dbaa17df44814151555aee11cbb843becca88950ffd079664902e6f22c66f7c8213543f4",
    "tdx/CCEL_data_ovmf, /replayed/rtmr_2, 94eaf7a7bf398ed8d888c91057ae0261802e4f3df084213a76ca7f0b5055ac9d2241de43cd58d9e8b49c503bbf25f34a",
    "eventlog/CCEL_data_grub, /replayed/rtmr_1, 6c289e0c62182d41ebe97bdbc9872d10998a08eaa86adcdc684001a363207ee72942c7522cdf00a4bbc3d784bed7b670",
    "eventlog/CCEL_AAEL_alibabacloud, /replayed/rtmr_3, 5e4ecd49d3c7983d6f9ca36755b5cee0b423d7fa8c5a88aeb0681bd4698772bc37b4463dc5f722efe352a66417257dad",
    "tdx/tdx_quote_4.dat, /body/debug, true",
    "tdx/tdx_quote_6.dat, /header/version, 4",
    "tdx/quote_v5_sample.dat, /header/version, 5",
    "az-tdx-vtpm/td-quote.bin, /kind, TDX quote",
    "az-tdx-vtpm/evidence-v1.json, /tpm_quote/pcrs/00, 782b20b10f55cc46e2142cc2145d548698073e5beb82752c8d7f9279f0d8a273",
    "az-tdx-vtpm/evidence-v1.json, /td_quote/signature/certificates/2/subject, 'C=US,ST=CA,L=Santa Clara,O=Intel Corporation,CN=Intel SGX Root CA'",
    "az-tdx-vtpm/hcl-report.bin, /hw_report/hashes_fit, true",
    "roots/intel/intel-sgx-root-ca.pem, /key, EC"
  })
  void kindIsRecognizedAndItsFieldsAreShown(String file, String pointer, String value) {
    String path = Shared.vectors().resolve(file).toString();

    assertThat(screen.run("evidence", "show", path, "--json")).as(screen.err()).isZero();
    JsonNode json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.at(pointer).asString()).isEqualTo(value);

    Screen text = new Screen(Map.of());
    assertThat(text.run("evidence", "show", path)).isZero();
    assertThat(text.out()).contains(value).startsWith("kind ");
    assertThat(text.out().lines().allMatch(line -> !line.isBlank())).isTrue();
  }

  @Test
  void anEventLogIsALineARecord() {
    Path log = Shared.vectors().resolve("eventlog/CCEL_AAEL_alibabacloud");

    assertThat(screen.run("evidence", "show", log.toString())).isZero();
    assertThat(screen.out())
        .contains("EV_EVENT_TAG")
        .contains("AAEL")
        .containsPattern("register 1 +EV_");
  }

  @Test
  void theRecordsAreThoseOfTheClaims() {
    Path vectors = Shared.vectors();

    assertThat(
            screen.run("evidence", "show", vectors.resolve("tdx/CCEL_data").toString(), "--json"))
        .isZero();
    JsonNode said = JsonMapper.shared().readTree(screen.out());
    byte[] golden = Shared.read(vectors.resolve("eventlog/CCEL_data_out.json"));
    JsonNode expected = JsonMapper.shared().readTree(golden);
    assertThat(said.path("uefi_event_logs"))
        .isEqualTo(expected.isArray() ? expected : expected.path("uefi_event_logs"));
  }

  @Test
  void whatIsNotKnownOrBreaksOffIsNamed() throws IOException {
    Path odd = Files.writeString(folder.resolve("odd"), "hello");
    Path cut = Files.writeString(folder.resolve("cut"), "HCLA");
    Path json = Files.writeString(folder.resolve("json"), "{\"vcek\":1}");
    Path members = Files.writeString(folder.resolve("members"), "{\"a\":1}");

    assertThat(screen.run("evidence", "show", odd.toString())).isEqualTo(2);
    assertThat(screen.run("evidence", "show", cut.toString())).isEqualTo(2);
    assertThat(screen.run("evidence", "show", json.toString())).isEqualTo(2);
    assertThat(screen.run("evidence", "show", members.toString())).isEqualTo(2);
    assertThat(screen.run("evidence", "show")).isEqualTo(2);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err())
        .contains(odd + " is none of what can be shown: evidence as JSON")
        .contains(cut + " cannot be read: invalid report size")
        .contains(json + " cannot be read: Failed to deserialize")
        .contains(members + " is none of what")
        .contains("FILE")
        .doesNotContain("Exception");
  }
}
