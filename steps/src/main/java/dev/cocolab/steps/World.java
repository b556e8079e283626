package dev.cocolab.steps;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.persona.ClusterAdmin;
import dev.cocolab.steps.persona.Developer;
import dev.cocolab.steps.persona.KbsLog;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.targets.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the steps of one scenario share. A new one for each scenario. */
public final class World {
  private Target target;
  private OpSec opSec;
  private ClusterAdmin clusterAdmin;
  private Developer developer;
  private byte[] datasetKey = new byte[0];
  private Initdata podInitdata;
  private Initdata bootedInitdata;
  private String sasSecret;
  private String pod;
  private int logMark;
  private int denialMark;
  private boolean underLoad;
  private final List<String> manifests = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();

  /** Called once, before the first step. */
  public void open(Target opened) {
    target = opened;
    opSec = new OpSec(opened.clients().opSec(), opened.timeouts());
    clusterAdmin = new ClusterAdmin(opened.clients().clusterAdmin(), opened.timeouts());
    developer = new Developer(opened.clients().developer(), opened.timeouts());
  }

  public Target target() {
    return target;
  }

  public OpSec opSec() {
    return opSec;
  }

  public ClusterAdmin clusterAdmin() {
    return clusterAdmin;
  }

  public Developer developer() {
    return developer;
  }

  public byte[] datasetKey() {
    return datasetKey.clone();
  }

  public void useDatasetKey(byte[] key) {
    datasetKey = key.clone();
  }

  /** Initdata that the next pod carries in its annotation; empty: the cluster's own. */
  public Optional<Initdata> podInitdata() {
    return Optional.ofNullable(podInitdata);
  }

  public void givePodsInitdata(Initdata initdata) {
    podInitdata = initdata;
    bootedInitdata = initdata;
  }

  /** The initdata that a changed pod or cluster makes the guest boot with. */
  public Initdata bootedInitdata() {
    if (bootedInitdata == null) {
      throw new AssertionError("nothing has changed the initdata yet");
    }
    return bootedInitdata;
  }

  public void expectMeasured(Initdata initdata) {
    bootedInitdata = initdata;
  }

  /** Secret with the dataset's address that the next pod mounts; empty: the image's own address. */
  public Optional<String> sasSecret() {
    return Optional.ofNullable(sasSecret);
  }

  public void mountSas(String secret) {
    sasSecret = secret;
  }

  /** Name of the pod that the scenario is about. */
  public String pod() {
    if (pod == null) {
      throw new AssertionError("no pod has been applied yet");
    }
    return pod;
  }

  public Optional<String> appliedPod() {
    return Optional.ofNullable(pod);
  }

  /** Remembers the pod, its manifest, and where the broker's log and denials stood before it. */
  public void applying(String name, String manifest) {
    logMark = opSec.trusteeLog().mark();
    denialMark = target.trustee().denials().size();
    pod = name;
    manifests.add(manifest);
  }

  public List<String> manifests() {
    return List.copyOf(manifests);
  }

  /** Remembers the message of a Status with which the API server refused something. */
  public void refused(String message) {
    refusals.add(message);
  }

  public List<String> refusals() {
    return List.copyOf(refusals);
  }

  /** Remembers that the broker was put under load. */
  public void loaded() {
    underLoad = true;
  }

  /** Whether thousands of attestations stand in the broker's log. */
  public boolean underLoad() {
    return underLoad;
  }

  /** The broker's log since the pod was applied. */
  public KbsLog trusteeLog() {
    return opSec.trusteeLog().since(logMark);
  }

  public int denialMark() {
    return denialMark;
  }
}
