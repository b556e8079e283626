package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a client wants to read, best first.
 *
 * @param ranges media ranges with their parameters, in the order of the header
 */
record Accept(List<Range> ranges) {
  private static final Set<String> JSON = Set.of("application/json", "application/*", "*/*");
  private static final Set<String> TABLE_VERSIONS = Set.of("v1", "v1beta1");

  /** A media range with its parameters. */
  record Range(String media, Map<String, String> parameters) {
    boolean isJson() {
      return JSON.contains(media);
    }

    String as() {
      return parameters.getOrDefault("as", "");
    }
  }

  /** What an answer looks like. */
  enum Form {
    OBJECT,
    TABLE,
    METADATA
  }

  static Accept parse(String header) {
    List<Range> ranges = new ArrayList<>();
    for (String part : header.split(",", -1)) {
      String[] pieces = part.split(";", -1);
      String media = pieces[0].strip().toLowerCase(Locale.ROOT);
      if (media.isEmpty()) {
        continue;
      }
      Map<String, String> parameters = new HashMap<>();
      for (int i = 1; i < pieces.length; i++) {
        int equals = pieces[i].indexOf('=');
        if (equals > 0) {
          parameters.put(
              pieces[i].substring(0, equals).strip(), pieces[i].substring(equals + 1).strip());
        }
      }
      ranges.add(new Range(media, parameters));
    }
    if (ranges.isEmpty()) {
      ranges.add(new Range("*/*", Map.of()));
    }
    return new Accept(List.copyOf(ranges));
  }

  /** The first form that can be given; throws 406 when there is none. */
  Form form() {
    for (Range range : ranges) {
      if (!range.isJson()) {
        continue;
      }
      if (range.as().isEmpty()) {
        return Form.OBJECT;
      }
      boolean meta = range.parameters().getOrDefault("g", "").equals("meta.k8s.io");
      boolean version = TABLE_VERSIONS.contains(range.parameters().getOrDefault("v", ""));
      if (meta && version && range.as().equals("Table")) {
        return Form.TABLE;
      }
      if (meta && version && range.as().startsWith("PartialObjectMetadata")) {
        return Form.METADATA;
      }
    }
    throw ApiException.of(
        Reason.NOT_ACCEPTABLE, "only the following media types are accepted: application/json");
  }

  /**
   * Version of the aggregated discovery the client prefers to the plain one; empty for the plain
   * one.
   */
  String aggregatedDiscovery() {
    for (Range range : ranges) {
      if (range.isJson()) {
        boolean group = range.parameters().getOrDefault("g", "").equals("apidiscovery.k8s.io");
        String version = range.parameters().getOrDefault("v", "");
        if (group && range.as().equals("APIGroupDiscoveryList") && version.equals("v2")) {
          return version;
        }
        if (range.as().isEmpty()) {
          return "";
        }
      }
    }
    return "";
  }
}
