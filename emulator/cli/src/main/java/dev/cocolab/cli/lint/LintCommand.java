package dev.cocolab.cli.lint;

import dev.cocolab.broker.lint.Lint;
import dev.cocolab.broker.lint.LintFinding;
import dev.cocolab.broker.lint.LintSubject;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ClusterConnection;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.LabName;
import dev.cocolab.cli.Terminal;
import dev.cocolab.rego.RegoDialect;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares policies, reference values and initdata with each other. */
@Command(
    name = "lint",
    mixinStandardHelpOptions = true,
    description = {
      "Compare policies, reference values and initdata: what is asked for and never registered,",
      "registered and never asked for, measured and not known, read and in no token.",
      "Without files, the documents of a running lab, or of the cluster of a kubeconfig."
    })
public final class LintCommand implements Callable<Integer> {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int REQUEST_MILLIS = 20_000;

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private LintFiles files;
  @Mixin private LabName lab;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Cluster whose documents are read, instead of a lab's.")
  private Path kubeconfig;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      defaultValue = "trustee-operator-system",
      description = "Namespace of Trustee (default: ${DEFAULT-VALUE}).")
  private String namespace;

  @Option(
      names = "--rego",
      paramLabel = "V0|V1",
      defaultValue = "V1",
      description = "Dialect of the policies (default: ${DEFAULT-VALUE}).")
  private RegoDialect dialect;

  @Option(names = "--json", description = "Print an array of findings.")
  private boolean json;

  /**
   * A command.
   *
   * @param environment of the process; names the home folder
   */
  public LintCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    if (files.any() && kubeconfig != null) {
      throw new CliException(ExitCode.USAGE, "name files or --kubeconfig, not both");
    }
    List<LintFinding> findings = Lint.check(files.any() ? files.read(dialect) : ofCluster());
    if (json) {
      terminal.print(array(findings).toPrettyString());
    } else {
      findings.forEach(finding -> terminal.print(finding.toLine()));
      terminal.print(
          String.format(
              Locale.ROOT, "%d finding%s", findings.size(), findings.size() == 1 ? "" : "s"));
    }
    return (findings.isEmpty() ? ExitCode.OK : ExitCode.NOT_SO).code();
  }

  private LintSubject ofCluster() {
    Path file = kubeconfig == null ? lab.kubeconfig(environment) : kubeconfig;
    Config config;
    try {
      config = Config.fromKubeconfig(Files.readString(file));
    } catch (IOException | RuntimeException e) {
      throw new CliException(
          ExitCode.USAGE,
          kubeconfig == null
              ? "no lab runs whose documents could be read; start one with './cocolab up', or name"
                  + " files (see './cocolab lint --help')"
              : "cannot read the kubeconfig %s".formatted(file),
          e);
    }
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setRequestTimeout(REQUEST_MILLIS);
    config.setRequestRetryBackoffLimit(0);
    try (KubernetesClient client = ClusterConnection.open(config)) {
      return new ClusterDocuments(client, namespace).read(dialect);
    } catch (KubernetesClientException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the cluster at %s does not answer, or does not allow it: %s"
              .formatted(config.getMasterUrl(), e.getMessage()),
          e);
    }
  }

  private static ArrayNode array(List<LintFinding> findings) {
    ArrayNode out = JsonMapper.shared().createArrayNode();
    for (LintFinding finding : findings) {
      ObjectNode entry = out.addObject();
      entry.put("check", finding.check());
      entry.put("file", finding.file());
      entry.put("line", finding.line());
      entry.put("message", finding.message());
      entry.put("remedy", finding.remedy());
    }
    return out;
  }
}
