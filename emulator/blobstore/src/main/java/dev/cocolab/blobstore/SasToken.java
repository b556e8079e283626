package dev.cocolab.blobstore;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A SAS as it stands in the query of a request: which string its version signs, and what it allows.
 *
 * <p>Source: REST reference, "Create a service SAS" (sections on the string-to-sign by version) and
 * "Create an account SAS".
 */
final class SasToken {

  private static final Pattern VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final String FIRST_VERSION = "2015-04-05";
  private static final String SNAPSHOT_VERSION = "2018-11-09";
  private static final String SCOPE_VERSION = "2020-12-06";

  /** Query parameters that belong to a SAS and to nothing else. */
  private static final List<String> USER_DELEGATION =
      List.of("skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid");

  private final Map<String, String> fields;

  private SasToken(Map<String, String> fields) {
    this.fields = fields;
  }

  /** The SAS of a request, if it carries one. */
  static Optional<SasToken> of(RequestTarget target) {
    return target.query().containsKey("sig")
        ? Optional.of(new SasToken(target.query()))
        : Optional.empty();
  }

  /** Builds the query string of a service SAS, signed by the account. */
  static String service(StorageAccount account, ServiceSas sas, String version) {
    String resource =
        "/blob/" + account.name() + "/" + sas.container() + sas.blob().map(b -> "/" + b).orElse("");
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("sv", version);
    fields.put("spr", sas.httpsOnly() ? "https" : "https,http");
    sas.start().ifPresent(start -> fields.put("st", SasTimes.format(start)));
    fields.put("se", SasTimes.format(sas.expiry()));
    fields.put("sr", sas.blob().isPresent() ? "b" : "c");
    fields.put("sp", sas.permissions());
    fields.put("sig", Signatures.sign(account.key(), new SasToken(fields).serviceText(resource)));
    List<String> parts = new ArrayList<>();
    fields.forEach((name, value) -> parts.add(name + "=" + RequestTarget.encode(value)));
    return String.join("&", parts);
  }

  boolean isAccountSas() {
    return fields.containsKey("ss") || fields.containsKey("srt");
  }

  String field(String name) {
    return fields.getOrDefault(name, "");
  }

  String version() {
    return field("sv");
  }

  /** Refuses what cannot be evaluated, then checks the signature. */
  void checkSignature(StorageAccount account, RequestTarget target) {
    if (!VERSION.matcher(version()).matches() || version().compareTo(FIRST_VERSION) < 0) {
      throw RefusedException.authentication(
          "sv=" + version() + " is not supported, the first supported version is " + FIRST_VERSION);
    }
    for (String name : USER_DELEGATION) {
      if (fields.containsKey(name)) {
        throw RefusedException.authentication(
            name + " belongs to a user delegation SAS, which is not supported");
      }
    }
    if (fields.containsKey("si")) {
      throw RefusedException.authentication(
          "si names a stored access policy, which is not supported");
    }
    for (String name :
        isAccountSas() ? List.of("ss", "srt", "sp", "se") : List.of("sr", "sp", "se")) {
      if (field(name).isEmpty()) {
        throw RefusedException.authentication(name + " is mandatory. Cannot be empty");
      }
    }
    String text = isAccountSas() ? accountText(account.name()) : serviceText(resource(target));
    if (!Signatures.equal(Signatures.sign(account.key(), text), field("sig"))) {
      throw RefusedException.authentication(
          "Signature did not match. String to sign used was " + text);
    }
  }

  /** Refuses a token outside its time frame; the bounds themselves are inside. */
  void checkTime(Instant now) {
    Instant expiry = SasTimes.parse(field("se"));
    Instant start = field("st").isEmpty() ? Instant.MIN : SasTimes.parse(field("st"));
    if (!start.isBefore(expiry)) {
      throw RefusedException.authentication(
          "Signed expiry time ["
              + SasTimes.httpDate(expiry)
              + "] must be after signed start time ["
              + SasTimes.httpDate(start)
              + "]");
    }
    if (now.isBefore(start) || now.isAfter(expiry)) {
      String frame =
          start.equals(Instant.MIN)
              ? "Expiry [" + SasTimes.httpDate(expiry) + "]"
              : "Start ["
                  + SasTimes.httpDate(start)
                  + "] - Expiry ["
                  + SasTimes.httpDate(expiry)
                  + "]";
      throw RefusedException.authentication(
          "Signature not valid in the specified time frame: "
              + frame
              + " - Current ["
              + SasTimes.httpDate(now)
              + "]");
    }
  }

  private String resource(RequestTarget target) {
    return switch (field("sr")) {
      case "b" -> target.canonicalBlob();
      case "c" -> target.canonicalContainer();
      default ->
          throw RefusedException.authentication(
              "sr=" + field("sr") + " is not supported, only b and c");
    };
  }

  private String serviceText(String resource) {
    List<String> lines = new ArrayList<>();
    lines.add(field("sp"));
    lines.add(field("st"));
    lines.add(field("se"));
    lines.add(resource);
    lines.add(field("si"));
    lines.add(field("sip"));
    lines.add(field("spr"));
    lines.add(field("sv"));
    if (version().compareTo(SNAPSHOT_VERSION) >= 0) {
      lines.add(field("sr"));
      lines.add(field("snapshot"));
    }
    if (version().compareTo(SCOPE_VERSION) >= 0) {
      lines.add(field("ses"));
    }
    for (String name : List.of("rscc", "rscd", "rsce", "rscl", "rsct")) {
      lines.add(field(name));
    }
    return String.join("\n", lines);
  }

  private String accountText(String account) {
    List<String> lines = new ArrayList<>(List.of(account));
    for (String name : List.of("sp", "ss", "srt", "st", "se", "sip", "spr", "sv")) {
      lines.add(field(name));
    }
    if (version().compareTo(SCOPE_VERSION) >= 0) {
      lines.add(field("ses"));
    }
    return String.join("\n", lines) + "\n";
  }
}
