package dev.cocolab.steps.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

/** Writes one file a scenario into a folder. */
public final class Recorder {
  private final Path folder;
  private final String target;
  private final Clock clock;

  /**
   * A recorder of a run.
   *
   * @param folder made where missing
   * @param target name of the target that is recorded
   * @param clock tells the day
   */
  public Recorder(Path folder, String target, Clock clock) {
    this.folder = Objects.requireNonNull(folder, "folder");
    this.target = Objects.requireNonNull(target, "target");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Writes a recording, over an older one of the same scenario.
   *
   * @param versions name of a part of the target to its version
   * @param secrets what must not be in it
   * @throws AssertionError when a secret would be written; nothing is written then
   */
  public void write(Recording recording, Map<String, String> versions, Secrets secrets) {
    LocalDate today = clock.instant().atZone(ZoneOffset.UTC).toLocalDate();
    String json = recording.json(target, today, versions);
    if (secrets.areIn(json)) {
      throw new AssertionError(
          recording.fileName() + " is not written: what was recorded holds a secret");
    }
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(recording.fileName()), json, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot record to " + folder + ": " + e.getMessage(), e);
    }
  }
}
