package dev.cocolab.tee.tamper;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.azure.AzTdxVtpmVerifier;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.evidence.snp.SnpVerifier;
import dev.cocolab.evidence.tdx.TdxVerifier;
import dev.cocolab.evidence.tpm.TpmVerifier;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.Lab;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.ProcessorOptions;
import dev.cocolab.tee.RsaKeyPool;
import dev.cocolab.tee.SampleMachine;
import dev.cocolab.tee.SnpGuest;
import dev.cocolab.tee.TpmMachine;
import dev.cocolab.tee.VmRequest;
import dev.cocolab.tee.intel.IntelAuthority;
import dev.cocolab.tee.tdx.TdOptions;
import dev.cocolab.tee.tdx.TrustDomain;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every field of every kind of evidence, changed, in the strict stance. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TamperTableTest {

  private static final ExpectedBinding BINDING = ExpectedBinding.ofReportData(Lab.REPORT_DATA);

  private final PlatformAuthority platform = Lab.otherPlatform(AmdGeneration.MILAN);
  private RsaKeyPool keys;

  @BeforeAll
  void start() {
    keys = RsaKeyPool.start(2, Lab.RANDOM);
  }

  @AfterAll
  void stop() {
    keys.close();
  }

  @Test
  void azureSnp() {
    try (ConfidentialVm vm =
        ConfidentialVm.boot(platform, BootImage.defaultPodVm(), Lab.request(keys))) {
      TamperTable.check(
          "az-snp-vtpm.txt", vm, new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK), BINDING);
    }
  }

  @Test
  void bareSnp() {
    SnpGuest guest =
        SnpGuest.launch(platform.processor(), new byte[48], Optional.empty(), Lab.RANDOM);

    TamperTable.check("snp.txt", guest, new SnpVerifier(platform.roots(), Lab.CLOCK), BINDING);
  }

  @Test
  void bareSnpOfAProvider() {
    var provider =
        platform.newProcessor(
            ProcessorOptions.shipped(platform.generation())
                .endorsedBy("cocolab")
                .withReportVersion(5));
    SnpGuest guest = SnpGuest.launch(provider, new byte[48], Optional.empty(), Lab.RANDOM);

    TamperTable.check("snp-vlek.txt", guest, new SnpVerifier(platform.roots(), Lab.CLOCK), BINDING);
  }

  @Test
  void bareTpm() {
    TpmMachine machine = TpmMachine.boot(BootImage.defaultPodVm(), keys, Lab.RANDOM, Lab.CLOCK);

    TamperTable.check("tpm.txt", machine, new TpmVerifier(), BINDING);
  }

  @Test
  void withoutATee() {
    TamperTable.check("sample.txt", new SampleMachine(), new SampleVerifier(), BINDING);
  }

  @Test
  void azureTdx() {
    VmRequest request = Lab.request(keys);
    VmRequest tdx =
        new VmRequest(
            request.name(),
            "Standard_DC2es_v5",
            request.vmId(),
            request.random(),
            request.clock(),
            keys);
    try (ConfidentialVm vm = ConfidentialVm.boot(platform, BootImage.defaultPodVm(), tdx)) {
      IntelAuthority intel = platform.intel();
      TamperTable.check(
          "az-tdx-vtpm.txt",
          vm,
          new AzTdxVtpmVerifier(intel.roots(), intel.collateral().stored(), Lab.CLOCK),
          BINDING);
    }
  }

  @Test
  void bareTdx() {
    TrustDomain guest =
        TrustDomain.launch(
            platform.intel().platform(),
            BootImage.defaultPodVm(),
            Optional.empty(),
            TdOptions.standard().withQuoteVersion(5));

    IntelAuthority intel = platform.intel();
    TamperTable.check(
        "tdx.txt",
        guest,
        new TdxVerifier(intel.roots(), intel.collateral().stored(), Lab.CLOCK),
        BINDING);
  }
}
