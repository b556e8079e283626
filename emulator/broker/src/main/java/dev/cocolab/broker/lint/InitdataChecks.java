package dev.cocolab.broker.lint;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.rego.PolicyReading.Clause;
import dev.cocolab.rego.PolicyReading.Text;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Initdata against reference values, resources and the policy for resources. */
final class InitdataChecks {
  private static final Pattern RESOURCE =
      Pattern.compile("kbs://[^/\\s\"']*/([^/\\s\"']+/[^/\\s\"']+/[^/\\s\"'?]+)");
  private static final Pattern MEASUREMENT = Pattern.compile("[0-9a-f]{64}|[0-9a-f]{96}");

  private final LintSubject subject;
  private final Consumer<LintFinding> findings;
  private final Map<String, Initdata> documents;

  InitdataChecks(LintSubject subject, Consumer<LintFinding> findings) {
    this.subject = subject;
    this.findings = findings;
    this.documents = new TreeMap<>(subject.initdata());
  }

  /** A guest whose initdata measures to nothing that is registered is not recognised. */
  void registered() {
    subject
        .referenceValues()
        .map(InitdataChecks::texts)
        .ifPresent(
            known ->
                documents.forEach(
                    (name, document) -> {
                      if (measurements(document).stream().noneMatch(known::contains)) {
                        findings.accept(unregistered(name, document));
                      }
                    }));
  }

  private static LintFinding unregistered(String name, Initdata document) {
    return new LintFinding(
        "initdata-unregistered",
        name,
        0,
        "the measurement of this initdata (PCR 8 is %s) is no reference value"
            .formatted(HexFormat.of().formatHex(document.pcr8())),
        "Add it to snp_pcr08 or tdx_pcr08 and restart Trustee; a newline more or less makes another"
            + " measurement.");
  }

  /** What a document sends a guest for must be there. */
  void served() {
    subject
        .resources()
        .ifPresent(
            served ->
                documents.forEach(
                    (name, document) ->
                        asked(document)
                            .forEach(
                                resource -> {
                                  if (!served.contains(resource)) {
                                    findings.accept(unserved(name, resource));
                                  }
                                })));
  }

  private static Set<String> asked(Initdata document) {
    Set<String> out = new TreeSet<>();
    document
        .data()
        .forEach(
            (file, text) -> {
              if (file.toLowerCase(Locale.ROOT).endsWith(".toml")) {
                Matcher matcher = RESOURCE.matcher(text);
                while (matcher.find()) {
                  out.add(matcher.group(1));
                }
              }
            });
    return out;
  }

  private static LintFinding unserved(String name, String resource) {
    return new LintFinding(
        "initdata-resource-unserved",
        name,
        0,
        "the initdata sends guests for '%s', which Trustee does not serve".formatted(resource),
        "Put it into Trustee: kbsSecretResources of the KbsConfig, or 'cocolab kbs set-resource'.");
  }

  /** A measurement in the policy must be one that is registered, or that of a document. */
  void measured(String policy, List<Clause> clauses) {
    if (subject.referenceValues().isEmpty()) {
      return;
    }
    Set<String> known = texts(subject.referenceValues().get());
    documents.values().forEach(document -> known.addAll(measurements(document)));
    for (Clause clause : clauses) {
      for (Text text : clause.texts()) {
        if (MEASUREMENT.matcher(text.value()).matches() && !known.contains(text.value())) {
          findings.accept(
              new LintFinding(
                  "measurement-unknown",
                  policy,
                  text.line(),
                  "no guest that is recognised has the measurement " + text.value(),
                  "Measure the initdata anew ('cocolab initdata measure') and write that here."));
        }
      }
    }
  }

  /** PCR 8 and the digest itself, which SEV-SNP and TDX carry padded or cut. */
  private static List<String> measurements(Initdata document) {
    HexFormat hex = HexFormat.of();
    String digest = hex.formatHex(document.digest());
    return List.of(hex.formatHex(document.pcr8()), digest, sized(digest, 64), sized(digest, 96));
  }

  private static String sized(String digest, int digits) {
    return digest.length() >= digits
        ? digest.substring(0, digits)
        : digest + "0".repeat(digits - digest.length());
  }

  private static Set<String> texts(Map<String, JsonNode> values) {
    Set<String> out = new TreeSet<>();
    values.values().forEach(value -> texts(value, out));
    return out;
  }

  private static void texts(JsonNode value, Set<String> out) {
    if (value.isString()) {
      out.add(value.asString());
    }
    value.forEach(member -> texts(member, out));
  }
}
