package dev.cocolab.reports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The runs so far, the newest 400, and the page that shows their trend. The file is {@code
 * {"version": 1, "nights": [{"started", "verdict", "passed", "failed", "skipped", "millis",
 * "link"}]}}, oldest first; members are only ever added.
 */
public final class History {
  private static final int MOST = 400;
  private static final long LARGEST = 4L << 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<Night> nights;

  private History(List<Night> nights) {
    this.nights = List.copyOf(nights);
  }

  /**
   * Reads a history.
   *
   * @param file one that is not there is an empty history
   * @throws ReportException UNREADABLE for a file that is no history: it is not overwritten
   */
  public static History read(Path file) {
    if (Files.notExists(file)) {
      return new History(List.of());
    }
    List<Night> nights = new ArrayList<>();
    try {
      if (Files.size(file) > LARGEST) {
        throw unreadable(file, null);
      }
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (root.path("version").asInt(0) != 1 || !root.path("nights").isArray()) {
        throw unreadable(file, null);
      }
      for (JsonNode node : root.path("nights")) {
        nights.add(night(node));
      }
    } catch (IOException | JacksonException | DateTimeException | IllegalArgumentException e) {
      throw unreadable(file, e);
    }
    return new History(nights);
  }

  /**
   * The run of which a report lies in this folder.
   *
   * @param site with the {@code run.json} of {@link SiteBuilder}; without one no scenario was begun
   * @param now taken as begin where there is no report
   * @throws ReportException UNREADABLE for a {@code run.json} that is none
   */
  public static Night tonight(Path site, String verdict, Optional<String> link, Instant now) {
    Path file = site.resolve("run.json");
    if (Files.notExists(file)) {
      return new Night(now, verdict, Optional.empty(), OptionalLong.empty(), link);
    }
    try {
      JsonNode run = JSON.readTree(Files.readAllBytes(file));
      JsonNode counts = run.path("counts");
      int failed = 0;
      for (Outcome outcome : Outcome.values()) {
        if (outcome.isBad()) {
          failed += counts.path(outcome.word()).asInt(0);
        }
      }
      return new Night(
          Instant.parse(run.path("started").asString("")),
          verdict,
          Optional.of(
              new Night.Counts(
                  counts.path(Outcome.PASSED.word()).asInt(0),
                  failed,
                  counts.path(Outcome.SKIPPED.word()).asInt(0))),
          OptionalLong.of(run.path("durationMillis").asLong(0)),
          link);
    } catch (IOException | JacksonException | DateTimeException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * With one more; the oldest fall out at 400. A run with the same link replaces its earlier try.
   */
  public History with(Night night) {
    List<Night> all = new ArrayList<>(nights);
    if (night.link().isPresent()) {
      all.removeIf(one -> one.link().equals(night.link()));
    }
    all.add(night);
    return new History(all.subList(Math.max(0, all.size() - MOST), all.size()));
  }

  /** Oldest first. */
  public List<Night> nights() {
    return nights;
  }

  /**
   * Writes {@code history.json} and {@code trend.html}; and where the run left no report, an {@code
   * index.html} that is the trend.
   *
   * @throws ReportException NOT_WRITABLE
   */
  public void writeTo(Path site) {
    String page = new TrendPage(nights).page();
    try {
      Files.createDirectories(site);
      Files.writeString(site.resolve("history.json"), json(), StandardCharsets.UTF_8);
      Files.writeString(site.resolve("trend.html"), page, StandardCharsets.UTF_8);
      if (Files.notExists(site.resolve("index.html"))) {
        Files.writeString(site.resolve("index.html"), page, StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new ReportException(
          ReportException.Reason.NOT_WRITABLE, "the history cannot be written to " + site, e);
    }
  }

  private String json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", 1);
    var list = root.putArray("nights");
    for (Night night : nights) {
      ObjectNode node = list.addObject();
      node.put("started", night.started().toString());
      node.put("verdict", night.verdict());
      night
          .counts()
          .ifPresent(
              counts -> {
                node.put("passed", counts.passed());
                node.put("failed", counts.failed());
                node.put("skipped", counts.skipped());
              });
      night.millis().ifPresent(millis -> node.put("millis", millis));
      night.link().ifPresent(link -> node.put("link", link));
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static Night night(JsonNode node) {
    return new Night(
        Instant.parse(node.path("started").asString("")),
        node.path("verdict").asString(""),
        node.has("passed")
            ? Optional.of(
                new Night.Counts(
                    node.path("passed").asInt(0),
                    node.path("failed").asInt(0),
                    node.path("skipped").asInt(0)))
            : Optional.empty(),
        node.has("millis") ? OptionalLong.of(node.path("millis").asLong(0)) : OptionalLong.empty(),
        node.has("link") ? Optional.of(node.path("link").asString("")) : Optional.empty());
  }

  private static ReportException unreadable(Path file, Exception cause) {
    return new ReportException(
        ReportException.Reason.UNREADABLE,
        "%s is not what it should be; it was left as it is".formatted(file),
        cause);
  }
}
