package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InContainerTest {
  private static final Path ROOT = Path.of("..", "..");

  @Test
  void theReadmeShowsTheLinesThatTheDoctorNames() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));

    assertThat(readme).contains("## In a container", InContainer.BUILD, InContainer.RUN);
    assertThat(ROOT.resolve("Containerfile")).isRegularFile();
  }
}
