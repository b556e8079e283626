package dev.cocolab.lab.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysTest {
  @TempDir Path directory;

  private SigningKeys open() throws IOException {
    try (StagingArea staging = StagingArea.open(directory.resolve("staging"))) {
      return SigningKeys.open(directory, staging, new SecureRandom());
    }
  }

  @Test
  void keysAreMadeOnceArePrivateAndDiffer() throws IOException {
    SigningKeys first = open();
    SigningKeys again = open();

    assertThat(again.workshop()).isEqualTo(first.workshop());
    assertThat(again.foreign()).isEqualTo(first.foreign()).isNotEqualTo(first.workshop());
    assertThat(first.vendorPublicPem()).isNotEqualTo(first.workshopPublicPem());
    assertThat(directory.resolve("cosign.pub")).hasContent(first.workshopPublicPem());
    assertThat(first.workshopPublicPem()).startsWith("-----BEGIN PUBLIC KEY-----\n");
    for (String file : new String[] {"signing-keys.pem", "cosign.pub"}) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void thePublicFileFollowsKeysThatWereMadeAnew() throws IOException {
    SigningKeys first = open();
    Files.delete(directory.resolve("signing-keys.pem"));

    SigningKeys second = open();

    assertThat(second.workshopPublicPem()).isNotEqualTo(first.workshopPublicPem());
    assertThat(directory.resolve("cosign.pub")).hasContent(second.workshopPublicPem());
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Files.writeString(directory.resolve("signing-keys.pem"), "nothing");

    assertThatThrownBy(this::open)
        .hasMessageContaining("signing-keys.pem")
        .isInstanceOfSatisfying(
            LabException.class,
            e -> assertThat(e.reason()).isEqualTo(LabException.Reason.HOME_UNUSABLE));
  }

  @Test
  void theAccountOfThePrivateRepositoryIsMadeOnceAndDoesNotShowItsPassword() throws IOException {
    try (StagingArea staging = StagingArea.open(directory.resolve("staging"))) {
      PullSecret first = PullSecret.open(directory, staging, new SecureRandom());
      PullSecret again = PullSecret.open(directory, staging, new SecureRandom());

      assertThat(again.json()).isEqualTo(first.json()).contains("\"quay.io\"");
      assertThat(first.toString()).doesNotContain(first.password());
    }
  }
}
