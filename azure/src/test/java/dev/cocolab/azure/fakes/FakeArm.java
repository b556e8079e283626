package dev.cocolab.azure.fakes;

import dev.cocolab.azure.fakes.FakeHttps.Asked;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Azure Resource Manager with one cluster, its machines, sizes, quotas and subnet. */
public final class FakeArm implements AutoCloseable {
  public static final String SUBSCRIPTION = "00000000-1111-2222-3333-444444444444";
  public static final String MANAGED = "aro-managed";
  public static final String SUBNET =
      "/subscriptions/%s/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/worker"
          .formatted(SUBSCRIPTION);
  public static final String KUBECONFIG = "apiVersion: v1\nclient-key-data: CANARY-kubeconfig\n";

  private static final String COMPUTE = "/providers/Microsoft.Compute/";
  private static final String NETWORK = "/providers/Microsoft.Network/";

  /** What happens to requests that fit, the next few times. */
  private static final class Fault {
    final String method;
    final String pattern;
    final Reply reply;
    int spared;
    int times;

    Fault(String method, String pattern, Reply reply, int spared, int times) {
      this.spared = spared;
      this.method = method;
      this.pattern = pattern;
      this.reply = reply;
      this.times = times;
    }
  }

  /** A VM or a card: its JSON by name. */
  private final Map<String, String> machines = new LinkedHashMap<>();

  private final Map<String, String> cards = new LinkedHashMap<>();
  private final Map<String, Integer> polls = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private final FakeEntra entra;
  private final FakeHttps https;

  private String kubeconfig = KUBECONFIG;
  private Runnable beforeListing = () -> {};
  private String state = "Succeeded";
  private String version = "4.18.30";
  private String apiServer = "https://127.0.0.1:1/";
  private boolean natGateway = true;
  private int quota = 100;
  private int pageSize = 2;
  private int pollsUntilDone = 2;
  private int pollPause = 3;
  private final Map<String, String> sizes = new LinkedHashMap<>();
  private Function<String, String> nextLink = link -> link;

  public FakeArm(FakeTls tls, FakeEntra entra) {
    this.entra = entra;
    this.https = new FakeHttps(tls, this::answer);
    size("Standard_DC2as_v5", "SNP", "");
    size("Standard_DC2es_v5", "TDX", "");
    size("Standard_D2s_v5", "", "");
  }

  private synchronized Reply answer(Asked asked) {
    if (!entra.accepts(asked)) {
      return error(401, "ExpiredAuthenticationToken", "The access token has expired.");
    }
    for (Fault fault : faults) {
      if (fault.times > 0
          && fault.method.equals(asked.method())
          && asked.path().matches(fault.pattern)) {
        if (fault.spared-- > 0) {
          break;
        }
        fault.times--;
        return fault.reply;
      }
    }
    String path = asked.path();
    if (path.endsWith("/listAdminCredentials") && asked.method().equals("POST")) {
      return Reply.json(
          200,
          "{\"kubeconfig\":\"%s\"}"
              .formatted(
                  Base64.getEncoder().encodeToString(kubeconfig.getBytes(StandardCharsets.UTF_8))));
    }
    if (path.startsWith("/operations/")) {
      return operation(path.substring("/operations/".length()));
    }
    if (asked.method().equals("DELETE")) {
      return delete(path);
    }
    if (path.endsWith("/openShiftClusters/lab")) {
      return Reply.json(200, cluster());
    }
    if (path.endsWith(COMPUTE + "skus")) {
      return page(asked, new ArrayList<>(sizes.values()));
    }
    if (path.endsWith("/usages")) {
      return page(
          asked,
          List.of(usage("cores"), usage("standardDCASv5Family"), usage("standardDCESv5Family")));
    }
    if (path.equals(SUBNET)) {
      return Reply.json(
          200,
          natGateway
              ? "{\"properties\":{\"natGateway\":{\"id\":\"/subscriptions/x/nat\"}}}"
              : "{\"properties\":{}}");
    }
    if (path.endsWith(COMPUTE + "virtualMachines")) {
      beforeListing.run();
      return page(asked, new ArrayList<>(machines.values()));
    }
    if (path.endsWith(NETWORK + "networkInterfaces")) {
      return page(asked, new ArrayList<>(cards.values()));
    }
    return error(404, "ResourceNotFound", "no such thing in the fake");
  }

  private Reply page(Asked asked, List<String> all) {
    int from = Integer.parseInt(asked.query().getOrDefault("from", "0"));
    int to = Math.min(all.size(), from + pageSize);
    String link =
        to < all.size()
            ? ",\"nextLink\":\"%s\""
                .formatted(
                    nextLink.apply(https.address() + asked.path() + "?api-version=1&from=" + to))
            : "";
    return Reply.json(
        200, "{\"value\":[%s]%s}".formatted(String.join(",", all.subList(from, to)), link));
  }

  private Reply delete(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!machines.containsKey(name) && !cards.containsKey(name)) {
      return Reply.empty(204, Map.of());
    }
    String operation = https.address() + "/operations/" + name;
    return Reply.empty(
        202,
        Map.of(
            "Azure-AsyncOperation",
            operation + "?api-version=1",
            "Location",
            operation + "?location=1",
            "Retry-After",
            "7"));
  }

  private Reply operation(String name) {
    if (polls.merge(name, 1, Integer::sum) < pollsUntilDone) {
      return new Reply(
          200,
          Map.of("Retry-After", Integer.toString(pollPause)),
          "{\"status\":\"InProgress\"}",
          false);
    }
    machines.remove(name);
    cards.remove(name);
    return Reply.json(200, "{\"status\":\"Succeeded\"}");
  }

  private String cluster() {
    return """
        {"location":"eastus","properties":{"provisioningState":"%s",
        "apiserverProfile":{"url":"%s"},
        "clusterProfile":{"version":"%s","resourceGroupId":"/subscriptions/%s/resourceGroups/%s"},
        "workerProfiles":[{"name":"worker","subnetId":"%s"}]}}
        """
        .formatted(state, apiServer, version, SUBSCRIPTION, MANAGED, SUBNET);
  }

  private String usage(String family) {
    return "{\"name\":{\"value\":\"%s\"},\"currentValue\":10,\"limit\":%d}"
        .formatted(family, quota);
  }

  public static Reply error(int status, String code, String message) {
    return Reply.json(
        status, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}".formatted(code, message));
  }

  /** A pod VM with its card, as the adaptor makes them. */
  public synchronized void machine(String name, Map<String, String> tags) {
    machine(name, tags, MANAGED, SUBNET);
  }

  public synchronized void machine(
      String name, Map<String, String> tags, String group, String subnet) {
    card(name + "-net", tags, subnet, true);
    machines.put(
        name,
        """
        {"name":"%s","id":"%s","location":"eastus","tags":%s,"properties":{
        "hardwareProfile":{"vmSize":"Standard_DC2as_v5"},"timeCreated":"2026-11-30T20:00:00.1234567+00:00",
        "securityProfile":{"securityType":"ConfidentialVM"},
        "storageProfile":{"dataDisks":[]},
        "networkProfile":{"networkInterfaces":[{"id":"%s"}]}}}
        """
            .formatted(
                name,
                id(group, COMPUTE + "virtualMachines/", name),
                json(tags),
                cardId(name + "-NET")));
  }

  /** A card; those that are attached go with their VM in this fake only when told so. */
  public synchronized void card(
      String name, Map<String, String> tags, String subnet, boolean attached) {
    cards.put(
        name,
        """
        {"name":"%s","id":"%s","tags":%s,"properties":{%s
        "ipConfigurations":[{"properties":{"subnet":{"id":"%s"}}}]}}
        """
            .formatted(
                name,
                cardId(name),
                json(tags),
                attached ? "\"virtualMachine\":{\"id\":\"/some/vm\"}," : "",
                subnet));
  }

  public synchronized void size(String name, String tee, String restriction) {
    sizes.put(
        name,
        """
        {"resourceType":"virtualMachines","name":"%s","family":"standard%sv5Family",
        "capabilities":[{"name":"vCPUs","value":"2"}%s],"restrictions":[%s]}
        """
            .formatted(
                name,
                tee.equals("TDX") ? "DCES" : "DCAS",
                tee.isEmpty()
                    ? ""
                    : ",{\"name\":\"ConfidentialComputingType\",\"value\":\"%s\"}".formatted(tee),
                restriction.isEmpty()
                    ? ""
                    : "{\"type\":\"Location\",\"reasonCode\":\"%s\"}".formatted(restriction)));
  }

  public synchronized void withoutSize(String name) {
    sizes.remove(name);
  }

  private static String cardId(String name) {
    return id(MANAGED, NETWORK + "networkInterfaces/", name);
  }

  private static String id(String group, String type, String name) {
    return "/subscriptions/%s/resourceGroups/%s%s%s".formatted(SUBSCRIPTION, group, type, name);
  }

  private static String json(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> "\"%s\":\"%s\"".formatted(tag.getKey(), tag.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** The next requests that fit are answered so. */
  public synchronized void fault(String method, String pathPattern, Reply reply, int times) {
    faults.add(new Fault(method, pathPattern, reply, 0, times));
  }

  /** One request that fits is answered as always, those after it so. */
  public synchronized void faultAfterOne(String method, String pathPattern, Reply reply) {
    faults.add(new Fault(method, pathPattern, reply, 1, Integer.MAX_VALUE));
  }

  public synchronized List<String> machines() {
    return List.copyOf(machines.keySet());
  }

  public synchronized List<String> cards() {
    return List.copyOf(cards.keySet());
  }

  /** What happens to a card when its VM has been created with "delete with VM". */
  public synchronized void removeCard(String name) {
    cards.remove(name);
  }

  public synchronized void cluster(Optional<String> state, Optional<String> version) {
    state.ifPresent(text -> this.state = text);
    version.ifPresent(text -> this.version = text);
  }

  public synchronized void apiServer(String url) {
    apiServer = url;
  }

  /** What {@code listAdminCredentials} gives out. */
  public synchronized void kubeconfig(String yaml) {
    kubeconfig = yaml;
  }

  /** Done before machines are listed: somebody else makes and deletes them. */
  public synchronized void beforeListing(Runnable change) {
    beforeListing = change;
  }

  /** A machine and its card are gone, as when the adaptor has deleted them. */
  public synchronized void gone(String name) {
    machines.remove(name);
    cards.remove(name + "-net");
  }

  public synchronized void natGateway(boolean there) {
    natGateway = there;
  }

  public synchronized void quota(int limit) {
    quota = limit;
  }

  public synchronized void pollsUntilDone(int count) {
    pollsUntilDone = count;
  }

  /** No deletion ends. */
  public synchronized void deletionsHang() {
    pollsUntilDone = Integer.MAX_VALUE;
    pollPause = 50;
  }

  public synchronized void nextLinks(Function<String, String> change) {
    nextLink = change;
  }

  public FakeHttps https() {
    return https;
  }

  @Override
  public void close() {
    https.close();
  }
}
