package dev.cocolab.azure;

import dev.cocolab.azure.AzureException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which cluster, with what, and how much of it.
 *
 * @param subscription id, {@code AZURE_SUBSCRIPTION_ID}
 * @param tenant {@code AZURE_TENANT_ID}; a developer's own sign-in needs none
 * @param client {@code AZURE_CLIENT_ID}; likewise
 * @param resourceGroup the group that holds the cluster resource, {@code
 *     COCOLAB_ARO_RESOURCE_GROUP}
 * @param cluster {@code COCOLAB_ARO_CLUSTER}
 * @param storageAccount for the run's container, {@code COCOLAB_ARO_STORAGE_ACCOUNT}
 * @param storageKey account key in base64, {@code COCOLAB_ARO_STORAGE_KEY}; without it addresses
 *     are signed with a key of the signed-in identity, which is better
 * @param region the cluster's, {@code COCOLAB_ARO_REGION}; only a plan needs to be told
 * @param sizes the pod VM sizes: SEV-SNP first, then TDX unless it is left out
 * @param parallel confidential pods at a time, {@code COCOLAB_ARO_PARALLEL}
 * @param runId {@code COCOLAB_ARO_RUN_ID}, else made from {@code GITHUB_RUN_ID}, else empty: the
 *     caller makes one
 * @param limits what a run may use
 * @param priceFile prices of the user's own, {@code COCOLAB_ARO_PRICE_FILE}
 * @param endpoints where the services are
 */
public record AroConfig(
    String subscription,
    Optional<String> tenant,
    Optional<String> client,
    String resourceGroup,
    String cluster,
    String storageAccount,
    Optional<SecretText> storageKey,
    Optional<String> region,
    List<String> sizes,
    int parallel,
    Optional<String> runId,
    Limits limits,
    Optional<Path> priceFile,
    Endpoints endpoints) {
  public static final String SUBSCRIPTION = "AZURE_SUBSCRIPTION_ID";
  public static final String TENANT = "AZURE_TENANT_ID";
  public static final String CLIENT = "AZURE_CLIENT_ID";
  public static final String RESOURCE_GROUP = "COCOLAB_ARO_RESOURCE_GROUP";
  public static final String CLUSTER = "COCOLAB_ARO_CLUSTER";
  public static final String STORAGE_ACCOUNT = "COCOLAB_ARO_STORAGE_ACCOUNT";
  public static final String STORAGE_KEY = "COCOLAB_ARO_STORAGE_KEY";
  public static final String REGION = "COCOLAB_ARO_REGION";
  public static final String SNP_SIZE = "COCOLAB_ARO_SNP_SIZE";
  public static final String TDX_SIZE = "COCOLAB_ARO_TDX_SIZE";
  public static final String PARALLEL = "COCOLAB_ARO_PARALLEL";
  public static final String RUN_ID = "COCOLAB_ARO_RUN_ID";
  public static final String MAX_MACHINES = "COCOLAB_ARO_MAX_PODVMS";
  public static final String MAX_MINUTES = "COCOLAB_ARO_MAX_MINUTES";
  public static final String PRICE_FILE = "COCOLAB_ARO_PRICE_FILE";

  /** Set in a job of GitHub Actions that may sign in. */
  private static final String GITHUB_SIGN_IN = "ACTIONS_ID_TOKEN_REQUEST_URL";

  private static final String TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";

  /** Value of {@link #TDX_SIZE} where a region has none. */
  public static final String NO_SIZE = "none";

  private static final String DEFAULT_SNP_SIZE = "Standard_DC2as_v5";
  private static final String DEFAULT_TDX_SIZE = "Standard_DC2es_v5";
  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  // Names go into request paths and logs: exactly what Azure allows, so that no name can leave its
  // place.
  private static final Pattern GROUP = Pattern.compile("[\\w().-]{0,89}[\\w()-]");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,59}");
  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
  private static final Pattern SIZE = Pattern.compile("[A-Za-z0-9_]{1,40}");

  /**
   * What a run may use.
   *
   * @param machines pod VMs in total, over the whole run
   * @param time from the first request to the last scenario
   */
  public record Limits(int machines, Duration time) {
    /** 40 pod VMs and 120 minutes. */
    public static Limits standard() {
      return new Limits(40, Duration.ofHours(2));
    }
  }

  /** Copies the sizes. */
  public AroConfig {
    sizes = List.copyOf(sizes);
  }

  /**
   * Reads the environment.
   *
   * @throws AzureException NOT_CONFIGURED with one message that lists all that is missing or wrong
   */
  public static AroConfig of(Map<String, String> environment) {
    return read(new Reader(environment, false));
  }

  /**
   * As {@link #of}, for a plan that nobody carries out: what must be set and is not becomes {@code
   * <ITS_NAME>}.
   */
  public static AroConfig forPlan(Map<String, String> environment) {
    return read(new Reader(environment, true));
  }

  private static AroConfig read(Reader in) {
    String subscription = in.required(SUBSCRIPTION, GUID, "a subscription id");
    if (in.text(GITHUB_SIGN_IN).or(() -> in.text(TOKEN_FILE)).isPresent()) {
      // A sign-in without a person needs both; a developer's needs neither.
      in.need(CLIENT, TENANT);
    }
    Optional<String> tenant = in.optional(TENANT, GUID, "a tenant id");
    Optional<String> client = in.optional(CLIENT, GUID, "a client id");
    String group = in.required(RESOURCE_GROUP, GROUP, "a resource group's name");
    String cluster = in.required(CLUSTER, NAME, "a cluster's name");
    String account = in.required(STORAGE_ACCOUNT, ACCOUNT, "a storage account's name");
    Optional<String> region = in.optional(REGION, SIZE, "a region's name");
    List<String> sizes = new ArrayList<>();
    sizes.add(in.optional(SNP_SIZE, SIZE, "a VM size").orElse(DEFAULT_SNP_SIZE));
    String tdx = in.optional(TDX_SIZE, SIZE, "a VM size").orElse(DEFAULT_TDX_SIZE);
    if (!tdx.toLowerCase(Locale.ROOT).equals(NO_SIZE)) {
      sizes.add(tdx);
    }
    int parallel = in.number(PARALLEL, 1, 1, 10);
    Limits standard = Limits.standard();
    Limits limits =
        new Limits(
            in.number(MAX_MACHINES, standard.machines(), 1, 1000),
            Duration.ofMinutes(
                in.number(MAX_MINUTES, Math.toIntExact(standard.time().toMinutes()), 1, 1440)));
    Optional<String> runId = in.checked(RUN_ID, RunTags::checkRunId);
    if (runId.isEmpty()) {
      runId = in.checked("GITHUB_RUN_ID", id -> RunTags.checkRunId("gh-" + id));
    }
    Endpoints endpoints = in.endpoints();
    in.complain();
    return new AroConfig(
        subscription,
        tenant,
        client,
        group,
        cluster,
        account,
        in.text(STORAGE_KEY).map(SecretText::new),
        region,
        sizes,
        parallel,
        runId,
        limits,
        in.text(PRICE_FILE).map(Path::of),
        endpoints);
  }

  /** ARM id of the cluster resource. */
  public String clusterId() {
    return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.RedHatOpenShift/openShiftClusters/%s"
        .formatted(subscription, resourceGroup, cluster);
  }

  /** Collects complaints, so that a person corrects all in one go. */
  private static final class Reader {
    private final Map<String, String> environment;
    private final List<String> missing = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    /** Whether a placeholder stands for what is missing. */
    private final boolean plan;

    Reader(Map<String, String> environment, boolean plan) {
      this.environment = environment;
      this.plan = plan;
    }

    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(value -> !value.isEmpty());
    }

    void need(String... names) {
      for (String name : names) {
        if (text(name).isEmpty() && !plan) {
          missing.add(name);
        }
      }
    }

    String required(String name, Pattern form, String what) {
      need(name);
      return optional(name, form, what).orElse("<" + name + ">");
    }

    Optional<String> optional(String name, Pattern form, String what) {
      Optional<String> value = text(name);
      if (value.isPresent() && !form.matcher(value.get()).matches()) {
        wrong.add(name + " is not " + what);
      }
      return value;
    }

    Optional<String> checked(String name, java.util.function.UnaryOperator<String> check) {
      try {
        return text(name).map(check);
      } catch (AzureException e) {
        wrong.add(name + ": " + e.getMessage());
        return Optional.empty();
      }
    }

    int number(String name, int otherwise, int least, int most) {
      String value = text(name).orElse(Integer.toString(otherwise));
      if (value.matches("\\d{1,6}")) {
        int number = Integer.parseInt(value);
        if (number >= least && number <= most) {
          return number;
        }
      }
      wrong.add("%s is not a number from %d to %d".formatted(name, least, most));
      return otherwise;
    }

    Endpoints endpoints() {
      try {
        return Endpoints.of(environment);
      } catch (AzureException e) {
        wrong.add(e.getMessage());
        return Endpoints.publicCloud();
      }
    }

    void complain() {
      List<String> all = new ArrayList<>();
      if (!missing.isEmpty()) {
        all.add("set " + String.join(", ", missing));
      }
      all.addAll(wrong);
      if (!all.isEmpty()) {
        throw new AzureException(
            Reason.NOT_CONFIGURED, "the target aro is not configured: " + String.join("; ", all));
      }
    }
  }
}
