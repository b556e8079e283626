package dev.cocolab.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Words what {@link PodsBench} found. */
final class PodsReport {
  private final PodsBench.Result result;

  PodsReport(PodsBench.Result result) {
    this.result = result;
  }

  String text() {
    StringJoiner text = new StringJoiner(System.lineSeparator());
    text.add(
        "%d confidential pods at once: all Running after %s, the first after %s"
            .formatted(
                result.pods(), seconds(result.start().all()), seconds(result.start().first())));
    PodMemory each = result.each();
    text.add("memory of one idle pod beyond the container's own");
    text.add(line("helper processes", mebibytes(each.helpers())));
    text.add(line("heap of the lab", mebibytes(each.heap())));
    text.add(line("sum", mebibytes(each.helpers() + each.heap())));
    text.add(line("lab's process, heap and all", mebibytes(each.lab())));
    text.add(line("the container's own programs", mebibytes(each.containers())));
    text.add(
        "  differences to the lab without pods, divided by %d; processes by their proportional set"
                .formatted(result.pods())
            + " size (PSS), the heap after a collection; without the kernel's own memory");
    text.add("");
    text.add(
        "%d pods have come and gone in %s: before and after"
            .formatted(result.total(), seconds(result.churn())));
    result
        .before()
        .totals()
        .forEach(
            (what, count) ->
                text.add(line(what, count + " -> " + result.after().totals().get(what))));
    if (result.leaked().isEmpty()) {
      text.add("nothing leaked");
    } else {
      result.leaked().forEach((what, growth) -> text.add("leaked  " + what + "  " + growth));
    }
    return text.toString();
  }

  String json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("pods", result.pods());
    json.put("total", result.total());
    json.put("first_running_ms", result.start().first().toMillis());
    json.put("all_running_ms", result.start().all().toMillis());
    ObjectNode each = json.putObject("bytes_per_idle_pod");
    each.put("helpers_pss", result.each().helpers());
    each.put("lab_heap", result.each().heap());
    each.put("lab_pss", result.each().lab());
    each.put("containers_pss", result.each().containers());
    json.put("churn_ms", result.churn().toMillis());
    ObjectNode before = json.putObject("before");
    result.before().totals().forEach(before::put);
    ObjectNode after = json.putObject("after");
    result.after().totals().forEach(after::put);
    ObjectNode leaked = json.putObject("leaked");
    result.leaked().forEach(leaked::put);
    return JsonMapper.shared().writeValueAsString(json);
  }

  private static String line(String what, String value) {
    return String.format(Locale.ROOT, "  %-30s%16s", what, value);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MiB", bytes / (1024.0 * 1024));
  }
}
