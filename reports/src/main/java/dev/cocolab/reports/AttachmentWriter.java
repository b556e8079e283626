package dev.cocolab.reports;

import dev.cocolab.reports.AttachmentFiles.Content;
import dev.cocolab.reports.Scenario.Attachment;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Writes attachments: explanations as tables, texts in place, pictures as data. */
final class AttachmentWriter {

  private static final int TEXT_LIMIT = 128 << 10;
  private static final int PICTURE_LIMIT = 2 << 20;
  private static final int EXPECTED_SHOWN = 4;
  private static final Set<String> PICTURES =
      Set.of("image/png", "image/jpeg", "image/gif", "image/webp");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final AttachmentFiles files;
  private final Html html;

  AttachmentWriter(AttachmentFiles files, Html html) {
    this.files = files;
    this.html = html;
  }

  static boolean isExplanation(Attachment attachment) {
    return mediaType(attachment).equals(Explanation.MEDIA_TYPE);
  }

  private static String mediaType(Attachment attachment) {
    return attachment.mediaType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Writes those of the attachments that are explanations. */
  void explanations(List<Attachment> attachments) {
    for (Attachment attachment : attachments) {
      if (isExplanation(attachment)) {
        Optional<Content> content = files.read(attachment, TEXT_LIMIT);
        Optional<Explanation> explanation =
            content.filter(Content::isWhole).flatMap(c -> Explanation.parse(c.bytes()));
        if (explanation.isPresent()) {
          table(explanation.get());
        } else {
          html.element(
              "p",
              "The explanation “" + attachment.name() + "” could not be read.",
              "class",
              "note");
        }
      }
    }
  }

  /** The sentences of those of the attachments that are explanations. */
  List<String> summaries(List<Attachment> attachments) {
    return attachments.stream()
        .filter(AttachmentWriter::isExplanation)
        .flatMap(a -> files.read(a, TEXT_LIMIT).filter(Content::isWhole).stream())
        .flatMap(c -> Explanation.parse(c.bytes()).stream())
        .map(Explanation::summary)
        .filter(summary -> !summary.isBlank())
        .distinct()
        .toList();
  }

  private static String capitalised(String word) {
    int end = word.offsetByCodePoints(0, 1);
    return word.substring(0, end).toUpperCase(Locale.ROOT) + word.substring(end);
  }

  private void table(Explanation explanation) {
    html.open("div", "class", "explanation");
    html.open("p", "class", "why");
    if (!explanation.verdict().isEmpty()) {
      html.open("strong").text(capitalised(explanation.verdict())).raw("</strong> ");
    }
    html.text(explanation.summary()).close("p");
    if (!explanation.findings().isEmpty()) {
      html.raw(
          "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Findings\"><table><thead><tr>");
      for (String heading : List.of("Claim", "Found", "Expected", "Rule", "What to change")) {
        html.element("th", heading, "scope", "col");
      }
      html.raw("</tr></thead><tbody>\n");
      explanation.findings().forEach(this::row);
      html.raw("</tbody></table></div>\n");
    }
    html.close("div");
  }

  private void row(Explanation.Finding finding) {
    html.raw("<tr>").open("th", "scope", "row").open("code").name(finding.claim()).raw("</code>");
    ClaimWords.of(finding.claim())
        .ifPresent(words -> html.open("small").text(words).raw("</small>"));
    html.raw("</th>");
    html.open("td", "data-label", "Found", "class", "value")
        .open("code")
        .text(finding.found())
        .raw("</code></td>");
    html.open("td", "data-label", "Expected", "class", "value");
    if (finding.expected().isEmpty()) {
      html.raw("<em>nothing is registered</em>");
    }
    finding.expected().stream()
        .limit(EXPECTED_SHOWN)
        .forEach(value -> html.open("code").text(value).raw("</code> "));
    if (finding.expected().size() > EXPECTED_SHOWN) {
      html.text("and " + (finding.expected().size() - EXPECTED_SHOWN) + " more");
    }
    finding
        .referenceValue()
        .ifPresent(
            name ->
                html.raw("<small>reference value ").open("code").name(name).raw("</code></small>"));
    html.raw("</td>")
        .open("td", "data-label", "Rule")
        .open("code")
        .name(finding.rule())
        .raw("</code>");
    finding.where().ifPresent(where -> html.open("small").name(where).raw("</small>"));
    html.raw("</td>")
        .open("td", "data-label", "What to change", "class", "remedy")
        .text(finding.remedy())
        .raw("</td></tr>\n");
  }

  /** Writes those of the attachments that are not explanations. */
  void others(List<Attachment> attachments) {
    for (Attachment attachment : attachments) {
      if (isExplanation(attachment)) {
        continue;
      }
      boolean picture = PICTURES.contains(mediaType(attachment));
      Optional<Content> content = files.read(attachment, picture ? PICTURE_LIMIT : TEXT_LIMIT);
      html.open("details", "class", "attachment").open("summary");
      html.text(attachment.name())
          .raw(" <small>")
          .text(describe(attachment, content))
          .raw("</small>")
          .close("summary");
      if (content.isEmpty()) {
        html.element(
            "p", "Not shown: the file is missing, or the report is full.", "class", "note");
      } else if (picture) {
        picture(attachment, content.get());
      } else {
        text(attachment, content.get());
      }
      html.close("details");
    }
  }

  private static String describe(Attachment attachment, Optional<Content> content) {
    return mediaType(attachment) + content.map(c -> ", " + size(c.size())).orElse("");
  }

  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }

  private void picture(Attachment attachment, Content content) {
    if (content.isWhole()) {
      String data = Base64.getEncoder().encodeToString(content.bytes());
      html.raw("<img alt=\"")
          .text(attachment.name())
          .raw("\" src=\"data:" + mediaType(attachment) + ";base64,");
      html.raw(data).raw("\">\n");
    } else {
      html.element("p", "Not shown: the picture is too large for this page.", "class", "note");
    }
  }

  private void text(Attachment attachment, Content content) {
    String text = new String(content.bytes(), StandardCharsets.UTF_8);
    if (isBinary(content.bytes())) {
      html.element("p", "Not shown: the file is not text.", "class", "note");
      return;
    }
    html.open("pre", "tabindex", "0")
        .text(content.isWhole() ? readable(attachment, text) : text)
        .close("pre");
    if (!content.isWhole()) {
      html.element(
          "p",
          "Cut off here: " + size(content.size() - content.bytes().length) + " more are not shown.",
          "class",
          "note");
    }
  }

  private static boolean isBinary(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  private static String readable(Attachment attachment, String text) {
    String type = mediaType(attachment);
    if (!type.equals("application/json") && !type.endsWith("+json")) {
      return text;
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(text));
    } catch (JacksonException e) {
      return text;
    }
  }
}
