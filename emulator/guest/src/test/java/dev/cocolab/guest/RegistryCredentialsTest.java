package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.RegistryServer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A public and a private image, with a file of credentials that is there or is not. */
class RegistryCredentialsTest {
  private static final String OPEN = "quay.io/lab/open:1";
  private static final String CLOSED = "quay.io/lab/closed:1";
  private static final String STORED = "default/credentials/test";
  private static final String NO_ENTRY = "{\"auths\":{\"registry.example\":{\"auth\":\"dTpw\"}}}";

  @TempDir Path directory;
  private GuestFixture fixture;
  private RegistryServer registry;

  @BeforeEach
  void start() throws Exception {
    fixture = new GuestFixture(directory);
    registry =
        RegistryServer.start(
            fixture.vertx,
            InetAddress.getLoopbackAddress(),
            Optional.of(fixture.authority.identity()));
    fixture.hosts.put("quay.io", registry.address());
    for (String image : new String[] {OPEN, CLOSED}) {
      Path layout = Files.createDirectory(directory.resolve(image.substring(12, 16)));
      registry.load(
          TestImage.layout(layout, "application/vnd.oci.image.layer.v1.tar", "f", image),
          ImageReference.parse(image));
    }
    registry.protect("quay.io/lab/closed", "u", "p");
  }

  @AfterEach
  void stop() {
    registry.close();
    fixture.close();
  }

  private GuestVm boot(String path) {
    return fixture.bootWith(
        "[image]\nauthenticated_registry_credentials_uri = 'kbs:///"
            + path
            + "'\nextra_root_certificates = [\"\"\"\n"
            + fixture.authority.identity().certificatePem()
            + "\"\"\"]\n",
        "");
  }

  private void store(String json) {
    fixture.broker.resources.put(STORED, json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {OPEN, CLOSED})
  void aMistypedPathStopsThePullBeforeTheRegistryIsAsked(String image) {
    store(NO_ENTRY);
    try (GuestVm guest = boot("default/credential/test")) {
      GuestException e = refusal(guest, image);

      assertThat(e.reason()).isEqualTo(Reason.IMAGE_CLIENT);
      assertThat(e.eventText())
          .contains(
              "[CDH] [ERROR]: Image Client error: Initialize resource provider failed: Get"
                  + " resource failed: ");
    }
    assertThat(fixture.asked).contains("kbs.example").doesNotContain("quay.io");
  }

  @Test
  void withoutAnEntryForTheRegistryThePullIsAnonymous() {
    store(NO_ENTRY);
    try (GuestVm guest = boot(STORED)) {
      assertThat(guest.pullImage(OPEN).layers().get(0).resolve("f")).hasContent(OPEN);
      GuestException e = refusal(guest, CLOSED);
      assertThat(e.reason()).isEqualTo(Reason.IMAGE_PULL);
      assertThat(e.eventText())
          .contains(
              "failed to pull image manifest: Not authorized: url https://quay.io/v2/lab/closed/");
    }
  }

  private static GuestException refusal(GuestVm guest, String image) {
    GuestException e = catchThrowableOfType(GuestException.class, () -> guest.pullImage(image));
    assertThat(e).isNotNull();
    return e;
  }
}
