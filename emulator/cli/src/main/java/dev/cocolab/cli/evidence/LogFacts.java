package dev.cocolab.cli.evidence;

import static dev.cocolab.cli.evidence.Facts.hex;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.eventlog.DigestAlgorithm;
import dev.cocolab.evidence.eventlog.EventLog;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an event log says, and the registers that it leads to. Throws {@link EvidenceException}. */
final class LogFacts {
  private LogFacts() {}

  static ObjectNode log(byte[] bytes) {
    EventLog log = EventLog.parse(bytes);
    ObjectNode facts = Facts.of("event log");
    facts.put("records", log.records().size());
    ObjectNode registers = facts.putObject("replayed");
    List<byte[]> values = log.replayRtmrs(DigestAlgorithm.SHA384);
    for (int i = 0; i < values.size(); i++) {
      registers.put("rtmr_" + i, hex(values.get(i)));
    }
    facts.set("uefi_event_logs", log.claims());
    return facts;
  }

  /** A line a record, after the registers. */
  static List<String> lines(JsonNode facts) {
    ObjectNode head = ((ObjectNode) facts).deepCopy();
    head.remove("uefi_event_logs");
    List<String> lines = new ArrayList<>(Facts.lines(head));
    int number = 0;
    for (JsonNode record : facts.path("uefi_event_logs")) {
      StringBuilder line = new StringBuilder(160);
      line.append(
          "%4d  register %-2s %s"
              .formatted(
                  ++number, record.path("index").asString(), record.path("type_name").asString()));
      for (JsonNode digest : record.path("digests")) {
        line.append("  ")
            .append(digest.path("alg").asString())
            .append(' ')
            .append(digest.path("digest").asString());
      }
      line.append(
          record.path("digest_matches_event").asBoolean()
              ? ""
              : "  (of something else than the data)");
      if (!record.path("details").isEmpty()) {
        line.append("  ").append(record.path("details"));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
