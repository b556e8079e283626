package dev.cocolab.cli.kbs;

import dev.cocolab.broker.policy.BuiltInPolicies;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/** Sets who gets which resource. */
@Command(
    name = "set-resource-policy",
    mixinStandardHelpOptions = true,
    description = "Set the policy that decides who gets which resource.")
final class SetResourcePolicyCommand implements Callable<Integer> {
  private static final String DENY_ALL = "package policy\n\ndefault allow = false\n";

  private static final String ALLOW_ALL =
      DENY_ALL + "\nallow if {\n\tdata.plugin == \"resource\"\n}\n";

  private static final String AFFIRMING =
      DENY_ALL
          + "\nstatuses := [status | status := input.submods[_][\"ear.status\"]]\n"
          + "\nallow if {\n\tcount(input.submods) > 0\n"
          + "\tcount(statuses) == count(input.submods)\n"
          + "\tevery status in statuses {\n\t\tstatus == \"affirming\"\n\t}\n}\n";

  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @ArgGroup(multiplicity = "1")
  private Which which;

  /** One of them. */
  private static final class Which {
    @Option(names = "--policy-file", paramLabel = "FILE", description = "Rego, package policy.")
    private Path file;

    @Option(names = "--allow-all", description = "Whoever attests gets every resource.")
    private boolean allowAll;

    @Option(names = "--deny-all", description = "Nobody gets anything.")
    private boolean denyAll;

    @Option(names = "--affirming", description = "Who is affirming in every part gets everything.")
    private boolean affirming;

    @Option(
        names = "--default",
        description =
            "What a new broker has: any TEE but sample evidence gets every resource (kbs-client"
                + " since v0.19 denies all here).")
    private boolean builtIn;

    private String rego() {
      if (allowAll) {
        return ALLOW_ALL;
      }
      if (denyAll) {
        return DENY_ALL;
      }
      if (affirming) {
        return AFFIRMING;
      }
      return builtIn ? BuiltInPolicies.resource() : InputFile.read(file).text();
    }
  }

  SetResourcePolicyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PolicyText policy = new PolicyText(which.rego());
    JsonMapper json = JsonMapper.shared();
    config.post(
        "resource-policy",
        json.writeValueAsBytes(json.createObjectNode().put("policy", policy.encoded())));
    policy.confirm(terminal, "resource");
    return ExitCode.OK.code();
  }
}
