package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A level that Intel knows, and how it stands.
 *
 * @param required the security versions it asks for, as in the document
 * @param status how it stands
 * @param date when it was current
 * @param advisories Intel's advisories that concern it
 */
record TcbLevel(JsonNode required, TcbStatus status, Instant date, List<String> advisories) {
  TcbLevel {
    Objects.requireNonNull(required, "required");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(date, "date");
    advisories = List.copyOf(advisories);
  }

  /**
   * The levels of a document, in its order.
   *
   * @throws EvidenceException with this reason when one cannot be read
   */
  static List<TcbLevel> of(JsonNode levels, Refusal reason) {
    List<TcbLevel> out = new ArrayList<>();
    for (JsonNode level : levels) {
      List<String> advisories = new ArrayList<>();
      level.path("advisoryIDs").forEach(id -> advisories.add(id.asString("")));
      try {
        out.add(
            new TcbLevel(
                level.path("tcb"),
                TcbStatus.ofWireName(level.path("tcbStatus").asString(""))
                    .orElseThrow(() -> EvidenceException.because(reason, "unknown tcbStatus")),
                Instant.parse(level.path("tcbDate").asString("")),
                advisories));
      } catch (DateTimeException e) {
        throw EvidenceException.because(reason, "tcbDate is no time");
      }
    }
    return out;
  }

  /** A number that it requires; what is absent requires nothing. */
  int required(String member) {
    return required.path(member).asInt(0);
  }

  /** The security version that it requires of a component. */
  int required(String components, int index) {
    return required.path(components).path(index).path("svn").asInt(0);
  }
}
