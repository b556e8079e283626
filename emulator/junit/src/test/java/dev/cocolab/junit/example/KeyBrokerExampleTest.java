package dev.cocolab.junit.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.guest.GuestException;
import dev.cocolab.junit.AttestedGuest;
import dev.cocolab.junit.TrusteeExtension;
import dev.cocolab.tee.BootImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeyBrokerExampleTest {
  @RegisterExtension static final TrusteeExtension TRUSTEE = TrusteeExtension.builder().build();

  @Test
  void onlyTheExpectedImageGetsTheKey() {
    var trustee = TRUSTEE.trustee().resource("default/disk/key", new byte[] {1, 2, 3});

    try (AttestedGuest guest = trustee.guest()) {
      assertThat(guest.resource("kbs:///default/disk/key")).containsExactly(1, 2, 3);
    }

    BootImage changed = BootImage.defaultPodVm().withPcr(11, new byte[32]);
    try (AttestedGuest guest = trustee.guest(changed, trustee.initdata())) {
      assertThatThrownBy(() -> guest.resource("kbs:///default/disk/key"))
          .isInstanceOf(GuestException.class)
          .hasMessageContaining("request unauthorized");
    }
  }
}
