package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.fakes.FakeAzure;
import dev.cocolab.azure.fakes.FakeBlobs;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.Persona;
import dev.cocolab.steps.azure.AzureDesk;
import dev.cocolab.steps.targets.FakeAdaptor;
import dev.cocolab.steps.targets.TargetProvider;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * A lab that the fake Azure hands out the kubeconfig of, and lists the pod VMs of with the tags
 * that {@code peer-pods-cm} has when they are made, as the adaptor tags them.
 */
public final class AroPlace implements AutoCloseable {
  private static final String NAMESPACE = "openshift-sandboxed-containers-operator";
  private static final Pattern PAIR = Pattern.compile("([^=,]+)=([^=,]+)");

  public final FakeAzure azure = new FakeAzure();
  public final FakeBlobs blobs = new FakeBlobs(azure.tls, azure.entra);

  /** Lines of progress, and those for GitHub's runner. */
  public final List<String> told = new CopyOnWriteArrayList<>();

  public final List<String> masks = new CopyOnWriteArrayList<>();
  private final Map<String, Map<String, String>> tagsSeen = new TreeMap<>();
  private final Set<String> listed = new HashSet<>();
  private final Map<String, Map<String, String>> strays = new LinkedHashMap<>();
  private final Random random = new Random(7);
  private final Lab lab;
  private final Relay relay;
  private final FakeAdaptor adaptor;
  private boolean straysMade;

  public AroPlace(Machine machine, Path folder) {
    lab = Lab.builder(machine).name("aro").start();
    relay = new Relay(lab.apiUrl().getPort());
    azure.set("COCOLAB_AZURE_BLOB_ENDPOINT", blobs.endpoint());
    azure.arm.apiServer("https://127.0.0.1:" + relay.port());
    azure.arm.kubeconfig(kubeconfig(folder.resolve("aro.kubeconfig")));
    azure.arm.beforeListing(this::list);
    adaptor = new FakeAdaptor(admin());
  }

  private String kubeconfig(Path file) {
    lab.writeKubeconfig(file);
    try {
      String text = Files.readString(file);
      Files.delete(file); // the run shall have it from Azure only
      return text.replace(":" + lab.apiUrl().getPort(), ":" + relay.port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void list() {
    azure.clock.advance(Duration.ofSeconds(1));
    Set<String> now = new HashSet<>();
    lab.podVms().podVms().forEach(vm -> now.add(vm.name()));
    now.stream().filter(listed::add).forEach(name -> machine(name, tags()));
    listed.stream().filter(name -> !now.contains(name)).toList().forEach(this::gone);
    if (!straysMade && !listed.isEmpty()) {
      straysMade = true;
      strays.forEach(this::machine);
    }
  }

  private void machine(String name, Map<String, String> tags) {
    tagsSeen.put(name, tags);
    azure.arm.machine(name, tags);
  }

  private void gone(String name) {
    listed.remove(name);
    azure.arm.gone(name);
  }

  private Map<String, String> tags() {
    Map<String, String> tags = new TreeMap<>();
    PAIR.matcher(peerPods().getOrDefault("TAGS", ""))
        .results()
        .forEach(pair -> tags.put(pair.group(1), pair.group(2)));
    return tags;
  }

  /** A machine without a pod, which appears beside the first that has one. */
  public void stray(String name, Map<String, String> tags) {
    strays.put(name, tags);
  }

  /** The tags of each machine that ever was, by its name. */
  public synchronized Map<String, Map<String, String>> tagsSeen() {
    return new TreeMap<>(tagsSeen);
  }

  /** {@code TAGS} at each restart of the adaptor. */
  public List<String> restarts() {
    return adaptor.read().stream().map(data -> data.getOrDefault("TAGS", "")).toList();
  }

  public Map<String, String> peerPods() {
    return admin().configMaps().inNamespace(NAMESPACE).withName("peer-pods-cm").require().getData();
  }

  public KubernetesClient admin() {
    return lab.client(Persona.ADMIN);
  }

  /** The API server is gone for the run; the lab goes on. */
  public void cutOff() {
    relay.close();
  }

  /** The target of the command, on this place. */
  public TargetProvider open() {
    return AroProvider.open(
        new AroSetting(
            new AzureDesk(azure.environment(), azure::transport, azure.clock, azure.clock, random),
            kubeconfig ->
                () -> {
                  return kubeconfig.get().bytes().length > 0
                      ? Optional.empty()
                      : Optional.of("a kubeconfig");
                },
            told::add,
            masks::add,
            Duration.ofMillis(200)));
  }

  @Override
  public void close() {
    adaptor.close();
    relay.close();
    lab.close();
    blobs.close();
    azure.close();
  }
}
