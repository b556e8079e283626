package dev.cocolab.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.azure.AzSnpVtpmVerifier;
import dev.cocolab.guest.GuestException;
import dev.cocolab.tee.BootImage;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TrusteeExtension.class)
class TrusteeTest {
  private static final String KEY = "kbs:///default/disk/key";

  @Test
  void startsBesideAnotherAndKeepsItsResourcesToItself(Trustee first) {
    assertThat(first.url().getHost()).isEqualTo("127.0.0.1");
    try (Trustee another = Trustee.start().resource("default/disk/key", new byte[] {7});
        AttestedGuest ofFirst = first.guest();
        AttestedGuest ofAnother = another.guest()) {
      assertThat(another.url()).isNotEqualTo(first.url());
      assertThat(ofAnother.resource(KEY)).containsExactly(7);
      assertThatThrownBy(() -> ofFirst.resource(KEY)).isInstanceOf(GuestException.class);
      assertThat(first.journal().accesses())
          .last()
          .satisfies(a -> assertThat(a.cause()).contains("resource not found: default/disk/key"));
    }
  }

  @Test
  void policySetByTheTestCountsFromTheNextRequestOn() {
    try (Trustee trustee = Trustee.start();
        AttestedGuest guest = trustee.guest()) {
      trustee.resource("default/disk/key", new byte[] {7});
      assertThat(guest.resource(KEY)).containsExactly(7);

      trustee.resourcePolicy("package policy\nimport rego.v1\ndefault allow := false\n");

      assertThatThrownBy(() -> guest.resource(KEY))
          .isInstanceOfSatisfying(
              GuestException.class,
              e -> assertThat(e.reason()).isEqualTo(GuestException.Reason.RESOURCE));
      assertThat(trustee.journal().accesses())
          .last()
          .satisfies(access -> assertThat(access.outcome()).isEqualTo("PolicyDeny"));
      assertThat(trustee.log()).anyMatch(line -> line.contains("resource/default/disk/key"));
    }
  }

  @Test
  void referenceValueSetByTheTestLetsAChangedImageIn() {
    BootImage changed = BootImage.defaultPodVm().withPcr(12, new byte[32]);
    try (Trustee trustee = Trustee.start().resource("default/disk/key", new byte[] {7});
        AttestedGuest guest = trustee.guest(changed, trustee.initdata())) {
      assertThatThrownBy(() -> guest.resource(KEY)).isInstanceOf(GuestException.class);
      assertThat(trustee.journal().appraisals()).last().matches(a -> !a.affirming());

      trustee.referenceValues("snp_pcr12", List.of(guest.pcrHex(12)));

      assertThat(guest.resource(KEY)).containsExactly(7);
    }
  }

  @Test
  void verifierSetByTheTestJudgesInThePlaceOfTheOwn() {
    AzSnpVtpmVerifier trustsNobody =
        new AzSnpVtpmVerifier(AmdRoots.of(Map.of()), Clock.systemUTC());
    try (Trustee trustee =
            Trustee.builder()
                .verifier(trustsNobody)
                .start()
                .resource("default/disk/key", new byte[] {7});
        AttestedGuest guest = trustee.guest()) {
      assertThatThrownBy(() -> guest.resource(KEY)).isInstanceOf(GuestException.class);

      assertThat(trustee.log()).anyMatch(line -> line.contains("VCEK is not signed by ASK"));
    }
  }

  @Test
  void missingResourceIsRefusedAndARemovedOneGone() {
    try (Trustee trustee = Trustee.start().resource("default/disk/key", new byte[] {7});
        AttestedGuest guest = trustee.guest()) {
      assertThat(trustee.removeResource("default/disk/key")).isTrue();
      assertThat(trustee.removeResource("default/disk/key")).isFalse();
      assertThatThrownBy(() -> guest.resource(KEY)).isInstanceOf(GuestException.class);
      assertThat(trustee.journal().accesses())
          .last()
          .satisfies(a -> assertThat(a.cause()).contains("resource not found: default/disk/key"));
    }
  }

  @Test
  void pathThatIsNoResourceIsRefusedByName(Trustee trustee) {
    assertThatThrownBy(() -> trustee.resource("../key", new byte[0]))
        .isInstanceOfSatisfying(
            EmbeddingException.class,
            e -> assertThat(e.reason()).isEqualTo(EmbeddingException.Reason.BAD_ARGUMENT))
        .hasMessageContaining("../key");
  }
}
