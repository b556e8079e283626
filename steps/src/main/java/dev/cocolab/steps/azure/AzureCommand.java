package dev.cocolab.steps.azure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Has only commands of its own. */
@Command(
    name = "azure",
    mixinStandardHelpOptions = true,
    description = "Check the target aro before a run, and clean up after it.",
    footer = {
      "",
      "Set AZURE_SUBSCRIPTION_ID, COCOLAB_ARO_RESOURCE_GROUP, COCOLAB_ARO_CLUSTER and"
          + " COCOLAB_ARO_STORAGE_ACCOUNT; sign in with 'az login', or set AZURE_TENANT_ID and"
          + " AZURE_CLIENT_ID in a job of GitHub Actions."
    })
final class AzureCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
