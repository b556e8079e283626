package dev.cocolab.steps.persona;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The broker's log, read as the workshop greps it.
 *
 * @param text the log of one Trustee pod
 */
public record KbsLog(String text) {
  private static final Pattern REQUEST =
      Pattern.compile("\"(GET|POST|PUT|DELETE) (/kbs/v0/\\S*) HTTP/[0-9.]+\" (\\d{3}) ");

  private static final String RESOURCE = "/kbs/v0/resource/";

  /** One request as the access log has it. */
  public record Request(String method, String path, int status) {}

  public List<Request> requests() {
    return text.lines().map(KbsLog::request).flatMap(Optional::stream).toList();
  }

  /** Statuses that were answered for a resource path such as {@code default/a/b}, in order. */
  public List<Integer> statusesOf(String resource) {
    return requests().stream()
        .filter(request -> request.path().equals(RESOURCE + resource))
        .map(Request::status)
        .toList();
  }

  /**
   * What was asked for after a resource was first refused, each as {@code POST /kbs/v0/auth 200};
   * empty when it was not refused.
   */
  public List<String> afterRefusalOf(String resource) {
    return requests().stream()
        .dropWhile(
            request -> !(request.path().equals(RESOURCE + resource) && request.status() == 401))
        .skip(1)
        .map(request -> request.method() + " " + request.path() + " " + request.status())
        .toList();
  }

  /** Paths of the resources that were asked for, such as {@code default/a/b}, each once. */
  public List<String> resources() {
    return requests().stream()
        .map(Request::path)
        .filter(path -> path.startsWith(RESOURCE))
        .map(path -> path.substring(RESOURCE.length()))
        .distinct()
        .toList();
  }

  /** True when evidence of this verifier passed; both generations of the line are understood. */
  public boolean evidencePassed(String verifier) {
    return text.lines()
        .anyMatch(
            line -> line.contains(verifier) && line.contains("Verifier/endorsement check passed"));
  }

  /** The part that came after a mark taken earlier of the same log. */
  public KbsLog since(int mark) {
    return new KbsLog(text.substring(Math.min(mark, text.length())));
  }

  public int mark() {
    return text.length();
  }

  private static Optional<Request> request(String line) {
    Matcher matcher = REQUEST.matcher(line);
    return matcher.find()
        ? Optional.of(
            new Request(matcher.group(1), matcher.group(2), Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }
}
