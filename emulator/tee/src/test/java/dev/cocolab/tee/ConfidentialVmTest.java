package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfidentialVmTest {

  private static final Logger LOG = LoggerFactory.getLogger(ConfidentialVmTest.class);

  private final PlatformAuthority platform = Lab.platform();
  private RsaKeyPool keys;

  @BeforeAll
  void start() {
    keys = RsaKeyPool.start(8, Lab.RANDOM);
  }

  @AfterAll
  void stop() {
    keys.close();
  }

  private ConfidentialVm boot() {
    return ConfidentialVm.boot(platform, BootImage.defaultPodVm(), Lab.request(keys));
  }

  private static VmRequest sized(String size, RsaKeys keys) {
    VmRequest request = Lab.request(keys);
    return new VmRequest(
        request.name(), size, request.vmId(), request.random(), request.clock(), keys);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Standard_DC2as_v5",
        "Standard_DC4as_v5",
        "Standard_DC8ads_v5",
        "Standard_EC4as_v5",
        "Standard_EC96iads_v5",
        "Standard_DC4as_cc_v5"
      })
  void sizesWithAmdHardwareBoot(String size) {
    assertThat(VmSize.teeOf(size)).contains(Tee.AZ_SNP_VTPM);
  }

  @Test
  void vmSaysWhatItIs() {
    try (ConfidentialVm vm = boot()) {
      assertThat(vm.tee()).isEqualTo(Tee.AZ_SNP_VTPM);
      assertThat(vm.name()).isEqualTo("podvm-fraud-detection-1a2b3c4d");
      assertThat(vm.size()).isEqualTo("Standard_DC4as_v5");
      assertThat(vm.pcrs()).isEqualTo(BootImage.defaultPodVm().bootedBank());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Standard_D4s_v5, NOT_CONFIDENTIAL", "Standard_DC4s_v3, NOT_CONFIDENTIAL",
    "m6a.large, NOT_CONFIDENTIAL", "'', NOT_CONFIDENTIAL"
  })
  void otherSizesAreRefusedByName(String size, TeeException.Reason reason) {
    assertThatExceptionOfType(TeeException.class)
        .isThrownBy(
            () -> ConfidentialVm.boot(platform, BootImage.defaultPodVm(), sized(size, keys)))
        .withMessageContaining("VM size " + size)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void lateLaunchRegistersRefuseTheGuest() {
    try (ConfidentialVm vm = boot()) {
      for (int pcr = -1; pcr <= 24; pcr++) {
        int index = pcr;
        if ((pcr >= 0 && pcr <= 16) || pcr == 23) {
          String before = vm.pcrs().hex(pcr);
          vm.extend(pcr, new byte[32]);
          assertThat(vm.pcrs().hex(pcr)).isNotEqualTo(before);
        } else {
          assertThatExceptionOfType(TeeException.class)
              .isThrownBy(() -> vm.extend(index, new byte[32]))
              .satisfies(
                  e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.PCR_NOT_EXTENDABLE));
        }
      }
    }
  }

  @Test
  void valuesOfOtherSizesAreRefused() {
    try (ConfidentialVm vm = boot()) {
      for (Runnable call :
          List.<Runnable>of(
              () -> vm.extend(8, new byte[48]),
              () -> vm.writeUserData(new byte[65]),
              () -> vm.evidence(new byte[65], 2),
              () -> vm.evidence(new byte[67], 1))) {
        assertThatExceptionOfType(TeeException.class)
            .isThrownBy(call::run)
            .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.VALUE_SIZE));
      }
    }
  }

  @Test
  void closedVmGivesNothing() {
    ConfidentialVm vm = boot();
    vm.close();
    vm.close();

    for (Runnable call :
        List.<Runnable>of(
            () -> vm.evidence(Lab.REPORT_DATA, 2), vm::pcrs, () -> vm.extend(8, new byte[32]))) {
      assertThatExceptionOfType(TeeException.class)
          .isThrownBy(call::run)
          .withMessage("VM podvm-fraud-detection-1a2b3c4d has been closed")
          .satisfies(e -> assertThat(e.reason()).isEqualTo(TeeException.Reason.CLOSED));
    }
  }

  @Test
  void vmsHaveKeysAndIdentitiesOfTheirOwn() {
    try (ConfidentialVm one = boot();
        ConfidentialVm two = boot()) {
      TpmsAttest first = quote(one);
      TpmsAttest second = quote(two);

      assertThat(first.qualifiedSigner()).isNotEqualTo(second.qualifiedSigner());
      assertThat(quote(one).qualifiedSigner()).isEqualTo(first.qualifiedSigner());
      assertThat(quote(one).clockInfo().clock()).isGreaterThan(first.clockInfo().clock());
    }
  }

  private static TpmsAttest quote(ConfidentialVm vm) {
    return TpmsAttest.parse(
        AzSnpVtpmEvidence.parse(vm.evidence(Lab.REPORT_DATA, 2)).quote().message());
  }

  @Test
  void simultaneousRequestsDoNotMixTheirReportData() throws Exception {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ConfidentialVm vm = boot()) {
      List<Future<?>> requests = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        byte[] reportData = ByteBuffer.allocate(48).putInt(i).array();
        requests.add(
            threads.submit(
                () ->
                    verifier.verify(
                        vm.evidence(reportData, 2), ExpectedBinding.ofReportData(reportData))));
      }
      for (Future<?> request : requests) {
        assertThat(request.get(60, TimeUnit.SECONDS)).isNotNull();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The best of several runs, because the machine is shared. */
  @Test
  void bootAndEvidenceAreFastOnceKeysAreThere() throws Exception {
    assertThat(keys.awaitFilled(Duration.ofMinutes(2))).isTrue();
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(platform.roots(), Lab.CLOCK);
    ExpectedBinding binding = ExpectedBinding.ofReportData(Lab.REPORT_DATA);
    List<Long> boots = new ArrayList<>();
    List<Long> evidence = new ArrayList<>();
    List<Long> verification = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      try (ConfidentialVm vm = boot()) {
        boots.add(System.nanoTime() - start);
        for (int round = 0; round < 15; round++) {
          long before = System.nanoTime();
          var json = vm.evidence(Lab.REPORT_DATA, 2);
          long made = System.nanoTime();
          assertThat(verifier.verify(json, binding)).hasSize(1);
          evidence.add(made - before);
          verification.add(System.nanoTime() - made);
        }
      }
    }
    LOG.info(
        "boot {} ms, evidence {} ms, verification {} ms (medians)",
        median(boots),
        median(evidence),
        median(verification));
    assertThat(Duration.ofNanos(best(boots))).isLessThan(Duration.ofMillis(50));
    assertThat(Duration.ofNanos(best(evidence))).isLessThan(Duration.ofMillis(30));
  }

  private static long best(List<Long> nanos) {
    return nanos.stream().flatMapToLong(LongStream::of).min().orElseThrow();
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().skip(nanos.size() / 2).findFirst().orElseThrow() / 1e6;
  }
}
