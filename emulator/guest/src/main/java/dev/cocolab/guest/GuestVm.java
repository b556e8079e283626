package dev.cocolab.guest;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.guest.PolicyVerdict.Outcome;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.Profile.CommandEnvironment;
import dev.cocolab.tee.ConfidentialVm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The components inside one pod VM: attestation agent, data hub, loopback API and agent policy.
 * Calls that reach the broker or a registry block, for at most 25 s against a broker that is down,
 * and are not for event loops. Safe for use by several threads.
 */
public final class GuestVm implements AutoCloseable {

  private static final String AGENT_FILE = "aa.toml";
  private static final String HUB_FILE = "cdh.toml";
  private static final String POLICY_FILE = "policy.rego";

  private final GuestSurroundings surroundings;
  private final AttestationAgent agent;
  private final DataHub hub;
  private final GuestImageClient images;
  private volatile AgentPolicy policy;
  private final SecretUnsealing unsealing;
  private final List<LoopbackApi> apis = new ArrayList<>();
  private boolean closed;

  private GuestVm(
      GuestSurroundings surroundings,
      AttestationAgent agent,
      DataHub hub,
      GuestImageClient images,
      AgentPolicy policy) {
    this.surroundings = surroundings;
    this.agent = agent;
    this.hub = hub;
    this.images = images;
    this.policy = policy;
    this.unsealing = new SecretUnsealing(hub, surroundings.guestLog());
  }

  /**
   * Starts the components: measures the document, reads its three files, fetches the data hub's
   * credentials. The hardware stays the caller's to close.
   *
   * @param initdata empty means the dummy document: no broker, no image policy, every request
   *     allowed
   * @throws GuestException COMPONENT_START or AGENT_POLICY; in a real VM the agent then never
   *     answers
   */
  public static GuestVm boot(
      ConfidentialVm hardware, Optional<Initdata> initdata, GuestSurroundings s) {
    return boot(hardware, initdata, s, Pause.on(s.vertx()));
  }

  static GuestVm boot(
      ConfidentialVm hardware, Optional<Initdata> initdata, GuestSurroundings s, Pause pause) {
    Initdata document = initdata.orElseGet(Initdata::dummy);
    s.initdataMeasurement().measure(document, hardware);
    s.guestLog()
        .accept("process-user-data: PCR 8 is " + hardware.pcrs().hex(InitdataMeasurement.PCR));
    Map<String, String> files = document.data();
    for (String name : files.keySet()) {
      if (!Set.of(AGENT_FILE, HUB_FILE, POLICY_FILE).contains(name)) {
        s.guestLog().accept("process-user-data: File: " + name + " is not allowed in initdata.");
      }
    }
    AttestationAgent agent = new AttestationAgent(agentConfig(files, s), hardware, s, pause);
    DataHub hub = new DataHub(hubConfig(files, s), agent, s);
    try {
      hub.credentials();
      AgentPolicy policy = policy(files, s);
      return new GuestVm(s, agent, hub, new GuestImageClient(hub, agent, s), policy);
    } catch (GuestException e) {
      hub.close();
      agent.close();
      throw e.reason() == Reason.AGENT_POLICY
          ? e
          : startFailure(
              s,
              Reason.COMPONENT_START,
              "confidential-data-hub: init Hub failed: " + e.getMessage(),
              e);
    }
  }

  private static AgentConfig agentConfig(Map<String, String> files, GuestSurroundings s) {
    if (!files.containsKey(AGENT_FILE)) {
      throw startFailure(
          s,
          Reason.COMPONENT_START,
          "attestation-agent: not started, the initdata has no aa.toml",
          new IllegalArgumentException(AGENT_FILE));
    }
    try {
      return AgentConfig.parse(files.get(AGENT_FILE));
    } catch (IllegalArgumentException e) {
      throw startFailure(s, Reason.COMPONENT_START, "attestation-agent: " + e.getMessage(), e);
    }
  }

  private static HubConfig hubConfig(Map<String, String> files, GuestSurroundings s) {
    try {
      return files.containsKey(HUB_FILE)
          ? HubConfig.parse(files.get(HUB_FILE))
          : HubConfig.absent();
    } catch (IllegalArgumentException e) {
      throw startFailure(s, Reason.COMPONENT_START, "confidential-data-hub: " + e.getMessage(), e);
    }
  }

  private static AgentPolicy policy(Map<String, String> files, GuestSurroundings s) {
    if (!files.containsKey(POLICY_FILE)) {
      return AgentPolicy.ofVmImage();
    }
    try {
      return AgentPolicy.parse(
          AgentPolicy.FILE, files.get(POLICY_FILE), s.profile().agentRego(), s.guestLog());
    } catch (IllegalArgumentException e) {
      throw startFailure(
          s,
          Reason.AGENT_POLICY,
          "kata-agent: Failed to initialize agent policy: " + e.getMessage(),
          e);
    }
  }

  private static GuestException startFailure(
      GuestSurroundings s, Reason reason, String text, RuntimeException e) {
    s.guestLog().accept(text);
    return new GuestException(reason, text, text, e);
  }

  /**
   * Pulls an image as the first step of creating a container. The first pull fetches the image
   * policy from the broker, after attestation.
   *
   * @throws GuestException IMAGE_CLIENT or IMAGE_PULL; its event text is that of the pod's event
   */
  public UnpackedImage pullImage(String reference) {
    requireOpen();
    return images.pull(reference);
  }

  /**
   * Serves the API of 127.0.0.1:8006 on a Unix socket until the guest is closed. Blocks until the
   * socket is open.
   */
  public void serveApi(Path unixSocket) {
    requireOpen();
    ApiRoutes routes = new ApiRoutes(agent, hub, surroundings.profile());
    LoopbackApi api = LoopbackApi.start(surroundings.vertx(), routes, unixSocket);
    synchronized (apis) {
      apis.add(api);
    }
  }

  /**
   * A resource of the broker.
   *
   * @param kbsUri such as {@code kbs:///default/fraud-dataset/dataset_key}
   * @throws GuestException RESOURCE or KBS_CLIENT; the message names the URL that did not answer
   */
  public byte[] resource(String kbsUri) {
    requireOpen();
    return hub.resource(kbsUri);
  }

  /**
   * What a container sees of a variable: a value that begins with {@code sealed.} is exchanged for
   * the secret it points to. Where that fails the value stays, and the guest's log says why.
   */
  public String unsealVariable(String value) {
    requireOpen();
    return surroundings.unsealsSecrets() ? unsealing.variable(value) : value;
  }

  /**
   * What a command sees of one of its container's variables: the same, except in releases in which
   * the agent unseals for containers only.
   */
  public String unsealCommandVariable(String value) {
    return surroundings.profile().commandEnvironment() == CommandEnvironment.UNSEALED
        ? unsealVariable(value)
        : value;
  }

  /**
   * The secret that the content of a mounted file points to; empty when the file does not begin
   * with {@code sealed.}, or when it cannot be exchanged, which the guest's log explains.
   */
  public Optional<byte[]> unsealFile(byte[] content) {
    requireOpen();
    return surroundings.unsealsSecrets() ? unsealing.file(content) : Optional.empty();
  }

  /** What the agent policy says about a request. */
  public PolicyVerdict evaluate(AgentRequest request) {
    return evaluate(request.name(), request.input());
  }

  /** What the agent policy says about a request with this name and input. */
  public PolicyVerdict evaluate(String requestName, JsonNode input) {
    PolicyVerdict verdict = policy.evaluate(requestName, input);
    if (!verdict.isAllowed()) {
      surroundings.guestLog().accept("kata-agent: " + verdict.message());
    }
    return verdict;
  }

  /**
   * Replaces the agent policy, if the one that holds allows {@code SetPolicyRequest} and the new
   * one loads.
   */
  public PolicyVerdict setPolicy(String rego) {
    PolicyVerdict verdict = evaluate(AgentRequest.setPolicy(rego));
    if (!verdict.isAllowed()) {
      return verdict;
    }
    try {
      policy =
          AgentPolicy.parse(
              AgentPolicy.REPLACED,
              rego,
              surroundings.profile().agentRego(),
              surroundings.guestLog());
      return verdict;
    } catch (IllegalArgumentException e) {
      surroundings.guestLog().accept("kata-agent: the new policy does not load: " + e.getMessage());
      return new PolicyVerdict(Outcome.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /** True when the agent policy allows the request. */
  public boolean allows(String requestName, JsonNode input) {
    return evaluate(requestName, input).isAllowed();
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new GuestException(Reason.CLOSED, "the guest was closed");
    }
  }

  /** Ends the API and the clients; the hardware is left to its owner. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    synchronized (apis) {
      apis.forEach(LoopbackApi::close);
      apis.clear();
    }
    images.close();
    hub.close();
    agent.close();
  }
}
