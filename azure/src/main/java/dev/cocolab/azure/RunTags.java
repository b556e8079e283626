package dev.cocolab.azure;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tags that a run puts on each pod VM; clean-up keys on them.
 *
 * @param runId 1 to 60 letters, digits and hyphens, a letter or digit first
 * @param expiresAt whole seconds; after it a sweeper of any run may delete the machine
 */
public record RunTags(String runId, Instant expiresAt) {
  /** Tag that says whose machine it is. Its value is always {@link #OWNER_VALUE}. */
  public static final String OWNER = "created-by";

  public static final String OWNER_VALUE = "cocolab";
  public static final String RUN_ID = "run-id";

  /** ISO-8601 in UTC, e.g. {@code 2026-11-30T21:00:00Z}. */
  public static final String EXPIRES_AT = "expires-at";

  private static final Pattern RUN_IDS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,59}");

  /** Checks the run id and cuts the time to whole seconds. */
  public RunTags {
    checkRunId(runId);
    expiresAt = expiresAt.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Checks that a run id fits into a tag, a container name and a comma list.
   *
   * @throws AzureException NOT_CONFIGURED
   */
  public static String checkRunId(String runId) {
    if (!RUN_IDS.matcher(runId).matches()) {
      throw new AzureException(
          AzureException.Reason.NOT_CONFIGURED,
          "the run id '%s' must be 1 to 60 letters, digits and hyphens, a letter or digit first"
              .formatted(runId));
    }
    return runId;
  }

  /** The three tags, in the order in which they are written. */
  public Map<String, String> asMap() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(OWNER, OWNER_VALUE);
    tags.put(RUN_ID, runId);
    tags.put(EXPIRES_AT, expiresAt.toString());
    return tags;
  }

  /**
   * {@code key=value,key=value} without blanks, as {@code TAGS} of {@code peer-pods-cm} wants it.
   */
  public String asList() {
    return String.join(
        ",", asMap().entrySet().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).toList());
  }

  /** When the machine with these tags expires; empty without the tag or where it is no time. */
  public static Optional<Instant> expiryIn(Map<String, String> tags) {
    try {
      return Optional.ofNullable(tags.get(EXPIRES_AT)).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
