package dev.cocolab.azure.fakes;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureAccess;
import dev.cocolab.azure.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Entra ID and ARM, with the settings that lead to them. */
public final class FakeAzure implements AutoCloseable {
  public static final String TENANT = "99999999-8888-7777-6666-555555555555";
  public static final String CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

  public final FakeTls tls = new FakeTls();
  public final FakeEntra entra = new FakeEntra(tls);
  public final FakeArm arm = new FakeArm(tls, entra);
  public final MovingClock clock = MovingClock.fromNow();
  private final Map<String, String> environment = new HashMap<>();

  public FakeAzure() {
    environment.putAll(settings());
    environment.putAll(entra.gitHub());
    environment.put("AZURE_AUTHORITY_HOST", entra.https().address() + "/");
    environment.put("COCOLAB_AZURE_ARM_ENDPOINT", arm.https().address().toString());
  }

  /** What must be set, and nothing more. */
  public static Map<String, String> settings() {
    return Map.of(
        "AZURE_SUBSCRIPTION_ID", FakeArm.SUBSCRIPTION,
        "AZURE_TENANT_ID", TENANT,
        "AZURE_CLIENT_ID", CLIENT,
        "COCOLAB_ARO_RESOURCE_GROUP", "customer-group",
        "COCOLAB_ARO_CLUSTER", "lab",
        "COCOLAB_ARO_STORAGE_ACCOUNT", "labaccount",
        "COCOLAB_ARO_RUN_ID", "run-7");
  }

  public void set(String name, String value) {
    environment.put(name, value);
  }

  public void unset(String name) {
    environment.remove(name);
  }

  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  public AroConfig config() {
    return AroConfig.of(environment);
  }

  public Transport transport() {
    return Transport.trusting(tls.client(), Duration.ofSeconds(10));
  }

  public AzureAccess access() {
    return access(transport());
  }

  public AzureAccess access(Transport transport) {
    return AzureAccess.of(config(), environment(), transport, clock, clock);
  }

  @Override
  public void close() {
    arm.close();
    entra.close();
  }
}
