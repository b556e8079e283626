package dev.cocolab.steps.targets.aro;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells GitHub Actions which texts its log must not show: {@code ::add-mask::} at the start of a
 * line, one line a text; the runner shows the line itself as asterisks. Elsewhere nothing is told.
 */
final class GitHubMasks {
  /** A shorter text would blacken words. */
  private static final int SHORTEST = 8;

  private final boolean inGitHub;
  private final Consumer<String> lines;
  private final Set<String> hidden = new HashSet<>();

  /**
   * Masks of this process.
   *
   * @param lines written as they are to a stream that GitHub's runner reads and nobody keeps
   */
  GitHubMasks(Map<String, String> environment, Consumer<String> lines) {
    this.inGitHub = "true".equals(environment.get("GITHUB_ACTIONS"));
    this.lines = Objects.requireNonNull(lines, "lines");
  }

  /** Keys, tokens and passwords of each user of a kubeconfig; keys also line by line as PEM. */
  void hideSecretsOf(String kubeconfig) {
    Config config = parse(kubeconfig);
    for (NamedAuthInfo named : config.getUsers()) {
      var user = named.getUser();
      hide(user.getToken());
      hide(user.getPassword());
      hide(user.getClientKeyData());
      if (user.getClientKeyData() != null) {
        pem(user.getClientKeyData())
            .lines()
            .filter(line -> !line.startsWith("-----"))
            .forEach(this::hide);
      }
    }
  }

  /** One text of one line. */
  synchronized void hide(String text) {
    if (inGitHub && text != null && text.length() >= SHORTEST && hidden.add(text)) {
      lines.accept("::add-mask::" + text);
    }
  }

  private static Config parse(String kubeconfig) {
    try {
      return Serialization.unmarshal(kubeconfig, Config.class);
    } catch (RuntimeException e) {
      // the parser's message would show what stands in the file
      throw new IllegalArgumentException("the cluster's admin kubeconfig is not one");
    }
  }

  private static String pem(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
